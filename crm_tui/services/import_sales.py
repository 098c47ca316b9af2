"""The plan of an import of orders, payments or products: what each row would do, and the batch that does it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm_tui.records.nouns import NOUNS
from crm_tui.services.import_batch import Batch
from crm_tui.services.import_compare import CREATED, UNCHANGED, UPDATED
from crm_tui.services.import_parts import Kept, Rejected, Source, Watch, chunks, mark
from crm_tui.services.import_plan import Shown
from crm_tui.services.import_sale_rows import SaleReader, SaleRow
from crm_tui.store.catalogue import Catalogue, NounIn
from crm_tui.words import t

Value = int | str | None
Row = dict[str, Value]
_RANK = {UNCHANGED: 0, UPDATED: 1, CREATED: 2}


@dataclass(slots=True)
class Part:
    """One record that rows of the file mean.

    Attributes:
        noun, id: which.
        values: what the file says of it; `fixed` is written only when it is new.
        places: rows that it comes from.
    """

    noun: str
    id: str
    values: Row
    fixed: Row = field(default_factory=dict)
    places: list[int] = field(default_factory=list)


@dataclass
class Found:
    """What the rows mean, worked out with the file as it is now; `repeated` rows say what others said before."""

    parts: list[Part] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class SalePlan:
    """What an import would do; the same counts, notes and preview as `Plan`."""

    source: Source
    kind: str
    reader: SaleReader
    rows: list[SaleRow]
    misread: list[Rejected]
    understand: Callable[[SalePlan, sqlite3.Connection], Found]
    today: date
    terms: str
    outcomes: dict[int, str] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    duplicates: int = 0
    _fresh: dict[str, list[Row]] = field(default_factory=dict)
    _changed: list[tuple[str, Row, Row]] = field(default_factory=list)
    _revived: list[tuple[str, Row, Row]] = field(default_factory=list)
    _mark: object = None

    @property
    def counts(self) -> dict[str, int]:
        """Rows, and how many were created, updated, unchanged and rejected: rows is the sum of the others."""
        found = Counter(self.outcomes.values())
        return {
            "rows": len(self.rows) + len(self.misread),
            **{name: found[name] for name in (CREATED, UPDATED, UNCHANGED)},
            "rejected": len(self.rejected),
        }

    def preview(self, limit: int = 100) -> list[Shown]:
        """The first rows with what would become of them."""
        shown = []
        for row in self.rows[:limit]:
            if row.place in self.outcomes:
                name = row.texts.get("customer") or row.texts.get("name") or row.texts.get("order", "")
                detail = " · ".join(row.texts[one] for one in ("day", "product", "amount", "price") if one in row.texts)
                shown.append(Shown(row.line, self.outcomes[row.place], name, detail))
        shown += [Shown(bad.line, "rejected", " · ".join(bad.cells)[:80], bad.reason) for bad in self.rejected[:limit]]
        return sorted(shown, key=lambda one: one.line)[:limit]

    def fresh(self, db: sqlite3.Connection) -> bool:
        """Whether nobody has written into the file since the plan was worked out."""
        return mark(db) == self._mark

    def work_out(self, db: sqlite3.Connection, watch: Watch) -> None:
        """Match and compare all rows with the file as it is now."""
        self._mark = mark(db)
        self.outcomes, self.kept, self._fresh, self._changed, self._revived = {}, [], {}, [], []
        watch.at(t("comparing"), 0, len(self.rows))
        found = self.understand(self, db)
        self.rejected = sorted([*self.misread, *found.rejected], key=lambda one: one.line)
        self.notes = list(found.notes)
        self.outcomes = dict.fromkeys(found.repeated, UNCHANGED)
        trashed = 0
        lines = {row.place: row.line for row in self.rows}
        for noun in dict.fromkeys(part.noun for part in found.parts):
            parts = [part for part in found.parts if part.noun == noun]
            there = _there(db, noun, [part.id for part in parts])
            for done, part in enumerate(parts):
                if done % 5_000 == 0:
                    watch.at(t("comparing"), done, len(parts))
                before = there.get(part.id)
                outcome = self._compare(part, before, lines)
                trashed += before is not None and before["deleted"] == "trashed"
                for place in part.places:
                    if _RANK[outcome] >= _RANK.get(self.outcomes.get(place, UNCHANGED), 0):
                        self.outcomes[place] = outcome
        if trashed:
            self.notes.append(t("{n} records are in the trash and stay there", n=trashed))
        if self.kept:
            self.notes.append(t("{n} values that somebody changed here were kept", n=len(self.kept)))

    def _compare(self, part: Part, before: Row | None, lines: dict[int, int]) -> str:
        if before is None:
            self._fresh.setdefault(part.noun, []).append({"id": part.id, **part.fixed, **part.values})
            return CREATED
        if before["deleted"] == "trashed":
            return UNCHANGED
        if before["deleted"] == "undone":
            self._revived.append((part.noun, {"id": part.id, **part.fixed, **part.values}, before))
            return CREATED
        brought = json.loads(str(before.get("brought") or "{}"))
        title = str(before.get(NOUNS[part.noun].title or "id") or part.id)
        wanted: Row = {}
        for name, value in part.values.items():
            if name == "brought" or value is None or value == brought.get(name) or before.get(name) == value:
                continue
            if name in brought and before.get(name) != brought[name]:
                line = lines.get(part.places[0], 0) if part.places else 0
                self.kept.append(Kept(line, title, name, before.get(name), value))
                continue
            wanted[name] = value
        if "brought" in part.values and part.values["brought"] != before.get("brought") and (wanted or brought):
            wanted["brought"] = part.values["brought"]
        if not wanted:
            return UNCHANGED
        self._changed.append((part.noun, {"id": part.id, **wanted}, before))
        return UPDATED if set(wanted) != {"brought"} else UNCHANGED

    def batch(self, catalogue: Catalogue, stamp: str) -> Batch:
        """What has to be written."""
        batch = Batch()
        for noun, rows in self._fresh.items():
            names = dict.fromkeys(name for row in rows for name in row)
            columns = [*names, *(name for name in ("created", "changed") if name not in names)]
            tail = tuple(stamp for name in ("created", "changed") if name not in names)
            batch.add(noun, columns, [(*(row.get(name) for name in names), *tail) for row in rows])
        for noun, row, before in self._changed:
            batch.updates += _units(catalogue[noun], row, before)
        for noun, row, before in self._revived:
            batch.revived.setdefault(noun, []).append(str(row["id"]))
            kept = {name: value for name, value in row.items() if name in catalogue[noun].kept}
            batch.restore(catalogue[noun], {**before, "deleted": None, **kept}, before)
        return batch


def _there(db: sqlite3.Connection, noun: str, ids: Iterable[str]) -> dict[str, Row]:
    columns = [name for name, one in NOUNS[noun].fields.items() if not one.about.derived]
    found: dict[str, Row] = {}
    for some in chunks(ids):
        query = (
            f"SELECT {', '.join('t.' + c for c in columns)} FROM json_each(?) w CROSS JOIN {noun} t ON t.id = w.value"
        )
        for row in db.execute(query, (some,)):
            found[row[0]] = dict(zip(columns, row, strict=True))
    return found


def _units(about: NounIn, row: Row, before: Row) -> list[tuple[str, str, str, Value]]:
    """Updates by unit of the journal; a group of columns goes as one."""
    found: dict[str, Value] = {}
    for name, value in row.items():
        if name == "id":
            continue
        unit = about.unit_of(name)
        if unit.kind == "group":
            members: Sequence[Any] = [row.get(one, before.get(one)) for one in about.members(unit.name)]
            found[unit.name] = json.dumps(list(members), ensure_ascii=False, separators=(",", ":"))
        else:
            found[unit.name] = value
    return [(about.name, str(row["id"]), name, value) for name, value in found.items()]
