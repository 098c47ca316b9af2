"""Undo and redo: each writes former values as new changes, where a field still stands at the action.

The rule is SYNC.md's: a field is taken back if it has one live head, which is the action's change, looking through
pairs of an action and its undo. A new row is taken back (hidden as `undone`) if nobody has written on it since and no
row that stays points to it; rows that hang on a row that stays do so too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.rules.shape import Value
from crm_tui.rules.undoing import Reason, undo_plan
from crm_tui.store import logs
from crm_tui.store.catalogue import Catalogue
from crm_tui.store.heads import StoredHistory
from crm_tui.store.journal import PENDING, Action, action_of, read_action

FEW = 5_000
"""Changes of an own action that are looked at one by one where other machines have written too."""


@dataclass(frozen=True)
class Left:
    """What an undo did not take back: the row, its field (None for a new row), and why.

    `values` are the former values to choose from, earlier first, where the action settled a conflict.
    """

    noun: str
    row: str
    field: str | None
    reason: str
    values: tuple[Value, ...] = ()


def last_undoable(db: sqlite3.Connection, logs: Sequence[int]) -> Action | None:
    """The newest action of `logs` (the person's own) whose effect stands: not undone, or undone and redone.

    What the file did by itself (upkeep) is passed over: nobody means it by "the last thing".
    For one that was redone, its newest redo is returned: to undo that is to undo the action.
    """
    own = f"dev IN ({','.join(map(str, logs))})"
    tip = own + " AND kind {kinds} AND NOT EXISTS(SELECT 1 FROM action u WHERE u.undoes = action.id)"
    best = read_action(db, tip.format(kinds="NOT IN ('undo', 'redo', 'upkeep')") + " ORDER BY id DESC", ())
    place = best.id if best else 0
    redone = "undoes IS NOT NULL AND " + tip.format(kinds="= 'redo'")
    for (redo,) in db.execute(f"SELECT id FROM action WHERE {redone}").fetchall():
        # A redo stands at the place of the action that it brought back, not at its own.
        if (root := root_of(db, redo)) > place:
            best, place = read_action(db, "id = ?", (redo,)), root
    return best


def root_of(db: sqlite3.Connection, action: int) -> int:
    """The action that a chain of undo and redo is about."""
    while (row := db.execute("SELECT undoes FROM action WHERE id = ?", (action,)).fetchone()) and row[0] is not None:
        action = row[0]
    return action


def tip_of(db: sqlite3.Connection, action: int) -> Action | None:
    """The last undo or redo of an action, or the action itself; None if there is no such action."""
    while row := db.execute("SELECT id FROM action WHERE undoes = ?", (action,)).fetchone():
        action = row[0]
    return read_action(db, "id = ?", (action,))


def last_redoable(db: sqlite3.Connection, logs: Sequence[int]) -> Action | None:
    """The newest undo in `logs` (the person's own) that was not redone, if nothing else was done there since."""
    own = ",".join(map(str, logs))
    return read_action(
        db,
        f"dev IN ({own}) AND kind = 'undo' AND NOT EXISTS(SELECT 1 FROM action r WHERE r.undoes = action.id) "
        f"AND NOT EXISTS(SELECT 1 FROM action n WHERE n.dev IN ({own}) AND n.id > action.id "
        "AND n.kind NOT IN ('undo', 'redo', 'upkeep')) ORDER BY id DESC",
        (),
    )


def prepare(db: sqlite3.Connection, catalogue: Catalogue, action: Action) -> list[Left]:
    """Fill `temp.pending` with what undoing `action` writes; return what it leaves."""
    db.execute(PENDING)
    db.execute("DELETE FROM temp.pending")
    (met,) = db.execute("SELECT EXISTS(SELECT 1 FROM seen)").fetchone()
    if action.dev not in logs.own(db) or (met and action.last - action.first < FEW):
        return _by_rules(db, catalogue, action)
    left = _fields(db, catalogue, action)
    left += _new_rows(db, catalogue, action)
    return left


def _by_rules(db: sqlite3.Connection, catalogue: Catalogue, action: Action) -> list[Left]:
    """The same by the rules in memory, which also know what other machines had seen."""
    (log,) = db.execute("SELECT id FROM device WHERE dev = ?", (action.dev,)).fetchone()
    (n,) = db.execute("SELECT n FROM action WHERE id = ?", (action.id,)).fetchone()
    plan = undo_plan(StoredHistory(db, catalogue), (log, n))
    for write in plan.write:
        db.execute(
            "INSERT OR REPLACE INTO temp.pending(row, field, value) SELECT r.n, f.k, ? FROM row r "
            "JOIN field f ON f.noun = r.noun AND f.name = ? WHERE r.id = ?",
            (write.value, write.field, write.row),
        )
    left = []
    for one in plan.left:
        (noun,) = db.execute("SELECT noun FROM row WHERE id = ?", (one.row,)).fetchone()
        name = catalogue.by_number[noun].name if noun in catalogue.by_number else "?"
        left.append(Left(name, one.row, one.field, _REASONS[one.reason], one.values))
    return left


_REASONS = {
    Reason.CHANGED: "changed since",
    Reason.CHOICE: "settled a conflict",
    Reason.WRITTEN: "changed since",
    Reason.POINTED: "others point to it",
}


def _fields(db: sqlite3.Connection, catalogue: Catalogue, action: Action) -> list[Left]:
    """Former values of the fields that stand at the action."""
    span = (action.dev, action.first, action.last)
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS was(row INTEGER, field INTEGER, value, top INTEGER, PRIMARY KEY(row, field))"
    )
    db.execute("DELETE FROM temp.was")
    # SQLite gives bare columns beside a single min() or max() from that very row.
    db.execute(
        "INSERT INTO temp.was SELECT row, field, old, min(seq) FROM change "
        "WHERE dev = ? AND seq BETWEEN ? AND ? AND field IS NOT NULL GROUP BY row, field",
        span,
    )
    direct = (
        "SELECT w.row, w.field, w.value FROM temp.was w JOIN head h ON h.row = w.row AND h.field = w.field "
        "GROUP BY w.row, w.field HAVING count(*) = 1 AND max(h.dev) = ? AND max(h.seq) BETWEEN ? AND ?"
    )
    db.execute(f"INSERT INTO temp.pending(row, field, value) {direct}", span)
    rest = db.execute(
        "SELECT row, field, value FROM temp.was w WHERE NOT EXISTS"
        "(SELECT 1 FROM temp.pending p WHERE p.row = w.row AND p.field = w.field)"
    ).fetchall()
    left = []
    for row, field, value in rest:
        if any(dev == action.dev and action.first <= seq <= action.last for dev, seq in _stands_at(db, row, field)):
            db.execute("INSERT INTO temp.pending(row, field, value) VALUES(?,?,?)", (row, field, value))
        else:
            left.append(_left(db, catalogue, row, field, "changed since"))
    return left


def _stands_at(db: sqlite3.Connection, row: int, field: int) -> list[tuple[int, int]]:
    """The changes at which a field stands: its one head and, through (action, undo) pairs, what that restored."""
    heads = db.execute("SELECT dev, seq FROM head WHERE row = ? AND field = ?", (row, field)).fetchall()
    if len(heads) != 1:
        return []
    place = heads[0]
    found = [place]
    while True:
        action = action_of(db, *place)
        undone = None if action is None or action.undoes is None else read_action(db, "id = ?", (action.undoes,))
        if undone is None:
            return found
        first = db.execute(
            "SELECT dev, seq FROM change WHERE row = ? AND field = ? AND dev = ? AND seq BETWEEN ? AND ? "
            "ORDER BY seq LIMIT 1",
            (row, field, undone.dev, undone.first, undone.last),
        ).fetchone()
        before = None if first is None else _before(db, row, field, first)
        if before is None:
            return found
        found.append(before)
        place = before


def _before(db: sqlite3.Connection, row: int, field: int, change: tuple[int, int]) -> tuple[int, int] | None:
    """The change that `change` replaced: the one head of what its author had seen; None if there were several.

    The insert of the row ranks before all changes of the field.
    """
    seen: list[tuple[int, int]] = db.execute(
        "SELECT c.dev, c.seq FROM change c WHERE c.row = ?1 AND c.field = ?2 AND (c.dev = ?3 AND c.seq < ?4 OR EXISTS("
        "SELECT 1 FROM seen s WHERE s.dev = ?3 AND s.of = c.dev AND s.seq <= ?4 AND s.upto >= c.seq))",
        (row, field, *change),
    ).fetchall()
    heads = [a for a in seen if not any(_had_seen(db, b, a) for b in seen)]
    if heads:
        return heads[0] if len(heads) == 1 else None
    found: tuple[int, int] | None = db.execute(
        "SELECT dev, seq FROM change WHERE row = ? AND field IS NULL", (row,)
    ).fetchone()
    return found


def _had_seen(db: sqlite3.Connection, later: tuple[int, int], earlier: tuple[int, int]) -> bool:
    """Whether the author of one change had seen another: supersedes it."""
    if later[0] == earlier[0]:
        return later[1] > earlier[1]
    query = "SELECT 1 FROM seen WHERE dev = ? AND seq <= ? AND of = ? AND upto >= ?"
    return db.execute(query, (*later, *earlier)).fetchone() is not None


def _new_rows(db: sqlite3.Connection, catalogue: Catalogue, action: Action) -> list[Left]:
    """Mark as undone the rows that the action made, where nothing that stays needs them."""
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS made(id TEXT PRIMARY KEY, row INTEGER, noun INTEGER, why TEXT) WITHOUT ROWID"
    )
    db.execute("DELETE FROM temp.made")
    db.execute(
        "INSERT INTO temp.made SELECT r.id, r.n, r.noun, NULL FROM change c JOIN row r ON r.n = c.row "
        "WHERE c.dev = ? AND c.seq BETWEEN ? AND ? AND c.field IS NULL",
        (action.dev, action.first, action.last),
    )
    # A redo, or an import that revived an undone row, made that row too.
    db.execute(
        "INSERT OR IGNORE INTO temp.made SELECT r.id, r.n, r.noun, NULL FROM temp.pending p "
        "CROSS JOIN row r ON r.n = p.row JOIN field f ON f.k = p.field WHERE f.name = 'deleted' AND p.value = 'undone'"
    )
    if not db.execute("SELECT EXISTS(SELECT 1 FROM temp.made)").fetchone()[0]:
        return []
    written = db.execute(
        "SELECT m.id, h.row, h.field FROM temp.made m JOIN head h ON h.row = m.row "
        "WHERE NOT (h.dev = ? AND h.seq BETWEEN ? AND ?)",
        (action.dev, action.first, action.last),
    ).fetchall()
    for row_id, row, field in written:
        inserted = db.execute("SELECT dev, seq FROM change WHERE row = ? AND field IS NULL", (row,)).fetchone()
        if inserted not in _stands_at(db, row, field):
            db.execute("UPDATE temp.made SET why = 'changed since' WHERE id = ?", (row_id,))
    while _spread(db, catalogue):
        pass
    deleted = {noun.k: noun.fields["deleted"].k for noun in catalogue.nouns.values()}
    for noun, field in deleted.items():
        db.execute(
            "INSERT OR REPLACE INTO temp.pending(row, field, value) SELECT row, ?, 'undone' FROM temp.made "
            "WHERE noun = ? AND why IS NULL",
            (field, noun),
        )
    # A made row goes or stays as a whole; what else the action changed on it needs no write of its own.
    fields = ",".join(str(k) for k in deleted.values())
    db.execute(
        "DELETE FROM temp.pending WHERE row IN (SELECT row FROM temp.made WHERE why IS NULL) "
        f"AND field NOT IN ({fields})"
    )
    db.execute("DELETE FROM temp.pending WHERE row IN (SELECT row FROM temp.made WHERE why IS NOT NULL)")
    kept = db.execute("SELECT noun, id, why FROM temp.made WHERE why IS NOT NULL AND why <> 'hangs on it'").fetchall()
    return [Left(catalogue.by_number[noun].name, row, None, why) for noun, row, why in kept]


