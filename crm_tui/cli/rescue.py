"""The command that separates two copies of a file which both went on with one log."""

from __future__ import annotations

from pathlib import Path

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.words import t


@command("rescue")
@argument("file", type=click.Path(path_type=Path))
@option("--received", is_flag=True, help="Also a log that was only received here, not written.")
@option("--passphrase-file", type=click.Path(path_type=Path), metavar="F", help="Opens the bundle: its first line.")
def rescue_command(session: Session, file: Path, received: bool, passphrase_file: Path | None) -> None:
    """On the machine with the wrong copy: give it a log of its own; FILE is the refused bundle or the other file."""
    from crm_tui.errors import BadFile
    from crm_tui.sync.bundles import Bundles
    from crm_tui.sync.rescue import rescue

    passphrase = None
    if passphrase_file is not None:
        try:
            passphrase = passphrase_file.expanduser().read_text(encoding="utf-8").split("\n")[0]
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile(t("{path} cannot be read: {reason}", path=passphrase_file, reason=error)) from None
    bundles = Bundles(session.crm(), session.home.data, session.home.memory)
    done = rescue(bundles, file.expanduser().absolute(), passphrase=passphrase, received=received)
    changes = sum(one.changes for one in done.moved)
    session.put(
        {
            "changes": changes,
            "logs": [
                {"machine": one.name, "old": one.old, "new": one.new, "changes": one.changes} for one in done.moved
            ],
            "backup": str(done.backup),
        },
        "\n".join(
            [
                t(
                    "{n} changes that were written here have a log of their own now; nothing of them is lost.",
                    n=changes,
                ),
                t("What stood before is kept in {path}", path=done.backup),
                t("Now take the bundle in: crm-tui bundle import FILE"),
            ]
        ),
    )
