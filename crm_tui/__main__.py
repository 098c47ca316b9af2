"""Where the program starts. Kept small: `--version` answers before anything else is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program with the words of the command line, and exit with its code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from crm_tui import __version__

        print(f"crm-tui {__version__}")
        return
    from crm_tui.cli.run import run

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
