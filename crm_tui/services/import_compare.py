"""What an import changes of one customer: a field is set only if the file differs from what it last brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from crm_tui.services.import_lookup import Part, Record
from crm_tui.services.import_match import as_contact, works_for
from crm_tui.services.import_parts import (
    CHILDREN,
    LINKS,
    Child,
    Facts,
    Kept,
    Origin,
    Staged,
    Target,
    Value,
    identity,
    slot,
)

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


class Resolver(Protocol):
    """Turns the names of people, branches and parent customers into ids."""

    def known(self, field: str, text: str) -> str | None:
        """The id behind a name, if there is one."""

    def make(self, field: str, text: str) -> str | None:
        """The id behind a name; people and branches that are not there are added with the import."""


@dataclass(slots=True)
class PartNow:
    """A row that hangs on the customer, as the import will leave it: `before` is None for a new one."""

    id: str
    state: str
    child: Child
    before: Child | None
    revived: bool = False


@dataclass(slots=True)
class Customer:
    """A customer as the import will leave it.

    Attributes:
        target: which one it is.
        kind: of a new customer.
        before: its fields as they are, empty for a new one.
        fields: its fields afterwards.
        parts: what hangs on it, by identity.
        outcomes: by place of the row.
        keeps: rows whose origin is written, with the origin that is renewed, and the text to keep.
    """

    target: Target
    kind: str
    before: dict[str, Value] = field(default_factory=dict)
    fields: dict[str, Value] = field(default_factory=dict)
    parts: dict[tuple[object, ...], PartNow] = field(default_factory=dict)
    outcomes: dict[int, str] = field(default_factory=dict)
    keeps: list[tuple[Staged, Origin | None, str]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    revived: bool = False
    _since: set[str] | None = None
    _brought: dict[str, set[Value]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, target: Target, record: Record | None, resolver: Resolver, source: str, since: set[str] | None = None
    ) -> Customer:
        """Work out what all rows of a target do, in their order.

        Args:
            target: the customer with its rows.
            record: how it is now; None for a new one.
            resolver: ids of people, branches and parents.
            source: what the rows are kept under.
            since: of a file that we exported, the fields that were changed here since then; its other cells are edits.
        """
        me = cls(target, target.rows[0][0].kind)
        me._since = since
        if target.state == "new" and len(target.rows) == 1:
            return me._alone(resolver)
        if record is not None:
            me.before = record.fields
            me.fields = dict(record.fields)
            for part in record.parts:
                me._know(part)
            for kept in record.origins:
                if kept.live:
                    me._remember(Facts.read(kept.brought), resolver)
        made = target.state == "live"
        for row, origin in target.rows:
            if made:
                outcome = me._merge(row, me._last(origin, record, source), resolver)
            else:
                outcome = me._make(row, resolver)
                made = True
            me.outcomes[row.place] = outcome
        if any(outcome != UNCHANGED for outcome in me.outcomes.values()):
            me._keep_origins()
        return me

    def _alone(self, resolver: Resolver) -> Customer:
        """Most rows are this: a new customer that no other row means."""
        row = self.target.rows[0][0]
        facts = row.facts
        self.fields = facts.fields
        if not facts.fields.keys().isdisjoint(LINKS):
            self.fields = {n: resolver.make(n, str(v)) if n in LINKS else v for n, v in facts.fields.items()}
        self.parts = {(place,): PartNow("", "live", child, None) for place, child in enumerate(facts.children)}
        self.outcomes[row.place] = CREATED
        self.keeps.append((row, None, row.brought))
        return self

    def _keep_origins(self) -> None:
        """Each unlike row of a customer that the import touches is known again, also one that added nothing itself."""
        rows = self.target.rows
        used = {one.id for row, one in rows if one is not None and one.digest == row.digest}
        seen: set[str] = set()
        for row, known in rows:
            if row.digest in seen:
                continue
            seen.add(row.digest)
            origin = known
            if origin is not None and origin.digest != row.digest:
                origin = None if origin.id in used else origin
                used |= {origin.id} if origin else set()
            text = row.brought
            if origin is not None and origin.live and origin.brought != text:
                text = row.facts.with_older(Facts.read(origin.brought)).text()
            if origin is None or not origin.live or (origin.digest, origin.brought) != (row.digest, text):
                self.keeps.append((row, origin, text))

    def _know(self, part: Part) -> None:
        key = identity(part.child)
        there = self.parts.get(key)
        if there is None or (there.state != "live" and part.state == "live"):
            self.parts[key] = PartNow(part.id, part.state, part.child, part.child)

    def _remember(self, facts: Facts, resolver: Resolver) -> None:
        for name, value in facts.fields.items():
            there = resolver.known(name, str(value)) if name in LINKS else value
            self._brought.setdefault(name, set()).add(there)

    def _make(self, row: Staged, resolver: Resolver) -> str:
        """Make a new customer of the row, or revive an undone one exactly as the row says."""
        wanted = {
            name: resolver.make(name, str(value)) if name in LINKS else value
            for name, value in row.facts.fields.items()
        }
        if self.before:
            self.revived = True
            wanted["kind"] = wanted.get("kind") or row.kind
            for name in self.before:
                if name not in wanted and name != "created":
                    wanted[name] = None
        self.fields.update(wanted)
        for child in row.facts.children:
            self._put(child, revive=True)
        self._remember(row.facts, resolver)
        return CREATED

    def _put(self, child: Child, revive: bool = False) -> bool:
        key = identity(child)
        there = self.parts.get(key)
        if there is None:
            self.parts[key] = PartNow("", "live", child, None)
            return True
        if there.state == "undone" and revive:
            there.state, there.child, there.revived = "live", child, True
            return True
        return False

    def _last(self, origin: Origin | None, record: Record | None, source: str) -> Origin | None:
        """What this source last brought of the customer."""
        if origin is not None:
            return origin if origin.live else None
        mine = [one for one in record.origins if one.live and one.source == source] if record else []
        return mine[-1] if len(mine) == 1 else None

    def _merge(self, row: Staged, last: Origin | None, resolver: Resolver) -> str:
        """Bring into a customer what the row says anew."""
        if last is not None and last.brought == row.brought:
            return UNCHANGED
        facts, older = row.facts, Facts.read(last.brought) if last else None
        if works_for(row, self.target):
            facts = as_contact(facts, row.name)
            older = as_contact(older, str(older.fields.get("name") or row.name)) if older else None
        changed = self._merge_fields(row, facts, older, resolver)
        before = {identity(child): child for child in older.children} if older else {}
        now = {identity(child) for child in facts.children}
        for child in facts.children:
            changed |= self._merge_child(row, child, before, now)
        self._remember(facts, resolver)
        return UPDATED if changed else UNCHANGED

    def _merge_fields(self, row: Staged, facts: Facts, older: Facts | None, resolver: Resolver) -> bool:
        changed = False
        for name, said in facts.fields.items():
            if name == "created" or (older is not None and older.fields.get(name) == said):
                continue
            now = self.fields.get(name)
            value = resolver.known(name, str(said)) if name in LINKS else said
            if value == now and value is not None:
                continue
            if name == "note" and older is None and now and self.target.state != "live":
                # Rows that repeat a customer for each contact: no note is lost.
                self.fields[name] = now if str(said) in str(now) else f"{now}\n{said}"
                changed |= self.fields[name] != now
                self._brought.setdefault(name, set()).add(self.fields[name])
                continue
            edited = self._since is not None and name not in self._since
            if now is not None and not edited and now not in self._brought.get(name, ()):
                self.kept.append(Kept(row.line, self.target.name, name, now, said))
                continue
            if name in LINKS:
                value = resolver.make(name, str(said))
            if value is not None and value != now:
                self.fields[name] = value
                changed = True
        return changed

    def _merge_child(
        self, row: Staged, child: Child, before: dict[tuple[object, ...], Child], now: set[tuple[object, ...]]
    ) -> bool:
        key = identity(child)
        there = self.parts.get(key)
        if there is None:
            if key in before:
                return False  # a person took it away or wrote it otherwise
            old = self._replaced(child, before, now)
            if old is None:
                return self._put(child)
            del self.parts[identity(old.child)]
            old.child = child
            self.parts[key] = old
            return True
        if there.state == "undone":
            return self._put(child, revive=True)
        if there.state == "trashed":
            if key not in before:
                self.kept.append(Kept(row.line, self.target.name, child.noun, None, child.values[0]))
            return False
        return self._merge_values(row, there, child, before.get(key))

    def _replaced(
        self, child: Child, before: dict[tuple[object, ...], Child], now: set[tuple[object, ...]]
    ) -> PartNow | None:
        """The row that the source brought in this place last time and no longer brings, if nobody changed it."""
        if child.noun in ("contacts", "tags", "parties", "needs"):
            return None
        for key, old in before.items():
            if key in now or slot(old) != slot(child):
                continue
            there = self.parts.get(key)
            if there is not None and there.state == "live" and there.child.values == old.values:
                return there
        return None

    def _merge_values(self, row: Staged, there: PartNow, child: Child, old: Child | None) -> bool:
        """Fill what is empty; replace what the source brought itself and nobody changed since."""
        values = list(there.child.values)
        for place, said in enumerate(child.values):
            now = values[place]
            brought = old.values[place] if old is not None else None
            if said is None or said == now or (old is not None and said == brought):
                continue
            if old is None and CHILDREN[child.noun][place] == "label":
                continue  # what a phone is called is no news
            if now is None or now == brought:
                values[place] = said
            elif child.noun == "contacts" and place:
                column = CHILDREN["contacts"][place]
                self.kept.append(Kept(row.line, f"{self.target.name} · {child.values[0]}", column, now, said))
        if tuple(values) == there.child.values:
            return False
        there.child = Child(child.noun, there.child.contact, tuple(values))
        return True
