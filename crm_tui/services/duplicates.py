"""Likely duplicates: while a name is typed, as a list of pairs, always with the reason; and pairs that are none."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_tui.errors import Refused
from crm_tui.rules.ids import fixed_id
from crm_tui.services.import_parts import Progress, Watch, chunks, many_objects
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    import threading

    from crm_tui.rules.likeness import Subject
    from crm_tui.services.crm import Crm

DISTINCT = "distinct"
"""Kind of the relation between two customers that a person has called different."""

_CROWD = {"p": 60, "e": 60, "y": 60, "b": 400}
"""A key that more customers share says nothing (a switchboard, a word of the trade); by the sort of key."""
_NEAR = 6
"""So many neighbours by name are compared where names only begin alike."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers that may be one.

    Attributes:
        a: id of the older one, `b` of the younger; `name_a` and `name_b` what they are called.
        score: 0 to 100.
        reasons: in words, the strongest first.
    """

    a: str
    b: str
    name_a: str
    name_b: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A customer that may be the one whose name is being typed."""

    id: str
    name: str
    score: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.reasons)})"


@dataclass(slots=True)
class _Known:
    name: str
    person: bool
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    address: str = ""

    def subject(self) -> Subject:
        from crm_tui.rules.likeness import Subject

        return Subject(self.name, self.phones, self.emails, self.address, self.person)


