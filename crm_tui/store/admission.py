"""Whether staged slices may come in: nothing missing before them, no number with two meanings, no false claims."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from crm_tui.errors import Refused
from crm_tui.rules.heads import Fork, Gap
from crm_tui.store import shown
from crm_tui.words import t

MARK = 8
"""Bytes of the chain that `seen` carries."""


def admit(db: sqlite3.Connection, at: int) -> None:
    """Check the stage against the file, and note in it what is known already.

    Args:
        db: the writer with a filled stage, inside the transaction that will take it in.
        at: the present in milliseconds.

    Raises:
        Gap: something before or seen is missing.
        Fork: the same place of a log with another content.
        Refused: another key than the one known, or claims that cannot be true.
    """
    db.execute("UPDATE stage.slice SET dev = (SELECT dev FROM main.device d WHERE d.id = slice.log)")
    db.execute("UPDATE stage.slice SET have = coalesce((SELECT upto FROM main.have h WHERE h.dev = slice.dev), 0)")
    _keys(db)
    missing: dict[str, tuple[int, int]] = {}
    for log, dev, name, have, start, start_chain, end, end_chain in db.execute(
        "SELECT log, dev, name, have, from_seq, from_chain, end_seq, end_chain FROM stage.slice ORDER BY log"
    ).fetchall():
        if start > have:
            missing[_said(name, log)] = (have + 1, start)
        elif end <= have:
            _same(db, log, name, end, end_chain, chain_at(db, dev, end))
        else:
            if start:
                _same(db, log, name, start, start_chain, chain_at(db, dev, start))
            if have > start:
                staged = db.execute("SELECT chain FROM stage.act WHERE log = ? AND last = ?", (log, have)).fetchone()
                _same(db, log, name, have, staged[0] if staged else None, chain_at(db, dev, have))
    if missing:
        raise Gap(missing)
    shown.register_staged(db, at)
    _claims(db)


def chain_at(db: sqlite3.Connection, dev: int | None, seq: int) -> bytes | None:
    """The chain after the action that ends at a place; None if no action ends there."""
    row = db.execute("SELECT chain FROM action WHERE dev = ? AND last = ?", (dev, seq)).fetchone()
    return row[0] if row else None


def _said(name: str | None, log: str) -> str:
    return f"{name or '?'} ({log[:6]})"


def _same(
    db: sqlite3.Connection, log: str, name: str | None, seq: int, theirs: bytes | None, ours: bytes | None
) -> None:
    if theirs is None or theirs != ours:
        raise fork(name, log, seq)


def fork(name: str | None, log: str, seq: int) -> Fork:
    """The sentence for a place of a log that has two contents."""
    return Fork(
        t(
            "The log of {name} has something else at place {seq}: a file was copied and both copies were written to. "
            "Nothing was changed; on the machine with the wrong copy use: crm-tui rescue FILE",
            name=_said(name, log),
            seq=seq,
        )
    )


def _keys(db: sqlite3.Connection) -> None:
    """The key of a log never changes."""
    wrong = db.execute(
        "SELECT s.name, s.log FROM stage.slice s JOIN main.device d ON d.dev = s.dev "
        "WHERE d.sign_key IS NOT NULL AND s.key IS NOT d.sign_key LIMIT 1"
    ).fetchone()
    if wrong is not None:
        raise Refused(
            t(
                "{name} comes with another key than before; nothing was changed. Ask {name} directly.",
                name=_said(*wrong),
            )
        )


def _claims(db: sqlite3.Connection) -> None:
    """What the new actions have seen must be here, the same, and seen in some order."""
    names = dict(db.execute("SELECT id, name FROM main.device"))
    names.update(db.execute("SELECT log, name FROM stage.slice"))
    have = dict(db.execute("SELECT d.id, h.upto FROM main.have h JOIN main.device d ON d.dev = h.dev"))
    have |= shown.ends(db)
    ends = dict(db.execute("SELECT log, max(end_seq, have) FROM stage.slice"))
    claims: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    missing: dict[str, tuple[int, int]] = {}
    for log, seq, of, upto, mark in db.execute(
        "SELECT e.log, e.seq, e.of, e.upto, e.mark FROM stage.seen e JOIN stage.slice s ON s.log = e.log "
        "WHERE e.seq > s.have ORDER BY e.log, e.seq"
    ).fetchall():
        reach = max(have.get(of, 0), ends.get(of, 0))
        if of == log or upto > reach:
            if of == log:
                raise Refused(
                    t("{name} claims to have seen itself; nothing was changed", name=_said(names.get(log), log))
                )
            first, last = missing.get(_said(names.get(of), of), (have.get(of, 0) + 1, 0))
            missing[_said(names.get(of), of)] = (first, max(last, upto))
            continue
        chain = db.execute(
            "SELECT chain FROM stage.act WHERE log = ?1 AND last = ?2 UNION ALL "
            "SELECT a.chain FROM main.action a JOIN main.device d ON d.dev = a.dev WHERE d.id = ?1 AND a.last = ?2 "
            "UNION ALL SELECT end_hash FROM main.device WHERE id = ?1 AND end_seq = ?2",
            (of, upto),
        ).fetchone()
        if chain is None or chain[0][:MARK] != mark:
            raise fork(names.get(of), of, upto)
        claims[log].append((seq, of, upto))
    if missing:
        raise Gap(missing)
    _ordered(claims, have, ends, names)


def _ordered(
    claims: dict[str, list[tuple[int, str, int]]], have: dict[str, int], ends: dict[str, int], names: dict[str, str]
) -> None:
    """Walk all logs forward together: what is claimed must be reached before it is claimed."""
    waiting = {log: list(entries) for log, entries in claims.items()}
    reached = have | {log: waiting[log][0][0] - 1 if waiting.get(log) else end for log, end in ends.items()}
    moved = True
    while moved and any(waiting.values()):
        moved = False
        for log, entries in waiting.items():
            while entries and reached.get(entries[0][1], 0) >= entries[0][2]:
                entries.pop(0)
                moved = True
            reached[log] = max(reached.get(log, 0), entries[0][0] - 1 if entries else ends[log])
    stuck = next((log for log, entries in waiting.items() if entries), None)
    if stuck is not None:
        raise Refused(
            t("{name} claims to have seen what came after it; nothing was changed", name=_said(names.get(stuck), stuck))
        )
