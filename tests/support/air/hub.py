"""`python -m tests.support.air.hub run ...`: the command line as it is, with simulated sensors in the place of a radio.

A thermometer and a movement band lie on the table beside the hub, switched on. The radio of the search runs ten times
as fast as the real one, and the hub itself on the real clock.
"""

import sys

from edge.cli import feverhub
from edge.errors import EdgeError
from edge.radio.discovery import Air
from tests.support.air.radio import MOVEMENT, radio
from tests.support.air.rig import MEASUREMENT, PMD_DATA
from tests.support.air.sensors import FEVER, sealed, strap, thermometer

TALKS_S = 0.1
SENSORS = {
    "thermometer": (thermometer, MEASUREMENT, FEVER, TALKS_S),
    "band": (lambda sky: strap(sky, name="Polar Sense 1"), PMD_DATA, MOVEMENT, TALKS_S),
}
MORE = {
    "thermometer 2": (lambda sky: thermometer(sky, "C0:00:00:00:00:1A"), MEASUREMENT, FEVER, TALKS_S),
    "band 2": (lambda sky: strap(sky, "C0:00:00:00:00:1B", "Polar Sense 2"), PMD_DATA, MOVEMENT, TALKS_S),
    "sealed": (sealed,),
}
"""What a test asks for."""


def simulated(speed: float = 10.0, sensors: tuple[str, ...] = tuple(SENSORS)) -> Air:
    """These sensors talk. speed: of the search."""
    return radio(*({**SENSORS, **MORE}[name] for name in sensors), speed=speed)


if __name__ == "__main__":
    try:
        feverhub.main(sys.argv[1:], obj=simulated(), standalone_mode=False)
    except EdgeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
