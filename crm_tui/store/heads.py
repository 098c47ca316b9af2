"""The merge rules' view of a file: heads, changes and links of single rows, read from the journal when asked.

`rules.heads.History` answers from memory for tests and small questions; `StoredHistory` answers the same from the
tables, for the few rows of a merge that need more than set-based SQL: trash in dispute, rows inserted twice, undo of
what replaced disagreeing heads.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from functools import cached_property

from crm_tui.rules.heads import Action, ActionId, Answers, Change
from crm_tui.rules.shape import Shape, Value
from crm_tui.store import partners, reshared
from crm_tui.store.catalogue import Catalogue, NounIn


def shape_of(catalogue: Catalogue) -> Shape:
    """What the merge rules must know of this file's fields."""
    fields = [field for noun in catalogue.nouns.values() for field in noun.fields.values()]
    hangs = {field.name for field in fields if field.owner} | {"merged_into"}
    links = {field.name for field in fields if field.link}
    return Shape(frozenset(hangs), frozenset(links - hangs))


def said(field: str) -> str:
    """SQL for what a change `c` that is a head of a link says: its value, or what the new row says that it is."""
    return f"CASE WHEN c.field IS NULL THEN json_extract(c.value, '$.{field}') ELSE c.value END"


class StoredHistory(Answers):
    """Answers as `rules.heads.History` does; rows and logs have their stable ids here.

    What it has read it keeps: make a new one after every write.
    """

    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue) -> None:
        self.shape = shape_of(catalogue)
        self._db = db
        self._catalogue = catalogue
        self._changes: dict[str, list[Change]] = {}
        self._reaches: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
        self._actions: dict[ActionId, Action] = {}

    @cached_property
    def _logs(self) -> dict[int, str]:
        return dict(self._db.execute("SELECT dev, id FROM device"))

    @cached_property
    def _devs(self) -> dict[str, int]:
        return {log: dev for dev, log in self._logs.items()}

    @cached_property
    def shares(self) -> frozenset[str]:
        """The shares that the file was made from: a row may have an insert in each of them."""
        return frozenset(partners.held(self._db))

    @cached_property
    def _names(self) -> dict[int, str]:
        return dict(self._db.execute("SELECT k, name FROM field"))

    def _all(self, row: str) -> list[Change]:
        found = self._changes.get(row)
        if found is None:
            found = self._changes[row] = self._read(row)
        return found

    def _read(self, row: str) -> list[Change]:
        rows = self._db.execute(
            "SELECT c.dev, c.seq, c.at, c.field, c.value, r.noun, "
            "(SELECT a.n FROM action a WHERE a.dev = c.dev AND a.last >= c.seq ORDER BY a.last LIMIT 1) "
            "FROM row r JOIN change c ON c.row = r.n WHERE r.id = ?",
            (row,),
        ).fetchall()
        changes = []
        for dev, seq, at, field, value, noun, n in rows:
            given = units(self._catalogue.by_number.get(noun), value) if field is None else value
            name = None if field is None else self._names[field]
            changes.append(Change(self._logs[dev], seq, at, row, name, given, n or 0))
        if self.shares and sum(change.field is None for change in changes) > 1:
            return reshared.spoken(changes, self.shares, self.supersedes, self.shape)
        return changes

    def supersedes(self, b: Change, a: Change) -> bool:
        """Whether the author of `b` had seen `a`."""
        if a.log == b.log:
            return b.seq > a.seq
        key = (b.log, a.log)
        if key not in self._reaches:
            rows = self._db.execute(
                "SELECT seq, upto FROM seen WHERE dev = ? AND of = ? ORDER BY seq, derived",
                (self._devs[b.log], self._devs[a.log]),
            ).fetchall()
            self._reaches[key] = ([seq for seq, _ in rows], [upto for _, upto in rows])
        seqs, uptos = self._reaches[key]
        place = bisect_right(seqs, b.seq)
        return place > 0 and uptos[place - 1] >= a.seq

    def changes(self, row: str, before: Change | None = None) -> list[Change]:
        """All changes of `row`, replaced ones too."""
        found = self._all(row)
        return found if before is None else [change for change in found if self.supersedes(before, change)]

    def fields(self, row: str) -> list[str]:
        """Fields of `row` that were changed after its insert, sorted."""
        return sorted({change.field for change in self._all(row) if change.field is not None})

    def heads(self, row: str, field: str, before: Change | None = None) -> list[Change]:
        """The changes of the field that nobody has knowingly replaced, earlier first."""
        touching = [change for change in self.changes(row, before) if change.field in (None, field)]
        heads = [a for a in touching if not any(self.supersedes(b, a) for b in touching)]
        return sorted(heads, key=Change.rank)

    def pointing(self, row: str, links: frozenset[str], before: Change | None = None) -> list[tuple[str, str]]:
        """The (row, field) of which a live head names `row`, among the fields `links`, sorted."""
        found: set[tuple[str, str]] = set()
        for noun in self._catalogue.nouns.values():
            for field in noun.links:
                if field.name in links:
                    found |= {(other, field.name) for other in self._naming(noun, field.name, row)}
        return sorted(
            (other, field)
            for other, field in found
            if any(head.of(field) == row for head in self.heads(other, field, before))
        )

    @cached_property
    def _torn(self) -> frozenset[int]:
        """The fields of which any is in conflict: looked up once, for a file may have a hundred thousand."""
        return frozenset(k for (k,) in self._db.execute("SELECT DISTINCT field FROM conflict"))

    def _naming(self, noun: NounIn, field: str, row: str) -> set[str]:
        """Rows that may name `row`: it stands in their table, or in a change that lost."""
        rows = {r for (r,) in self._db.execute(f"SELECT id FROM {noun.name} WHERE {field} = ?", (row,))}
        if noun.fields[field].k not in self._torn:
            return rows
        disputed = (
            "SELECT r.id FROM head h JOIN change c ON c.dev = h.dev AND c.seq = h.seq JOIN row r ON r.n = h.row "
            f"WHERE (h.row, h.field) IN (SELECT row, field FROM conflict WHERE field = ?) AND {said(field)} = ?"
        )
        return rows | {r for (r,) in self._db.execute(disputed, (noun.fields[field].k, row))}

    def action(self, named: ActionId) -> Action:
        """The action of that id; KeyError if it is not here."""
        if named not in self._actions:
            self._actions[named] = self._read_action(named)
        return self._actions[named]

    def action_of(self, change: Change) -> Action:
        """The action that `change` belongs to."""
        return self.action((change.log, change.action))

    def _read_action(self, named: ActionId) -> Action:
        log, n = named
        found = self._db.execute(
            "SELECT a.first, a.last, a.kind, d.id, u.n FROM action a LEFT JOIN action u ON u.id = a.undoes "
            "LEFT JOIN device d ON d.dev = u.dev WHERE a.dev = ? AND a.n = ?",
            (self._devs[log], n),
        ).fetchone()
        if found is None:
            raise KeyError(named)
        first, last, kind, undoes, number = found
        rows = self._db.execute(
            "SELECT r.id, c.seq FROM change c JOIN row r ON r.n = c.row WHERE c.dev = ? AND c.seq BETWEEN ? AND ? "
            "ORDER BY c.seq",
            (self._devs[log], first, last),
        ).fetchall()
        by_seq = {c.seq: c for row in {row for row, _ in rows} for c in self._all(row) if c.log == log}
        changes = tuple(by_seq[seq] for _, seq in rows)
        return Action(log, n, changes, (), kind, None if undoes is None else (undoes, number))


def units(noun: NounIn | None, value: Value) -> dict[str, Value]:
    """The values that an insert gives, by unit: groups as their JSON array, custom fields one by one."""
    given: dict[str, Value] = json.loads(str(value))
    if noun is None:
        return given
    # A group that an insert does not name is written as the triggers write it: an array of nothing.
    groups: dict[str, list[Value]] = {
        name: [None] * len(noun.members(name)) for name, field in noun.fields.items() if field.kind == "group"
    }
    extra = given.pop("extra", None)
    for name in list(given):
        field = noun.fields.get(name)
        if field is not None and field.group:
            groups[field.group][noun.members(field.group).index(name)] = given.pop(name)
    for group, values in groups.items():
        given[group] = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    if extra:
        given |= {f"extra.{key}": item for key, item in json.loads(str(extra)).items()}
    return given
