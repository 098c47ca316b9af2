"""What travels between files: slices of logs, as actions and their changes, in the words of all machines.

A file knows nouns, fields, rows and logs by small numbers of its own; here they have their stable names. A slice is a
run of whole actions of one log and ends at a place that the log's machine has signed.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_tui.rules.shape import Value

ActionName = tuple[str, int]
"""An action as all machines know it: id of its log, number there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a log: the number of its last change there, and the chain (32 bytes) after it; (0, zeros): its start.

    Attributes:
        n: number of the action that ends there, 0 at the start.
    """

    seq: int
    chain: bytes
    n: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """Whole actions of one log, from after `before` to `end`.

    Attributes:
        log: id of the log, 32 hex signs.
        name: name of the machine that writes it, as people call it.
        person: id of the person who works there, if known.
        key: the machine's Ed25519 public key, 32 bytes; None for a log that was never signed.
        code: three signs that its readable numbers begin with; None if it has none.
        before: where the slice begins; `end` where it ends.
        signature: the machine's signature of `end` (64 bytes).
    """

    log: str
    name: str
    person: str | None
    key: bytes | None
    code: str | None
    before: Place
    end: Place
    signature: bytes | None


@dataclass(frozen=True, slots=True)
class SeenAt:
    """From its action's first change on, the author had the log `of` up to `upto`; `mark`: 8 bytes of its chain."""

    of: str
    upto: int
    mark: bytes


@dataclass(frozen=True, slots=True)
class ActionHead:
    """An action without its changes, which follow it.

    Attributes:
        log: id of its log; `n` its number there; `first` and `last` the numbers of its changes.
        at: wall clock of the author in milliseconds.
        person: id of who did it.
        kind, verb, params: as the history shows it; `params` is JSON text.
        undoes: the action that it takes back.
        salt: 16 bytes that its values' digests are salted with.
        seen: what its author had seen more than before.
        chain: the chain after it, 32 bytes.
    """

    log: str
    n: int
    first: int
    last: int
    at: int
    person: str | None
    kind: str
    verb: str
    params: str
    undoes: ActionName | None
    salt: bytes
    seen: tuple[SeenAt, ...]
    chain: bytes


@dataclass(frozen=True, slots=True)
class ChangeMade:
    """One change; `field` None is a new row, whose value is a JSON object of its values by field."""

    seq: int
    at: int
    noun: str
    row: str
    field: str | None
    value: Value
