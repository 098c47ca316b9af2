"""Errors that a person can act on; each carries its exit code for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


class CrmError(Exception):
    """A refusal in one sentence: what is wrong, where, and how to mend it."""

    exit_code = 1


class NotFound(CrmError):
    """Nothing, or more than one thing, answers to what was asked for."""


class Refused(CrmError):
    """The request makes no sense for the data as they are."""


class Invalid(CrmError):
    """A field's value is not acceptable.

    Attributes:
        problems: sentence by field name.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))


@dataclass(frozen=True)
class News:
    """A change that a person had not seen when he acted.

    Attributes:
        noun: of the record that was written; `row` its id, `record` what people call it.
        field: name of the field or of the group of fields; None for a new record.
        label: what the field is called, or the kind of record, in the reader's language.
        value: what was written, as it is stored.
        at: when (aware UTC).
        person: name of who wrote it, "" if unknown; `machine` the name of where.
        here: whether another program of this machine wrote it.
    """

    noun: str
    row: str
    record: str
    field: str | None
    label: str
    value: int | str | None
    at: datetime
    person: str
    machine: str
    here: bool


class ChangedSince(CrmError):
    """Somebody changed the same things after this person had opened them.

    Attributes:
        theirs: the value that stands now, by name of the field, of the record that was to be written.
        news: each change that the person had not seen, on the record and on what hangs on it, earlier first.
        now: how much of each log is here, those changes included: whoever has seen them acts with it as `opened`.
    """

    def __init__(
        self,
        message: str,
        theirs: dict[str, object],
        news: Sequence[News] = (),
        now: Mapping[str, int] | None = None,
    ) -> None:
        self.theirs, self.news, self.now = theirs, tuple(news), now
        super().__init__(message)


class BadFile(CrmError):
    """A file cannot be read as what it should be."""

    exit_code = 3


class Locked(CrmError):
    """Another program holds the file, or it may not be written."""

    exit_code = 4


class Cancelled(CrmError):
    """The person stopped a long task; nothing was changed."""