class Duplicates:
    """Finds likely duplicates; merging them is `crm.customers.merge`."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.store = crm.store

    def pairs(
        self,
        limit: int = 200,
        *,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Pair]:
        """The likeliest pairs among all customers, the surest first; for a worker: some seconds for 100,000.

        Raises:
            Cancelled: if it was stopped.
        """
        from crm_tui.rules.likeness import SUGGEST_FROM, compare

        watch = Watch(progress, cancel)
        db = self.store.reader()
        with many_objects():
            known = _everybody(db)
            apart = self._apart(db)
            subjects = {row: one.subject() for row, one in known.items()}
            found: list[Pair] = []
            candidates = sorted(set(_candidates(known, watch)) - apart)
            for done, (a, b) in enumerate(candidates):
                if done % 5_000 == 0:
                    watch.at(t("comparing"), done, len(candidates))
                match = compare(subjects[a], subjects[b])
                if match.score >= SUGGEST_FROM or _share(subjects[a], subjects[b]):
                    found.append(Pair(a, b, known[a].name, known[b].name, match.score, match.reasons))
        found.sort(key=lambda pair: (-pair.score, pair.a, pair.b))
        return found[:limit]

    def while_typing(
        self, name: str, phones: str | Sequence[str] = (), emails: str | Sequence[str] = (), limit: int = 5
    ) -> list[Suspect]:
        """Customers that may be the one whose name, phones and e-mails these are; quick enough for every keystroke."""
        from crm_tui.rules.likeness import SUGGEST_FROM, Subject, compare
        from crm_tui.rules.phones import parse_phones

        text = phones if isinstance(phones, str) else "\n".join(phones)
        numbers = [phone.number for phone in parse_phones(text, self.crm.region)] if text.strip() else []
        given = emails.replace(";", ",").split(",") if isinstance(emails, str) else emails
        addresses = [address.strip() for address in given if address.strip()]
        db = self.store.reader()
        rows = _suspects(db, name.strip(), numbers, addresses)
        known = _everybody(db, rows)
        typed = Subject(name, numbers, addresses)
        found = []
        for row, one in known.items():
            subject = one.subject()
            match = compare(typed, subject)
            if match.score >= SUGGEST_FROM or _share(typed, subject):
                found.append(Suspect(row, one.name, match.score, match.reasons))
        return sorted(found, key=lambda one: (-one.score, one.id))[:limit]

    def distinct(self, a: str, b: str) -> Changes:
        """Remember that two customers are different ones; the pair is not shown again.

        Raises:
            NotFound: if one of them does not exist.
            Refused: if they are the same.
        """
        first, second = sorted((a, b))
        if first == second:
            raise Refused(t("a customer cannot be kept apart from itself"))
        names = [str(self.crm.customers.get(row)["name"]) for row in (first, second)]
        row = fixed_id("relations", DISTINCT, first, second)
        there = self.store.reader().execute("SELECT deleted FROM relations WHERE id = ?", (row,)).fetchone()
        with self.store.action("{name} and {other} are different customers", name=names[0], other=names[1]) as work:
            if there is None:
                work.insert("relations", {"id": row, "customer": first, "other": second, "kind": DISTINCT})
            elif there[0] is not None:
                work.write("relations", [row], "deleted", None)
        return work.changes

    def _apart(self, db: sqlite3.Connection) -> set[tuple[str, str]]:
        rows = db.execute("SELECT customer, other FROM relations WHERE live AND kind = ?", (DISTINCT,))
        return {(min(a, b), max(a, b)) for a, b in rows}


def _share(a: Subject, b: Subject) -> bool:
    """Whether two customers have a phone or an e-mail in common; then they are shown whatever their names."""
    from crm_tui.rules.phones import digits

    if {digits(phone) for phone in a.phones} & {digits(phone) for phone in b.phones} - {""}:
        return True
    return bool({email.casefold() for email in a.emails} & {email.casefold() for email in b.emails})


def _everybody(db: sqlite3.Connection, only: Iterable[str] | None = None) -> dict[str, _Known]:
    """What is compared of all live customers, or of some; rows of merged ones count for the survivor."""
    if only is None:
        return _read(db, "", ())
    found: dict[str, _Known] = {}
    for some in chunks(only):
        found |= _read(db, " AND c.id IN (SELECT value FROM json_each(?))", (some,))
    return found


def _read(db: sqlite3.Connection, where: str, params: tuple[str, ...]) -> dict[str, _Known]:
    found = {
        row: _Known(name or "", kind == "person")
        for row, name, kind in db.execute(f"SELECT c.id, c.name, c.kind FROM customers c WHERE c.live{where}", params)
    }
    if where:
        mine = (
            f"(SELECT c.id, c.id AS root FROM customers c WHERE c.live{where} UNION ALL "
            f"SELECT a.id, a.root FROM alias a JOIN customers c ON c.id = a.root WHERE c.live{where})"
        )
        source, root, twice = f"{mine} m CROSS JOIN {{noun}} t ON t.customer = m.id", "m.root", (*params, *params)
    else:
        source, root, twice = "{noun} t LEFT JOIN alias a ON a.id = t.customer", "coalesce(a.root, t.customer)", ()
    for row, number in db.execute(f"SELECT {root}, t.number FROM {source.format(noun='phones')} WHERE t.live", twice):
        if row in found and number:
            found[row].phones.append(number)
    for row, address in db.execute(f"SELECT {root}, t.address FROM {source.format(noun='emails')} WHERE t.live", twice):
        if row in found and address:
            found[row].emails.append(address)
    for row, city, street in db.execute(
        f"SELECT {root}, t.city, t.street FROM {source.format(noun='addresses')} WHERE t.live AND t.street IS NOT NULL",
        twice,
    ):
        if row in found and not found[row].address:
            found[row].address = f"{city or ''} {street}".strip()
    return found


def _candidates(known: dict[str, _Known], watch: Watch) -> Iterator[tuple[str, str]]:
    """Pairs that share a key, smaller id first; names that only begin alike meet their neighbours."""
    from crm_tui.rules.likeness import keys, normal_name

    blocks: dict[str, list[str]] = defaultdict(list)
    for done, (row, one) in enumerate(known.items()):
        if done % 5_000 == 0:
            watch.at(t("reading"), done, len(known))
        for key in keys(one.name, one.phones, one.emails):
            blocks[key].append(row)
    for key, rows in blocks.items():
        if len(rows) < 2 or len(rows) > _CROWD[key[0]]:
            continue
        if key[0] == "b":
            rows = sorted(rows, key=lambda row: normal_name(known[row].name))
        reach = _NEAR if key[0] == "b" else len(rows)
        for place, a in enumerate(rows):
            for b in rows[place + 1 : place + 1 + reach]:
                yield (a, b) if a < b else (b, a)


def _searches(name: str) -> set[str]:
    """What to search for a name: as typed, without its form, and without a place that may stand in its middle."""
    from crm_tui.rules.likeness import normal_name
    from crm_tui.rules.places import part_place
    from crm_tui.rules.text import has_cjk

    found = {name, normal_name(name)}
    core = part_place(normal_name(name))[0]
    if has_cjk(core) and len(core) > 3:
        found.add(f"{core[:2]} {core[2:4]}")
    return found - {""}


def _suspects(db: sqlite3.Connection, name: str, numbers: Sequence[str], addresses: Sequence[str]) -> set[str]:
    """Ids of customers worth comparing: the phone, the e-mail, a name that sounds or begins alike."""
    from crm_tui.rules.likeness import normal_name
    from crm_tui.rules.phones import digits
    from crm_tui.rules.pinyin import sort_key
    from crm_tui.store import search

    found: set[str] = set()
    for number in numbers:
        if len(number) >= 5:
            query = "SELECT customer FROM phones WHERE digits = ? AND live LIMIT 20"
            found.update(row for (row,) in db.execute(query, (digits(number),)))
    for address in addresses:
        query = "SELECT customer FROM emails WHERE address IN (?, ?) AND live LIMIT 20"
        found.update(row for (row,) in db.execute(query, (address, address.casefold())))
    if len(name) > 1:
        for typed in {name, normal_name(name)} - {""}:
            key = sort_key(typed)
            query = (
                "SELECT id FROM customers WHERE live AND sort_key >= ? AND sort_key < ? ORDER BY sort_key, id LIMIT 20"
            )
            found.update(row for (row,) in db.execute(query, (key, key + "\U0010ffff")))
        for words in _searches(name):
            found.update(hit.id for hit in search.find(db, words, 10).items)
    roots = {row: row for row in found}
    for some in chunks(found):
        roots.update(db.execute("SELECT id, root FROM alias WHERE id IN (SELECT value FROM json_each(?))", (some,)))
    return set(roots.values())
