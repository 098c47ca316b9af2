"""Errors that a person can act on; each carries its exit code for the command line."""

from __future__ import annotations


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


class ChangedSince(CrmError):
    """Somebody changed the same fields after this person had opened them.

    Attributes:
        theirs: the value that stands now, by field name.
    """

    def __init__(self, message: str, theirs: dict[str, object]) -> None:
        self.theirs = theirs
        super().__init__(message)


class BadFile(CrmError):
    """A file cannot be read as what it should be."""

    exit_code = 3


class Locked(CrmError):
    """Another program holds the file, or it may not be written."""

    exit_code = 4


class Cancelled(CrmError):
    """The person stopped a long task; nothing was changed."""
