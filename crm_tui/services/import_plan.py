"""The plan of an import: what every row would do, with counts that add up, and the batch that does it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from crm_tui.rules.ids import fixed_id
from crm_tui.rules.text import fold, has_cjk
from crm_tui.services.import_batch import Batch, Builder
from crm_tui.services.import_compare import CREATED, UNCHANGED, UPDATED, Customer
from crm_tui.services.import_lookup import Lookup, Record
from crm_tui.services.import_match import Matches, match
from crm_tui.services.import_names import Names, without_cycles
from crm_tui.services.import_parts import Kept, Rejected, Source, Staged, Target, Watch, mark
from crm_tui.store.catalogue import Catalogue
from crm_tui.words import t

_FIELDS = (
    "created", "name", "kind", "number", "parent", "region", "industry", "size", "source", "sales_channel", "owner",
    "branch", "grade", "language", "website", "note", "instructions",
    "value_proposition", "culture",
)  # fmt: skip
_LIKE = 80
"""Two names of one phone or e-mail are the same customer's from this likeness on."""

PERSONAL = {
    "organisation": ("Organisation", "所属单位"),
    "job_title": ("Job title", "职务"),
    "department": ("Department", "部门"),
    "unreadable_email": ("Unreadable e-mail", "无法识别的邮箱"),
}
"""Labels of the custom fields in which a person keeps what only contacts have fields for."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of a preview: line in the file, outcome ("created" …, "rejected"), name, and why or what else."""

    line: int
    outcome: str
    name: str
    detail: str


@dataclass
class Plan:
    """What an import would do.

    Attributes:
        rows: what was understood; `rejected` what was not.
        extras: headers of custom fields by key.
        outcomes: "created", "updated" or "unchanged" by place of the row.
        kept: values that a person had changed and that stay.
        notes: sentences for the person.
        duplicates: new customers that share a phone, an e-mail or a name with another one.
    """

    source: Source
    rows: list[Staged]
    rejected: list[Rejected]
    extras: dict[str, str]
    new_ids: Callable[[int], list[str]]
    unread: int = 0
    outcomes: dict[int, str] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    duplicates: int = 0
    _customers: list[Customer] = field(default_factory=list)
    _matches: Matches = field(default_factory=Matches)
    _names: Names | None = None
    _definitions: dict[str, str] = field(default_factory=dict)
    _mark: object = None

    @property
    def counts(self) -> dict[str, int]:
        """Rows, and how many were created, updated, unchanged and rejected: rows is the sum of the others."""
        found = Counter(self.outcomes.values())
        return {
            "rows": len(self.rows) + len(self.rejected),
            CREATED: found[CREATED],
            UPDATED: found[UPDATED],
            UNCHANGED: found[UNCHANGED],
            "rejected": len(self.rejected),
        }

    def preview(self, limit: int = 100) -> list[Shown]:
        """The first rows with what would become of them; an updated one tells what would change on its customer."""
        from crm_tui.services.import_told import told

        changed = {place: one for one in self._customers for place, what in one.outcomes.items() if what == UPDATED}
        shown = []
        for row in self.rows[:limit]:
            customer = changed.get(row.place)
            detail = ", ".join(key[1:] for key in row.keys) if customer is None else told(customer)
            shown.append(Shown(row.line, self.outcomes[row.place], row.name, detail))
        shown += [Shown(bad.line, "rejected", " · ".join(bad.cells)[:80], bad.reason) for bad in self.rejected[:limit]]
        return sorted(shown, key=lambda one: one.line)[:limit]

    def fresh(self, db: sqlite3.Connection) -> bool:
        """Whether nobody has written into the file since the plan was worked out."""
        return mark(db) == self._mark

    def work_out(self, db: sqlite3.Connection, watch: Watch) -> None:
        """Match and compare all rows with the file as it is now."""
        self._mark = mark(db)
        look = Lookup(db)
        ids = _ids(self.new_ids)
        matches = match(self.rows, look, self.source.name, self.source.other or self.source.name, _like, watch)
        for target in matches.targets:
            target.id = target.id or next(ids)
        names = Names(look, matches, self.rows, lambda: next(ids))
        records = look.records([t.id for t in matches.targets if _touched(t)], _FIELDS)
        self._matches, self._names = matches, names
        self._definitions = look.definitions()
        since: dict[str, set[str]] = {}
        if self.source.exported is not None:
            since = look.changed_since(records, self.source.exported)
        self.outcomes, self.kept, self._customers = {}, [], []
        trashed = 0
        for done, target in enumerate(matches.targets):
            if done % 5_000 == 0:
                watch.at(t("comparing"), done, len(matches.targets))
            if target.state == "trashed" or (target.state == "live" and not _touched(target)):
                trashed += len(target.rows) if target.state == "trashed" else 0
                self.outcomes.update((row.place, UNCHANGED) for row, _ in target.rows)
                continue
            own = since.get(target.id, set()) if target.rows[0][0].own else None
            customer = Customer.of(target, records.get(target.id), names, matches.source, own)
            self.outcomes.update(customer.outcomes)
            self.kept += customer.kept
            if customer.keeps or customer.revived:
                self._customers.append(customer)
        self._check_parents(look, records)
        self.duplicates = _likely(matches, look)
        self._tell(matches, trashed, names.unknown_parents)

    def _tell(self, matches: Matches, trashed: int, parents: int) -> None:
        self.notes = list(matches.notes)
        if trashed:
            self.notes.append(t("{n} rows mean customers in the trash: they stay there", n=trashed))
        if parents:
            self.notes.append(t("{n} rows name a parent customer that is not known here", n=parents))
        if self.unread:
            self.notes.append(t("{n} phone numbers could not be read and stand as they were written", n=self.unread))
        if self.kept:
            self.notes.append(t("{n} values that you changed were kept", n=len(self.kept)))
        if self.duplicates:
            self.notes.append(t("{n} new customers may be there already: see the duplicates", n=self.duplicates))

    def _check_parents(self, look: Lookup, records: dict[str, Record]) -> None:
        """Leave out parents that would make a customer part of itself."""
        parents = {
            c.target.id: str(c.fields["parent"])
            for c in self._customers
            if c.fields.get("parent") and c.fields["parent"] != c.before.get("parent")
        }
        wrong = without_cycles(parents, look.parent_of) if parents else set()
        for customer in self._customers:
            if customer.target.id in wrong:
                customer.fields["parent"] = customer.before.get("parent")

    def batch(self, catalogue: Catalogue, stamp: str) -> Batch:
        """What has to be written."""
        assert self._names is not None
        groups = {
            (noun.name, column): about.group
            for noun in catalogue.nouns.values()
            for column, about in noun.fields.items()
            if about.group
        }
        ids = _ids(self.new_ids)
        builder = Builder(self._matches.source, stamp, lambda: next(ids), groups)
        for noun, added in self._names.added.items():
            builder.people(noun, added)
        for noun, revived in self._names.revived.items():
            builder.batch.revived.setdefault(noun, []).extend(revived)
        self._define(builder)
        for customer in self._customers:
            builder.add(customer)
        return builder.finish()

    def _define(self, builder: Builder) -> None:
        """Define the custom fields that the rows brought values for."""
        used = dict.fromkeys(
            name[6:]
            for customer in self._customers
            for name, value in customer.fields.items()
            if name.startswith("extra.") and value is not None
        )
        known = self._definitions
        builder.definitions([(key, *_labels(key, self.extras.get(key, key))) for key in used if key not in known])
        undone = [fixed_id("custom_fields", "customers", key) for key in used if known.get(key) == "undone"]
        builder.batch.revived.setdefault("custom_fields", []).extend(undone)


