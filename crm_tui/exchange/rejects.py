"""What an import refused, with the reason beside it, in a file that imports after mending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crm_tui.exchange.replacing import replacing
from crm_tui.exchange.vcard_writer import escape, fold
from crm_tui.exchange.vcards import REASON as CARD_REASON
from crm_tui.exchange.writers import write_csv

REASON = "reason / 原因"
"""Name of the last column, in both languages so that an import in either knows and drops it."""


def is_reason(name: str) -> bool:
    """Whether a column is the reason of an earlier rejection, which no import brings in."""
    return name.strip().casefold() == REASON


def write_rejects(path: str | Path, header: Sequence[str], rows: Iterable[tuple[Sequence[str], str]]) -> int:
    """Write rejected rows as CSV: the original header and cells as they were, then the reason; return their number.

    A reason column of an earlier round is replaced. Cells beyond the header keep their place before the reason.

    Raises:
        BadFile: the file cannot be written.
    """
    kept = [place for place, name in enumerate(header) if not is_reason(name)]
    dropped = set(range(len(header))) - set(kept)
    rejected = [([cell for place, cell in enumerate(cells) if place not in dropped], why) for cells, why in rows]
    names = [header[place] for place in kept]
    width = max([len(names), *(len(cells) for cells, _ in rejected)])
    names += [f"Column {place + 1}" for place in range(len(names), width)]
    body = ([*cells, *[""] * (width - len(cells)), why] for cells, why in rejected)
    return write_csv(path, [*names, REASON], body)


def write_card_rejects(path: str | Path, cards: Iterable[tuple[str, str]]) -> int:
    """Write rejected cards as they stand, each (raw text, reason) with a line X-CRM-REASON; return their number.

    A missing END or BEGIN is not added: the file shows what has to be mended.

    Raises:
        BadFile: the file cannot be written.
    """
    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        for raw, reason in cards:
            stream.write("".join(f"{line}\r\n" for line in _with_reason(raw, reason)))
            count += 1
    return count


def _with_reason(raw: str, reason: str) -> list[str]:
    """The lines of a card, the reason behind its first; reasons of earlier rounds are taken away."""
    lines: list[str] = []
    inside_reason = False
    for line in raw.split("\n"):
        starts = line.upper().startswith(f"{CARD_REASON}:")
        inside_reason = starts or (inside_reason and line[:1] in (" ", "\t"))
        if not inside_reason and (line.strip() or lines):
            lines.append(line)
    told = fold(f"{CARD_REASON}:{escape(reason)}").removesuffix("\r\n").split("\r\n")
    begins = bool(lines) and lines[0].upper().startswith("BEGIN")
    return [*lines[:begins], *told, *lines[begins:]]
