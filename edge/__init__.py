"""feverhub: watches a seizure-prone baby's temperature and movement, and tells the caregivers."""

__version__ = "0.1.0"
