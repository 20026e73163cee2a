"""Starts the hub of a soak as `feverhub` starts the daemon: what `edge.__main__` keeps out of memory stays out."""

import sys


def main() -> None:
    sys.modules["rich"] = None  # type: ignore[assignment]
    from tests.bench import soak_hub

    soak_hub.main()


if __name__ == "__main__":
    main()
