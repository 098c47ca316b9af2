"""Commands about what was done: undo, redo, history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.database import Undone


@command("undo")
@option("--action", "number", type=int, metavar="N", help="The number of an action, as history lists them.")
def undo_command(session: Session, number: int | None) -> None:
    """Take back the last action, or the one with a number; also after a restart."""
    _tell(session, session.crm().history.undo(number), undo=True)


@command("redo")
def redo_command(session: Session) -> None:
    """Take back the last undo."""
    _tell(session, session.crm().history.redo(), undo=False)


def _tell(session: Session, done: Undone, *, undo: bool) -> None:
    from crm_tui.cli.shown import label, noun_label
    from crm_tui.services.history import title

    said = title(done.action.verb, done.action.params)
    left = [{"noun": one.noun, "id": one.row, "field": one.field, "reason": one.reason} for one in done.left]
    for one in done.left:
        what = f"{noun_label(one.noun)} {label(one.noun, one.field)}" if one.field else noun_label(one.noun)
        session.say(t("stays as it is: {what} {id} ({reason})", what=what, id=one.row, reason=t(one.reason)))
    session.put(
        {
            **{"action": done.action.id, "title": said, "fields": done.fields, "left": left},
            "by": done.changes.action,
        },
        t("Undone: {title} ({n} fields)", title=said, n=done.fields)
        if undo
        else t("Done again: {title} ({n} fields)", title=said, n=done.fields),
    )


@command("history")
@argument("record", required=False)
@option("--limit", type=click.IntRange(1), default=50, help="At most so many.")
def history_command(session: Session, record: str | None, limit: int) -> None:
    """List what was done, newest first; with a record, who changed what on it."""
    if record is None:
        _actions(session, limit)
    else:
        _steps(session, record, limit)


def _actions(session: Session, limit: int) -> None:
    from crm_tui.cli.shown import table

    crm = session.crm()
    entries = crm.history.entries(limit)
    here = crm.local_now().tzinfo
    session.put(
        [
            {
                **{"action": e.id, "at": e.at.isoformat().replace("+00:00", "Z"), "person": e.person or None},
                **{"kind": e.kind, "title": e.title, "fields": e.count, "undone": e.undone},
            }
            for e in entries
        ],
        lambda: table(
            [
                (e.id, f"{e.at.astimezone(here):%Y-%m-%d %H:%M}", e.person, e.count, "↶" if e.undone else "", e.title)
                for e in entries
            ],
            (t("No."), t("When"), t("Who"), t("Changes"), t("Undone"), t("What")),
            right=(0, 3),
        ),
    )


def _steps(session: Session, record: str, limit: int) -> None:
    from crm_tui.cli.shown import label, shown_value, table
    from crm_tui.cli.values import record_of
    from crm_tui.records.nouns import NOUNS

    crm = session.crm()
    noun, row = record_of(crm, record)
    steps = crm.history.of(noun, row, limit)
    here = crm.local_now().tzinfo

    def text(field: str | None, value: object) -> str:
        known = field is not None and field in NOUNS[noun].fields
        return shown_value(crm, noun, str(field), value) if known else str(value if value is not None else "")

    session.put(
        [
            {
                **{"action": s.action, "at": s.at.isoformat().replace("+00:00", "Z"), "person": s.person or None},
                **{"title": s.title, "field": s.field, "old": s.old, "new": s.new},
            }
            for s in steps
        ],
        lambda: table(
            [
                (
                    s.action,
                    f"{s.at.astimezone(here):%Y-%m-%d %H:%M}",
                    s.person,
                    label(noun, s.field) if s.field else s.title,
                    text(s.field, s.old) if s.field else "",
                    "→" if s.field else "",
                    text(s.field, s.new) if s.field else "",
                )
                for s in steps
            ],
            right=(0,),
        ),
    )
