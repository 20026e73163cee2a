"""One push attempt through Apprise, blocking. Nothing here raises, and no address ever leaves this file.

Apprise loads all of its 180 services for the first address it is given, which costs 28 MiB. The services families
use are therefore imported by name (10 MiB, once); any other address still works and pays the full price.
"""

import logging
import re
from typing import Any

from edge.model.language import N_
from edge.ports import Outcome, Sent
from edge.push.connections import Connections, during

# The scheme of an address -> the module of Apprise that serves it.
_MODULES = {
    **dict.fromkeys(("ntfy", "ntfys"), "ntfy"),
    **dict.fromkeys(("gotify", "gotifys"), "gotify"),
    **dict.fromkeys(("signal", "signals"), "signal_api"),
    **dict.fromkeys(("matrix", "matrixs"), "matrix"),
    **dict.fromkeys(("mailto", "mailtos"), "email"),
    **dict.fromkeys(("hassio", "hassios"), "home_assistant"),
    **dict.fromkeys(("json", "jsons"), "custom_json"),
    **dict.fromkeys(("bark", "barks"), "bark"),
    "pover": "pushover",
    "tgram": "telegram",
    "threema": "threema",
    "twilio": "twilio",
    "pbul": "pushbullet",
    "prowl": "prowl",
    "discord": "discord",
    "slack": "slack",
}

# What wakes a phone, in each service's own words. Pushover's "emergency" would go on ringing after somebody has
# answered at the hub, which repeats by itself; the family's own choice in the address always wins.
_URGENT = {
    "ntfy": ("priority", "max"),
    "gotify": ("priority", "emergency"),
    "prowl": ("priority", "emergency"),
    "pushover": ("priority", "high"),
    "bark": ("level", "critical"),
}

# What makes no sound. Services without such a word send it as any other message.
_QUIET = {
    "ntfy": ("priority", "low"),
    "gotify": ("priority", "low"),
    "pushover": ("priority", "low"),
    "bark": ("level", "passive"),
}

_SCHEME = re.compile(r"\s*([a-z0-9][a-z0-9+.-]*)://", re.IGNORECASE)
_STATUS = re.compile(r"error=(\d{3})")
_UNREACHED = re.compile(r"connection error|i/o error|socket|timed? ?out|name or service", re.IGNORECASE)

# What edge.push.bounded makes of a web page in the place of an answer.
_SIGN_IN_STATUS = 511
# HTTP statuses of 4xx that pass by themselves: Request Timeout, Too Early, Too Many Requests (RFC 9110, 8470, 6585).
_PASSING = (408, 425, 429)

# Apprise's own 4 s per read gives up on a phone network that is merely slow, and the message then comes twice.
_CONNECT_S = 5.0
_READ_S = 10.0
ANSWERED = N_("the service answered {a}")


def attempt(
    url: str,
    title: str,
    text: str,
    urgent: bool,
    *,
    quiet: bool = False,
    actions: str = "",
    connections: Connections | None = None,
) -> Sent:
    """Send one message to one Apprise address and say what became of it. Blocks until an answer is whole.

    actions: the buttons under it, in the service's own format (ntfy). connections: breaks the attempt off.
    """
    try:
        found = opened(url, urgent=urgent, quiet=quiet, actions=actions)
        if isinstance(found, Sent):
            return found
        with during(connections or Connections()):
            return _notify(found, title, text, urgent)
    except Exception as error:  # noqa: BLE001 - a service's code may raise anything; its text may hold the address
        return Sent(Outcome.RETRY, f"the push service failed inside ({type(error).__name__})")


def problem(url: str) -> str:
    """Why an address cannot be used, empty if it can. Sends nothing; loads what sending will need."""
    try:
        found = opened(url)
    except Exception as error:  # noqa: BLE001 - as above
        return f"the address cannot be used ({type(error).__name__})"
    return found.detail if isinstance(found, Sent) else ""


def opened(url: str, *, urgent: bool = False, quiet: bool = False, actions: str = "") -> Any:
    """The Apprise service of an address, or why there is none. Sends nothing."""
    import apprise

    from edge.push import bounded

    _quiet()
    asset = apprise.AppriseAsset(
        app_id="feverhub", app_desc="", app_url="", image_url_mask="", image_url_logo="", async_mode=False,
        service_timeout=0,  # Apprise would wait on a thread of its own, which blocks the end of the program
    )  # fmt: skip
    scheme = _SCHEME.match(url)
    module = _MODULES.get(scheme[1].lower(), "") if scheme else ""
    if not module:
        service = apprise.Apprise.instantiate(url.strip(), asset=asset)
        if not service:
            return Sent(Outcome.REFUSED, "the address is not one that Apprise understands")
        bounded.bind(service)
        return service
    plugin = _plugin(module, scheme[1].lower() if scheme else "")
    values = plugin.parse_url(url.strip()) if plugin.enabled else None
    if not values:
        why = "the address is incomplete" if plugin.enabled else "a library that it needs is not installed"
        return Sent(Outcome.REFUSED, f"{plugin.service_name}: {why}")
    asked = _URGENT if urgent else _QUIET if quiet else {}
    if module in asked:
        key, value = asked[module]
        values[key] = values.get(key) or value
    if actions and module == "ntfy":
        values.setdefault("actions", actions)  # the family's own choice wins here too
    values.setdefault("cto", _CONNECT_S)
    values.setdefault("rto", _READ_S)
    try:
        service = plugin(asset=asset, **values)
    except TypeError:  # AppriseImproperlyConfigured is one; its text quotes the address
        return Sent(Outcome.REFUSED, f"{plugin.service_name}: the address is incomplete")
    bounded.bind(service)
    return service


def _plugin(module: str, scheme: str) -> Any:
    """The class in that module of Apprise that serves a scheme."""
    from importlib import import_module

    names = vars(import_module(f"apprise.plugins.{module}")).values()
    return next(it for it in names if isinstance(it, type) and scheme in getattr(it, "schemas", lambda _: ())(it))


def _quiet() -> None:
    """Keep addresses, topics and tokens out of our log: Apprise logs them, urllib3 logs paths at debug level."""
    logging.getLogger("apprise").propagate = False
    logging.getLogger("urllib3").setLevel(logging.INFO)


def _notify(service: Any, title: str, text: str, urgent: bool) -> Sent:
    from apprise import Apprise, NotifyFormat, NotifyType

    kind = NotifyType.FAILURE if urgent else NotifyType.INFO
    result = Apprise(service).notify(title=title, body=text, notify_type=kind, body_format=NotifyFormat.TEXT)
    attempts = [it for one in result.results for it in one.attempts]
    name = str(service.service_name)
    # The status of the whole counts an `optional=yes` service as a success whatever happened: ask the attempts.
    if any(attempts):
        return Sent(Outcome.DELIVERED, f"{name}: delivered")
    said = " ".join(entry.message for it in attempts for entry in it.logs)
    return _failure(name, said)


def _failure(name: str, said: str) -> Sent:
    """Sort a failure by what the service's log says; only the HTTP status is passed on, never the log's text."""
    codes = _STATUS.findall(said)
    if codes:
        status = int(codes[-1])
        if status == _SIGN_IN_STATUS:
            return Sent(Outcome.RETRY, f"{name}: a web page answered in its place, such as a router's sign-in page")
        final = 400 <= status < 500 and status not in _PASSING
        return Sent(Outcome.REFUSED if final else Outcome.RETRY, f"{name}: {ANSWERED.format(a=status)}")
    why = N_("could not be reached") if _UNREACHED.search(said) else N_("did not take the message")
    return Sent(Outcome.RETRY, f"{name}: {why}")
