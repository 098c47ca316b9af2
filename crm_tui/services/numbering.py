"""Readable numbers that no two machines give twice: a letter, the code of the log that made them, a count in it."""

from __future__ import annotations

from crm_tui.store.database import Work

WIDTH = 4


def next_number(work: Work, noun: str, letter: str) -> str:
    """The next number of a noun, such as "D-QKX-0001".

    Args:
        work: the action that the row is made in.
        noun: a table with an indexed column `number`; rows that were undone keep theirs.
        letter: what the numbers of this noun begin with.
    """
    (code,) = work.db.execute("SELECT code FROM device WHERE dev = ?", (work.dev,)).fetchone()
    prefix = f"{letter}-{code}-"
    for width in range(WIDTH + 5, WIDTH - 1, -1):
        last = work.db.execute(
            f"SELECT number FROM {noun} WHERE number >= ? AND number <= ? AND length(number) = ? "
            "ORDER BY number DESC LIMIT 1",
            (prefix, f"{prefix}{'9' * width}", len(prefix) + width),
        ).fetchone()
        if last is not None and str(last[0])[len(prefix) :].isdigit():
            return f"{prefix}{int(str(last[0])[len(prefix) :]) + 1:0{WIDTH}d}"
    return f"{prefix}{1:0{WIDTH}d}"
