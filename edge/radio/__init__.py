"""Where sensor data come from: the radio (bleak on BlueZ) and recordings; each is a FrameSource."""
