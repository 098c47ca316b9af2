"""Holidays and make-up working days in force: rows of the file, so that every machine's clock agrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crm_tui.rules.holiday_file import HolidayFile, overlay, parse_holidays
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import COUNTRY
from crm_tui.rules.working_days import Calendar, Shift, SpecialDay
from crm_tui.services.noun import NounService
from crm_tui.store.database import Changes


@dataclass(frozen=True)
class HolidayYear:
    """What is in force of one year.

    Attributes:
        country: two letters.
        year: which year.
        off: days off; `work` are make-up working days, `estimated` how many of both are not announced yet.
    """

    country: str
    year: int
    off: int
    work: int
    estimated: int


class CalendarDays(NounService):
    """Which days are worked. Without any row only weekends are off."""

    @property
    def country(self) -> str:
        """The country whose holidays count here."""
        return self.crm.policies.value(COUNTRY) or self.crm.region

    def special_days(self, country: str | None = None) -> list[SpecialDay]:
        """The days in force of a country, sorted."""
        rows = self._rows("live AND country = ? ORDER BY day, id", (country or self.country,))
        return [
            SpecialDay(
                date.fromisoformat(row["day"]), row["state"] == "work", row["name"] or "", bool(row["estimated"])
            )
            for row in rows
            if row["day"]
        ]

    def calendar(self, country: str | None = None) -> Calendar:
        """The calendar in force; read it once for a piece of work."""
        return Calendar.of(self.special_days(country))

    def is_working(self, day: date) -> bool:
        """Whether a day is worked here."""
        return self.calendar().is_working(day)

    def next_working_day(self, day: date) -> date:
        """The first working day after a day."""
        return self.calendar().next_working(day + timedelta(days=1))

    def shift(self, day: date, rule: Shift) -> date | None:
        """Fit a day to the working days by a rule; None if it is to be left out."""
        return self.calendar().shift(day, rule)

    def years(self, country: str | None = None) -> list[HolidayYear]:
        """The years of which anything is in force, in order."""
        code = country or self.country
        rows = self.store.reader().execute(
            "SELECT substr(day, 1, 4), sum(state = 'off'), sum(state = 'work'), sum(coalesce(estimated, 0)) "
            "FROM calendar_days WHERE live AND country = ? AND day IS NOT NULL GROUP BY 1 ORDER BY 1",
            (code,),
        )
        return [HolidayYear(code, int(year), off, work, estimated) for year, off, work, estimated in rows]

    def lacking(self, country: str | None = None) -> list[int]:
        """Which of this year and the next have no holidays in force."""
        there = {one.year for one in self.years(country)}
        this = self.crm.local_now().year
        return [year for year in (this, this + 1) if year not in there]

    def proposed(self, year: int, country: str | None = None, region: str | None = None) -> list[SpecialDay]:
        """What the library knows of a year; not in force by that.

        Names are in English and in Chinese (or the country's own language), whoever asks: machines that adopt the same
        year by themselves then have nothing to disagree on.

        Raises:
            Refused: if the library does not know the country or the year.
        """
        from crm_tui.rules.holiday_years import propose

        code = country or self.country
        pairs = zip(propose(code, year, "en", region).days, propose(code, year, "zh", region).days, strict=True)
        return [replace(one, name=" / ".join(dict.fromkeys((one.name, other.name)))) for one, other in pairs]

    def adopt(self, year: int, country: str | None = None, region: str | None = None) -> Changes:
        """Put the holidays that the library knows of a year into force; what is not announced is marked estimated.

        Raises:
            Refused: if the library does not know the country or the year.
        """
        return self.adopt_years([year], country, region)

    def adopt_years(self, years: Sequence[int], country: str | None = None, region: str | None = None) -> Changes:
        """Put the holidays of several years into force, in one action; see `adopt`."""
        code = (country or self.country).upper()
        return self._put(code, [day for year in years for day in self.proposed(year, code, region)], set(years))

    def adopt_file(self, text: str, country: str | None = None) -> Changes:
        """Put the days of a plain file into force; they win over what is there, and its final years are as it says.

        Raises:
            BadFile: with the lines that cannot be read.
        """
        code = country or self.country
        file: HolidayFile = parse_holidays(text)
        days = overlay(self.special_days(code), file)
        return self._put(code, days, {one.day.year for one in file.days} | set(file.final))

    def _put(self, country: str, days: Iterable[SpecialDay], years: set[int]) -> Changes:
        """Make the rows of these years say exactly `days`."""
        wanted = {fixed_id("calendar_days", country, one.day.isoformat()): one for one in days if one.day.year in years}
        there = {
            row["id"]: row
            for row in self._rows("country = ? ORDER BY id", (country,))
            if row["day"] and int(row["day"][:4]) in years
        }
        told = {"noun": self.name, "country": country, "years": ", ".join(map(str, sorted(years)))}
        with self.store.action("Holidays of {country}, {years}", "bulk", **told) as work:
            for row, one in wanted.items():
                values: dict[str, int | str | None] = {
                    "state": "work" if one.working else "off",
                    "name": one.name or None,
                }
                values["estimated"] = 1 if one.estimated else None
                if row not in there:
                    day = one.day.isoformat()
                    # The same on every machine that adopts it, as the id is.
                    made = f"{one.day.year}-01-01T00:00:00Z"
                    work.insert(self.name, {"id": row, "created": made, "day": day, "country": country, **values})
                    continue
                if there[row]["deleted"]:
                    work.write(self.name, [row], "deleted", None)
                work.update(self.name, row, values)
            gone = [row for row, old in there.items() if row not in wanted and not old["deleted"]]
            if gone:
                work.write(self.name, gone, "deleted", "trashed")
        return work.changes
