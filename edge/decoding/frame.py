"""What a named format is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge.decoding.profile import Layout, Profile
from edge.model.reading import Decoded


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame on its way through a decoder. payload: the bytes behind the layout's prefix.

    key: the sensor's secret. options: what a person or another characteristic said of the format.
    """

    profile: Profile
    layout: Layout
    payload: bytes
    address: str = ""
    key: bytes | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


Decoder = Callable[[Frame], tuple[Decoded, ...]]
