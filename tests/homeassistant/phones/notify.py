"""`notify.NAME` of each phone in the configuration."""

import json
from pathlib import Path
from typing import Any

from homeassistant.components.notify import BaseNotificationService
from homeassistant.core import HomeAssistant


def get_service(hass: HomeAssistant, config: dict[str, Any], _discovered: object = None) -> BaseNotificationService:
    return Phone(Path(hass.config.path(f"{config['name']}.jsonl")))


class Phone(BaseNotificationService):
    def __init__(self, file: Path) -> None:
        self._file = file

    def send_message(self, message: str = "", **more: Any) -> None:
        with self._file.open("a") as file:
            file.write(json.dumps({"message": message, **more}) + "\n")
