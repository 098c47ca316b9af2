"""Working days: weekends, holidays and make-up working days (调休), and dates shifted to fit them.

The days in force are rows of the database; libraries and files only propose them (holiday_years, holiday_file). Hours
of a day stand in working_time.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, get_args

from crm_tui.errors import Refused
from crm_tui.words import t

Shift = Literal["before", "after", "skip", "keep"]
"""What happens to a date on a day off: the working day before, the one after, no date at all, or no change."""

SHIFTS: tuple[Shift, ...] = get_args(Shift)
WEEKEND = frozenset({5, 6})
"""Saturday and Sunday as `date.weekday()` numbers them."""

_DAY = timedelta(days=1)
_LONGEST_REST = 366


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """A day that is not what its weekday says.

    Attributes:
        day: which day.
        working: True for a make-up working day, False for a holiday.
        name: what it is called, in the language that was asked for.
        estimated: computed before the authority announced it.
    """

    day: date
    working: bool
    name: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked.

    A day that stands in both tables is worked: whoever says that a day is worked has looked at it.

    Attributes:
        weekend: weekdays off, Monday is 0.
        holidays: name by day off.
        worked: name by day that is worked although it is a weekend or a holiday.
        estimated: years with days that nobody has announced yet.
    """

    weekend: frozenset[int] = WEEKEND
    holidays: Mapping[date, str] = field(default_factory=dict)
    worked: Mapping[date, str] = field(default_factory=dict)
    estimated: frozenset[int] = frozenset()

    @classmethod
    def of(cls, days: Iterable[SpecialDay], weekend: frozenset[int] = WEEKEND) -> Calendar:
        """Make a calendar of special days; of two for the same day the later in the row stands."""
        last = {one.day: one for one in days}
        return cls(
            weekend,
            {one.day: one.name for one in last.values() if not one.working},
            {one.day: one.name for one in last.values() if one.working},
            frozenset(one.day.year for one in last.values() if one.estimated),
        )

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked."""
        return day in self.worked or (day.weekday() not in self.weekend and day not in self.holidays)

    def is_estimated(self, day: date) -> bool:
        """Whether the holidays of the year of `day` are not announced yet."""
        return day.year in self.estimated

    def name(self, day: date) -> str:
        """The name of the holiday or make-up working day; empty for an ordinary day."""
        return self.worked.get(day) or self.holidays.get(day, "")

    def next_working(self, day: date) -> date:
        """`day` itself if it is worked, else the first working day after it.

        Raises:
            Refused: a whole year has no working day.
        """
        return self._walk(day, _DAY)

    def previous_working(self, day: date) -> date:
        """`day` itself if it is worked, else the last working day before it.

        Raises:
            Refused: a whole year has no working day.
        """
        return self._walk(day, -_DAY)

    def _walk(self, day: date, step: timedelta) -> date:
        at = day
        for _ in range(_LONGEST_REST):
            if self.is_working(at):
                return at
            if at in (date.min, date.max):
                break
            at += step
        raise Refused(
            t("There is no working day within a year of {day}; look at the weekend and the holidays.", day=day)
        )

    def shift(self, day: date, rule: Shift) -> date | None:
        """Fit a date to the working days; None if the rule is to skip it.

        Raises:
            Refused: there is no working day within a year.
        """
        if rule == "keep" or self.is_working(day):
            return day
        if rule == "skip":
            return None
        return self.previous_working(day) if rule == "before" else self.next_working(day)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it if negative; 0 is `day` itself, worked or not.

        Raises:
            Refused: there is no working day within a year.
        """
        step = _DAY if count > 0 else -_DAY
        at = day
        for _ in range(abs(count)):
            at = self._walk(at + step, step)
        return at

    def working_days_between(self, first: date, end: date) -> int:
        """How many days from `first` up to, not including, `end` are worked; negative if `end` comes first."""
        if end < first:
            return -self.working_days_between(end, first)
        weeks, rest = divmod((end - first).days, 7)
        count = weeks * (7 - len(self.weekend))
        count += sum((first.weekday() + at) % 7 not in self.weekend for at in range(rest))
        for day in {*self.holidays, *self.worked}:
            if first <= day < end:
                count += self.is_working(day) - (day.weekday() not in self.weekend)
        return count

    def nth_working_day(self, year: int, month: int, nth: int) -> date | None:
        """The `nth` working day of a month, counted from its end if negative (-1 is the last); None if there is none.

        Raises:
            ValueError: `nth` is 0.
        """
        if nth == 0:
            raise ValueError("there is no 0th working day")
        last = months.monthrange(year, month)[1]
        days = range(1, last + 1) if nth > 0 else range(last, 0, -1)
        left = abs(nth)
        for number in days:
            day = date(year, month, number)
            left -= self.is_working(day)
            if not left:
                return day
        return None

    def last_working_day(self, year: int, month: int) -> date | None:
        """The last working day of a month; None if no day of it is worked."""
        return self.nth_working_day(year, month, -1)


EVERY_DAY = Calendar(weekend=frozenset())
"""The calendar of those who never close."""
