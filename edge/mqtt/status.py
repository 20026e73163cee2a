"""What the publisher tells `app` about itself: each change once."""

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Reports:
    """on_state: (connected, why not). on_problem: every standing problem in one line, empty when there is none."""

    def __init__(self, on_state: Callable[[bool, str], None], on_problem: Callable[[str], None]) -> None:
        self._on_state = on_state
        self._on_problem = on_problem
        self._state = (False, "")
        self._problems: dict[str, str] = {}

    @property
    def connected(self) -> bool:
        return self._state[0]

    def state(self, connected: bool, detail: str) -> None:
        if (connected, detail) != self._state:
            self._state = (connected, detail)
            log.info("mqtt.connected" if connected else "mqtt.not_connected", detail=detail)
            self._on_state(connected, detail)

    def problem(self, subject: str, detail: str) -> None:
        """One problem a subject; empty: it is over. The first detail of a standing problem stays."""
        if bool(detail) == (subject in self._problems):
            return
        if detail:
            self._problems[subject] = detail
            log.warning("mqtt.problem", detail=detail)
        else:
            del self._problems[subject]
        self._on_problem("; ".join(self._problems.values()))
