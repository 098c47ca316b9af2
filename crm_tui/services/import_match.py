"""Which customer each row of an import means: outside number, known row, phone or e-mail with a like name, else new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from crm_tui.rules.text import fold
from crm_tui.services.import_lookup import Known, Lookup
from crm_tui.services.import_parts import Child, Facts, Origin, Staged, Target, Watch
from crm_tui.words import t

Like = Callable[[str, str], bool]
_RANK = {"live": 0, "trashed": 1, "undone": 2}
_STRANGERS = 3
"""So many rows whose number belongs to somebody else altogether mean that the numbers are another program's."""


@dataclass
class Asked:
    """The answers of the file to all questions about the rows of an import."""

    by_digest: dict[str, list[Origin]]
    by_number: dict[str, list[Origin]]
    by_key: dict[str, list[str]]
    own: dict[str, str]
    organisations: dict[str, str]
    known: dict[str, Known]


@dataclass
class Matches:
    """All targets in the order of the file, the source to keep rows under, and phones and e-mails that are known."""

    targets: list[Target] = field(default_factory=list)
    source: str = ""
    notes: list[str] = field(default_factory=list)
    keys: frozenset[str] = frozenset()


def match(rows: Sequence[Staged], look: Lookup, source: str, other: str, like: Like, watch: Watch) -> Matches:
    """Find the target of every row.

    Args:
        rows: what was understood.
        look: questions to the file.
        source: name of the numbering that the rows' outside numbers belong to.
        other: another name, for the case that `source` turns out to be somebody else's numbering.
        like: whether two names may be the same customer's.
        watch: progress and cancelling.
    """
    asked = _ask(rows, look, source, watch)
    notes: list[str] = []
    if other != source and _strangers(rows, asked, like):
        notes.append(
            t("Its numbers are not those of an earlier import: they are kept apart as “{source}”.", source=other)
        )
        source = other
        asked = _ask(rows, look, source, watch)
    matcher = _Matcher(asked, source, like)
    # Companies come first, so that the people who work there find them.
    order = sorted(rows, key=lambda row: bool(row.organisation)) if any(row.organisation for row in rows) else rows
    for done, row in enumerate(order):
        if done % 5_000 == 0:
            watch.at(t("matching"), done, len(rows))
        matcher.place(row)
    return Matches(matcher.targets, source, notes, frozenset(asked.by_key))


def _ask(rows: Sequence[Staged], look: Lookup, source: str, watch: Watch) -> Asked:
    watch.at(t("matching"), 0, len(rows))
    by_digest = look.by_digest({row.digest for row in rows})
    by_number = look.by_number(source, {row.outside for row in rows if row.outside})
    own = look.roots({row.own for row in rows if row.own})
    rest = [row for row in rows if row.digest not in by_digest and row.outside not in by_number]
    watch.at(t("matching"), 0, len(rows))
    keys = {key for row in rest for key in row.keys}
    by_key = {f"p{k}": v for k, v in look.by_phone({key[1:] for key in keys if key[0] == "p"}).items()}
    written = {str(child.values[1]) for row in rest for child in row.facts.children if child.noun == "emails"}
    by_key |= {f"e{k}": v for k, v in look.by_email(written | {k[1:] for k in keys if k[0] == "e"}).items()}
    organisations = look.organisations({row.organisation for row in rows if row.organisation})
    found = {origin.customer for some in (by_digest, by_number) for origins in some.values() for origin in origins}
    found.update(own.values(), organisations.values(), *by_key.values())
    return Asked(by_digest, by_number, by_key, own, organisations, look.customers(found))


def _strangers(rows: Sequence[Staged], asked: Asked, like: Like) -> bool:
    """Whether most numbers that are known belong to customers with nothing in common with the rows."""
    same = unlike = 0
    for row in rows:
        if row.digest in asked.by_digest or row.outside not in asked.by_number:
            continue
        known = asked.known.get(asked.by_number[row.outside][0].customer)
        if known is None:
            continue
        brought = Facts.read(asked.by_number[row.outside][0].brought)
        if like(row.name, known.name) or like(row.name, str(brought.fields.get("name") or "")) or _shares(row, brought):
            same += 1
        else:
            unlike += 1
    return unlike >= _STRANGERS and unlike > same


def _shares(row: Staged, brought: Facts) -> bool:
    mine = {child.values[1] for child in row.facts.children if child.noun in ("phones", "emails")}
    return any(child.values[1] in mine for child in brought.children if child.noun in ("phones", "emails"))


