"""A stand-in for the companion app, which runs in Home Assistant itself: what a phone is sent is a line of a file."""
