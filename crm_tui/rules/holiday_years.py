"""Holidays of a country and year as a library knows them: a proposal, which people then put in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_tui.errors import Refused
from crm_tui.rules.working_days import SpecialDay
from crm_tui.words import in_language, t

ANNOUNCED_YEARLY = frozenset({"CN"})
"""Countries whose government announces each year's make-up working days; a year without any is not announced yet."""

_ESTIMATED_MARKS = ("estimated", "推定", "預估", "geschätzt")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a library knows of one year.

    Attributes:
        country: two letters, as asked.
        year: which year.
        days: holidays and make-up working days, sorted; each is marked if the year is estimated.
        estimated: the authority has not announced this year, or the library computes days that only observation fixes.
        weekend: weekdays off in that country, Monday is 0.
    """

    country: str
    year: int
    days: tuple[SpecialDay, ...]
    estimated: bool
    weekend: frozenset[int]


def propose(country: str, year: int, language: str = "en", region: str | None = None) -> Proposal:
    """Ask the holidays library for one year.

    China's days off that are paid for by a worked weekend ("休息日（由 2026-10-10 调休）") bring that weekend day as a
    make-up working day. A weekend day is worked in the year in which it lies, also where the next year's table names it
    (31 December 2011 stands in the table of 2012).

    Args:
        country: two letters (CN, DE, US, JP).
        year: which year.
        language: "en" or "zh", of the names; a country that has none of it answers in its own language.
        region: a state or province as the library names it ("BY").

    Raises:
        Refused: the library does not know the country, the region or the year.
    """
    table = _table(country, year, language, region)
    swapped = {day for day in table.weekend_workdays if day.year == year}
    estimated = country.upper() in ANNOUNCED_YEARLY and not swapped
    if year < table.end_year:
        later = _table(country, year + 1, language, region)
        swapped |= {day for day in later.weekend_workdays if day.year == year}
    off: dict[date, str] = {day: str(name) for day, name in table.items() if day.year == year}
    estimated = estimated or any(mark in name for name in off.values() for mark in _ESTIMATED_MARKS)
    worked = in_language(language, "Make-up working day")
    days = [SpecialDay(day, False, name, estimated) for day, name in off.items() if day not in swapped]
    days += [SpecialDay(day, True, worked, estimated) for day in swapped]
    return Proposal(country.upper(), year, tuple(sorted(days)), estimated, frozenset(table.weekend))


def _table(country: str, year: int, language: str, region: str | None) -> Any:
    import holidays

    code = country.upper()
    known: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    if code not in known:
        raise Refused(t("No holidays are known for “{country}”; write them into a file.", country=country))
    if region is not None and region not in known[code]:
        raise Refused(
            t("“{region}” is no region of {country}; it may be: {known}.", region=region, country=code,
              known=", ".join(known[code]) or "-")
        )  # fmt: skip
    plain = holidays.country_holidays(code, subdiv=region)
    if not plain.start_year <= year <= plain.end_year:
        raise Refused(
            t("The holidays of {country} are known from {first} to {last}, not for {year}.", country=code,
              first=plain.start_year, last=plain.end_year, year=year)
        )  # fmt: skip
    wanted = "zh_CN" if language == "zh" else "en_US"
    spoken = wanted if wanted in plain.supported_languages else plain.default_language
    return holidays.country_holidays(code, subdiv=region, years=year, language=spoken)
