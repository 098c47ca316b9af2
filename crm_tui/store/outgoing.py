"""Reads from the journal what another file lacks: slices of logs, in the words of all machines."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from crm_tui.rules.slices import ActionHead, ChangeMade, Place, SeenAt, Slice
from crm_tui.store import chain, partners

Signer = Callable[[str, Place], bytes]
"""Signs the end of one of this machine's own logs."""


def vector(db: sqlite3.Connection) -> dict[str, int]:
    """How much of each log this file holds: last number by id of the log."""
    return dict(db.execute("SELECT d.id, h.upto FROM have h JOIN device d ON d.dev = h.dev"))


def places(db: sqlite3.Connection) -> dict[str, Place]:
    """Where each log ends here."""
    return {
        log: Place(seq, mark, n)
        for log, seq, mark, n in db.execute(
            "SELECT d.id, a.last, a.chain, a.n FROM have h JOIN device d ON d.dev = h.dev "
            "JOIN action a ON a.dev = h.dev AND a.last = h.upto"
        )
    }


def slices(
    db: sqlite3.Connection,
    since: Mapping[str, int],
    own: Set[str],
    key: bytes,
    sign: Signer,
    only: Set[str] | None = None,
) -> list[Slice]:
    """The slices that somebody lacks who has `since`.

    Args:
        db: a connection that sees one state of the file until the items are read.
        since: last number by log of what the other has.
        own: ids of the logs that this machine writes or wrote.
        key: this machine's public key.
        sign: signs their ends.
        only: ids of the logs that may leave; all if None.
    """
    found = []
    shares = frozenset(partners.held(db))  # they came from the company, and are nobody else's business
    for dev, log, name, person, known, code, upto, end_seq, end_chain, signature in db.execute(
        "SELECT d.dev, d.id, d.name, d.person, d.sign_key, d.code, h.upto, d.end_seq, d.end_hash, d.end_signature "
        "FROM device d JOIN have h ON h.dev = d.dev ORDER BY d.id"
    ).fetchall():
        mine = log in own and known in (None, key)
        end = (
            _place(db, dev, upto)
            if mine or signature is None
            else Place(end_seq, end_chain, _place(db, dev, end_seq).n)
        )
        before = _place(db, dev, min(since.get(log, 0), end.seq))
        if end.seq <= before.seq or log in shares or (only is not None and log not in only):
            continue
        signed = sign(log, end) if mine else signature
        found.append(Slice(log, name or "", person, key if mine else known, code, before, end, signed))
    return found


def _place(db: sqlite3.Connection, dev: int, seq: int) -> Place:
    """The last end of an action at or before a number."""
    row = db.execute(
        "SELECT last, chain, n FROM action WHERE dev = ? AND last <= ? ORDER BY last DESC LIMIT 1", (dev, seq)
    ).fetchone()
    return Place(*row) if row else Place(0, chain.START)


def count(db: sqlite3.Connection, found: Sequence[Slice]) -> int:
    """How many changes the slices hold."""
    return sum(one.end.seq - one.before.seq for one in found)


def items(db: sqlite3.Connection, found: Sequence[Slice]) -> Iterator[ActionHead | ChangeMade]:
    """The actions of the slices in their order, each followed by its changes."""
    logs = dict(db.execute("SELECT dev, id FROM device"))
    devs = {log: dev for dev, log in logs.items()}
    nouns = dict(db.execute("SELECT k, name FROM noun"))
    fields: dict[int | None, str | None] = dict(db.execute("SELECT k, name FROM field"))
    fields[None] = None
    for one in found:
        dev = devs[one.log]
        actions = db.execute(
            "SELECT a.n, a.first, a.last, a.at, a.person, a.kind, a.verb, a.params, u.dev, u.n, a.salt, a.chain "
            "FROM action a LEFT JOIN action u ON u.id = a.undoes WHERE a.dev = ? AND a.n > ? AND a.n <= ? ORDER BY a.n",
            (dev, one.before.n, one.end.n),
        )
        changes = _changes(db, dev, one.before.seq, one.end.seq)
        for n, first, last, at, person, kind, verb, params, undo_dev, undo_n, salt, mark in actions:
            seen = tuple(
                SeenAt(logs[of], upto, hash_)
                for of, upto, hash_ in db.execute(
                    "SELECT s.of, s.upto, s.hash FROM seen s JOIN device d ON d.dev = s.of "
                    "WHERE s.dev = ? AND s.seq = ? AND NOT s.derived ORDER BY d.id",
                    (dev, first),
                )
            )
            undoes = None if undo_dev is None else (logs[undo_dev], undo_n)
            yield ActionHead(one.log, n, first, last, at, person, kind, verb, params, undoes, salt, seen, mark)
            for _ in range(first, last + 1):
                seq, when, noun, row, field, value = next(changes)
                named = (noun, field) if type(noun) is str else (nouns[noun], fields[field])
                yield ChangeMade(seq, when, named[0], row, named[1], value)


def _changes(db: sqlite3.Connection, dev: int, after: int, upto: int) -> sqlite3.Cursor:
    """The changes of a log in order, those too that were set aside, which have their names instead of numbers."""
    query = (
        "SELECT c.seq, c.at, r.noun, r.id, c.field, c.value FROM change c CROSS JOIN row r ON r.n = c.row "
        "WHERE c.dev = ?1 AND c.seq > ?2 AND c.seq <= ?3"
    )
    if db.execute("SELECT 1 FROM aside WHERE dev = ? LIMIT 1", (dev,)).fetchone():
        query += (
            " UNION ALL SELECT seq, at, noun, row, field, value FROM aside WHERE dev = ?1 AND seq > ?2 AND seq <= ?3"
        )
    return db.execute(query + " ORDER BY 1", (dev, after, upto))