def _spread(db: sqlite3.Connection, catalogue: Catalogue) -> bool:
    """Let one more row stay, if something that stays needs it; tells whether any did."""
    stays = 0
    made = {noun for (noun,) in db.execute("SELECT DISTINCT noun FROM temp.made")}
    for noun in catalogue.nouns.values():
        for link in noun.links:
            target = catalogue.nouns.get(link.link or "")
            if target is None or target.k not in made:
                continue
            # A row that stays points to a made one. CROSS JOIN keeps the small side outside.
            stays += db.execute(
                f"UPDATE temp.made SET why = 'others point to it' WHERE why IS NULL AND noun = ? AND id IN ("
                f"SELECT t.{link.name} FROM {noun.name} t LEFT JOIN temp.made o ON o.id = t.id "
                f"WHERE t.{link.name} IN (SELECT id FROM temp.made WHERE noun = ? AND why IS NULL) "
                f"AND t.deleted IS NOT 'undone' AND (o.id IS NULL OR o.why IS NOT NULL) AND NOT EXISTS("
                f"SELECT 1 FROM temp.pending p JOIN row r ON r.n = p.row WHERE r.id = t.id AND p.field = ?))",
                (target.k, target.k, link.k),
            ).rowcount
            if link.owner:
                stays += db.execute(
                    f"UPDATE temp.made SET why = 'hangs on it' WHERE why IS NULL AND noun = ? AND id IN ("
                    f"SELECT t.id FROM temp.made o CROSS JOIN {noun.name} t ON t.{link.name} = o.id "
                    f"WHERE o.noun = ? AND o.why IS NOT NULL)",
                    (noun.k, target.k),
                ).rowcount
    return stays > 0


def _left(db: sqlite3.Connection, catalogue: Catalogue, row: int, field: int, why: str) -> Left:
    noun, row_id = db.execute("SELECT noun, id FROM row WHERE n = ?", (row,)).fetchone()
    (name,) = db.execute("SELECT name FROM field WHERE k = ?", (field,)).fetchone()
    return Left(catalogue.by_number[noun].name, row_id, name, why)
