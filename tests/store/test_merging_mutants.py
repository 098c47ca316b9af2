"""The histories of files would find each of these mistakes in the merge; a world that finds none proves nothing."""

from __future__ import annotations

import inspect
import sqlite3
import textwrap
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_tui.rules import undoing
from crm_tui.rules.hidden import DELETED
from crm_tui.store import admission, database, heads, issues, journal, merging, outgoing, tables, undo
from tests.store.machines import Machine
from tests.store.test_merging import ram
from tests.store.worlds import World

Patch = pytest.MonkeyPatch
SEEN = "h.dev = l.dev OR h.seq <= {_reach('l.dev', 'l.seq', 'h.dev')}"


def altered(patch: Patch, owner: object, name: str, old: str, new: str) -> None:
    """Replace a piece of a function's source."""
    function = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(function))
    assert old in source, f"{name} has changed: the mutant must be written anew"
    scope = dict(function.__globals__)
    exec("from __future__ import annotations\n" + source.replace(old, new), scope)
    patch.setattr(owner, name, scope[name])


def no_tie_break(patch: Patch) -> None:
    altered(patch, merging._Merge, "_fold", "ORDER BY id", "ORDER BY dev")


def known_changes_again(patch: Patch) -> None:
    altered(patch, merging._Merge, "_fold", "WHERE i.seq > s.have AND m.field_k", "WHERE m.field_k")


def seen_not_written(patch: Patch) -> None:
    patch.setattr(journal, "_note_seen", lambda db, dev, seq: None)


def seen_written_once(patch: Patch) -> None:
    altered(patch, journal, "_note_seen", "s.of = h.dev), 0)", "s.of = h.dev), 0) AND ?2 = 1")


def seen_without_hash(patch: Patch) -> None:
    altered(patch, admission, "_claims", "chain is None or chain[0][:MARK] != mark", "False")


def places_without_hash(patch: Patch) -> None:
    patch.setattr(admission, "_same", lambda *places: None)


def equal_choice_not_logged(patch: Patch) -> None:
    write = database.Work.write

    def lazy(work, noun, rows, name, value):
        about = work.catalogue[noun]
        if name in about.columns:
            rows = [
                r
                for r in rows
                if work.db.execute(f"SELECT {name} IS NOT ? FROM {noun} WHERE id = ?", (value, r)).fetchone()[0]
            ]
        return write(work, noun, rows, name, value)

    patch.setattr(database.Work, "write", lazy)


def hidden_by_the_winner(patch: Patch) -> None:
    def winner(history, row, before=None):
        marks = history.heads(row, DELETED, before)
        return bool(marks) and marks[-1].of(DELETED) is not None

    patch.setattr(issues, "hidden", winner)


def hidden_without_what_hangs_on_it(patch: Patch) -> None:
    patch.setattr(issues, "_climb", lambda db, catalogue, level: 0)


def undo_if_still_mine(patch: Patch) -> None:
    plan = undo.undo_plan

    def mine(history, action):
        def stands(history, action, row, field):
            last = [c for c in action.changes if (c.row, c.field) == (row, field)][-1]
            return history.value(row, field) == last.of(field)

        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(undoing, "_stands_at", stands)
            return plan(history, action)

    patch.setattr(undo, "undo_plan", mine)
    one_head = "HAVING count(*) = 1 AND max(h.dev) = ? AND max(h.seq) BETWEEN ? AND ?"
    altered(patch, undo, "_fields", one_head, "HAVING sum(h.dev = ? AND h.seq BETWEEN ? AND ?)")


def own_changes_only(patch: Patch) -> None:
    altered(patch, outgoing, "slices", "if end.seq <= before.seq or", "if end.seq <= before.seq or log not in own or")


def second_insert_ignored(patch: Patch) -> None:
    patch.setattr(merging.tables, "settle_twice_inserted", lambda db, catalogue: None)


def compared_as_written(patch: Patch) -> None:
    patch.setattr(heads.Shape, "canonical", lambda shape, field, value: repr(value).encode())
    altered(patch, merging._Merge, "_conflicts", "HAVING NOT {plain} AND", "HAVING false AND")


def heads_never_replaced(patch: Patch) -> None:
    altered(
        patch,
        merging._Merge,
        "_heads",
        "h.dev = l.dev OR h.seq <= {_reach('l.dev', 'l.seq', 'h.dev')}",
        "h.dev = l.dev",
    )


def last_writer_wins(patch: Patch) -> None:
    altered(patch, merging._Merge, "_heads", SEEN, "1")


def groups_lost(patch: Patch) -> None:
    altered(patch, tables, "_write", 'field.kind == "group"', 'field.kind == "nothing"')


@dataclass(frozen=True)
class Mutant:
    make: Callable[[Patch], None]
    kinds: str
    steps: int = 30
    worlds: int = 12


EDITS = "insert edit edit clash clash give choose undo clock late export"
LIES = "insert edit clash give lie lie lie"
FEW_ROWS = "insert edit clash clash give choose choose"
UNDOS = "insert edit clash clash give undo undo"
MUTANTS = (
    Mutant(no_tie_break, "insert edit clash clash give"),
    Mutant(known_changes_again, EDITS),
    Mutant(seen_not_written, EDITS),
    Mutant(seen_written_once, EDITS),
    Mutant(seen_without_hash, LIES),
    Mutant(places_without_hash, LIES),
    Mutant(equal_choice_not_logged, FEW_ROWS),
    Mutant(hidden_by_the_winner, "insert edit edit trash trash restore give give child"),
    Mutant(hidden_without_what_hangs_on_it, "insert child child trash trash give give"),
    Mutant(undo_if_still_mine, UNDOS),
    Mutant(own_changes_only, EDITS),
    Mutant(second_insert_ignored, "same same same give give choose"),
    Mutant(heads_never_replaced, EDITS),
    Mutant(last_writer_wins, "insert edit clash clash give clock"),
    Mutant(groups_lost, "insert plan plan plan give give", 20),
)


def found(template: Path, mutant: Mutant) -> bool:
    for seed in range(mutant.worlds):
        with ram() as folder:
            world = World(folder, template, 2 + seed % 2, seed, mutant.kinds)
            try:
                world.run(mutant.steps)
            except Exception:
                return True
            finally:
                world.close()
    return False


@pytest.mark.campaign
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.make.__name__)
def test_the_worlds_find_the_mistake(mutant: Mutant, template: Path, monkeypatch: Patch) -> None:
    mutant.make(monkeypatch)
    assert found(template, mutant)


@pytest.mark.campaign
@pytest.mark.parametrize("kinds", sorted({mutant.kinds for mutant in MUTANTS}))
def test_the_same_worlds_find_nothing_without_a_mistake(kinds: str, template: Path) -> None:
    assert not found(template, Mutant(lambda patch: None, kinds, worlds=2))


def test_a_second_insert_of_one_row_in_a_log_is_found_by_check(template: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "a.db", template, "a")
    row = machine.insert(name="old")
    machine.edit(row, name="new")
    machine.crm.close()
    with closing(sqlite3.connect(machine.path)) as db, db:
        (text,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_birth'").fetchone()
        lines = [line for line in text.splitlines() if "RAISE(ABORT" not in line]
        db.execute("DROP TRIGGER journal_birth")
        db.execute("\n".join(lines).replace("INSERT INTO row(", "INSERT OR IGNORE INTO row("))
        db.execute("INSERT OR REPLACE INTO customers(id, name) VALUES(?, 'again')", (row,))
    machine.open()
    with pytest.raises(AssertionError, match="does not fit its chain"):
        machine.sound()
    machine.crm.close()
