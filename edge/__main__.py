"""`python -m edge` and the command `feverhub`."""

import sys

import click

from edge.cli import feverhub
from edge.errors import EdgeError


def main() -> None:
    """Run the command line; an error that this program raised on purpose is one line and an exit code."""
    # Where some other package has brought it, structlog would load it for tracebacks in colour: 5 MiB for the daemon.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    try:
        feverhub.main(standalone_mode=False)
    except EdgeError as error:
        for line in str(error).splitlines():
            click.echo(f"feverhub: {line}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("feverhub: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
