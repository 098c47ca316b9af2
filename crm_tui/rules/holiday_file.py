"""A plain file of holidays and make-up working days, one a line, that stands above what a library proposes.

    # a comment; the name is optional, commas or blanks divide
    2026-10-01..2026-10-07 off 国庆节
    2026-10-10, work, make-up day
    2027 final

`off` may be written holiday, closed, 休, 休息, 放假 or 假; `work` as working, open, 班, 上班 or 补班. `final` (公布,
已公布) behind a year says that the file holds all special days of that year: what was estimated for it falls away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crm_tui.errors import BadFile
from crm_tui.rules.working_days import SpecialDay
from crm_tui.words import t

_WORDS = {
    **dict.fromkeys(("off", "holiday", "closed", "休", "休息", "放假", "假", "假日", "节假日"), False),
    **dict.fromkeys(("work", "working", "open", "班", "上班", "补班", "调休上班", "工作", "工作日"), True),
}
_FINAL = frozenset({"final", "announced", "公布", "已公布"})
_DAY = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|\d{8}"
_LINE = re.compile(rf"({_DAY})(?:\s*(?:\.\.|~|～|至|—)\s*({_DAY}))?[\s,;，；]*(.*)")
_YEAR = re.compile(r"(\d{4})年?[\s,;，；]*(\S+)")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_LONGEST = 366
_MOST_SAID = 8


@dataclass(frozen=True, slots=True)
class HolidayFile:
    """What a file says.

    Attributes:
        days: sorted, each day once.
        final: years of which the file holds every special day.
    """

    days: tuple[SpecialDay, ...]
    final: frozenset[int] = frozenset()


def parse_holidays(text: str) -> HolidayFile:
    """Read a file of special days.

    Raises:
        BadFile: lines that cannot be read, each with its number.
    """
    found: dict[date, tuple[int, SpecialDay]] = {}
    final: set[int] = set()
    problems: list[str] = []
    for number, raw in enumerate(_NEWLINE.split(text.lstrip("\ufeff")), 1):
        line = raw.split("#", 1)[0].strip().strip(",;，；").strip()
        if not line or (number == 1 and line.casefold().startswith(("date", "day", "日期"))):
            continue
        year = _YEAR.fullmatch(line)
        if year and year[2].casefold() in _FINAL:
            final.add(int(year[1]))
            continue
        try:
            for one in _read(line):
                before = found.setdefault(one.day, (number, one))
                if before[1].working != one.working:
                    raise _Unread(t("{day} already stands in line {line}.", day=one.day, line=before[0]))
        except _Unread as problem:
            problems.append(t("Line {line}: {problem}", line=number, problem=problem))
    if problems:
        more = len(problems) - _MOST_SAID
        said = problems[:_MOST_SAID] + ([t("… and {count} more lines.", count=more)] if more > 0 else [])
        raise BadFile("\n".join(said))
    return HolidayFile(tuple(sorted(one for _, one in found.values())), frozenset(final))


def format_holidays(file: HolidayFile) -> str:
    """Write special days as a file that `parse_holidays` reads back."""
    lines = [f"{year} final" for year in sorted(file.final)]
    for one in sorted(file.days):
        name = " ".join(one.name.replace("#", " ").split()).strip(" ,;，；")
        lines.append(f"{one.day.isoformat()} {'work' if one.working else 'off'} {name}".rstrip())
    return "".join(line + "\n" for line in lines)


def overlay(proposed: Iterable[SpecialDay], file: HolidayFile) -> tuple[SpecialDay, ...]:
    """Lay a file over proposed days: its lines win, and its final years are as it says."""
    days = {one.day: one for one in proposed if one.day.year not in file.final}
    days.update((one.day, one) for one in file.days)
    return tuple(sorted(days.values()))


class _Unread(ValueError):
    """Why a line cannot be read, as a sentence."""


def _read(line: str) -> list[SpecialDay]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise _Unread(t("“{text}” does not begin with a day like 2026-10-01.", text=line[:40]))
    first = _day(match[1])
    last = _day(match[2]) if match[2] else first
    if last < first or (last - first).days >= _LONGEST:
        raise _Unread(t("{first} to {last} is no span of days within a year.", first=first, last=last))
    word, _, name = re.sub(r"[\s,;，；]+", " ", match[3]).partition(" ")
    working = _WORDS.get(word.casefold())
    if working is None:
        raise _Unread(t("After the day write “off” or “work”, not “{word}”.", word=word[:20]))
    return [SpecialDay(first + timedelta(days=at), working, name) for at in range((last - first).days + 1)]


def _day(text: str) -> date:
    if len(text) == 8 and text.isdigit():
        parts = [text[:4], text[4:6], text[6:]]
    else:
        parts = re.findall(r"\d+", text)
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        raise _Unread(t("There is no day {day}.", day=text)) from None
