"""What an import writes, put together outside of the transaction and written within it in a few statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from crm_tui.rules.ids import fixed_id
from crm_tui.rules.pinyin import sort_key
from crm_tui.rules.text import fold
from crm_tui.services.import_compare import Customer, PartNow
from crm_tui.services.import_parts import CHILDREN, Value, Watch, phone_digits
from crm_tui.store import journal
from crm_tui.store.catalogue import NounIn
from crm_tui.store.database import Work
from crm_tui.words import t

_WITH_CONTACT = frozenset({"phones", "emails", "addresses", "key_dates", "visits"})
_HEAD = ("id", "created", "changed")


@dataclass
class Batch:
    """Rows to insert by noun, fields to write, rows to bring back.

    Attributes:
        inserts: columns and rows by noun.
        updates: (noun, id, field, value); custom fields as `extra.<key>`.
        revived: ids by noun.
    """

    inserts: dict[str, tuple[list[str], list[tuple[Value, ...]]]] = field(default_factory=dict)
    updates: list[tuple[str, str, str, Value]] = field(default_factory=list)
    revived: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.updates or any(self.revived.values()) or any(rows for _, rows in self.inserts.values()))

    def add(self, noun: str, columns: Iterable[str], rows: Iterable[tuple[Value, ...]]) -> None:
        """Insert these rows too."""
        _, there = self.inserts.setdefault(noun, (list(columns), []))
        there.extend(rows)

    def restore(self, noun: NounIn, row: dict[str, Value], before: dict[str, Value]) -> None:
        """Make an undone record what `row` says, where it differs."""
        done: set[str] = set()
        for name in noun.kept:
            if name in ("id", "extra") or before.get(name) == row.get(name):
                continue
            unit = noun.unit_of(name)
            if unit.name in done:
                continue
            done.add(unit.name)
            value = row.get(name)
            if unit.kind == "group":
                value = _together([row.get(member) for member in noun.members(unit.name)])
            if unit.name != "deleted" or value is not None:
                self.updates.append((noun.name, str(row["id"]), unit.name, value))
        now, then = _custom(row), _custom(before)
        for key in now.keys() | then.keys():
            if now.get(key) != then.get(key):
                self.updates.append((noun.name, str(row["id"]), f"extra.{key}", now.get(key)))

    def write(self, work: Work, watch: Watch) -> None:
        """Write all of it."""
        total = sum(len(rows) for _, rows in self.inserts.values()) + len(self.updates)
        done = 0
        for noun, (columns, rows) in self.inserts.items():
            watch.at(t("writing"), done, total)
            work.insert_many(noun, columns, rows)
            done += len(rows)
        for noun, ids in self.revived.items():
            if ids:
                work.write(noun, ids, "deleted", None)
        watch.at(t("writing"), done, total)
        if self.updates:
            self._update(work)
        watch.at(t("indexing"), 0, 0)

    def _update(self, work: Work) -> None:
        db = work.db
        db.execute(journal.PENDING)
        units: dict[tuple[str, str], int] = {}
        for noun, name in {(noun, name) for noun, _, name, _ in self.updates}:
            units[noun, name] = _unit(work, noun, name)
        db.executemany(
            "INSERT OR REPLACE INTO temp.pending(row, field, value) SELECT n, ?, ? FROM row WHERE id = ?",
            [(units[noun, name], value, row) for noun, row, name, value in self.updates],
        )
        # Two people disagree about such a field already; an import does not decide that.
        work.skipped += db.execute(
            "DELETE FROM temp.pending WHERE (row, field) IN (SELECT row, field FROM conflict)"
        ).rowcount
        work.flush()


def _together(values: list[Value]) -> str:
    """The value of a group of columns, as the journal keeps it."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _custom(row: dict[str, Value]) -> dict[str, Value]:
    return dict(json.loads(str(row["extra"]))) if row.get("extra") else {}


def _unit(work: Work, noun: str, name: str) -> int:
    about = work.catalogue[noun]
    if not name.startswith("extra."):
        return about.fields[name].k if name in about.fields and name not in about.columns else about.unit_of(name).k
    work.db.execute("INSERT OR IGNORE INTO field(noun, name, kind) VALUES(?, ?, 'extra')", (about.k, name))
    (k,) = work.db.execute("SELECT k FROM field WHERE noun = ? AND name = ?", (about.k, name)).fetchone()
    return int(k)


