"""The ways to each caregiver's phones, made of the addresses among the secrets; made anew only where they changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge.app.load.configuration import CREDENTIAL, Configuration
from edge.model.language import Locale
from edge.model.people import Caregiver, Role
from edge.ports import Notifier
from edge.push.apprise import AppriseNotifier
from edge.push.ntfy import NtfyPhone, is_ntfy


@dataclass(frozen=True, slots=True)
class _Ways:
    """urls: secrets. how: what else a channel is made of."""

    urls: tuple[str, ...]
    how: tuple[object, ...]
    notifiers: Sequence[Notifier]


class PhoneChannels:
    """locale: how a caregiver reads."""

    def __init__(self, locale: Callable[[Caregiver], Locale]) -> None:
        self._locale = locale
        self._ways: dict[str, _Ways] = {}

    def renew(self, loaded: Configuration) -> tuple[Mapping[str, Sequence[Notifier]], frozenset[str]]:
        """The channels of each caregiver who has any, and who of those is rung at other addresses than before.

        Raises ConfigError for a secret that is not there; then nothing has changed.
        """
        found: dict[str, _Ways] = {}
        for each in loaded.config.caregivers:
            if not each.channels or each.role is Role.VIEWER:
                continue
            urls = tuple(loaded.credentials.require(name.removeprefix(CREDENTIAL)) for name in each.channels)
            how = (each.phone_buttons, each.clear_answered, each.language, each.unit)
            known = self._ways.get(each.id)
            if known is not None and (known.urls, known.how) == (urls, how):
                found[each.id] = known
            else:
                found[each.id] = _Ways(urls, how, [self._made(url, each, loaded) for url in urls])
        anew = frozenset(who for who, ways in found.items() if who in self._ways and self._ways[who].urls != ways.urls)
        self._ways = found
        return {who: ways.notifiers for who, ways in found.items()}, anew

    def _made(self, url: str, caregiver: Caregiver, loaded: Configuration) -> Notifier:
        if not is_ntfy(url):
            return AppriseNotifier([url])
        return NtfyPhone(
            url,
            who=f"{caregiver.id} at {loaded.config.hub.name}",
            buttons=caregiver.phone_buttons,
            clears=caregiver.clear_answered,
            words_of=self._locale(caregiver),
        )
