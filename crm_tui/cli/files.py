"""Commands that read and write files of other programs: import, export."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.cli.working import stoppable
from crm_tui.words import t

_EVERY = 0.1
"""Seconds between two progress lines."""
_KINDS = click.Choice(["customers", "orders", "payments", "products", "deals", "tickets", "events"])


@command("import")
@argument("file", type=click.Path(path_type=Path))
@option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="Where a column goes; may be given several times.")
@option("--encoding", metavar="NAME", help="Encoding of a text file, such as gb18030; found out if not told.")
@option("--sheet", metavar="NAME", help="Sheet of a workbook; the first with content if not told.")
@option("--delimiter", metavar="CHAR", help="What stands between the cells of a text file; found out if not told.")
@option("--kind", type=_KINDS, help="What the rows are; found out if not told.")
@option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows go, with the reason.")
@option("--verdicts", type=click.Path(path_type=Path), help="Write what becomes of each row here, as lines of JSON.")
@option("--progress", is_flag=True, help="Print progress as lines of JSON on stderr.")
@option("--for", "whose", metavar="CUSTOMER", help="Of a calendar: whose the appointments are that name nobody.")
def import_command(
    session: Session,
    file: Path,
    maps: tuple[str, ...],
    progress: bool,
    dry_run: bool,
    whose: str | None,
    **options: Any,
) -> None:
    """Read customers, orders, payments, products, our own JSON or a calendar; undo takes it all back."""
    from crm_tui.exchange.files import kind_of
    from crm_tui.exchange.importing import import_file

    mapping = dict(_pair(word) for word in maps)
    file = file.expanduser()
    kind = kind_of(file)  # a file that nobody can read must not even make an empty database
    crm = session.crm(create=True)
    if kind == "ical":
        _import_calendar(session, file, whose, dry_run, options.get("encoding"))
        return
    tell = _progress_lines() if progress else _progress_on_terminal()
    with stoppable() as cancel, crm.task(t("Import of {file}", file=file)):
        report = import_file(crm, file, mapping=mapping, dry_run=dry_run, progress=tell, cancel=cancel, **options)
    _tell(session, report, dry_run)


def _import_calendar(session: Session, file: Path, whose: str | None, dry_run: bool, encoding: str | None) -> None:
    """Make plans of a calendar, and list what could not be read or names nobody."""
    from crm_tui.exchange.schedule_files import import_calendar

    crm = session.crm(create=True)
    customer = crm.customers.resolve(whose) if whose else None
    report = import_calendar(crm, file, customer=customer, dry_run=dry_run, encoding=encoding)
    for problem in report["problems"]:
        session.say(f"{problem['line'] or problem['uid']}: {problem['reason']}")
    for kept in report["kept_yours"]:
        session.say(t("kept yours: {field}: {yours} (the file says {theirs})", **kept))
    _counts(session, report, dry_run)


def _pair(word: str) -> tuple[str, str]:
    column, sign, field = word.rpartition("=")
    if not sign or not column:
        raise click.UsageError(t("--map wants COLUMN=FIELD, not “{word}”", word=word))
    return column, field


def _tell(session: Session, report: dict[str, Any], dry_run: bool) -> None:
    from crm_tui.services.conflicts import left_alone

    for note in report["notes"]:
        session.say(note)
    if report["guessed_name"]:
        session.say(t("If another column holds the names, say so: --map COLUMN=name"))
    for kept in report["kept_yours"]:
        session.say(t("kept yours: {name}, {field}: {yours} (the file says {theirs})", **kept))
    if report["skipped"]:
        session.say(left_alone(report["skipped"]))
    if report["rejects_file"]:
        session.say(t("rejected rows, each with its reason, are in {path}", path=report["rejects_file"]))
    _counts(session, report, dry_run)


def _counts(session: Session, report: dict[str, Any], dry_run: bool) -> None:
    from crm_tui.cli.shown import pairs

    if dry_run:
        session.say(t("nothing was changed: this was a dry run"))
    counts: list[tuple[str, object]] = [
        (t("Rows"), report["rows"]),
        (t("New"), report["created"]),
        (t("Updated"), report["updated"]),
        (t("Unchanged"), report["unchanged"]),
        (t("Rejected"), report["rejected"]),
    ]
    session.put(report, lambda: pairs(counts))


Tell = Callable[[str, int, int], None]


def _progress_lines() -> Tell:
    """Progress for the app that started us: one JSON object a line, not more often than it can be read."""
    last = (0.0, "")

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if phase != last[1] or now - last[0] > _EVERY:
            last = (now, phase)
            line = {"phase": phase, "done": done, "total": total}
            print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)

    return tell


def _progress_on_terminal() -> Tell | None:
    """Progress for a person, in one line that is wiped at the end; none where stderr is no terminal."""
    if not sys.stderr.isatty():
        return None
    last = [0.0]

    def tell(phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - last[0] > _EVERY:
            last[0] = now
            share = f" {100 * done // total}%" if total else ""
            print(f"\r\x1b[K{phase}{share}", end="", file=sys.stderr, flush=True)
        if total and done >= total:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    return tell


@command("export")
@argument("what", type=click.Choice(["customers", "contacts", "all", "schedule"]))
@argument("file", type=click.Path(path_type=Path))
@option("--person", metavar="NAME", help="Of the schedule: only this person's.")
def export_command(session: Session, what: str, file: Path, person: str | None) -> None:
    """Write customers, contacts, all, or the schedule into FILE; its ending says how: .csv .xlsx .vcf .json .ics."""
    from crm_tui.exchange.exporting import export_file

    if what == "schedule":
        _export_schedule(session, file.expanduser(), person)
        return
    report = export_file(session.crm(), what, file.expanduser())
    session.put(report, t("{n} rows in {path}", n=report["rows"], path=report["file"]))


def _export_schedule(session: Session, file: Path, person: str | None) -> None:
    """Write all that is planned from today on as a calendar."""
    from crm_tui.exchange.schedule_files import export_schedule

    if file.suffix.lower() != ".ics":
        raise click.UsageError(t("the schedule is written as a calendar: name the file .ics"))
    crm = session.crm()
    who = str(crm.people.find(person)["id"]) if person else None
    report = export_schedule(crm, file, person=who)
    session.put(report, t("{n} rows in {path}", n=report["rows"], path=report["file"]))
