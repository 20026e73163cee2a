"""The table of the caregivers' page."""

from typing import Annotated

import msgspec

from edge.config.kinds import Port, Text


class WebTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the page is. host: nobody but this computer, until the family says that its network may see it.

    tls: encrypted at `tls_port`, with a certificate of the hub's own authority; `port` then only leads there.
    ingress_port: for the ingress of Home Assistant alone, whose Supervisor asks from `ingress_from`; 0 for none.
    """

    host: Text = "127.0.0.1"
    port: Port = 8080
    tls: bool = False
    tls_port: Port = 8443
    ingress_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    ingress_from: Text = "172.30.32.2"
