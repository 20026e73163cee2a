"""Kinds of values that stand in several tables, with their bounds."""

from typing import Annotated

import msgspec

# `$` would take a line end too.
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,32}\Z")]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

# What becomes a path, an argument or a host name: a NUL in it raises in every call of the system.
Text = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]{1,200}\Z")]
TextOrNone = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]{0,200}\Z")]

# The broker's user names, as they stand in a topic.
User = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{0,32}\Z")]
