"""Put what the readers took of a typed line together: one day, one time, one length, one series."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from crm_tui.rules.captured import When
from crm_tui.rules.typed_days import Day
from crm_tui.rules.typed_marks import Kind, Mark, Person
from crm_tui.rules.typed_repeats import Repeat, Times, falls_on, first_from
from crm_tui.rules.typed_times import PART_HOURS, Clock, Length, Offset, Part, Range, hour_of, range_of
from crm_tui.rules.typed_words import Around, Span, Unclear
from crm_tui.words import t


@dataclass(slots=True)
class Combined:
    """What the marks of a line say together; `content` are the starts of spans that stay in the text."""

    when: When | None = None
    kind: str | None = None
    minutes: int | None = None
    person: str | None = None
    repeat: Repeat | None = None
    spans: list[Span] = field(default_factory=list)
    content: set[int] = field(default_factory=set)


def combine(marks: list[Mark], around: Around) -> Combined:
    """Choose among the marks of a line; what does not fit the rest is unclear, what is mere content has no span."""
    return _Combining(marks, around).result()


class _Combining:
    """The marks of one line on their way to one meaning."""

    def __init__(self, marks: list[Mark], around: Around) -> None:
        self.marks = marks
        self.around = around
        self.out = Combined()
        self.day: Day | None = None
        self.day_mark: Mark | None = None
        self.time: time | None = None
        self.part: str | None = None
        self.by = False

    def result(self) -> Combined:
        """Take one kind of mark after the other; days know of the series, the series' first day of the time."""
        self._plain_ones()
        self._series()
        self._days()
        self._parts_and_times()
        self._soft_ones()
        self.out.when = self._when()
        self.out.spans.sort(key=lambda span: span.start)
        return self.out

    def _take(self, mark: Mark, what: str) -> None:
        self.out.spans.append(Span(mark.start, mark.end, what))

    def _mark(self, mark: Mark, unclear: Unclear | str) -> None:
        why = unclear if isinstance(unclear, Unclear) else Unclear(unclear)
        self.out.spans = [span for span in self.out.spans if span.start != mark.start]
        self.out.spans.append(Span(mark.start, mark.end, "unclear", why.reason, why.choices))

    def _plain_ones(self) -> None:
        for mark in self.marks:
            value = mark.value
            if isinstance(value, Kind):
                self._kind(mark, value)
            elif isinstance(value, Person):
                if self.out.person is not None:
                    self._mark(mark, t("a second person"))
                else:
                    self.out.person = value.name
                    self._take(mark, "person")
            elif isinstance(value, Length):
                self._length(mark, value.minutes)
            elif isinstance(value, Unclear) and not value.soft:
                self._mark(mark, value)

    def _kind(self, mark: Mark, kind: Kind) -> None:
        """The first word of a kind counts; a further one is content."""
        if self.out.kind is None:
            self.out.kind = kind.code
            self._take(mark, "kind")
            if kind.content:
                self.out.content.add(mark.start)

    def _length(self, mark: Mark, minutes: int) -> None:
        if self.out.minutes is not None and self.out.minutes != minutes:
            self._mark(mark, t("a second length"))
            return
        self.out.minutes = minutes
        self._take(mark, "minutes")

    def _series(self) -> None:
        for mark in self.marks:
            if not isinstance(mark.value, Repeat):
                continue
            known, new = self.out.repeat, mark.value
            if known is None:
                self.out.repeat = new
            elif (known.freq, known.interval, new.freq, new.interval) == ("weekly", 1, "weekly", 1) and new.weekdays:
                self.out.repeat = replace(known, weekdays=tuple(sorted({*known.weekdays, *new.weekdays})))
            else:
                self._mark(mark, t("a second series"))
                continue
            self._take(mark, "repeat")
        for mark in self.marks:
            if isinstance(mark.value, Times) and self.out.repeat is not None:
                if self.out.repeat.count is not None or not mark.value.sure:
                    self._mark(mark, t("how often?"))
                    continue
                self.out.repeat = replace(self.out.repeat, count=mark.value.count)
                self._take(mark, "repeat")

    def _days(self) -> None:
        days = [(mark, mark.value) for mark in self.marks if isinstance(mark.value, Day)]
        if self.out.repeat is not None:
            days = [(mark, day) for mark, day in days if not self._belongs_to_series(mark, day)]
        firm = [(mark, day) for mark, day in days if not day.weak]
        ordered = sorted(firm, key=lambda pair: pair[1].weekday is not None) or days[:1]
        for at, (mark, day) in enumerate(ordered):
            if at == 0:
                self.day, self.day_mark = day, mark
            elif self.day is not None and not _confirms(day, self.day):
                self._mark(mark, t("a second day"))
                continue
            self._take(mark, "when")
        repeat = self.out.repeat
        lunar = self.day.lunar if self.day is not None else None
        if lunar and repeat is not None and not repeat.fixed:
            if repeat.freq != "yearly" and self.day_mark is not None:
                self._mark(self.day_mark, t("a series follows the lunar calendar by the year only"))
                self.day = None
                return
            self.out.repeat = replace(repeat, month=lunar[0], month_day=lunar[1], lunar=True)

    def _belongs_to_series(self, mark: Mark, day: Day) -> bool:
        """Take the last day of a series, or the weekday of one that has none."""
        repeat = self.out.repeat
        if repeat is None:
            return False
        if mark.bound:
            if repeat.until is not None:
                return False
            self.out.repeat = replace(repeat, until=day.day)
            self._take(mark, "repeat")
            return True
        if day.weekday is not None and repeat.freq == "weekly" and not repeat.weekdays:
            self.out.repeat = replace(repeat, weekdays=((day.weekday, None),))
            self._take(mark, "repeat")
            return True
        return False

    def _parts_and_times(self) -> None:
        self.part = (self.day.part if self.day else None) or (self.out.repeat.part if self.out.repeat else None)
        timed: Mark | None = None
        for mark in self.marks:
            if isinstance(mark.value, Part):
                if self.part not in (None, mark.value.name):
                    self._mark(mark, t("a second part of the day"))
                    continue
                self.part = mark.value.name
                self._take(mark, "when")
        for mark in self.marks:
            if not isinstance(mark.value, Clock | Range | Offset):
                continue
            if timed is not None:
                self._mark(mark, t("a second time"))
                continue
            timed = mark
            self.by = mark.bound == "by"
            self._take(mark, "when")
        if timed is not None:
            self._time(timed)

    def _time(self, mark: Mark) -> None:
        value = mark.value
        if isinstance(value, Offset):
            self._offset(mark, value)
            return
        minute = 0
        hour: int | Unclear
        if isinstance(value, Range):
            found = range_of(self._in_part(value.first), value.last)
            if isinstance(found, Unclear):
                self._mark(mark, found)
                return
            hour, minute, minutes = found
            if self.out.minutes not in (None, minutes):
                self._mark(mark, t("from and to do not fit the length"))
                return
            self.out.minutes = minutes
        elif isinstance(value, Clock):
            hour, minute = hour_of(self._in_part(value)), value.minute
            if isinstance(hour, Unclear):
                self._mark(mark, hour)
                return
        else:
            return
        if self.part is not None and not self._fits(hour):
            self._mark(mark, t("the hour does not fit the part of the day"))
            return
        self.time = time(hour, minute)
        self.part = None

    def _in_part(self, clock: Clock) -> Clock:
        return clock if clock.half is not None or self.part is None else replace(clock, half=self.part)

    def _fits(self, hour: int) -> bool:
        first, end = PART_HOURS[self.part or "morning"]
        return first <= hour < end

    def _offset(self, mark: Mark, offset: Offset) -> None:
        if self.day is not None or self.out.repeat is not None or self.part is not None:
            self._mark(mark, t("a second day"))
            return
        now = self.around.now
        try:
            at = (now.astimezone(UTC) + timedelta(minutes=offset.minutes)).astimezone(now.tzinfo)
        except (OverflowError, ValueError):
            self._mark(mark, t("there is no such time"))
            return
        self.day, self.day_mark = Day(at.date()), mark
        self.time = time(at.hour, at.minute)

    def _soft_ones(self) -> None:
        """A mere month or a vague word is content where the line names its day in full elsewhere."""
        certain = (self.day is not None and not self.day.loose) or self.out.repeat is not None
        for mark in self.marks:
            if isinstance(mark.value, Unclear) and mark.value.soft and not certain:
                self._mark(mark, mark.value)

    def _when(self) -> When | None:
        if self.day is None and self.out.repeat is not None:
            return self._first_of_series()
        if self.day is None:
            return self._day_of_time()
        day = self.day.near if self.day.near is not None and self._near() else self.day.day
        repeat = self.out.repeat
        if repeat is not None and repeat.fixed and not falls_on(repeat, day, self.around.is_working_day):
            if self.day_mark is not None:
                self._mark(self.day_mark, t("the series does not fall on this day"))
            return self._first_of_series()
        by = self.by or (self.day_mark is not None and self.day_mark.bound == "by")
        return self._checked(When(day, self.time, self.part, by))

    def _near(self) -> bool:
        """Whether the time makes a bare weekday today."""
        now = self.around.now
        if self.time is not None:
            return self.time <= now.time() if self.around.past else self.time > now.time()
        if self.part is not None:
            first, end = PART_HOURS[self.part]
            return first <= now.hour if self.around.past else end > now.hour
        return False

    def _first_of_series(self) -> When | None:
        repeat, today = self.out.repeat, self.around.today
        if repeat is None:
            return None
        later = self.time is not None and self.time > self.around.now.time()
        start = today if later else today + timedelta(days=1)
        if not repeat.fixed:
            return None if self.time is None else self._checked(When(start, self.time))
        first = first_from(repeat, start, self.around.is_working_day)
        if first is None or (repeat.until is not None and repeat.until < first):
            self._spoil(t("the series has no day"), "repeat")
            return None
        return self._checked(When(first, self.time, self.part))

    def _day_of_time(self) -> When | None:
        today, now = self.around.today, self.around.now.time()
        if any(mark.of_day and isinstance(mark.value, Unclear) for mark in self.marks):
            self._spoil(t("of which day?"), "when")
            return None
        if self.time is not None:
            if self.around.past:
                return self._checked(
                    When(today if self.time <= now else today - timedelta(days=1), self.time, by=self.by)
                )
            return self._checked(When(today if self.time > now else today + timedelta(days=1), self.time, by=self.by))
        if self.part is None:
            return None
        if self._near():
            return When(today, None, self.part)
        self._spoil(t("that part of today is over, or still to come: which day?"), "when")
        return None

    def _checked(self, when: When) -> When:
        """Take back a time that the clocks skip on that day."""
        if when.time is None or self.around.now.tzinfo is None:
            return when
        local = datetime.combine(when.day, when.time, self.around.now.tzinfo)
        try:
            back = local.astimezone(UTC).astimezone(self.around.now.tzinfo)
        except (OverflowError, ValueError):
            return when
        if (back.hour, back.minute) == (local.hour, local.minute):
            return when
        for mark in self.marks:
            if isinstance(mark.value, Clock | Range):
                self._mark(mark, t("the clocks skip this time on that day"))
                break
        return replace(when, time=None)

    def _spoil(self, reason: str, what: str) -> None:
        self.out.spans = [
            Span(span.start, span.end, "unclear", reason) if span.what == what else span for span in self.out.spans
        ]


def _confirms(day: Day, chosen: Day) -> bool:
    """Whether a second day says the same as the one chosen."""
    if day.weekday is not None and chosen.weekday is None:
        return day.weekday == chosen.day.weekday()
    return day.day == chosen.day
