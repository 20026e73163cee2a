"""What caregivers write down: doses against the family's plan, symptoms, remarks, temperatures by hand, illnesses.
Pure.

The door offers its subjects whole.
"""

from edge.care import doses, entries, illness

__all__ = ["doses", "entries", "illness"]