class Builder:
    """Turns what an import changes into a batch."""

    def __init__(self, source: str, stamp: str, new_id: Callable[[], str], groups: dict[tuple[str, str], str]) -> None:
        """Take what all rows share.

        Args:
            source: what the rows are kept under.
            stamp: the present.
            new_id: makes an id.
            groups: the group that a column belongs to, by noun and column.
        """
        self.batch = Batch()
        self.source = source
        self.stamp = stamp
        self.new_id = new_id
        self.groups = groups
        self._fresh: list[tuple[str, str, dict[str, Value]]] = []
        self._parts: dict[str, list[tuple[Value, ...]]] = {}
        self._origins: list[tuple[Value, ...]] = []

    def add(self, customer: Customer) -> None:
        """Write what an import does to a customer."""
        row = customer.target.id
        if not customer.keeps and not customer.revived:
            return
        if customer.target.state == "new":
            self._fresh.append((row, customer.kind, customer.fields))
        else:
            if customer.revived:
                self.batch.revived.setdefault("customers", []).append(row)
            for name, value in customer.fields.items():
                if customer.before.get(name) != value:
                    self.batch.updates.append(("customers", row, name, value))
        self._add_parts(row, customer)
        for staged, origin, text in customer.keeps:
            if origin is None:
                self._origins.append(
                    (self.new_id(), self.stamp, self.stamp, row, self.source, staged.outside, staged.digest, text)
                )
                continue
            if not origin.live:
                self.batch.revived.setdefault("origins", []).append(origin.id)
            values = {"source": self.source, "outside_number": staged.outside, "digest": staged.digest, "brought": text}
            now = {
                "source": origin.source,
                "outside_number": origin.number,
                "digest": origin.digest,
                "brought": origin.brought,
            }
            self.batch.updates += [("origins", origin.id, n, v) for n, v in values.items() if v != now[n]]

    def _add_parts(self, row: str, customer: Customer) -> None:
        contacts: dict[str, str] = {}
        for part in customer.parts.values():
            if part.child.noun == "contacts":
                part.id = part.id or self.new_id()
                contacts[fold(str(part.child.values[0]))] = part.id
        for part in customer.parts.values():
            if part.before is None:
                self._new_part(row, part, contacts)
            elif part.before is not part.child or part.revived:
                if part.revived:
                    self.batch.revived.setdefault(part.child.noun, []).append(part.id)
                self._changed_part(part)

    def _new_part(self, row: str, part: PartNow, contacts: dict[str, str]) -> None:
        noun, contact, values = part.child
        head = (part.id or self.new_id(), self.stamp, self.stamp, row)
        if noun in _WITH_CONTACT:
            head = (*head, contacts.get(fold(contact)) if contact else None)  # type: ignore[assignment]
        tail = (phone_digits(str(values[1])),) if noun == "phones" else ()
        self._parts.setdefault(noun, []).append((*head, *values, *tail))

    def _changed_part(self, part: PartNow) -> None:
        noun, _, values = part.child
        assert part.before is not None
        columns = CHILDREN[noun]
        old = part.before.values
        names = {self.groups.get((noun, c), c) for c, v, w in zip(columns, values, old, strict=True) if v != w}
        now = dict(zip(columns, values, strict=True))
        for name in sorted(names):
            members = [column for column in columns if self.groups.get((noun, column)) == name]
            if members:
                text = _together([now[m] for m in members])
                self.batch.updates.append((noun, part.id, name, text))
            else:
                self.batch.updates.append((noun, part.id, name, now[name]))

    def finish(self) -> Batch:
        """The whole batch."""
        if self._fresh:
            self._customers()
        for noun in CHILDREN:
            if rows := self._parts.get(noun):
                link = ("contact",) if noun in _WITH_CONTACT else ()
                tail = ("digits",) if noun == "phones" else ()
                self.batch.add(noun, (*_HEAD, "customer", *link, *CHILDREN[noun], *tail), rows)
        columns = (*_HEAD, "customer", "source", "outside_number", "digest", "brought")
        if self._origins:
            self.batch.add("origins", columns, self._origins)
        return self.batch

    def _customers(self) -> None:
        used = dict.fromkeys(name for _, _, fields in self._fresh for name in fields)
        plain = [name for name in used if not name.startswith("extra.") and name not in ("kind", "created")]
        extra = [name for name in used if name.startswith("extra.")]
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        rows: list[tuple[Value, ...]] = []
        for row, kind, fields in self._fresh:
            get = fields.get
            more = {name[6:]: get(name) for name in sorted(extra) if get(name) not in (None, "")} if extra else {}
            rows.append(
                (
                    row,
                    get("created") or self.stamp,
                    self.stamp,
                    get("kind") or kind,
                    dump(more) if more else None,
                    sort_key(str(get("name") or "")),
                    *[get(name) for name in plain],
                )
            )
        self.batch.add("customers", (*_HEAD, "kind", "extra", "sort_key", *plain), rows)

    def people(self, noun: str, added: Iterable[tuple[str, str]]) -> None:
        """People or branches that the file named and that were not there."""
        if noun == "people":
            rows = [(row, self.stamp, self.stamp, name, "salesperson", 1) for row, name in added]
            self.batch.add(noun, (*_HEAD, "name", "role", "active"), rows)
        else:
            self.batch.add(noun, (*_HEAD, "name"), [(row, self.stamp, self.stamp, name) for row, name in added])

    def definitions(self, keys: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Definitions of custom fields: key, English and Chinese label."""
        rows: list[tuple[Value, ...]] = [
            (fixed_id("custom_fields", "customers", key), self.stamp, self.stamp, "customers", key, en, zh, "text")
            for key, en, zh in keys
        ]
        self.batch.add("custom_fields", (*_HEAD, "noun", "key", "label_en", "label_zh", "kind"), rows)
