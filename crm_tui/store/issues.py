"""What a merge leaves for a person: rows in dispute over the trash, links to nothing, loops, conflicts closed unseen.

All are facts of the log, so every machine finds the same ones. Rows in dispute decide what is shown, so `issue` holds
them at any time; the others are found when somebody looks (`refresh`).
"""

from __future__ import annotations

import sqlite3

from crm_tui.rules.hidden import DELETED, hidden
from crm_tui.store import partners
from crm_tui.store.catalogue import Catalogue, Field, NounIn
from crm_tui.store.heads import StoredHistory, said, shape_of

__all__ = ["after_action", "after_merge", "refresh", "shape_of"]

DISPUTED = "disputed"
DANGLING = "dangling"
LOOP = "loop"
CLOSED = "closed"
IMPOSSIBLE = "impossible"
REMOVED = "removed"


WAITING = (
    "SELECT c.row, c.field FROM conflict c JOIN field k ON k.k = c.field AND k.known "
    "JOIN noun o ON o.k = k.noun AND o.known "
    "UNION SELECT i.row, f.k FROM issue i JOIN row r ON r.n = i.row "
    "JOIN field f ON f.noun = r.noun AND f.name = 'deleted' AND f.known WHERE i.kind = 'disputed'"
)
"""Number of the row and of the field of everything that waits for a choice; fields of a newer program do not yet."""


def waiting(db: sqlite3.Connection) -> int:
    """How many conflicts wait for a choice, rows in dispute over the trash among them."""
    return int(db.execute(f"SELECT count(*) FROM ({WAITING})").fetchone()[0])


