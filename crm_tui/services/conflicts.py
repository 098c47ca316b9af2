"""What machines disagree on: the sides of a field, rows in dispute over the trash, and settling them once for all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from crm_tui.errors import NotFound, Refused
from crm_tui.records.nouns import NOUNS
from crm_tui.rules.heads import Change
from crm_tui.rules.hidden import DELETED, TRASHED, disputed
from crm_tui.services.history import title as action_title
from crm_tui.services.stale import Look, refuse_if_newer
from crm_tui.store import issues, logs, undo
from crm_tui.store.database import Changes, Value
from crm_tui.store.heads import StoredHistory
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Keep = Literal["mine", "theirs", "both", "value"]

SPAN = 10_000
"""A conflict's number is the row's number in this file times this, plus the field's."""


@dataclass(frozen=True)
class Side:
    """One side of a conflict.

    Attributes:
        value: as it is stored.
        at: when it was written (aware UTC).
        machine: name of the machine; `person` of who wrote it there.
        mine: whether it was written in this file.
        shown: whether it is what is shown until somebody chooses.
        title: the action that wrote it, in the reader's language.
    """

    value: Value
    at: datetime
    machine: str
    person: str
    mine: bool
    shown: bool
    title: str


@dataclass(frozen=True)
class Conflict:
    """A field on which machines disagree, or a row that one put into the trash and another wrote on.

    Attributes:
        number: names it in this file, for `resolve`.
        noun: of the record; `row` its id, `record` what people call it, `customer` the id of its customer.
        field: name of the field; "deleted" where it is about the trash.
        label: what the field is called in the reader's language.
        before: the value that all sides came from; None if unknown.
        sides: earlier first; for the trash: the marks, and what was written without knowing of them.
    """

    number: int
    noun: str
    row: str
    record: str
    customer: str | None
    field: str
    label: str
    before: Value
    sides: tuple[Side, ...]

    @property
    def mine(self) -> Side | None:
        """The latest side that was written here."""
        return next((side for side in reversed(self.sides) if side.mine), None)

    @property
    def theirs(self) -> Side | None:
        """The latest side that was written elsewhere."""
        return next((side for side in reversed(self.sides) if not side.mine), None)


@dataclass(frozen=True)
class Issue:
    """Something that a merge found and no choice between values settles: kind, record and a sentence."""

    kind: str
    noun: str
    row: str
    record: str
    text: str