def _labels(key: str, header: str) -> tuple[str | None, str | None]:
    if key in PERSONAL:
        return PERSONAL[key]
    return (None, header) if has_cjk(header) else (header, None)


def _ids(new_ids: Callable[[int], list[str]]) -> Iterator[str]:
    count = 64
    while True:
        yield from new_ids(count)
        count = min(count * 4, 20_000)


def _touched(target: Target) -> bool:
    """Whether a target has to be read as a whole: some row says what its source did not say last time."""
    if target.state == "undone":
        return True
    return target.state == "live" and not all(
        origin is not None and origin.live and origin.brought == row.brought for row, origin in target.rows
    )


@lru_cache(maxsize=1 << 14)
def _like(a: str, b: str) -> bool:
    """Whether two names that share a phone or an e-mail are one customer's; other digits make other names."""
    from crm_tui.rules.likeness import like

    if a == b:
        return True
    if [c for c in a if c.isdigit()] != [c for c in b if c.isdigit()]:
        return False
    return like(a, b)[0] >= _LIKE


def _likely(matches: Matches, look: Lookup) -> int:
    """How many new customers share a phone, an e-mail or the name with another customer."""
    fresh = [target for target in matches.targets if target.state == "new"]
    names = Counter(fold(target.name) for target in fresh)
    keys = Counter(key for target in fresh for key in {key for row, _ in target.rows for key in row.keys})
    there = look.names_known({target.name for target in fresh})
    return sum(
        names[fold(target.name)] > 1
        or fold(target.name) in there
        or any(keys[key] > 1 or key in matches.keys for row, _ in target.rows for key in row.keys)
        for target in fresh
    )
