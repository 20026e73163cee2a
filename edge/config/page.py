"""The table of the caregivers' page."""

from typing import Annotated

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class WebTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the page is. host: nobody but this computer, until the family says that its network may see it.

    tls: encrypted at `tls_port`, with a certificate of the hub's own authority; `port` then only leads there.
    """

    host: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]{1,200}\Z")] = "127.0.0.1"
    port: Port = 8080
    tls: bool = False
    tls_port: Port = 8443