class Conflicts:
    """The inbox of what machines disagree on."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.store = crm.store

    def count(self) -> int:
        """How many conflicts wait."""
        return issues.waiting(self.store.reader())

    def numbers(self) -> list[int]:
        """The numbers of all conflicts, in the order of their records' numbers."""
        query = f"SELECT row * {SPAN} + field FROM ({issues.WAITING}) ORDER BY 1"
        return [number for (number,) in self.store.reader().execute(query)]

    def rows(self, limit: int = 500) -> list[Conflict]:
        """The first conflicts, in the order of their records' numbers."""
        query = f"SELECT row * {SPAN} + field FROM ({issues.WAITING}) ORDER BY 1 LIMIT ?"
        return self.some([number for (number,) in self.store.reader().execute(query, (limit,))])

    def some(self, numbers: Sequence[int]) -> list[Conflict]:
        """The conflicts with these numbers; what is settled meanwhile is left out."""
        history = StoredHistory(self.store.reader(), self.store.catalogue)
        found = (self._conflict(history, number) for number in numbers if self._waits(number))
        return [one for one in found if one is not None]

    def waiting_on(self, rows: Sequence[str]) -> list[tuple[str, str, int]]:
        """The conflicts of these records: id, name of the field, number; looked up, never searched for."""
        found = self.store.reader().execute(
            f"SELECT r.id, f.name, r.n * {SPAN} + f.k FROM row r CROSS JOIN conflict c ON c.row = r.n "
            "CROSS JOIN field f ON f.k = c.field AND f.known WHERE r.id IN (SELECT value FROM json_each(?1)) "
            f"UNION SELECT r.id, f.name, r.n * {SPAN} + f.k FROM row r CROSS JOIN issue i ON i.kind = 'disputed' "
            "AND i.row = r.n CROSS JOIN field f ON f.noun = r.noun AND f.name = 'deleted' "
            "WHERE r.id IN (SELECT value FROM json_each(?1)) ORDER BY 3",
            (json.dumps(list(rows)),),
        )
        return found.fetchall()

    def number_of(self, row: str, field: str) -> int | None:
        """The number of the conflict of this field of a record; None if there is none."""
        found = (
            self.store.reader()
            .execute(
                f"SELECT r.n * {SPAN} + f.k FROM row r JOIN field f ON f.noun = r.noun AND f.name = ? WHERE r.id = ?",
                (field, row),
            )
            .fetchone()
        )
        return found[0] if found is not None and self._waits(found[0]) else None

    def _waits(self, number: int) -> bool:
        (waits,) = (
            self.store.reader()
            .execute(
                "SELECT EXISTS(SELECT 1 FROM conflict WHERE row = ?1 AND field = ?2) OR EXISTS(SELECT 1 FROM issue i "
                "JOIN field f ON f.k = ?2 WHERE i.row = ?1 AND i.kind = 'disputed' AND f.name = 'deleted')",
                divmod(number, SPAN),
            )
            .fetchone()
        )
        return bool(waits)

    def get(self, number: int) -> Conflict:
        """The conflict with this number.

        Raises:
            NotFound: if there is none, or it is settled.
        """
        found = self.some([number])
        if not found:
            raise NotFound(t("there is no conflict {n}; see: crm-tui conflicts", n=number))
        return found[0]

    def settled_last(self, limit: int = 200) -> list[Conflict]:
        """What the last own action settled, as it stood before; none if it settled nothing, or more than `limit`."""
        db = self.store.reader()
        action = undo.last_undoable(db, logs.own(db))
        if action is None or action.last - action.first >= limit:
            return []
        history = StoredHistory(db, self.store.catalogue)
        found = []
        for n, k, row, field, seq, log in db.execute(
            "SELECT r.n, c.field, r.id, f.name, c.seq, d.id FROM change c JOIN row r ON r.n = c.row JOIN field f ON "
            "f.k = c.field AND f.known JOIN device d ON d.dev = c.dev WHERE c.dev = ? AND c.seq BETWEEN ? AND ? "
            "ORDER BY c.seq",
            (action.dev, action.first, action.last),
        ).fetchall():
            sides = self._settled(history, row, field, log, seq)
            one = self._conflict(history, n * SPAN + k, sides) if sides else None
            found += [one] if one is not None else []
        return found

    @staticmethod
    def _settled(history: StoredHistory, row: str, field: str, log: str, seq: int) -> list[Change]:
        """The sides that a choice settled, also one that was chosen again since; none if it was no choice."""
        change = next(one for one in history.changes(row) if (one.log, one.seq) == (log, seq))
        while True:
            sides = history.heads(row, field, before=change)
            if history.conflict(row, field, before=change):
                return sides
            if field == DELETED and disputed(history, row, before=change):
                return sides
            if len(sides) != 1 or history.action_of(sides[0]).kind != "choice":
                return []
            change = sides[0]

    def _conflict(self, history: StoredHistory, number: int, heads: list[Change] | None = None) -> Conflict | None:
        db = self.store.reader()
        n, k = divmod(number, SPAN)
        row, noun_k, field = db.execute(
            "SELECT r.id, r.noun, f.name FROM row r JOIN field f ON f.k = ? WHERE r.n = ?", (k, n)
        ).fetchone()
        noun = self.store.catalogue.by_number.get(noun_k)
        if noun is None:
            return None
        heads = history.heads(row, field) if heads is None else heads
        if field == DELETED:
            heads = self._of_the_trash(history, row, heads)
        sides = tuple(self._side(change, field, heads) for change in heads)
        title = NOUNS[noun.name].title if noun.name in NOUNS else None
        owner = noun.owner.name if noun.owner else None
        columns = f"{title or 'id'}, {owner or 'NULL'}"
        record, customer = db.execute(f"SELECT {columns} FROM {noun.name} WHERE id = ?", (row,)).fetchone() or (
            row,
            None,
        )
        before = self._before(history, row, field, heads) if field != DELETED else None
        return Conflict(
            number,
            noun.name,
            row,
            self._called(noun.name, str(record or row), customer),
            row if noun.name == "customers" else customer,
            field,
            self._label(noun.name, field),
            before,
            sides,
        )

    def _of_the_trash(self, history: StoredHistory, row: str, marks: list[Change]) -> list[Change]:
        """The marks, and the newest change that does not know of one and is not known to it."""
        unaware = [
            change
            for change in history.changes(row)
            if change not in marks
            and not any(history.supersedes(m, change) or history.supersedes(change, m) for m in marks)
        ]
        latest = sorted(unaware, key=Change.rank)[-1:]
        return sorted([*marks, *latest], key=lambda change: (change.at, change.log))

    def _side(self, change: Change, field: str, heads: list[Change]) -> Side:
        db = self.store.reader()
        machine, dev, person, verb, params = db.execute(
            "SELECT d.name, d.dev, p.name, a.verb, a.params FROM device d "
            "LEFT JOIN action a ON a.dev = d.dev AND a.n = ? LEFT JOIN people p ON p.id = a.person WHERE d.id = ?",
            (change.action, change.log),
        ).fetchone()
        winner = max(heads, key=Change.rank)
        value = change.of(field) if field != DELETED or change.field in (DELETED, None) else None
        return Side(
            value,
            datetime.fromtimestamp(change.at / 1000, UTC),
            machine or "",
            person or "",
            dev in logs.own(db),
            change == winner,
            action_title(verb, json.loads(params)) if verb else "",
        )

    @staticmethod
    def _before(history: StoredHistory, row: str, field: str, heads: list[Change]) -> Value:
        for head in heads:
            if head.field is not None:
                return history.value(row, field, before=head)
        return None

    def _called(self, noun: str, record: str, customer: str | None) -> str:
        if customer is None or noun == "customers":
            return record
        found = self.store.reader().execute("SELECT name FROM customers WHERE id = ?", (customer,)).fetchone()
        return f"{found[0]} · {record}" if found and found[0] else record

    def _label(self, noun: str, field: str) -> str:
        if field == DELETED:
            return t("Trash")
        about = self.store.catalogue[noun].fields.get(field)
        if about is None:
            return field.removeprefix("extra.")
        return (about.zh if language() == "zh" else about.en) or field

    def resolve(self, number: int, keep: Keep, value: Value = None, opened: Look | None = None) -> Changes:
        """Settle a conflict for everybody who has not changed the field meanwhile.

        Args:
            number: of the conflict.
            keep: mine, theirs, both (texts in one, the older first), or the given value. About the trash: "mine" and
                "theirs" are what that side did; the value "trashed" puts the row into the trash, None keeps it.
            value: what to write, for keep="value".
            opened: what was here when the sides were shown, if it shall ask about what came since.

        Raises:
            NotFound: if it is settled already.
            ChangedSince: if another side came meanwhile.
            Refused: if a side does not exist or both cannot be kept.
        """
        conflict = self.get(number)
        chosen = self._chosen(conflict, keep, value)
        with self.store.action(
            "Settled {field} of {name}", "choice", field=conflict.field, noun=conflict.noun, name=conflict.record
        ) as work:
            fields = None if conflict.field == DELETED else {conflict.field}
            refuse_if_newer(work, conflict.noun, [conflict.row], opened, fields)
            work.write(conflict.noun, [conflict.row], conflict.field, chosen)
        return work.changes

    @staticmethod
    def _has(conflict: Conflict, keep: Keep) -> bool:
        return {"mine": conflict.mine, "theirs": conflict.theirs}.get(keep, True) is not None and not (
            keep == "both" and (conflict.field == DELETED or not all(isinstance(s.value, str) for s in conflict.sides))
        )

    def _chosen(self, conflict: Conflict, keep: Keep, value: Value) -> Value:
        if keep == "value":
            noun = NOUNS.get(conflict.noun)
            if noun is not None and conflict.field in noun.fields and conflict.field != DELETED:
                return noun.clean({conflict.field: value})[conflict.field]
            return TRASHED if value == TRASHED else value
        if not self._has(conflict, keep):
            raise Refused(t("this conflict cannot be settled that way; give a value instead"))
        if keep == "both":
            return "\n".join(dict.fromkeys(str(side.value) for side in conflict.sides))
        side = conflict.mine if keep == "mine" else conflict.theirs
        assert side is not None
        return side.value

    def issues(self) -> list[Issue]:
        """What a merge found beside conflicts: links to nothing, loops, conflicts that raw changes closed."""
        with self.store.writing() as db:
            issues.refresh(db, self.store.catalogue)
        rows = self.store.reader().execute(
            "SELECT i.kind, o.name, r.id, i.detail FROM issue i JOIN row r ON r.n = i.row JOIN noun o ON o.k = r.noun "
            "WHERE i.kind <> 'disputed' ORDER BY i.kind, r.n"
        )
        return [self._issue(*row) for row in rows.fetchall()]

    def _issue(self, kind: str, noun: str, row: str, detail: str) -> Issue:
        title = NOUNS[noun].title if noun in NOUNS else None
        found = self.store.reader().execute(f"SELECT {title or 'id'} FROM {noun} WHERE id = ?", (row,)).fetchone()
        record = str(found[0] or row) if found else row
        label = self._label(noun, detail)
        sentences = {
            issues.DANGLING: t("{field} points to a record that is not here or is in the trash", field=label),
            issues.LOOP: t("{field} leads in a circle", field=label),
            issues.IMPOSSIBLE: t("is closed, but who reviewed it did the job too, as another machine knew; reopen it"),
            issues.REMOVED: t("was removed at a partner's; here it stays until somebody removes or edits it"),
            issues.CLOSED: t("a change outside of the program closed a conflict of {field}; nobody chose", field=label),
        }
        return Issue(kind, noun, row, record, sentences.get(kind, detail))


def left_alone(skipped: int) -> str:
    """What a bulk edit or an import says of the fields that it left for a person to choose; "" for none."""
    if not skipped:
        return ""
    if skipped == 1:
        return t("1 field left alone, because machines disagree on it; see Conflicts")
    return t("{n} fields left alone, because machines disagree on them; see Conflicts", n=f"{skipped:,}")
