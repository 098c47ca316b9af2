"""The command that opens the demo."""

from __future__ import annotations

from pathlib import Path

import click

from crm_tui.cli.program import command, option
from crm_tui.cli.session import Session
from crm_tui.errors import Refused
from crm_tui.words import t


@command("demo")
@option("--screen", metavar="NAME", help="Open the app on this screen.")
@option("--file", type=click.Path(path_type=Path), help="Write the demo into this new file instead of opening it.")
def demo_command(session: Session, screen: str | None, file: Path | None) -> None:
    """Open a small world of invented customers to try things in; your own file is not touched."""
    from crm_tui.services import demo

    if file is not None:
        file = file.expanduser().absolute()
        if file.exists():
            raise Refused(t("{path} exists already; name a new file", path=file))
    copy = demo.fresh_copy(session.home.data / "demo", session.clock(), session.zone)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        copy.replace(file)
        copy = file
    if file is None and not session.json:
        from crm_tui.cli.opening import open_app

        open_app(session, screen, copy)
    crm = session.open(copy)
    count = crm.customers.counts()["all"]
    crm.close()
    session.put({"file": str(copy), "customers": count}, str(copy))
