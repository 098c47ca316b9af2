"""What a merge leaves for a person: rows in dispute over the trash, links to nothing, loops, conflicts closed unseen.

All are facts of the log, so every machine finds the same ones. `issue` keeps what was found; what is settled since goes
when it is looked at again.
"""

from __future__ import annotations

import sqlite3

from crm_tui.rules.heads import Change
from crm_tui.rules.hidden import DELETED, hidden
from crm_tui.store.catalogue import Catalogue, NounIn
from crm_tui.store.heads import StoredHistory, shape_of

__all__ = ["after_action", "after_merge", "refresh", "shape_of"]

DISPUTED = "disputed"
DANGLING = "dangling"
LOOP = "loop"
CLOSED = "closed"


def after_merge(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Find what the rows of the stage and those that they hang on have become."""
    history = StoredHistory(db, catalogue)
    _trash(db, catalogue, history)
    _links(db, catalogue, history)
    _loops(db, catalogue)
    _closed(db, catalogue, history)


def after_action(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """An own action may settle a dispute by moving what hangs on a row."""
    rows = db.execute(
        "SELECT r.id, r.noun FROM issue i JOIN row r ON r.n = i.row WHERE i.kind = ?", (DISPUTED,)
    ).fetchall()
    if rows:
        history = StoredHistory(db, catalogue)
        for row, noun in rows:
            _show(db, catalogue.by_number[noun], row, history)


def refresh(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Look again at links and loops that were found, and forget those that are mended."""
    history = StoredHistory(db, catalogue)
    for n, row, noun, field in db.execute(
        "SELECT i.row, r.id, r.noun, i.detail FROM issue i JOIN row r ON r.n = i.row WHERE i.kind = ?", (DANGLING,)
    ).fetchall():
        if not _dangles(db, catalogue, history, catalogue.by_number[noun], row, field):
            db.execute("DELETE FROM issue WHERE kind = ? AND row = ? AND detail = ?", (DANGLING, n, field))
    _loops(db, catalogue)


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
    """Add what the rows of a level hang on, now or by what came."""
    found = 0
    for noun in catalogue.nouns.values():
        for link in noun.links:
            if not link.owner and link.name != "merged_into":
                continue
            now = (
                f"SELECT t.{link.name} FROM stage.above a CROSS JOIN main.{noun.name} t ON t.id = a.id "
                f"WHERE a.noun = {noun.k} AND a.level = ?1 AND t.{link.name} IS NOT NULL"
            )
            came = (
                f"SELECT l.value FROM stage.above a CROSS JOIN stage.last l ON l.row = a.n AND l.field = {link.k} "
                f"WHERE a.noun = {noun.k} AND a.level = ?1 AND l.value IS NOT NULL"
            )
            for query in (now, came):
                found += db.execute(
                    f"INSERT OR IGNORE INTO stage.above SELECT DISTINCT r.id, r.n, r.noun, ?1 + 1 FROM ({query}) u "
                    f"CROSS JOIN main.row r ON r.id = u.{link.name if query is now else 'value'}",
                    (level,),
                ).rowcount
    return found


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
    for noun in catalogue.nouns.values():
        for link in noun.links:
            if link.link not in catalogue.nouns:
                continue
            rows = db.execute(
                f"SELECT d.n, t.id FROM stage.touched d CROSS JOIN main.{noun.name} t ON t.id = d.id "
                f"WHERE d.noun = {noun.k} AND t.live "
                f"AND t.{link.name} IS NOT NULL AND NOT EXISTS("
                f"SELECT 1 FROM main.{link.link} o WHERE o.id = t.{link.name} AND (o.live OR o.deleted IS NULL))"
            ).fetchall()
            for n, row in rows:
                if _dangles(db, catalogue, history, noun, row, link.name):
                    db.execute("INSERT OR IGNORE INTO issue VALUES(?, ?, ?)", (DANGLING, n, link.name))
    refresh(db, catalogue)


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
            db.execute(
                "DELETE FROM issue WHERE kind = ? AND detail = ? AND row IN (SELECT n FROM row WHERE noun = ?)",
                (LOOP, link.name, noun.k),
            )
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


def _closed(db: sqlite3.Connection, catalogue: Catalogue, history: StoredHistory) -> None:
    """Changes that replaced disagreeing heads though nobody chose: raw SQL cannot be asked."""
    rows = db.execute(
        "SELECT d.id, a.n FROM stage.act s JOIN main.device d ON d.id = s.log "
        "JOIN main.action a ON a.dev = d.dev AND a.n = s.n WHERE s.kind = 'raw'"
    ).fetchall()
    for log, n in rows:
        for change in history.action((log, n)).changes:
            note_closed(db, history, change)


def note_closed(db: sqlite3.Connection, history: StoredHistory, change: Change) -> None:
    """Note a change outside of a choice that replaced disagreeing heads."""
    if change.field is not None and history.conflict(change.row, change.field, before=change):
        db.execute(
            "INSERT OR IGNORE INTO issue SELECT ?, n, ? FROM row WHERE id = ?", (CLOSED, change.field, change.row)
        )
