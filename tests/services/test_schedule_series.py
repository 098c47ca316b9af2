"""Series make plans with ids of their own; one occurrence is moved or skipped and the rest stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Invalid, Refused
from crm_tui.rules import series as patterns
from crm_tui.rules.captured_series import series_of
from crm_tui.rules.typed_repeats import Repeat
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

SHANGHAI = ZoneInfo(ZONE)
TUESDAYS = patterns.weekly(datetime(2026, 11, 24, 15), ZONE, (1,))


@pytest.fixture
def customer(crm: Crm) -> str:
    return crm.customers.create({"name": "王芳"}).ids[0]


def days(crm: Crm, customer: str) -> list[date]:
    return [
        datetime.fromisoformat(row["planned_start"]).astimezone(SHANGHAI).date()
        for row in crm.visits.open_plans(customer)
    ]


def test_a_series_makes_its_plans_at_once_and_undo_takes_all_back(crm: Crm, customer: str) -> None:
    made = crm.series.create(customer, TUESDAYS, "call", "对账", {"minutes": 15})
    assert days(crm, customer) == [NOW.date() + timedelta(weeks=n) for n in range(9)]
    row = crm.visits.open_plans(customer)[1]
    assert (row["series"], row["occurrence"], row["origin"]) == (made.ids[0], "2026-12-01", "series")
    assert (row["kind"], row["topic"], row["planned_minutes"]) == ("call", "对账", 15)
    assert crm.series.refresh().action is None
    crm.history.undo()
    assert days(crm, customer) == []
    assert crm.series.refresh().action is None
    crm.history.redo()
    assert len(days(crm, customer)) == 9
    assert crm.check() == []


def test_a_moved_and_a_skipped_occurrence_stay_so(crm: Crm, customer: str) -> None:
    series = crm.series.create(customer, TUESDAYS).ids[0]
    crm.series.skip(series, datetime(2026, 12, 1, 15), "fair")
    crm.series.move(series, datetime(2026, 12, 8, 15), datetime(2026, 12, 9, 10, tzinfo=SHANGHAI))
    crm.series.skip(series, datetime(2027, 3, 30, 15))
    crm.series.refresh(date(2027, 4, 6))
    found = days(crm, customer)
    assert date(2026, 12, 1) not in found
    assert date(2026, 12, 9) in found
    assert date(2026, 12, 8) not in found
    assert (date(2027, 3, 30) in found, found[-1]) == (False, date(2027, 4, 6))
    with pytest.raises(Refused):
        crm.series.skip(series, datetime(2026, 12, 2, 15))


def test_a_holiday_announced_later_moves_untouched_plans_only(crm: Crm, customer: str) -> None:
    from dataclasses import replace

    crm.series.create(customer, replace(TUESDAYS, rule="after"))
    touched = crm.visits.open_plans(customer)[2]["id"]
    crm.visits.move(touched, datetime(2026, 12, 8, 9, tzinfo=SHANGHAI))
    crm.calendar_days.adopt_file("2026-12-01 off\n2026-12-08 off\n")
    assert crm.series.refresh().count == 1
    assert days(crm, customer)[:4] == [date(2026, 11, 24), date(2026, 12, 2), date(2026, 12, 8), date(2026, 12, 15)]
    assert crm.visits.open_plans(customer)[1]["first_planned"] is None


def test_two_machines_make_the_same_plans(crm: Crm, customer: str) -> None:
    series = crm.series.create(customer, TUESDAYS).ids[0]
    crm.series.refresh(date(2027, 2, 28))
    made = {row["id"]: (row["created"], row["planned_start"]) for row in crm.visits.of_series(series)}
    crm.history.undo()
    crm.series.refresh(date(2027, 1, 31))
    crm.series.refresh(date(2027, 2, 28))
    again = {row["id"]: (row["created"], row["planned_start"]) for row in crm.visits.of_series(series)}
    assert made == again
    assert len({created for created, _ in made.values()}) == 1


def test_ending_and_changing_leave_what_was_done_or_moved(crm: Crm, customer: str) -> None:
    series = crm.series.create(customer, TUESDAYS).ids[0]
    first, second, third, *_ = (row["id"] for row in crm.visits.open_plans(customer))
    crm.visits.done(first, {"summary": "ok"})
    crm.visits.move(third, datetime(2026, 12, 10, 9, tzinfo=SHANGHAI))
    crm.series.change(series, patterns.weekly(datetime(2026, 11, 24, 15), ZONE, (3,)))
    found = days(crm, customer)
    assert found[:3] == [date(2026, 11, 26), date(2026, 12, 3), date(2026, 12, 10)]
    assert crm.visits.get(second)["deleted"] == "trashed"
    assert crm.visits.get(first)["status"] == "done"
    crm.series.change(series, TUESDAYS)
    assert crm.visits.get(second)["deleted"] is None
    crm.series.end(series, date(2026, 12, 1))
    assert days(crm, customer) == [date(2026, 12, 10)]


def test_the_time_of_day_stays_over_a_change_of_clocks(crm: Crm, customer: str) -> None:
    rule = patterns.weekly(datetime(2026, 10, 20, 9), "Europe/Berlin", (1,))
    series = crm.series.create(customer, rule).ids[0]
    found = crm.series.occurrences(series, date(2026, 10, 20), date(2026, 10, 27))
    assert [(one.at.hour, one.local.hour) for one in found] == [(7, 9), (8, 9)]


def test_a_rule_that_nobody_can_read_is_refused(crm: Crm, customer: str) -> None:
    with pytest.raises(Invalid):
        crm.series.add({"customer": customer, "rule": "whenever"})


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (Repeat("daily", working_day=0), ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]),
        (Repeat("weekly", 2, ((0, None),)), ["2026-12-07", "2026-12-21", "2027-01-04"]),
        (Repeat("monthly", working_day=-1), ["2026-11-30", "2026-12-31", "2027-01-29"]),
        (Repeat("monthly", month_day=31), ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]),
        (Repeat("monthly", weekdays=((4, -1),)), ["2026-11-27", "2026-12-25", "2027-01-29"]),
        (Repeat("monthly", 3, month_day=15), ["2027-02-15", "2027-05-15"]),
        (Repeat("yearly", month=5, month_day=1), ["2027-05-01", "2028-05-01"]),
        (Repeat("weekly", weekdays=((4, None),), count=2), ["2026-11-27", "2026-12-04"]),
        (Repeat("daily", until=date(2026, 11, 26)), ["2026-11-24", "2026-11-25", "2026-11-26"]),
    ],
)
def test_typed_repeats_become_rules(crm: Crm, repeat: Repeat, expected: list[str]) -> None:
    rule = series_of(repeat, datetime(2026, 11, 24, 15), ZONE)
    assert rule is not None
    found = [str(one.local.date()) for one in crm.series.preview(rule, len(expected))]
    assert found == expected
