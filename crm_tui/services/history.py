"""What was done in the file, by whom, and taking it back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crm_tui.records.nouns import NOUNS
from crm_tui.store import journal
from crm_tui.store.database import Undone
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Entry:
    """One action of the history.

    Attributes:
        id: its number, for `undo`.
        at: when (aware UTC).
        person: name of who did it.
        kind: edit, bulk, import, merge, choice, raw, upkeep, undo, redo.
        title: what it was, in the reader's language.
        count: how many changes it made.
        undone: whether it is taken back now.
    """

    id: int
    at: datetime
    person: str
    kind: str
    title: str
    count: int
    undone: bool


@dataclass(frozen=True)
class Step:
    """One change of one field in the history of a record; `field` is None for its beginning.

    `verb` and `params` are those of the action that made it, "" for one that was made outside.
    """

    action: int | None
    at: datetime
    person: str
    title: str
    field: str | None
    old: Any
    new: Any
    verb: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class History:
    """The journal as people read it."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.store = crm.store

    def entries(self, limit: int = 200, before: int | None = None) -> list[Entry]:
        """Actions, newest first.

        Args:
            limit: at most so many.
            before: only older ones than this number.
        """
        db = self.store.reader()
        rows = db.execute(
            "SELECT a.id, a.at, p.name, a.kind, a.verb, a.params, a.last - a.first + 1, u.kind = 'undo' AND NOT EXISTS("
            "SELECT 1 FROM action r WHERE r.undoes = u.id) FROM action a LEFT JOIN people p ON p.id = a.person "
            "LEFT JOIN action u ON u.undoes = a.id WHERE a.id < ? ORDER BY a.id DESC LIMIT ?",
            (before or 2**62, limit),
        )
        return [
            Entry(n, _when(at), who or "", kind, title(verb, json.loads(params)), count, bool(undone))
            for n, at, who, kind, verb, params, count, undone in rows
        ]

    def of(self, noun: str, row: str, limit: int = 500, only: str | None = None) -> list[Step]:
        """Who changed what on a record, newest first.

        Args:
            noun: of the record.
            row: its id.
            limit: at most so many changes.
            only: changes of this field, and the beginning; all if None.
        """
        db = self.store.reader()
        which, params = ("AND (f.name = ? OR c.field IS NULL) ", (row, only, limit)) if only else ("", (row, limit))
        rows = db.execute(
            "SELECT c.dev, c.seq, c.at, f.name, c.old, c.value FROM change c JOIN row r ON r.n = c.row "
            f"LEFT JOIN field f ON f.k = c.field WHERE r.id = ? {which}ORDER BY c.at DESC, c.seq DESC LIMIT ?",
            params,
        ).fetchall()
        people = dict(db.execute("SELECT id, name FROM people"))
        found = []
        for dev, seq, at, field, old, new in rows:
            action = journal.action_of(db, dev, seq)
            said = title(action.verb, action.params) if action else t("Changed outside")
            who = people.get(action.person, "") if action else ""
            made = (action.id, action.verb, action.params) if action else (None, "", {})
            found.append(Step(made[0], _when(at), who or "", said, field, old, new, *made[1:]))
        return found

    def undo(self, number: int | None = None) -> Undone:
        """Take back the last action, or the one with this number.

        Raises:
            Refused: if there is nothing to take back.
        """
        return self.store.undo(number)

    def redo(self) -> Undone:
        """Take back the last undo.

        Raises:
            Refused: if there is none, or something else was done since.
        """
        return self.store.redo()


def title(verb: str, params: dict[str, Any]) -> str:
    """What an action was, in the reader's language; nouns, fields and kinds are translated too."""
    if verb in ("Undo", "Redo"):
        of = title(str(params.get("of", "")), dict(params.get("params", {})))
        return t("Undo: {title}", title=of) if verb == "Undo" else t("Redo: {title}", title=of)
    values = dict(params)
    noun = NOUNS.get(str(values.get("noun")))
    if noun is not None:
        values["noun"] = _pick(noun.en if "n" in values else noun.one.lower(), noun.zh)
        if "fields" in values:
            values["fields"] = labels(noun.name, values["fields"])
        # A key date has no name but its kind, which is kept as a code.
        for key, name in (("kind", "kind"), ("name", noun.title)):
            if key in values and name in noun.fields:
                choices = {c.code: _pick(c.en, c.zh) for c in noun.fields[name].about.choices}
                values[key] = choices.get(values[key], values[key])
    return t(verb, **values)


def labels(noun: str, fields: Sequence[str]) -> str:
    """The labels of fields in the reader's language, in one line."""
    known = NOUNS[noun].fields
    return ", ".join(_pick(known[f].about.en, known[f].about.zh) if f in known else f for f in fields)


def _pick(en: str, zh: str) -> str:
    return zh if language() == "zh" else en


def _when(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
