"""What else moves a child, and is no convulsion: each a condition or a label of its own. `start`, then `advance`."""

from edge.analysis.mimics.activity import Epoch
from edge.analysis.mimics.watch import MimicState, Step, advance, start, startle_name, watch

__all__ = ["Epoch", "MimicState", "Step", "advance", "start", "startle_name", "watch"]
