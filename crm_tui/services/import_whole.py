"""Import of a whole-file export: every noun, every row under its own id, the trash too."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_tui.records.nouns import NOUNS
from crm_tui.records.record import Noun
from crm_tui.rules.phones import digits
from crm_tui.rules.pinyin import sort_key
from crm_tui.services.import_batch import Batch
from crm_tui.services.import_parts import Kept, Source, Value, Watch, chunks, mark
from crm_tui.services.import_plan import Shown
from crm_tui.store.catalogue import Catalogue
from crm_tui.words import t

REASON = "reason / 原因"
"""Key under which a refused record keeps why; it is left out when the mended record comes again."""

_ID = re.compile(r"[0-9a-f]{32}")
_SOUNDS = {("customers", "name"): ("sort_key", sort_key), ("phones", "number"): ("digits", digits)}
Row = dict[str, Value]


@dataclass
class WholePlan:
    """What an import of a whole-file export would do; the same counts and notes as `Plan`.

    Attributes:
        refused: records that were not understood, by noun, each with its reason.
    """

    source: Source
    counts: dict[str, int] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    duplicates: int = 0
    refused: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    _fresh: dict[str, list[Row]] = field(default_factory=dict)
    _revived: dict[str, list[tuple[Row, Row]]] = field(default_factory=dict)
    _mark: object = None

    @classmethod
    def read(cls, nouns: Mapping[str, Sequence[Mapping[str, Any]]], source: Source, watch: Watch) -> WholePlan:
        """Check every record by itself."""
        plan = cls(source)
        seen: set[str] = set()
        total, done = sum(len(rows) for rows in nouns.values()), 0
        for name, rows in nouns.items():
            for row in rows:
                if done % 2_000 == 0:
                    watch.at(t("understanding"), done, total)
                done += 1
                values = {key: value for key, value in row.items() if key != REASON}
                try:
                    clean = _clean(NOUNS.get(name), name, values)
                    if clean["id"] in seen:
                        raise ValueError(t("the id {id} is there twice", id=clean["id"]))
                except ValueError as error:
                    plan.refused.setdefault(name, []).append({**values, REASON: str(error)})
                    continue
                seen.add(str(clean["id"]))
                plan.rows.setdefault(name, []).append(clean)
        return plan

    def preview(self, limit: int = 100) -> list[Shown]:
        """The first records that are new or refused."""
        shown = [
            Shown(0, "created", str(row.get(NOUNS[name].title or "id") or row["id"]), name)
            for name, rows in self._fresh.items()
            for row in rows[:limit]
        ]
        shown += [
            Shown(0, "rejected", str(row.get("id")), str(row[REASON]))
            for rows in self.refused.values()
            for row in rows[:limit]
        ]
        return shown[:limit]

    def fresh(self, db: sqlite3.Connection) -> bool:
        """Whether nobody has written into the file since the plan was worked out."""
        return mark(db) == self._mark

    def work_out(self, db: sqlite3.Connection, watch: Watch) -> None:
        """Compare all records with the file as it is now: by id; what differs stays as it is here."""
        self._mark = mark(db)
        self._fresh, self._revived, self.kept = {}, {}, []
        foreign: list[tuple[str, Row]] = []
        nouns = dict(db.execute("SELECT k, name FROM noun"))
        created = unchanged = 0
        for name, rows in self.rows.items():
            watch.at(t("comparing"), 0, len(rows))
            there: dict[str, Row] = {}
            taken: set[str] = set()
            columns = [column for column in NOUNS[name].fields if not NOUNS[name].fields[column].about.derived]
            for some in chunks(str(row["id"]) for row in rows):
                for found in db.execute(
                    f"SELECT {', '.join('t.' + c for c in columns)} FROM json_each(?) w "
                    f"CROSS JOIN {name} t ON t.id = w.value",
                    (some,),
                ):
                    there[found[0]] = dict(zip(columns, found, strict=True))
                for noun, row in db.execute(
                    "SELECT r.noun, r.id FROM json_each(?) w CROSS JOIN row r ON r.id = w.value", (some,)
                ):
                    if nouns[noun] != name:
                        taken.add(row)
            for row in rows:
                before = there.get(str(row["id"]))
                if row["id"] in taken:
                    foreign.append((name, row))
                elif before is None:
                    self._fresh.setdefault(name, []).append(row)
                    created += 1
                elif before["deleted"] == "undone":
                    self._revived.setdefault(name, []).append((row, before))
                    created += 1
                else:
                    self._keep(name, row, before)
                    unchanged += 1
        self._count(created, unchanged, foreign)

    def _keep(self, noun: str, row: Row, before: Row) -> None:
        """List where the file differs from the export: what stands here stays."""
        title = str(before.get(NOUNS[noun].title or "id") or before["id"])
        for name, value in row.items():
            if before.get(name) != value:
                self.kept.append(Kept(0, title, name, before.get(name), value))

    def _count(self, created: int, unchanged: int, foreign: list[tuple[str, Row]]) -> None:
        refused = {name: [row for row in rows if row.get(REASON) != _foreign()] for name, rows in self.refused.items()}
        for name, row in foreign:
            refused.setdefault(name, []).append({**row, REASON: _foreign()})
        self.refused = {name: rows for name, rows in refused.items() if rows}
        rejected = sum(len(rows) for rows in self.refused.values())
        self.counts = {
            "rows": created + unchanged + rejected,
            "created": created,
            "updated": 0,
            "unchanged": unchanged,
            "rejected": rejected,
        }
        self.notes = []
        if self.kept:
            self.notes.append(t("{n} values differ from the file's: those that stand here were kept", n=len(self.kept)))

    def batch(self, catalogue: Catalogue, stamp: str) -> Batch:
        """What has to be written."""
        batch = Batch()
        for name, rows in self._fresh.items():
            used = dict.fromkeys(key for row in rows for key in row)
            more = [(of, column, rule) for (noun, of), (column, rule) in _SOUNDS.items() if noun == name]
            columns = [*used, "changed", "live", *(column for _, column, _ in more)]
            batch.add(
                name,
                columns,
                [
                    (
                        *(row.get(key) for key in used),
                        stamp,
                        int(row.get("deleted") is None),
                        *(rule(str(row.get(of) or "")) for of, _, rule in more),
                    )
                    for row in rows
                ],
            )
        for name, pairs in self._revived.items():
            about = catalogue[name]
            batch.revived[name] = [str(row["id"]) for row, _ in pairs]
            for row, before in pairs:
                batch.restore(about, row, before)
        return batch


def _foreign() -> str:
    return t("its id belongs to a record of another kind here")


def _clean(noun: Noun | None, name: str, values: Mapping[str, Any]) -> Row:
    """A record as it is stored.

    Raises:
        ValueError: with a sentence.
    """
    if noun is None:
        raise ValueError(t("there is no kind of records called “{name}”", name=name))
    clean: Row = {}
    for key, value in values.items():
        about = noun.fields[key].about if key in noun.fields else None
        if about is None or about.derived:
            raise ValueError(t("“{name}” has no field “{field}”", name=name, field=key))
        try:
            kept = about.clean(value)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None
        if kept is not None:
            clean[key] = kept
    if not _ID.fullmatch(str(clean.get("id") or "")):
        raise ValueError(t("it has no id"))
    for key, field_of in noun.fields.items():
        if field_of.about.required and clean.get(key) is None:
            raise ValueError(f"{key}: " + t("must not be empty"))
    if clean.get("deleted") == "undone":
        raise ValueError(t("it was undone when the file was written"))
    return clean
