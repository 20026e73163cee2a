"""A bar of simulated time on stderr, for what takes longer than a moment. Nothing is drawn without a terminal."""

from types import TracebackType
from typing import Any, Self

LAYOUT = "{desc} {percentage:3.0f}%|{bar:24}| {n_fmt}/{total_fmt} s {postfix}"


class Bar:
    """`with Bar("night", 4200) as bar: bar.reach(60)`. Lines go through `say`, so that they do not cut the bar."""

    def __init__(self, title: str, total_s: float) -> None:
        from tqdm import tqdm

        self._bar: Any = tqdm(total=round(total_s), desc=title, bar_format=LAYOUT, disable=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def reach(self, moment_s: float, words: str = "") -> None:
        """Move to that second; `words` stand behind the bar."""
        self._bar.set_postfix_str(words, refresh=False)
        self._bar.update(min(round(moment_s), self._bar.total) - self._bar.n)


def say(line: str = "") -> None:
    """A line on stdout, above the bar if there is one."""
    from tqdm import tqdm

    tqdm.write(line)
