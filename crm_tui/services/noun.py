"""What can be done with the rows of any noun: add, edit, trash, restore, read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from crm_tui.errors import ChangedSince, Invalid, NotFound, Refused
from crm_tui.records.nouns import NOUNS
from crm_tui.services.stale import Look, refuse_if_newer
from crm_tui.store.database import Changes, Value, Work
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Row = dict[str, Any]


class NounService:
    """The verbs that every noun has. A public method is one transaction and one entry of the history."""

    def __init__(self, crm: Crm, name: str) -> None:
        self.crm = crm
        self.store = crm.store
        self.name = name
        self.noun = NOUNS[name]

    def get(self, row: str) -> Row:
        """One row, trash included.

        Raises:
            NotFound: if there is none.
        """
        found = self._rows("id = ?", (row,))
        if not found:
            raise NotFound(t("there is no record {id}", id=row))
        return found[0]

    def all(self) -> list[Row]:
        """All rows that are shown, by name."""
        order = self.noun.title or "created"
        return self._rows(f"live ORDER BY {order}, id")

    def of(self, customer: str) -> list[Row]:
        """The shown rows that hang on a customer, those of customers merged into it too, oldest first."""
        return self._rows(f"{OWNER} ORDER BY created, id", (customer, customer))

    def add(self, values: Mapping[str, Any]) -> Changes:
        """Add a row.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        row = self.noun.validate({"id": "0" * 32, **values})
        row.pop("id")
        if values.get("id"):
            row["id"] = str(values["id"])
        self.check(row, None)
        with self.store.action("Added {noun} {name}", noun=self.name, name=self.title_of(row)) as work:
            self.insert(work, row)
        return work.changes

    def insert(self, work: Work, row: dict[str, Value]) -> str:
        """Insert a validated row inside an action; nouns with more to do override this."""
        return work.insert(self.name, row)

    def edit(
        self,
        row: str,
        values: Mapping[str, Any],
        base: Mapping[str, Any] | None = None,
        opened: Look | None = None,
    ) -> Changes:
        """Change some fields of a row.

        Args:
            row: its id.
            values: new values by field.
            base: the values that the person had on the screen; if one of the fields was changed since, it asks first.
            opened: what was here when the screen was filled; it asks also about a change that stands but is not shown.

        Raises:
            Invalid: with a sentence for each wrong field.
            ChangedSince: if somebody changed one of these fields meanwhile.
        """
        clean = self.noun.clean(dict(values))
        before = self.get(row)
        if base is not None and "extra" in clean:
            clean["extra"] = _merged_extra(clean["extra"], base.get("extra"), before["extra"])
        self.check({**before, **clean}, row)
        fields = [name for name, value in clean.items() if before[name] != value]
        params: dict[str, Any] = {"noun": self.name, "name": self.title_of({**before, **clean}), "fields": fields}
        with self.store.action("Edited {name}: {fields}", **params) as work:
            now = self.get(row)  # nobody else can write from here on
            fields = [name for name, value in clean.items() if now[name] != value]
            if fields:
                refuse_if_newer(work, self.name, [row], opened, _units_of(fields, clean, now))
                self._refuse_other_base(work, clean, base or {}, now)
                work.update(self.name, row, {name: clean[name] for name in fields})
                self.edited(work, now, {name: clean[name] for name in fields})
        return work.changes

    def edited(self, work: Work, before: Row, values: Mapping[str, Value]) -> None:
        """What follows when fields of a row were written, inside the action; nouns with more to do override this."""

    def _refuse_other_base(self, work: Work, clean: Row, base: Mapping[str, Any], now: Row) -> None:
        """Ask if a field that is written, or one of its group, is not what stood on the screen."""
        about = work.catalogue[self.name]
        theirs = {}
        for name in clean:
            group = about.fields[name].group if name in about.fields else None
            for one in about.members(group) if group else (name,):
                if one in base and now[one] != base[one] and now[one] != clean.get(one, _NEVER):
                    theirs[one] = now[one]
        if "extra" in theirs:
            theirs |= _extra_since(str(theirs.pop("extra") or "{}"), base["extra"], clean["extra"])
        if theirs:
            raise ChangedSince(t("changed by somebody else meanwhile: {fields}", fields=", ".join(theirs)), theirs)

    def edit_many(self, rows: Sequence[str], values: Mapping[str, Any], opened: Look | None = None) -> Changes:
        """Change the same fields of several rows in one action; a field in conflict is skipped and counted.

        Args:
            rows: their ids.
            values: new values by field.
            opened: what was here when the screen was filled, if it shall ask about what came since.

        Raises:
            Invalid: with a sentence for each wrong field.
            ChangedSince: if another machine's change of one of these fields came meanwhile.
        """
        clean = self.noun.clean(dict(values))
        for name in clean:
            if self.noun.fields[name].about.required and clean[name] is None:
                raise Invalid({name: t("must not be empty")})
        with self.store.action(
            "Edited {n} {noun}: {fields}", "bulk", noun=self.name, n=len(rows), fields=list(clean)
        ) as work:
            refuse_if_newer(work, self.name, rows, opened, set(clean))
            for row in rows:
                before = self.get(row)
                self.check({**before, **clean}, row)
                wanted = {name: v for name, v in clean.items() if before[name] != v}
                free = {name: v for name, v in wanted.items() if not self._disputed(work, row, name)}
                work.skipped += len(wanted) - len(free)
                if free:
                    work.update(self.name, row, free)
                    self.edited(work, before, free)
        return work.changes

    def _disputed(self, work: Work, row: str, name: str) -> bool:
        unit = work.catalogue[self.name].unit_of(name).k
        query = "SELECT 1 FROM conflict c JOIN row r ON r.n = c.row WHERE r.id = ? AND c.field = ?"
        return work.db.execute(query, (row, unit)).fetchone() is not None

    def trash(self, *rows: str, opened: Look | None = None) -> Changes:
        """Put rows into the trash; what hangs on them stays and comes back with them.

        Args:
            rows: their ids.
            opened: what was here when the screen was filled, if it shall ask about what came since.

        Raises:
            ChangedSince: if another machine wrote on one of them, or on what hangs on it, meanwhile.
        """
        names = [self.title_of(self.get(row)) for row in rows]
        with self._action("To the trash: {name}", "To the trash: {n} {noun}", names) as work:
            refuse_if_newer(work, self.name, rows, opened)
            work.write(self.name, rows, "deleted", "trashed")
        return work.changes

    def restore(self, *rows: str) -> Changes:
        """Take rows out of the trash.

        Raises:
            Refused: if one is not there.
        """
        found = [self.get(row) for row in rows]
        for row in found:
            if row["deleted"] != "trashed":
                raise Refused(t("{name} is not in the trash", name=self.title_of(row)))
        names = [self.title_of(row) for row in found]
        with self._action("Restored {name}", "Restored {n} {noun}", names) as work:
            work.write(self.name, rows, "deleted", None)
        return work.changes

    def _action(self, one: str, many: str, names: Sequence[str]) -> AbstractContextManager[Work]:
        if len(names) == 1:
            return self.store.action(one, noun=self.name, name=names[0])
        return self.store.action(many, "bulk", noun=self.name, n=len(names))

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Refuse what makes no sense beyond one field: links to nothing, and whatever a noun adds.

        Args:
            row: the row as it would be.
            own: its id, if it exists already.

        Raises:
            Invalid: with a sentence by field.
        """
        db = self.store.reader()
        for name, field in self.noun.fields.items():
            target = field.about.link
            if target and row.get(name):
                if not db.execute(f"SELECT 1 FROM {target} WHERE id = ?", (row[name],)).fetchone():
                    raise Invalid({name: t("points to no record")})
                if row[name] == own and target == self.name and name != "merged_into":
                    raise Invalid({name: t("points to itself")})

    def check_tree(self, own: str | None, link: str, parent: object) -> None:
        """Refuse a parent that is the row itself or below it.

        Raises:
            Invalid: for the field `link`.
        """
        db = self.store.reader()
        seen: set[object] = set()
        while parent and parent not in seen:
            if parent == own:
                raise Invalid({link: t("would be part of itself")})
            seen.add(parent)
            row = db.execute(f"SELECT {link} FROM {self.name} WHERE id = ?", (parent,)).fetchone()
            parent = row[0] if row else None

    def title_of(self, row: Mapping[str, Any]) -> str:
        """What a person calls this row."""
        value = row.get(self.noun.title or "id")
        return str(value if value is not None else t(self.noun.en))

    def _rows(self, where: str, params: Sequence[Any] = ()) -> list[Row]:
        columns = list(self.noun.fields)
        db = self.store.reader()
        rows = db.execute(f"SELECT {', '.join(columns)} FROM {self.name} WHERE {where}", params)
        return [dict(zip(columns, row, strict=True)) for row in rows]


OWNER = "customer IN (SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?) AND live"
"""Finds what hangs on a customer and on those merged into it."""


def custom_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """The custom fields of a row by key."""
    return dict(json.loads(row["extra"])) if row.get("extra") else {}


_NEVER = object()


def _units_of(fields: Sequence[str], clean: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """The fields as the journal keeps them: each custom one that differs by itself."""
    found = {name for name in fields if name != "extra"}
    if "extra" in fields:
        mine, there = custom_values({"extra": clean["extra"]}), custom_values(now)
        found |= {f"extra.{key}" for key in mine.keys() | there.keys() if mine.get(key) != there.get(key)}
    return found


def _merged_extra(mine: Any, base: Any, now: Any) -> str | None:
    """Custom fields as they stand now, with those that a person changed on his screen."""
    written, stood = custom_values({"extra": mine}), custom_values({"extra": base})
    found = custom_values({"extra": now})
    for key in written.keys() | stood.keys():
        if written.get(key) != stood.get(key):
            found[key] = written.get(key)
    kept = {key: found[key] for key in sorted(found) if found[key] not in (None, "")}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def _extra_since(now: str, base: Any, mine: Any) -> dict[str, Any]:
    """The custom fields that somebody else changed, and the person too."""
    there, stood, written = (custom_values({"extra": one}) for one in (now, base, mine))
    return {
        f"extra.{key}": there.get(key)
        for key in there.keys() | stood.keys()
        if there.get(key) != stood.get(key) and there.get(key) != written.get(key)
    }
