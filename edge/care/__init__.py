"""What caregivers write down: doses against the family's plan, symptoms, remarks, temperatures by hand. Pure.

The door offers its two subjects whole.
"""

from edge.care import doses, entries

__all__ = ["doses", "entries"]
