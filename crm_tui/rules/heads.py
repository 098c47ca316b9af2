"""Who has replaced whom: the merge rules over the changes of all logs, in memory.

A log has one writer, who numbers his changes 1, 2, 3 … A change *supersedes* another iff its author had seen it, which
is known exactly from numbers, never from clocks. The changes of a field that nobody has knowingly replaced are its
*heads*; the latest head is the value; heads that disagree are a conflict. The journal of the store and the merge in SQL
must answer as this module does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default

from crm_tui.errors import Refused
from crm_tui.rules.shape import Shape, Value
from crm_tui.words import t

ActionId = tuple[str, int]  # (log, number of the action in that log)


class Gap(Refused):
    """Changes that were seen, or that come before, are not here yet.

    Attributes:
        missing: (first, last) sequence number by log.
    """

    def __init__(self, missing: dict[str, tuple[int, int]]) -> None:
        self.missing = missing
        places = ", ".join(f"{log} {first}-{last}" for log, (first, last) in sorted(missing.items()))
        super().__init__(t("Something is missing before these changes: first import {places}.", places=places))


class Fork(Refused):
    """Two different changes carry the same number of the same log."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row gets a value; an insert (`field` None) gives a whole row.

    Attributes:
        log: id of the log, written by one machine.
        seq: place in the log, from 1.
        at: wall clock of the author in milliseconds, as it was.
        row: id of the row.
        field: name of the field or of a group of fields; None for an insert.
        value: the value, or for an insert the values by field; what an insert does not name is null.
        action: number in its log of the action that it belongs to.
    """

    log: str
    seq: int
    at: int
    row: str
    field: str | None
    value: Value | Mapping[str, Value]
    action: int

    def __hash__(self) -> int:
        return hash((self.log, self.seq))

    def of(self, field: str) -> Value:
        """The value that this change gives to `field`."""
        return self.value.get(field) if isinstance(self.value, Mapping) else self.value

    def rank(self) -> tuple[bool, int, str, int]:
        """Order among heads, later is greater; an insert ranks before every change of a field."""
        return (self.field is not None, self.at, self.log, self.seq)


@dataclass(frozen=True, slots=True)
class Seen:
    """From its own change `seq` on, the author of `log` had the log `of` up to `upto`."""

    log: str
    seq: int
    of: str
    upto: int


@dataclass(frozen=True, slots=True)
class Action:
    """What a person did in one transaction; exchanges carry whole actions.

    Attributes:
        log: the log that it was written to.
        n: its number there, from 1.
        changes: its changes, in order, at least one.
        seen: what its author had seen more than before, as of its first change.
        kind: edit, choice, bulk, import or raw.
        undoes: the action that this one takes back (of any log), if it is an undo or a redo.
    """

    log: str
    n: int
    changes: tuple[Change, ...]
    seen: tuple[Seen, ...] = ()
    kind: str = "edit"
    undoes: ActionId | None = None

    @property
    def id(self) -> ActionId:
        """What others call this action."""
        return (self.log, self.n)


@dataclass
class _Row:
    changes: list[Change] = default(default_factory=list)  # in the order of admission, which extends the causal order
    inserts: list[Change] = default(default_factory=list)  # heads of every field that is not in `heads`
    heads: dict[str, list[Change]] = default(default_factory=dict)


class Answers(ABC):
    """What follows from the heads of a field, whoever finds them."""

    shape: Shape

    @abstractmethod
    def heads(self, row: str, field: str, before: Change | None = None) -> list[Change]:
        """The changes of the field that nobody has knowingly replaced, earlier first."""

    def value(self, row: str, field: str, before: Change | None = None) -> Value:
        """The value of the latest head; None if there is none."""
        heads = self.heads(row, field, before)
        return heads[-1].of(field) if heads else None

    def sides(self, row: str, field: str, before: Change | None = None) -> list[Value]:
        """The different values of the heads, earlier first: more than one are the sides of a conflict."""
        found = {self.shape.canonical(field, head.of(field)): head.of(field) for head in self.heads(row, field, before)}
        return list(found.values())

    def conflict(self, row: str, field: str, before: Change | None = None) -> bool:
        """Whether live heads disagree."""
        return len(self.sides(row, field, before)) > 1


class History(Answers):
    """The changes that one file holds, and what follows from them.

    `before` in the questions below is a change: the answer is then what its author saw when he wrote it.
    """

    def __init__(self, shape: Shape | None = None, actions: Iterable[Action] = ()) -> None:
        self.shape = shape or Shape()
        self._rows: dict[str, _Row] = {}
        self._have: dict[str, int] = {}
        self._actions: dict[ActionId, Action] = {}
        self._ends: dict[str, int] = {}
        self._seen: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
        self._pointers: dict[str, set[tuple[str, str]]] = {}
        self.admit(actions)

    # what is here

    @property
    def have(self) -> dict[str, int]:
        """How much of each log is here: last sequence number by log."""
        return dict(self._have)

    def rows(self) -> list[str]:
        """Ids of all rows, hidden ones too, sorted."""
        return sorted(self._rows)

    def fields(self, row: str) -> list[str]:
        """Fields of `row` that were changed after its insert, sorted."""
        return sorted(self._rows[row].heads) if row in self._rows else []

    def actions(self) -> list[Action]:
        """All actions, none before one that it has seen."""
        return list(self._actions.values())

    def action(self, named: ActionId) -> Action:
        """The action of that id; KeyError if it is not here."""
        return self._actions[named]

    def action_of(self, change: Change) -> Action:
        """The action that `change` belongs to."""
        return self._actions[change.log, change.action]

    def last_action(self, log: str) -> int:
        """Number of the last action of `log`, 0 if there is none."""
        return self._ends.get(log, 0)

    def since(self, have: Mapping[str, int]) -> list[Action]:
        """The actions that somebody who has `have` lacks: a bundle."""
        return [action for action in self._actions.values() if action.changes[-1].seq > have.get(action.log, 0)]

    def grown(self, log: str) -> tuple[Seen, ...]:
        """What the next action of `log` must record as seen: every log of which more is here than it recorded."""
        seq = self._have.get(log, 0) + 1
        return tuple(
            Seen(log, seq, of, upto)
            for of, upto in sorted(self._have.items())
            if of != log and upto > self._reach(log, seq, of)
        )

    # admission

    def admit(self, actions: Iterable[Action], *, wait: bool = False) -> int:
        """Take in what is new; all or nothing, unless `wait`, which leaves out what must wait for others.

        Returns:
            The number of new changes; what is known already is skipped.

        Raises:
            Gap: something before or seen is missing (never if `wait`).
            Fork: another change has the same number.
        """
        have, ends = dict(self._have), dict(self._ends)
        pending = [action for action in actions if not self._known(action)]
        order: list[Action] = []
        before = len(pending) + 1
        while len(pending) < before:
            before, rest = len(pending), []
            for action in pending:
                if not self._ready(action, have):
                    rest.append(action)
                elif action.changes[0].seq > have.get(action.log, 0) and action.n > ends.get(action.log, 0):
                    order.append(action)
                    have[action.log], ends[action.log] = action.changes[-1].seq, action.n
                elif action not in order:
                    raise _fork(action)
            pending = rest
        if pending and not wait:
            raise Gap(_missing(pending, have))
        for action in order:
            self._take(action)
        return sum(len(action.changes) for action in order)

    def _known(self, action: Action) -> bool:
        if not _whole(action):
            raise Refused(
                t(
                    "Action {n} of log {log} is not whole; ask its sender to export it again.",
                    n=action.n,
                    log=action.log,
                )
            )
        if action.changes[0].seq > self._have.get(action.log, 0):
            return False
        if self._actions.get(action.id) != action:
            raise _fork(action)
        return True

    def _ready(self, action: Action, have: Mapping[str, int]) -> bool:
        return action.changes[0].seq <= have.get(action.log, 0) + 1 and all(
            have.get(seen.of, 0) >= seen.upto for seen in action.seen
        )

    def _take(self, action: Action) -> None:
        self._actions[action.id] = action
        self._ends[action.log] = action.n
        for seen in action.seen:
            from_, upto = self._seen.setdefault((seen.log, seen.of), ([], []))
            from_.append(seen.seq)
            upto.append(max(seen.upto, upto[-1] if upto else 0))
        for change in action.changes:
            self._have[change.log] = change.seq
            self._place(change)

    def _place(self, change: Change) -> None:
        row = self._rows.setdefault(change.row, _Row())
        row.changes.append(change)
        if change.field is None:
            row.inserts = self._replace(row.inserts, change)
            touched = list(row.heads)
        else:
            row.heads.setdefault(change.field, row.inserts)
            touched = [change.field]
        for field in touched:
            row.heads[field] = self._replace(row.heads[field], change)
        for field in self.shape.links() if change.field is None else self.shape.links() & {change.field}:
            target = change.of(field)
            if isinstance(target, str):
                self._pointers.setdefault(target, set()).add((change.row, field))

    def _replace(self, heads: list[Change], change: Change) -> list[Change]:
        return [*(head for head in heads if not self.supersedes(change, head)), change]

    # the rules

    def supersedes(self, b: Change, a: Change) -> bool:
        """Whether the author of `b` had seen `a`: earlier in the same log, or within what he had seen of another."""
        if a.log == b.log:
            return b.seq > a.seq
        return self._reach(b.log, b.seq, a.log) >= a.seq

    def _reach(self, log: str, seq: int, of: str) -> int:
        from_, upto = self._seen.get((log, of), ([], []))
        place = bisect_right(from_, seq)
        return upto[place - 1] if place else 0

    def changes(self, row: str, before: Change | None = None) -> list[Change]:
        """All changes of `row`, replaced ones too."""
        found = self._rows[row].changes if row in self._rows else []
        return [change for change in found if before is None or self.supersedes(before, change)]

    def heads(self, row: str, field: str, before: Change | None = None) -> list[Change]:
        """The changes of the field that nobody has knowingly replaced, earlier first; none if the row is not there."""
        heads: list[Change] = []
        if before is not None:
            for change in self.changes(row, before):
                if change.field in (None, field):
                    heads = self._replace(heads, change)
        elif row in self._rows:
            heads = self._rows[row].heads.get(field, self._rows[row].inserts)
        return sorted(heads, key=Change.rank)

    def conflicts(self) -> list[tuple[str, str]]:
        """All (row, field) in conflict, sorted; two inserts of one row may disagree in any field that they name."""
        return [
            (row, field)
            for row in self.rows()
            for field in sorted({*self.fields(row), *_named(self._rows[row].inserts)})
            if self.conflict(row, field)
        ]

    def pointing(self, row: str, links: frozenset[str], before: Change | None = None) -> list[tuple[str, str]]:
        """The (row, field) of which a live head names `row`, among the fields `links`, sorted."""
        return [
            (other, field)
            for other, field in sorted(self._pointers.get(row, ()))
            if field in links and any(head.of(field) == row for head in self.heads(other, field, before))
        ]


def _named(inserts: list[Change]) -> set[str]:
    return {field for insert in inserts if isinstance(insert.value, Mapping) for field in insert.value}


def _whole(action: Action) -> bool:
    if not action.changes:
        return False
    first = action.changes[0].seq
    return (
        first > 0
        and all((c.log, c.action, c.seq) == (action.log, action.n, first + i) for i, c in enumerate(action.changes))
        and all(s.log == action.log and s.seq == first and s.of != s.log for s in action.seen)
    )


def _missing(pending: list[Action], have: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    needed: dict[str, int] = {}
    for action in pending:
        for log, upto in [(action.log, action.changes[0].seq - 1), *((seen.of, seen.upto) for seen in action.seen)]:
            needed[log] = max(needed.get(log, 0), upto)
    brought = {(change.log, change.seq) for action in pending for change in action.changes}
    missing: dict[str, tuple[int, int]] = {}
    for log, upto in needed.items():
        lacking = [seq for seq in range(have.get(log, 0) + 1, upto + 1) if (log, seq) not in brought]
        if lacking:
            missing[log] = (lacking[0], lacking[-1])
    return missing


def _fork(action: Action) -> Fork:
    first, last = action.changes[0].seq, action.changes[-1].seq
    return Fork(
        t(
            "Log {log} has other changes under the numbers {first}-{last}: the file was copied and both copies were "
            "written to. Rescue the other copy into a log of its own.",
            log=action.log,
            first=first,
            last=last,
        )
    )
