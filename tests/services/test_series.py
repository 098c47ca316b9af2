from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Refused
from crm_tui.rules.series import daily, weekly
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

SHANGHAI = ZoneInfo(ZONE)
TUESDAYS = weekly(datetime(2026, 11, 24, 15), ZONE, (1,))


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    return crm.customers.create({"name": "Acme"}).ids[0]


def days(crm: Crm, series: str) -> list[date]:
    return [
        datetime.fromisoformat(row["planned_start"]).astimezone(SHANGHAI).date()
        for row in crm.visits.of_series(series)
        if row["status"] == "planned"
    ]


def test_an_exception_far_ahead_is_one_action(crm: Crm, customer: str) -> None:
    series = crm.series.create(customer, TUESDAYS, "call").ids[0]
    before = len(crm.visits.of_series(series))
    far = datetime(2027, 6, 1, 15)
    crm.series.skip(series, far, "fair")
    assert crm.history.entries(1)[0].title == "Cancelled Call with Acme"
    crm.history.undo()
    assert len(crm.visits.of_series(series)) == before
    crm.series.move(series, far, datetime(2027, 6, 2, 9, tzinfo=SHANGHAI), "asked")
    row = crm.visits.of_series(series)[-1]
    assert (row["planned_start"], row["first_planned"]) == ("2027-06-02T01:00:00Z", "2027-06-01T07:00:00Z")
    crm.history.undo()
    assert len(crm.visits.of_series(series)) == before


def test_what_is_coming_says_what_was_done_to_single_ones(crm: Crm, customer: str) -> None:
    crm.calendar_days.adopt_file("2026-12-15 off\n")
    series = crm.series.create(customer, replace(TUESDAYS, rule="after")).ids[0]
    crm.series.skip(series, datetime(2026, 12, 1, 15), "fair")
    crm.series.move(series, datetime(2026, 12, 8, 15), datetime(2026, 12, 10, 9, tzinfo=SHANGHAI))
    coming = crm.series.coming(series, 12)
    assert [one.state for one in coming[:4]] == ["planned", "cancelled", "moved", "planned"]
    assert (coming[1].reason, coming[2].at.day, coming[2].ruled.day) == ("fair", 10, 8)
    assert (coming[3].shifted, coming[3].at.date()) == (True, date(2026, 12, 16))
    assert coming[-1].state == ""
    crm.series.put_back(series, datetime(2026, 12, 1, 15))
    assert crm.series.coming(series, 2)[1].state == "planned"
    with pytest.raises(Refused):
        crm.series.put_back(series, datetime(2026, 12, 1, 15))


def test_a_change_reaches_untouched_plans_and_no_others(crm: Crm, customer: str) -> None:
    series = crm.series.create(customer, TUESDAYS, "call", "ring").ids[0]
    moved = crm.visits.of_series(series)[2]["id"]
    crm.visits.move(moved, datetime(2026, 12, 9, 9, tzinfo=SHANGHAI))
    other = crm.people.add({"name": "Ben"}).ids[0]
    crm.series.change(series, TUESDAYS, {"topic": "accounts", "person": other, "minutes": 20})
    rows = {row["id"]: row for row in crm.visits.of_series(series)}
    changed = [row for row in rows.values() if row["id"] != moved]
    assert {(row["topic"], row["person"], row["planned_minutes"]) for row in changed} == {("accounts", other, 20)}
    assert rows[moved]["topic"] == "ring"
    crm.history.undo()
    assert {row["topic"] for row in crm.visits.of_series(series)} == {"ring"}


def test_a_series_that_is_ended_ends_and_one_that_never_began_goes(crm: Crm, customer: str) -> None:
    series = crm.series.create(customer, TUESDAYS).ids[0]
    crm.series.end(series, date(2026, 12, 8))
    assert days(crm, series) == [date(2026, 11, 24), date(2026, 12, 1)]
    assert crm.history.entries(1)[0].title == "Ended a series: Visit with Acme"
    crm.history.undo()
    assert len(days(crm, series)) == 9
    crm.series.end(series, date(2026, 11, 24))
    assert crm.series.all() == []
    assert days(crm, series) == []
    crm.history.undo()
    assert len(days(crm, series)) == 9


def test_ending_a_counted_series_makes_it_no_longer(crm: Crm, customer: str) -> None:
    three = replace(daily(datetime(2026, 11, 24, 15), ZONE), count=3)
    series = crm.series.create(customer, three).ids[0]
    crm.series.end(series, date(2026, 12, 31))
    assert days(crm, series) == [NOW.date() + timedelta(days=n) for n in range(3)]
    crm.series.end(series, date(2026, 11, 26))
    assert days(crm, series) == [date(2026, 11, 24), date(2026, 11, 25)]


def test_the_list_has_the_soonest_first_and_what_is_over_last(crm: Crm, customer: str) -> None:
    late = crm.series.create(customer, weekly(datetime(2026, 11, 30, 9), ZONE, (0,))).ids[0]
    soon = crm.series.create(customer, TUESDAYS).ids[0]
    over = crm.series.create(customer, replace(daily(datetime(2026, 1, 5, 9), ZONE), count=3)).ids[0]
    found = crm.series.listed()
    assert [(one.row["id"], one.over) for one in found] == [(soon, False), (late, False), (over, True)]
    assert (found[0].name, found[0].person) == ("Acme", "Li Na")
    assert found[0].next == datetime(2026, 11, 24, 15, tzinfo=SHANGHAI)
    assert crm.series.listed(crm.people.add({"name": "Ben"}).ids[0]) == []
