"""What else moves a child, and is no convulsion: each a condition or a label of its own. `start`, then `advance`."""

from edge.analysis.neighbours.labels import Label, Side
from edge.analysis.neighbours.watch import NeighbourState, Step, advance, start, startle_name, watch

__all__ = ["Label", "NeighbourState", "Side", "Step", "advance", "start", "startle_name", "watch"]