class _Matcher:
    """Places rows one after the other; what earlier rows of the file made counts like what the file knew."""

    def __init__(self, asked: Asked, source: str, like: Like) -> None:
        self.asked = asked
        self.source = source
        self.like = like
        self.targets: list[Target] = []
        self._by_record: dict[str, Target] = {}
        self._by_digest: dict[str, Target] = {}
        self._by_number: dict[str, Target] = {}
        self._by_key: dict[str, list[Target]] = {}
        self._repeated: dict[tuple[str, str | None], list[Target]] = {}
        self._organisations: dict[str, Target | None] = {}
        self._claimed: set[str] = set()

    def place(self, row: Staged) -> None:
        """Give the row to its target, a new one if need be."""
        target, origin = self._find(row)
        if target is None:
            target = Target("", "new", row.name, row.kind)
            self.targets.append(target)
            if row.kind == "organisation":
                key = fold(row.name)
                self._organisations[key] = None if key in self._organisations else target
        target.rows.append((row, origin))
        self._by_digest.setdefault(row.digest, target)
        if row.outside:
            self._by_number.setdefault(row.outside, target)
        for key in row.keys:
            self._by_key.setdefault(key, []).append(target)
        if _has_contact(row):
            self._repeated.setdefault((fold(row.name), row.outside), []).append(target)

    def _find(self, row: Staged) -> tuple[Target | None, Origin | None]:
        asked = self.asked
        if row.own and row.own in asked.own:
            return self._record(asked.own[row.own]), None
        if origin := self._origin(asked.by_digest.get(row.digest, ())):
            return self._record(origin.customer), origin
        if row.outside and (origin := self._origin(asked.by_number.get(row.outside, ()), claim=True)):
            return self._record(origin.customer), origin
        if row.outside and (target := self._by_number.get(row.outside)):
            return target, None
        if target := self._by_digest.get(row.digest):
            return target, None
        return self._alike(row) or self._repeat(row) or self._employer(row), None

    def _origin(self, origins: Iterable[Origin], claim: bool = False) -> Origin | None:
        """The best origin whose customer exists: of this source, live, and not another row's already."""
        able = [origin for origin in origins if origin.customer in self.asked.known]
        if not able:
            return None
        best = min(
            able,
            key=lambda o: (
                claim and o.id in self._claimed,
                _RANK[self.asked.known[o.customer].state],
                o.source != self.source,
                not o.live,
            ),
        )
        self._claimed.add(best.id)
        return best

    def _record(self, row: str) -> Target:
        if row not in self._by_record:
            known = self.asked.known[row]
            self._by_record[row] = Target(row, known.state, known.name, known.kind)
            self.targets.append(self._by_record[row])
        return self._by_record[row]

    def _alike(self, row: Staged) -> Target | None:
        """The customer that has one of the row's phones or e-mails and a like name."""
        for key in row.keys:
            for target in self._by_key.get(key, ()):
                if not self._apart(row, target) and self.like(row.name, target.name):
                    return target
        found = {
            customer for key in row.keys for customer in self.asked.by_key.get(key, ()) if customer in self.asked.known
        }
        known = [self.asked.known[customer] for customer in found]
        for one in sorted(known, key=lambda one: (_RANK[one.state], one.id)):
            if self.like(row.name, one.name):
                return self._record(one.id)
        return None

    def _apart(self, row: Staged, target: Target) -> bool:
        """Whether the file itself tells them apart by its numbers."""
        numbers = {other.outside for other, _ in target.rows if other.outside}
        return bool(row.outside and numbers and row.outside not in numbers)

    def _repeat(self, row: Staged) -> Target | None:
        """The customer that an earlier row named alike for another contact, if the two do not contradict each other."""
        if not _has_contact(row):
            return None
        mine = row.facts.fields
        for target in self._repeated.get((fold(row.name), row.outside), ()):
            theirs = target.rows[0][0].facts.fields
            if all(name == "note" or theirs.get(name, value) == value for name, value in mine.items()):
                return target
        return None

    def _employer(self, row: Staged) -> Target | None:
        """The organisation that a person works for, if it is a customer."""
        key = fold(row.organisation)
        if not key:
            return None
        if customer := self.asked.organisations.get(key):
            return self._record(customer)
        return self._organisations.get(key)


def _has_contact(row: Staged) -> bool:
    return any(child.noun == "contacts" for child in row.facts.children)


def works_for(row: Staged, target: Target) -> bool:
    """Whether the row is a person, and the target the organisation where that person works."""
    named = bool(row.organisation) and fold(target.name) == fold(row.organisation)
    return named and (target.kind == "organisation" or row.own is not None)


def as_contact(facts: Facts, name: str) -> Facts:
    """What is known of a person, said of the organisation: a contact with phones, e-mails, addresses and dates.

    Fields of the person that a contact has not stand in the contact's note, line by line.
    """
    fields = dict(facts.fields)
    own = [str(fields.pop("note"))] if fields.get("note") else []
    fields.pop("name", None)
    title, department = fields.pop("extra.job_title", None), fields.pop("extra.department", None)
    language = fields.pop("language", None)
    fields.pop("extra.organisation", None)
    lines = own + [f"{key.removeprefix('extra.')}: {value}" for key, value in fields.items() if value is not None]
    contact = Child("contacts", "", (name, title, department, None, None, language, "\n".join(lines) or None))
    kept = [child for child in facts.children if child.noun in ("phones", "emails", "addresses", "key_dates", "visits")]
    tags = [child for child in facts.children if child.noun in ("tags", "parties", "needs")]
    return Facts({}, [contact, *(Child(c.noun, name, c.values) for c in kept), *tags])
