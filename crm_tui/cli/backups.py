"""Commands about the file's safety: backup, restore-backup, check."""

from __future__ import annotations

from pathlib import Path

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import BadFile, Refused
from crm_tui.words import t


@command("backup")
@argument("file", required=False, type=click.Path(path_type=Path))
def backup_command(session: Session, file: Path | None) -> None:
    """Write a checked copy of the file: into its folder of backups, or into FILE."""
    crm = session.crm()
    if file is not None:
        file = file.expanduser().absolute()
        if file == session.file:
            raise Refused(t("a backup cannot stand in the place of the file itself"))
    made = crm.backup(file)
    session.put({"file": str(made), "ok": True, "problems": [], "digest": crm.digest()}, str(made))


@command("restore-backup")
@argument("file", type=click.Path(path_type=Path))
def restore_backup_command(session: Session, file: Path) -> None:
    """Put a backup back in the place of the file; what stands there is backed up first."""
    from crm_tui.store import backup

    file = file.expanduser().absolute()
    if file == session.file:
        raise Refused(t("{path} is the file itself; name one of its backups", path=file))
    kept = backup.restore(session.file, file, session.clock())
    crm = session.crm()
    problems = crm.check()
    if kept is not None:
        session.say(t("what stood there is kept in {path}", path=kept))
    session.put(
        {
            **{"file": str(session.file), "kept": str(kept) if kept else None},
            **{"ok": not problems, "problems": problems, "digest": crm.digest()},
        },
        str(session.file),
    )


@command("check")
@option("--digest", is_flag=True, help="Also print one number for all that people know; equal content, equal number.")
def check_command(session: Session, digest: bool) -> None:
    """Look for damage: SQLite itself, links, the journal and the search index against the tables."""
    crm = session.crm()
    problems = crm.check(lambda what: None if session.json else session.say(what))
    number = crm.digest() if digest else None
    lines = problems or [t("no problem found")]
    session.put(
        {"ok": not problems, "problems": problems, "digest": number},
        "\n".join(lines + ([number] if number else [])),
    )
    if problems:
        raise BadFile(t("{n} problems in {path}", n=len(problems), path=session.file))
