"""What is computed from what people typed: sort keys, digits, last and next contact, who was merged, the search index.

Triggers only mark rows in `dirty`; `refresh` recomputes in bulk, inside the transaction that wrote them, or at the next
opening for what raw SQL wrote. `what` is 0 where the row's own derived columns are stale, 1 where only its owner's are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from crm_tui.rules.phones import digits
from crm_tui.rules.pinyin import sort_key
from crm_tui.store import search
from crm_tui.store.catalogue import Catalogue, Field, NounIn


def mark_inserted(db: sqlite3.Connection, noun: NounIn, base: int, columns: Sequence[str]) -> None:
    """Mark the rows that were inserted in bulk after number `base`."""
    known = all(name in columns for name in noun.columns if noun.fields[name].derived and name in _OWN)
    what = 1 if known and noun.name not in _CLOCKED else 0
    db.execute("INSERT INTO dirty(row, what) SELECT n, ? FROM row WHERE n > ?", (what, base))


_OWN = ("changed", "sort_key", "digits")
_SOLD = frozenset(
    {
        *("quotes", "quote_lines", "orders", "order_lines", "deliveries", "delivery_lines", "returns", "return_lines"),
        *("payments", "payment_plans"),
    }
)
"""What the totals and debts of quotes and orders are computed from."""
_CLOCKED = frozenset({"tickets", "ticket_steps", "grants", "policies", "calendar_days", "sla_policies"})
"""What the clocks of tickets are computed from."""


def refresh(db: sqlite3.Connection, catalogue: Catalogue, stamp: str, *, words: bool = True) -> None:
    """Recompute all that depends on the rows in `dirty`, and empty it.

    Args:
        db: the writer, inside a transaction.
        catalogue: the file's nouns.
        stamp: the present, for `changed`.
        words: whether the search index learns of them too; if not, the rows stay for `drain`.
    """
    nouns = _dirty_nouns(db, catalogue, "dirty")
    if not nouns:
        db.execute("DELETE FROM dirty")
        return
    for noun in nouns:
        query = f"UPDATE {noun.name} SET changed = ?1 WHERE id IN ({_DIRTY} AND d.what = 0) AND changed IS NOT ?1"
        db.execute(query, (stamp, noun.k))
    names = {noun.name for noun in nouns}
    moved: set[str] = set()
    if "customers" in names:
        _fill(db, catalogue["customers"], "sort_key", "name", sort_key)
        moved = realias(db, catalogue["customers"])
    if "phones" in names:
        _fill(db, catalogue["phones"], "digits", "number", digits)
    if names & _CLOCKED:
        from crm_tui.store import desk_clocks

        desk_clocks.refresh(db, catalogue, names & _CLOCKED)
    _collect_owners(db, nouns)
    db.executemany(
        "INSERT INTO temp.owners VALUES(?, 1, 1) ON CONFLICT(id) DO UPDATE SET times = 1, words = 1",
        [(row,) for row in moved],
    )
    if "visits" in names or "customers" in names:
        _contact_times(db)
    if names & _SOLD:
        from crm_tui.store import sales

        sales.refresh(db, catalogue, names & _SOLD)
    if words:
        db.execute("DELETE FROM temp.owners WHERE NOT words")
        search.index(db)
        db.execute("DELETE FROM dirty")
    else:
        db.execute("UPDATE dirty SET what = 1")
    db.execute("DELETE FROM temp.owners")


def drain(db: sqlite3.Connection, catalogue: Catalogue, limit: int = 2_000) -> int:
    """Let the search index learn of some rows that a large merge has left in `dirty`; how many they were.

    Call it, each time in a transaction of its own, until it answers 0. What is left when a program ends is done at the
    next opening.
    """
    db.execute("CREATE TEMP TABLE IF NOT EXISTS some(row INTEGER PRIMARY KEY, what INTEGER DEFAULT 1)")
    db.execute("DELETE FROM temp.some")
    db.execute("INSERT INTO temp.some(row) SELECT row FROM dirty WHERE what = 1 ORDER BY row LIMIT ?", (limit,))
    db.execute(search.OWNERS)
    db.execute("DELETE FROM temp.owners")
    _collect_owners(db, _dirty_nouns(db, catalogue, "temp.some"), "temp.some")
    db.execute("DELETE FROM temp.owners WHERE NOT words")
    search.index(db)
    db.execute("DELETE FROM temp.owners")
    return db.execute("DELETE FROM dirty WHERE what = 1 AND row IN (SELECT row FROM temp.some)").rowcount


def _dirty_nouns(db: sqlite3.Connection, catalogue: Catalogue, table: str) -> list[NounIn]:
    rows = db.execute(
        f"SELECT DISTINCT r.noun FROM {table} d CROSS JOIN row r ON r.n = d.row "
        "WHERE r.noun IN (SELECT k FROM noun WHERE known)"
    )
    return [catalogue.by_number[k] for (k,) in rows]


# CROSS JOIN keeps the few dirty rows outside; without statistics SQLite would walk all rows of the file.
_DIRTY = "SELECT r.id FROM dirty d CROSS JOIN row r ON r.n = d.row WHERE r.noun = ?"


def _fill(db: sqlite3.Connection, noun: NounIn, column: str, source: str, rule: object) -> None:
    assert callable(rule)
    rows = db.execute(
        f"SELECT id, {source}, {column} FROM {noun.name} WHERE id IN ({_DIRTY} AND d.what = 0)", (noun.k,)
    ).fetchall()
    made = [(rule(text or ""), row, before) for row, text, before in rows]
    stale = [(value, row) for value, row, before in made if value != before]
    db.executemany(f"UPDATE {noun.name} SET {column} = ? WHERE id = ?", stale)


def _collect_owners(db: sqlite3.Connection, nouns: Sequence[NounIn], table: str = "dirty") -> None:
    """Fill `temp.owners` with the customers (after merging) whose own facts or children are dirty.

    `times` is 1 where the contact log is concerned, `words` where what a customer is found by may have changed.
    """
    db.execute(search.OWNERS)
    dirty = _DIRTY.replace("FROM dirty d", f"FROM {table} d")
    put = (
        "INSERT INTO temp.owners SELECT coalesce(a.root, x.id), {times}, {words} FROM ({rows}) x "
        "LEFT JOIN alias a ON a.id = x.id WHERE true ON CONFLICT(id) DO UPDATE "
        "SET times = max(times, excluded.times), words = max(words, excluded.words)"
    )
    for noun in nouns:
        if noun.name == "customers":
            db.execute(put.format(times=0, words=1, rows=dirty), (noun.k,))
            # A row that was merged away, or just came back, concerns itself too: its own document goes or comes.
            db.execute(f"INSERT OR IGNORE INTO temp.owners SELECT id, 0, 1 FROM ({dirty})", (noun.k,))
            db.execute(
                "UPDATE temp.owners SET times = 1 WHERE id IN (SELECT root FROM alias)"
            )  # a merge may have joined two logs
        elif noun.owner is not None and noun.owner.link == "customers":
            searched = any(f.search for f in noun.fields.values())
            if searched or noun.name == "visits":
                rows = _owners_of(noun, noun.owner, table)
                db.execute(put.format(times=int(noun.name == "visits"), words=int(searched), rows=rows), (noun.k,))


def _owners_of(noun: NounIn, owner: Field, table: str) -> str:
    """SQL for the customers that the dirty rows of a noun hang on, or hung on before; a merge may leave none."""
    moved = f"FROM {table} d CROSS JOIN row r ON r.n = d.row AND r.noun = ?1 CROSS JOIN change c ON c.row = r.n"
    return (
        f"SELECT t.{owner.name} AS id FROM {table} d CROSS JOIN row r ON r.n = d.row AND r.noun = ?1 "
        f"CROSS JOIN {noun.name} t ON t.id = r.id WHERE t.{owner.name} IS NOT NULL "
        f"UNION SELECT c.value {moved} AND c.field = {owner.k} WHERE c.value IS NOT NULL "
        f"UNION SELECT json_extract(i.value, '$.{owner.name}') {moved} AND c.field = {owner.k} "
        f"CROSS JOIN change i ON i.row = r.n AND i.field IS NULL WHERE json_type(i.value, '$.{owner.name}') = 'text'"
    )


def _contact_times(db: sqlite3.Connection) -> None:
    mine = (
        "v.customer IN (SELECT customers.id UNION ALL SELECT a.id FROM alias a WHERE a.root = customers.id) AND v.live"
    )
    db.execute(
        "UPDATE customers SET "
        "last_contact = (SELECT max(v.started) FROM visits v "
        f"WHERE {mine} AND v.status = 'done' AND v.outcome IS NOT 'unreached'), "
        f"next_due = (SELECT min(v.planned_start) FROM visits v WHERE {mine} AND v.status = 'planned') "
        "WHERE id IN (SELECT id FROM temp.owners WHERE times)"
    )


def realias(db: sqlite3.Connection, customers: NounIn) -> set[str]:
    """Follow `merged_into` of all merged customers; in a cycle the smallest id is the root.

    Returns:
        The customers that answer for others now, or did before, and those others.
    """
    (any_merged,) = db.execute(
        "SELECT EXISTS(SELECT 1 FROM customers WHERE merged_into IS NOT NULL) OR EXISTS(SELECT 1 FROM alias)"
    ).fetchone()
    if not any_merged:
        return set()
    into = dict(db.execute("SELECT id, merged_into FROM customers WHERE merged_into IS NOT NULL"))
    known = {
        row
        for (row,) in db.execute(
            "SELECT id FROM customers WHERE id IN (SELECT merged_into FROM customers WHERE merged_into IS NOT NULL)"
        )
    }
    now = {row: root for row in into if (root := _root(row, into, known)) != row}
    before = dict(db.execute("SELECT id, root FROM alias"))
    for row in before.keys() - now.keys():
        db.execute("DELETE FROM alias WHERE id = ?", (row,))
    fresh = [(row, root) for row, root in now.items() if before.get(row) != root]
    db.executemany("INSERT OR REPLACE INTO alias VALUES(?, ?)", fresh)
    moved = [*(before.keys() ^ now.keys()), *(row for row, _ in fresh)]
    roots = [root for row in moved for root in (before.get(row), now.get(row)) if root]
    concerned = {*moved, *roots}
    touched = [(row,) for row in concerned]
    db.executemany(
        "UPDATE customers SET live = (deleted IS NULL OR id IN (SELECT r.id FROM issue i JOIN row r ON r.n = i.row "
        "WHERE i.kind = 'disputed')) AND NOT EXISTS(SELECT 1 FROM alias a WHERE a.id = customers.id) WHERE id = ?",
        touched,
    )
    db.executemany(
        "INSERT INTO dirty(row, what) SELECT n, 1 FROM row WHERE id = ? ON CONFLICT(row) DO NOTHING", touched
    )
    # Taken out of the trash, a merged customer is shown with its survivor only.
    db.execute(f"UPDATE customers SET live = 0 WHERE id IN ({_DIRTY}) AND id IN (SELECT id FROM alias)", (customers.k,))
    return concerned


def _root(row: str, into: dict[str, str], known: set[str]) -> str:
    path = [row]
    while True:
        target = into.get(path[-1])
        if target is None or target not in known:
            return path[-1]
        if target in path:
            return min(path[path.index(target) :])
        path.append(target)
