"""Samples and readings in, signs out. Pure. Five rooms with a door each, and what they share, offered whole."""

from edge.analysis import battery, grid

__all__ = ["battery", "grid"]
