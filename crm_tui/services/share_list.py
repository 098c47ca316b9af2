"""Shares as their screen lists them: given ones with what came back of each, and those that this file came from."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crm_tui.services.share_rows import never
from crm_tui.store import partners

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_SCOPE = re.compile(r"(?:^|, )(owner|partner|region)=(.*?)(?=, (?:owner|partner|region)=|$)", re.DOTALL)

_BACK = """
WITH met AS (
  SELECT e.dev, e.seq AS first, d.id AS share,
    coalesce(lead(e.seq) OVER (PARTITION BY e.dev ORDER BY e.seq, d.id), h.upto + 1) AS until
  FROM seen e JOIN device d ON d.dev = e.of JOIN shares s ON s.id = d.id JOIN have h ON h.dev = e.dev
  WHERE NOT e.derived)
SELECT share, sum(until - first),
  sum((SELECT count(*) FROM aside a WHERE a.dev = met.dev AND a.seq >= first AND a.seq < until
       AND a.noun <> 'machines')),
  sum((SELECT count(*) FROM aside a WHERE a.dev = met.dev AND a.seq >= first AND a.seq < until
       AND a.noun = 'machines')),
  max((SELECT max(a.at) FROM action a WHERE a.dev = met.dev AND a.last >= met.first AND a.first < until))
FROM met GROUP BY share"""
"""What came back: of each log that began with a share, from where it had seen one to where it had seen the next."""


@dataclass(frozen=True)
class Given:
    """One share.

    Attributes:
        id: of its log.
        name: whom it is for; in a file made from it, the machine that it came from.
        scope: the filters by which customers were chosen, in words.
        at: when it left (aware UTC).
        person: who gave it.
        counts: rows by noun.
        hidden: nouns and "noun.field" that somebody chose to hold back.
        file: path that it was written to, if that was on this machine.
        back: changes that came back of it, without those about the machines of the partner; `aside` those of them that
            have no effect, `last` when the latest was written.
        undone: whether somebody took the action back in which it left; the file is out there all the same.
        received: whether this file was made from it.
    """

    id: str
    name: str
    scope: Mapping[str, str]
    at: datetime | None
    person: str
    counts: Mapping[str, int]
    hidden: tuple[str, ...] = ()
    file: str = ""
    back: int = 0
    aside: int = 0
    last: datetime | None = None
    undone: bool = False
    received: bool = False


@dataclass(frozen=True)
class Regions:
    """Regions of the customers that are shown, each with how many begin so; the most used first."""

    counts: tuple[tuple[str, int], ...] = field(default_factory=tuple)


def shares(crm: Crm) -> list[Given]:
    """Every share, the newest first: what left cannot be called back, so that one taken back is listed all the same."""
    db = crm.store.reader()
    if partners.held(db):
        return _received(db)
    people = {str(row): str(name) for row, name in db.execute("SELECT id, name FROM people")}
    back = {share: (int(n) - int(own or 0), int(aside or 0), last) for share, n, aside, own, last in db.execute(_BACK)}
    files = db.execute("SELECT at, rows, file FROM export WHERE what = 'share' ORDER BY id").fetchall()
    fixed = never(crm.store.catalogue)
    found = []
    for row, name, scope, hidden, counts, gone, at, person in db.execute(
        "SELECT s.id, s.name, s.scope, s.hidden, s.counts, s.deleted IS NOT NULL, a.at, a.person "
        "FROM shares s JOIN row r ON r.id = s.id "
        "JOIN change c ON c.row = r.n AND c.field IS NULL "
        "JOIN action a ON a.dev = c.dev AND c.seq BETWEEN a.first AND a.last ORDER BY a.at DESC, s.id"
    ).fetchall():
        told: dict[str, int] = json.loads(counts or "{}")
        file = next((file for when, rows, file in files if when >= at and rows == sum(told.values())), "")
        n, aside, last = back.get(row, (0, 0, None))
        held = tuple(one for one in json.loads(hidden or "[]") if one not in fixed)
        scopes = dict(_SCOPE.findall(scope or ""))
        found.append(
            Given(
                *(row, name or "", scopes, _at(at), people.get(person, ""), told, held, file, n, aside, _at(last)),
                undone=bool(gone),
            )
        )
    return found


def _received(db: sqlite3.Connection) -> list[Given]:
    found = []
    for share in partners.held(db):
        rows = db.execute(
            "SELECT d.name, a.at, o.name, count(*) FROM device d JOIN action a ON a.dev = d.dev "
            "JOIN change c ON c.dev = a.dev AND c.seq BETWEEN a.first AND a.last JOIN row r ON r.n = c.row "
            "JOIN noun o ON o.k = r.noun WHERE d.id = ? GROUP BY o.name",
            (share,),
        ).fetchall()
        if rows:
            counts = {noun: n for _, _, noun, n in rows}
            found.append(Given(share, rows[0][0] or "", {}, _at(rows[0][1]), "", counts, received=True))
    return sorted(found, key=lambda one: (one.at is not None, one.at), reverse=True)


def held_before(crm: Crm, name: str) -> tuple[str, ...]:
    """What the latest share for somebody held back: nouns and "noun.field", as `ShareRecords.hidden` takes them."""
    return next((one.hidden for one in shares(crm) if one.name == name and not one.received), ())


def regions(crm: Crm) -> Regions:
    """The regions that customers can be chosen by."""
    rows = crm.store.reader().execute(
        "SELECT region, count(*) FROM customers WHERE live AND region <> '' GROUP BY region ORDER BY 2 DESC, 1"
    )
    found = [(str(region), int(n)) for region, n in rows]
    whole = [
        (one, sum(n for other, n in found if other.casefold().startswith(one.casefold()))) for one, _ in found[:200]
    ]
    return Regions(tuple(whole))


def _at(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
