"""Import of files: everything is read, matched and compared first, then written in one short transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from crm_tui.errors import CrmError
from crm_tui.rules.headers import Target, extra_keys, normalise_header
from crm_tui.services.custom_fields import label_of
from crm_tui.services.import_batch import Batch
from crm_tui.services.import_columns import Column, Entry
from crm_tui.services.import_parts import Kept, Progress, Rejected, Source, Staged, Watch, many_objects
from crm_tui.services.import_plan import Plan
from crm_tui.services.import_rows import Stager
from crm_tui.services.import_sales import SalePlan
from crm_tui.services.import_whole import WholePlan
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    import threading

    from crm_tui.services.crm import Crm

__all__ = ["Column", "Entry", "Imports", "Kept", "Plan", "Rejected", "SalePlan", "Source", "Staged", "WholePlan"]

VERB = "Imported {file}: {created} new, {updated} updated"
_TRIES = 3
_STEPS = 100_000
"""Steps of SQLite's machine between two looks whether the person wants to stop."""
_CHECK_EVERY = 2_000


class Imports:
    """Brings rows of other programs in. `prepare` changes nothing; `apply` writes what it has found."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.store = crm.store

    def columns(self, header: Sequence[str], targets: Sequence[Target | None]) -> list[Column]:
        """The columns of a table with where each goes; those without a target become custom fields.

        A custom field that a person has put into the trash takes nothing in: its column is left out.
        """
        rows = self.crm.custom_fields.ever("customers")
        named = {normalise_header(label_of(row)): row for row in rows if row["live"]}
        named |= {normalise_header(f"{label_of(row)} {row['key']}"): row for row in rows if row["live"]}
        by_key = {row["key"]: row for row in rows}
        loose = [name for name, target in zip(header, targets, strict=True) if target is None]
        keys = iter(extra_keys(loose))
        found = []
        for name, target in zip(header, targets, strict=True):
            if target is not None:
                found.append(Column(name, target))
                continue
            key = next(keys)
            row = named.get(normalise_header(name)) or by_key.get(key)
            if row is not None and row["deleted"] == "trashed":
                found.append(Column(name, Target("ignore")))
                continue
            kind = str(row["kind"] or "text") if row is not None and row["live"] else "text"
            found.append(Column(name, None, str(row["key"]) if row is not None else key, kind))
        return found

    def prepare(
        self,
        columns: Sequence[Column],
        rows: Iterable[tuple[int, Sequence[str]]],
        source: Source,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> Plan:
        """Find out what an import of a table would do.

        Args:
            columns: from `columns`.
            rows: line in the file and cells, at least as many as there are columns.
            source: where the rows come from.
            progress: is told phase, done and total.
            cancel: stops the work when it is set.

        Raises:
            Cancelled: if it was stopped.
        """
        watch = Watch(progress, cancel)
        with many_objects():
            return self._prepare(columns, rows, source, watch)

    def _prepare(
        self, columns: Sequence[Column], rows: Iterable[tuple[int, Sequence[str]]], source: Source, watch: Watch
    ) -> Plan:
        table = []
        for done, one in enumerate(rows):
            if done % _CHECK_EVERY == 0:
                watch.at(t("reading"), done, 0)
            table.append(one)
        columns = [
            column.sampled(cells[place].strip() for _, cells in table if place < len(cells))
            for place, column in enumerate(columns)
        ]
        stager = Stager(self.crm.region, self.crm.local_now(), columns)
        staged = self._stage(((stager.row(place, *row)) for place, row in enumerate(table)), len(table), watch)
        return self._plan(staged, stager, {c.extra: c.header for c in columns if c.extra}, source, watch)

    def prepare_cards(
        self,
        entries: Iterable[Entry],
        source: Source,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> Plan:
        """Find out what an import of address cards would do; like `prepare`."""
        watch = Watch(progress, cancel)
        cards = list(entries)
        stager = Stager(self.crm.region, self.crm.local_now())
        staged = self._stage((stager.entry(place, entry) for place, entry in enumerate(cards)), len(cards), watch)
        extras = {column.extra: column.header for entry in cards for column, _ in entry.pairs if column.extra}
        return self._plan(staged, stager, extras, source, watch)

    def prepare_sales(
        self,
        kind: str,
        header: Sequence[str],
        targets: Sequence[Target | None],
        rows: Iterable[tuple[int, Sequence[str]]],
        file: str,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> SalePlan:
        """Find out what an import of orders, payments or products would do; like `prepare`."""
        from crm_tui.rules.policies import DUE
        from crm_tui.services.import_sale_kinds import understand
        from crm_tui.services.import_sale_rows import SaleReader, SaleRow

        watch = Watch(progress, cancel)
        today = self.crm.local_now().date()
        with many_objects():
            reader = SaleReader(header, targets, self.crm.products.currency(), today)
            table = list(rows)
            reader.sample([cells for _, cells in table])
            read = []
            for place, (line, cells) in enumerate(table):
                if place % _CHECK_EVERY == 0:
                    watch.at(t("understanding"), place, len(table))
                read.append(reader.row(place, line, cells))
            known = [row for row in read if isinstance(row, SaleRow)]
            bad = [row for row in read if isinstance(row, Rejected)]
            terms = self.crm.policies.value(DUE)
            source = Source(file, kind)
            plan = SalePlan(source, kind, reader, known, bad, understand(self.crm)[kind], today, terms)
            plan.work_out(self.store.reader(), watch)
        return plan

    def prepare_whole(
        self,
        nouns: Mapping[str, Sequence[Mapping[str, Any]]],
        file: str,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> WholePlan:
        """Find out what an import of a whole-file export would do: rows by id, values by field, by noun."""
        watch = Watch(progress, cancel)
        with many_objects():
            plan = WholePlan.read(nouns, Source(file, file), watch)
            plan.work_out(self.store.reader(), watch)
        return plan

    def _stage(
        self, rows: Iterable[Staged | Rejected], total: int, watch: Watch
    ) -> tuple[list[Staged], list[Rejected]]:
        staged: list[Staged] = []
        rejected: list[Rejected] = []
        for done, row in enumerate(rows):
            if done % _CHECK_EVERY == 0:
                watch.at(t("understanding"), done, total)
            if isinstance(row, Staged):
                staged.append(row)
            else:
                rejected.append(row)
        return staged, rejected

    def _plan(
        self,
        rows: tuple[list[Staged], list[Rejected]],
        stager: Stager,
        extras: dict[str, str],
        source: Source,
        watch: Watch,
    ) -> Plan:
        plan = Plan(source, rows[0], rows[1], extras, self._new_id, stager.unread)
        plan.work_out(self.store.reader(), watch)
        return plan

    def _new_id(self, count: int) -> list[str]:
        from crm_tui.rules.ids import new_ids

        return new_ids(int(self.store.now().timestamp() * 1000), count)

    def apply(
        self,
        plan: Plan | WholePlan | SalePlan,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> Changes:
        """Write what a plan has found, as one action; a plan that changes nothing writes nothing.

        If somebody has written into the file since the plan was made, it is worked out again first.

        Raises:
            Cancelled: if it was stopped; nothing is changed then.
        """
        watch = Watch(progress, cancel)
        for attempt in range(_TRIES):
            watch.at(t("preparing"), 0, 0)
            with many_objects():
                batch = plan.batch(self.store.catalogue, self._stamp())
            if not batch and plan.fresh(self.store.reader()):
                break
            try:
                with many_objects():
                    return self._write(plan, batch, attempt == _TRIES - 1, watch)
            except _Stale:
                plan.work_out(self.store.reader(), watch)
        return Changes(None)

    def _write(self, plan: Plan | WholePlan | SalePlan, batch: Batch, last: bool, watch: Watch) -> Changes:
        db: sqlite3.Connection | None = None
        try:
            with self.store.action(VERB, "import", file=plan.source.file) as work:
                db = work.db
                if not plan.fresh(db):
                    if not last:
                        raise _Stale
                    plan.work_out(db, watch)
                    batch = plan.batch(self.store.catalogue, self._stamp())
                work.params |= {name: plan.counts[name] for name in ("created", "updated")}
                if watch.cancel is not None:
                    db.set_progress_handler(watch.stopped, _STEPS)
                batch.write(work, watch)
        except CrmError:
            watch.at(t("writing"), 0, 0)  # SQLite says “interrupted” when the person stopped it
            raise
        finally:
            if db is not None:
                db.set_progress_handler(None, 0)
        return work.changes

    def _stamp(self) -> str:
        return self.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Stale(Exception):
    """Somebody wrote into the file between plan and action."""
