"""A frame that holds one quantity several times (two probes in one case): somebody has to say which is the child's."""

from collections import Counter
from collections.abc import Mapping, Sequence

from edge.errors import FrameMalformed
from edge.model.reading import Decoded

OPTION = "index"
MOST = 16
"""More of one quantity than an advert has room for."""


def index_of(text: str) -> int:
    """The option as a number from 1 on. Raises FrameMalformed."""
    # isdecimal alone takes digits of other scripts, and int() of a very long text raises.
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= MOST):
        raise FrameMalformed(f"expected 1 to {MOST} as option {OPTION}, got {text[:40]!r}")
    return int(text)


def one_of_each(decoded: Sequence[Decoded], options: Mapping[str, str]) -> tuple[Decoded, ...]:
    """Each quantity once: of one that comes several times, the one that the option `index` names, in the frame's order.

    Raises FrameMalformed while nothing is chosen: a fever would be missed, or a false one raised, by taking the wrong
    one; and where the frame has no such one.
    """
    counts = Counter(item.quantity for item in decoded)
    repeated = {quantity: count for quantity, count in counts.items() if count > 1}
    if not repeated:
        return tuple(decoded)
    quantity, count = next(iter(repeated.items()))
    if OPTION not in options:
        named = str(quantity).replace("_", " ")
        raise FrameMalformed(
            f"expected one {named} in a frame, got {count}: choose the child's by the option {OPTION} (1 to {count})"
        )
    wanted, seen, chosen = index_of(str(options[OPTION])), Counter[object](), []
    for item in decoded:
        seen[item.quantity] += 1
        if item.quantity not in repeated or seen[item.quantity] == wanted:
            chosen.append(item)
    for quantity, count in repeated.items():
        if count < wanted:
            raise FrameMalformed(f"expected {wanted} of {quantity} in a frame (option {OPTION}), got {count}")
    return tuple(chosen)
