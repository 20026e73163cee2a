"""What a set-up means, in sentences that are made from the real configuration."""

from collections.abc import Iterator

from edge.analysis import arrival, temperature
from edge.app.client.measured import MEASURED
from edge.app.load.checked import CheckedConfiguration
from edge.delivery import setup_texts as texts
from edge.model.language import Locale
from edge.model.people import Device, Person, Watchfulness
from edge.model.reading import Quantity
from edge.web.setup_wire import Choice


def limits(loaded: CheckedConfiguration, child: Person | None, now_s: float, words: Locale) -> list[str]:
    """When it rings for that child. now_s: wall seconds, since a limit follows the age."""
    config = loaded.config
    hers = [device for device in config.devices if child is not None and device.person == child.id]
    found = [sentence for device in hers if device.site for sentence in _thermometer(loaded, device, now_s, words)]
    moving = [device for device in hers if device.limb]
    for device in moving:
        silent_s = arrival.deadline_s(
            config.limits_for(device), loaded.profiles[device.profile].expected_interval_s, motion=True, spot=False
        )
        found.append(words.say(texts.MOVEMENT, silent=texts.span(silent_s or 0.0, words)))
    return found if moving else [*found, words.say(texts.NO_MOVEMENT)]


def _thermometer(loaded: CheckedConfiguration, device: Device, now_s: float, words: Locale) -> Iterator[str]:
    config, profile = loaded.config, loaded.profiles[device.profile]
    assert device.site is not None
    own = config.limits_for(device)
    core = Quantity.CORE_TEMPERATURE in profile.quantities
    rules = temperature.Rules(device.site, own, config.person(device.person).age_months(now_s), profile.spot, core)
    silent_s = arrival.deadline_s(own, profile.expected_interval_s, motion=False, spot=profile.spot)
    confirm_s = None if profile.spot else temperature.CONFIRM_S
    yield texts.thermometer(texts.PLACES[device.site], rules.fever_c, confirm_s, silent_s, words)
    yield words.say(texts.YOUNG) if rules.young else texts.high(rules.high_c, words)


def levels(words: Locale) -> list[Choice]:
    """How watchful it may be, each as it was measured."""
    return [Choice(each, words.say(texts.LEVELS[each]), MEASURED[each].sentence(words)) for each in Watchfulness]