def after_merge(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Find which rows of the stage, and of those that they hang on, are shown now; a dispute may be over too."""
    _trash(db, catalogue, StoredHistory(db, catalogue))
    after_action(db, catalogue)


def after_action(db: sqlite3.Connection, catalogue: Catalogue) -> bool:
    """An own action may settle a dispute by moving what hangs on a row; tells whether it looked at any."""
    rows = db.execute(
        "SELECT r.id, r.noun FROM issue i JOIN row r ON r.n = i.row WHERE i.kind = ?", (DISPUTED,)
    ).fetchall()
    if rows:
        history = StoredHistory(db, catalogue)
        for row, noun in rows:
            if noun in catalogue.by_number:
                _show(db, catalogue.by_number[noun], row, history)
    return bool(rows)


def refresh(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Find links to nothing, loops, conflicts closed unseen and states that no path leads to; those mended go."""
    history = StoredHistory(db, catalogue)
    db.execute("DELETE FROM issue WHERE kind IN (?, ?, ?, ?)", (DANGLING, LOOP, REMOVED, IMPOSSIBLE))
    db.executemany("INSERT INTO issue VALUES(?, ?, ?)", [(REMOVED, *one) for one in partners.removed(db, catalogue)])
    _links(db, catalogue, history)
    _loops(db, catalogue)
    _closed(db, history)
    db.execute(_UNREVIEWED, (IMPOSSIBLE,))


_OPENED_LAST = (
    "coalesce((SELECT max(o.at) FROM ticket_steps o WHERE o.ticket = t.id AND o.live "
    "AND (o.verb = 'reopen' OR o.verb = 'review' AND o.why = 'unsolved')), '')"
)
_DID = "SELECT 1 FROM ticket_steps s WHERE s.ticket = t.id AND s.live AND s.verb IN ('arrive', 'done')"
_UNREVIEWED = (
    "INSERT OR IGNORE INTO issue SELECT ?, r.n, 'standing' FROM tickets t JOIN row r ON r.id = t.id "
    f"WHERE t.live AND t.state = 'closed' AND EXISTS({_DID}) AND (t.reviewed_by IS NULL "
    f"OR t.reviewed_by = t.done_by OR EXISTS({_DID} AND s.person = t.reviewed_by AND s.at >= {_OPENED_LAST}))"
)
"""Tickets that are closed though nobody else reviewed the job: each machine let through what it knew of."""


# the trash


def _trash(db: sqlite3.Connection, catalogue: Catalogue, history: StoredHistory) -> None:
    """Rows that are marked as trash, and marked rows above what came: hidden only by somebody who knew."""
    db.execute("CREATE TABLE stage.above(id TEXT PRIMARY KEY, n INTEGER, noun INTEGER, level INTEGER) WITHOUT ROWID")
    db.execute("INSERT INTO stage.above SELECT id, n, noun, 0 FROM stage.touched")
    db.execute("CREATE INDEX stage.above_noun ON above(noun, level)")
    level = 0
    while _climb(db, catalogue, level):
        level += 1
    for noun in catalogue.nouns.values():
        rows = db.execute(
            f"SELECT t.id FROM stage.above a CROSS JOIN main.{noun.name} t ON t.id = a.id "
            "WHERE a.noun = ? AND (t.deleted IS NOT NULL OR NOT t.live "
            "OR EXISTS(SELECT 1 FROM main.head h WHERE h.row = a.n AND h.field = ?))",
            (noun.k, noun.fields[DELETED].k),
        ).fetchall()
        for (row,) in rows:
            _show(db, noun, row, history)


def _climb(db: sqlite3.Connection, catalogue: Catalogue, level: int) -> int:
    """Add what the rows of a level hang on: as it stands, as it came, and as heads say that are not shown."""
    found = 0
    hangs = shape_of(catalogue).hangs
    torn = {k for (k,) in db.execute("SELECT DISTINCT field FROM main.conflict")}
    for noun in catalogue.nouns.values():
        for link in noun.links:
            if link.name not in hangs:
                continue
            own = f"a.noun = {noun.k} AND a.level = ?1"
            ways = [
                f"SELECT t.{link.name} AS id FROM stage.above a CROSS JOIN main.{noun.name} t ON t.id = a.id "
                f"WHERE {own}",
                "SELECT l.value AS id FROM stage.above a CROSS JOIN stage.last l ON l.row = a.n "
                f"AND l.field = {link.k} WHERE {own}",
            ]
            if link.k in torn:
                ways.append(
                    f"SELECT {said(link.name)} AS id FROM stage.above a CROSS JOIN main.conflict x ON x.row = a.n "
                    f"AND x.field = {link.k} CROSS JOIN main.head h ON h.row = x.row AND h.field = x.field "
                    f"CROSS JOIN main.change c ON c.dev = h.dev AND c.seq = h.seq WHERE {own}"
                )
            for way in ways:
                found += db.execute(
                    "INSERT OR IGNORE INTO stage.above SELECT DISTINCT r.id, r.n, r.noun, ?1 + 1 "
                    f"FROM ({way}) u CROSS JOIN main.row r ON r.id = u.id",
                    (level,),
                ).rowcount
    return found


def show(db: sqlite3.Connection, catalogue: Catalogue, n: int, history: StoredHistory) -> None:
    """Set whether the row with this number is shown; nothing for a row of an unknown noun."""
    row, k = db.execute("SELECT id, noun FROM row WHERE n = ?", (n,)).fetchone()
    noun = catalogue.by_number.get(k)
    if noun is not None:
        _show(db, noun, row, history)


def _show(db: sqlite3.Connection, noun: NounIn, row: str, history: StoredHistory) -> None:
    """Set whether a row is shown, and note it if that is in dispute."""
    (n,) = db.execute("SELECT n FROM row WHERE id = ?", (row,)).fetchone()
    away = hidden(history, row)
    marked = any(head.of(DELETED) is not None for head in history.heads(row, DELETED))
    live = "0" if away else "1"
    if noun.name == "customers" and not away:
        live = "NOT EXISTS(SELECT 1 FROM alias a WHERE a.id = customers.id)"
    db.execute(f"UPDATE {noun.name} SET live = {live} WHERE id = ?", (row,))
    if marked and not away:
        db.execute("INSERT OR IGNORE INTO issue VALUES(?, ?, '')", (DISPUTED, n))
    else:
        db.execute("DELETE FROM issue WHERE kind = ? AND row = ?", (DISPUTED, n))
    db.execute("INSERT INTO dirty(row) VALUES(?) ON CONFLICT(row) DO NOTHING", (n,))


# links


def _links(db: sqlite3.Connection, catalogue: Catalogue, history: StoredHistory) -> None:
    trash = sum(
        db.execute(f"SELECT count(*) FROM {noun.name} WHERE deleted IS NOT NULL AND NOT live").fetchone()[0]
        for noun in catalogue.nouns.values()
    )
    for noun in catalogue.nouns.values():
        for link in noun.links:
            if link.link not in catalogue.nouns:
                continue
            target = catalogue.nouns[link.link]
            found = {*_absent(db, noun, link, target), *(_buried(db, noun, link, target) if trash else ())}
            for n, row in sorted(found):
                if _dangles(db, catalogue, history, noun, row, link.name):
                    db.execute("INSERT OR IGNORE INTO issue VALUES(?, ?, ?)", (DANGLING, n, link.name))


def _absent(db: sqlite3.Connection, noun: NounIn, link: Field, target: NounIn) -> list[tuple[int, str]]:
    """Rows that name what was never here."""
    return db.execute(
        f"SELECT r.n, t.id FROM {noun.name} t JOIN row r ON r.id = t.id WHERE t.live AND t.{link.name} IS NOT NULL "
        f"AND NOT EXISTS(SELECT 1 FROM {target.name} o WHERE o.id = t.{link.name})"
    ).fetchall()


def _buried(db: sqlite3.Connection, noun: NounIn, link: Field, target: NounIn) -> list[tuple[int, str]]:
    """Rows that name something in the trash, and may have done so knowing of the trash."""
    return db.execute(
        f"SELECT r.n, t.id FROM {target.name} o CROSS JOIN {noun.name} t ON t.{link.name} = o.id "
        "CROSS JOIN row r ON r.id = t.id WHERE o.deleted IS NOT NULL AND NOT o.live AND t.live AND EXISTS("
        "SELECT 1 FROM row x CROSS JOIN change m ON m.row = x.n CROSS JOIN change c ON c.row = r.n "
        "WHERE x.id = o.id AND m.field IS ?1 AND (c.field IS ?2 OR c.field IS NULL) "
        "AND (c.dev = m.dev AND c.seq > m.seq OR EXISTS(SELECT 1 FROM seen e WHERE e.dev = c.dev AND e.of = m.dev "
        "AND e.seq <= c.seq AND e.upto >= m.seq)))",
        (target.fields[DELETED].k, link.k),
    ).fetchall()


def _dangles(
    db: sqlite3.Connection, catalogue: Catalogue, history: StoredHistory, noun: NounIn, row: str, field: str
) -> bool:
    """Whether a shown row points to nothing, or to a row in the trash by somebody who could know of that."""
    found = db.execute(f"SELECT {field} FROM {noun.name} WHERE id = ? AND live", (row,)).fetchone()
    if found is None or found[0] is None:
        return False
    target = catalogue.nouns[str(noun.fields[field].link)]
    there = db.execute(f"SELECT live, deleted FROM {target.name} WHERE id = ?", found).fetchone()
    if there is None:
        return True
    if there[0] or there[1] is None:
        return False
    marks = history.heads(found[0], DELETED)
    return any(history.supersedes(head, mark) for head in history.heads(row, field) for mark in marks)


def _loops(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Trees that have become rings: noted at the smallest id of the ring."""
    for noun in catalogue.nouns.values():
        for link in noun.links:
            if link.link != noun.name or link.name == "merged_into" or link.name == "follows":
                continue
            up = dict(db.execute(f"SELECT id, {link.name} FROM {noun.name} WHERE {link.name} IS NOT NULL"))
            for start in _rings(up):
                db.execute("INSERT OR IGNORE INTO issue SELECT ?, n, ? FROM row WHERE id = ?", (LOOP, link.name, start))


def _rings(up: dict[str, str]) -> set[str]:
    found: set[str] = set()
    done: set[str] = set()
    for start in up:
        path: list[str] = []
        place: str | None = start
        while place is not None and place not in done and place not in path:
            path.append(place)
            place = up.get(place)
        if place is not None and place in path:
            found.add(min(path[path.index(place) :]))
        done.update(path)
    return found


# conflicts


def _closed(db: sqlite3.Connection, history: StoredHistory) -> None:
    """Changes that replaced disagreeing heads though nobody chose: raw SQL cannot be asked."""
    rows = db.execute(
        "SELECT d.id, c.seq, r.id, r.n, f.name FROM action a CROSS JOIN change c ON c.dev = a.dev "
        "AND c.seq BETWEEN a.first AND a.last CROSS JOIN device d ON d.dev = a.dev CROSS JOIN row r ON r.n = c.row "
        "CROSS JOIN field f ON f.k = c.field WHERE a.kind = 'raw' "
        "AND EXISTS(SELECT 1 FROM change o WHERE o.row = c.row AND o.dev <> c.dev) "
        "AND NOT EXISTS(SELECT 1 FROM issue i WHERE i.kind = ? AND i.row = c.row AND i.detail = f.name)",
        (CLOSED,),
    ).fetchall()
    for log, seq, row, n, field in rows:
        change = next(one for one in history.changes(row) if (one.log, one.seq) == (log, seq))
        if history.conflict(row, field, before=change):
            db.execute("INSERT OR IGNORE INTO issue VALUES(?, ?, ?)", (CLOSED, n, field))
