from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import Refused
from crm_tui.rules.cadence import FOREVER, Policies, Policy, PolicyRow, due, is_real, overdue_days, state
from crm_tui.rules.cadence_plans import Candidate, Engagement, Proposals, Rules, propose
from crm_tui.rules.holiday_years import propose as holidays_of
from crm_tui.rules.local_time import local_day
from crm_tui.rules.working_days import Calendar
from crm_tui.rules.working_time import OFFICE, WorkClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar.of(one for year in (2025, 2026) for one in holidays_of("CN", year).days)
CLOCK = WorkClock(CALENDAR, OFFICE, SHANGHAI)
NOW = datetime(2026, 9, 28, 8, tzinfo=SHANGHAI)
TODAY = NOW.date()
DAY = timedelta(days=1)
MONTHLY = Policy(30)
OPTIONAL = st.one_of(st.none(), st.sampled_from("AB"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(OPTIONAL, OPTIONAL, OPTIONAL), max_size=12), OPTIONAL, OPTIONAL, st.sampled_from("AB"))
def test_the_most_specific_policy_holds(
    rows: list[tuple[str | None, str | None, str | None]], tier: str | None, kind: str | None, customer: str
) -> None:
    table = [
        PolicyRow(Policy(at + 1), who, None if who else of_tier, None if who else of_kind)
        for at, (who, of_tier, of_kind) in enumerate(rows)
    ]
    fitting = [
        row
        for row in table
        if (row.customer in (None, customer)) and (row.tier in (None, tier)) and (row.kind in (None, kind))
    ]
    best = max(fitting, key=lambda row: (row.weight, row.policy and row.policy.every), default=None)
    assert Policies(table).policy_for(customer, kind, tier) == (best.policy if best else None)


def test_a_grade_says_more_than_a_kind_and_both_together_more_than_either() -> None:
    by = {
        name: PolicyRow(Policy(days), tier="A" if "grade" in name else None, kind="person" if "kind" in name else None)
        for name, days in (("all", 90), ("kind", 60), ("grade", 30), ("grade and kind", 10))
    }
    for names, days in ((("all", "kind", "grade"), 30), (("all", "kind"), 60), (tuple(by), 10)):
        policies = Policies(by[name] for name in names)
        found = policies.policy_for("c", "person", "A")
        assert found is not None
        assert found.every == days


def test_a_contact_that_is_logged_for_later_counts_as_todays() -> None:
    today = date(2026, 11, 24)
    assert due(Policy(30), today + timedelta(days=9), today) == today + timedelta(days=30)


def test_a_customer_may_be_taken_out_of_all_cadence() -> None:
    policies = Policies([PolicyRow(Policy(30)), PolicyRow(None, customer="x")])
    assert policies.policy_for("x", "person", "A") is None
    assert policies.policy_for("y", "person", "A") == Policy(30)


def test_states_change_at_their_limits() -> None:
    policy = Policy(30, yellow=25, red=40)
    days = {0: "green", 24: "green", 25: "yellow", 39: "yellow", 40: "red", 400: "red"}
    assert {at: state(policy, TODAY - at * DAY, TODAY) for at in days} == days
    assert state(policy, None, TODAY) == "never"
    assert state(policy, TODAY + DAY, TODAY) == "green"
    assert (Policy(30).yellow_from, Policy(30).red_from, Policy(1).red_from) == (30, 45, 2)
    assert (Policy(30, red=20).yellow_from, Policy(30, yellow=60).red_from) == (20, 60)


@pytest.mark.parametrize("parts", [{"every": 0}, {"every": 30, "yellow": 20, "red": 10}, {"every": 30, "yellow": -1}])
def test_a_policy_that_makes_no_sense_is_refused(parts: dict[str, int]) -> None:
    with pytest.raises(Refused):
        Policy(**parts)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 400), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 1000))
def test_due_counts_from_the_last_contact(every: int, last: date, days: int) -> None:
    policy, today = Policy(every), last + days * DAY
    assert (due(policy, last, today) - last).days == every
    assert overdue_days(policy, last, today) == days - every
    assert (state(policy, last, today) == "green") == (today < due(policy, last, today))
    assert due(policy, today, today) >= due(policy, last, today)  # logging a contact moves the next one on
    assert due(policy, None, today, since=last) == due(policy, last, today)
    assert due(policy, None, today) == today


def test_an_attempt_that_reached_nobody_is_no_contact() -> None:
    assert is_real("done", "good")
    assert is_real("done", None)
    assert not is_real("done", "unreached")
    assert not is_real("planned", None)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Candidate], Rules, list[Engagement]]:
    days = st.integers(-10, 20).map(lambda at: TODAY + at * DAY)
    rules = Rules(
        CLOCK,
        capacity=draw(st.integers(0, 3)),
        capacities={"b": draw(st.integers(0, 12))},
        minutes=draw(st.sampled_from([30, 60, 150])),
        horizon=draw(st.integers(1, 14)),
    )
    candidates = [
        Candidate(
            f"c{at:02}",
            draw(st.sampled_from("ab")),
            draw(st.sampled_from([MONTHLY, Policy(7), None])),
            draw(st.one_of(st.none(), st.integers(0, 60).map(lambda back: TODAY - back * DAY))),
            draw(st.sampled_from(["", "north", "south"])),
            draw(st.one_of(st.none(), st.just(TODAY - 50 * DAY))),
            tuple(draw(st.lists(days, max_size=1))),
            draw(st.one_of(st.none(), days, st.just(FOREVER))),
            draw(st.integers(0, 2)),
        )
        for at in range(draw(st.integers(0, 25)))
    ]
    engagements = [
        Engagement(draw(st.sampled_from("ab")), NOW + draw(st.integers(0, 14 * 24 * 4)) * DAY / 96, 45, "south")
        for _ in range(draw(st.integers(0, 4)))
    ]
    return candidates, rules, engagements


@settings(max_examples=80, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_nobody_is_proposed_wrongly_and_nobody_is_lost(
    world: tuple[list[Candidate], Rules, list[Engagement]], random: object
) -> None:
    candidates, rules, engagements = world
    got = propose(candidates, NOW, rules, engagements)
    by_id = {one.customer: one for one in candidates}
    last = TODAY + (rules.horizon - 1) * DAY
    named = [one.customer for one in (*got.plans, *got.unplaced, *got.left_out)]
    assert sorted(named) == sorted(by_id)
    load: Counter[tuple[str, date]] = Counter(
        (one.person, local_day(one.start, SHANGHAI)) for one in engagements if one.counts
    )
    for plan in got.plans:
        who = by_id[plan.customer]
        day = local_day(plan.start, SHANGHAI)
        assert who.policy is not None
        assert plan.due == due(who.policy, who.last_contact, TODAY, who.since)
        assert max(plan.due, TODAY) <= day <= last
        assert who.do_not_call is None or day > who.do_not_call
        assert not any(one <= last for one in who.planned)
        end = plan.start + timedelta(minutes=plan.minutes)
        assert CLOCK.minutes_between(plan.start, end) == plan.minutes
        assert plan.start >= NOW
        load[plan.person, day] += 1
        assert load[plan.person, day] <= rules.capacities.get(plan.person, rules.capacity)
        for other in engagements:
            if other.person == plan.person:
                assert end <= other.start or plan.start >= other.start + timedelta(minutes=other.minutes)
    times = [(one.person, one.start) for one in got.plans]
    assert times == sorted(set(times))
    for one in got.unplaced:
        assert one.reason == "no room"
    random.shuffle(candidates)  # type: ignore[attr-defined]
    again = propose(candidates, NOW, rules, engagements)
    assert (again.plans, again.unplaced) == (got.plans, got.unplaced)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 1)), min_size=2, max_size=5),
    st.sampled_from([1, 1, 1, 2, 0]),
    st.sampled_from([1, 3, 5]),
)
def test_the_most_overdue_win_as_trying_all_ways_shows(
    offsets: list[tuple[int, int]], capacity: int, horizon: int
) -> None:
    candidates = [
        Candidate(str(at), "a", MONTHLY, TODAY - (30 - offset) * DAY, "ns"[region])
        for at, (offset, region) in enumerate(offsets)
    ]
    got = propose(candidates, NOW, Rules(CLOCK, capacity=capacity, horizon=horizon))
    days = [TODAY + at * DAY for at in range(horizon)]
    ranked = sorted(candidates, key=lambda one: (one.last_contact, one.customer))
    best: tuple[bool, ...] = ()
    for way in product([None, *days], repeat=len(ranked)):
        load = Counter(day for day in way if day is not None)
        fits = all(count <= capacity * CALENDAR.is_working(day) for day, count in load.items())
        late = all(
            day is None or day >= due(MONTHLY, one.last_contact, TODAY) for one, day in zip(ranked, way, strict=True)
        )
        if fits and late:
            best = max(best, tuple(day is not None for day in way))
    placed = {one.customer for one in got.plans}
    assert tuple(one.customer in placed for one in ranked) == best


def test_who_is_due_later_finds_no_place_that_others_need() -> None:
    late = [Candidate(f"late{at}", "a", MONTHLY, TODAY - 60 * DAY) for at in range(3)]
    soon = Candidate("soon", "a", MONTHLY, TODAY - 28 * DAY)
    got = propose([soon, *late], NOW, Rules(CLOCK, capacity=1, horizon=3))
    assert one_day(got) == {"09-28": ["late0"], "09-29": ["late1"], "09-30": ["late2"]}
    assert [one.customer for one in got.unplaced] == ["soon"]


def one_day(got: Proposals) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for plan in got.plans:
        found.setdefault(f"{plan.start.astimezone(SHANGHAI):%m-%d}", []).append(plan.customer)
    return found


def test_a_day_follows_the_region_of_its_most_urgent() -> None:
    late = {"n1": 90, "s1": 80, "n2": 70, "s2": 60, "n3": 50, "x": 45, "s3": 40}
    regions = {"n": "north", "s": "south", "x": ""}
    candidates = [Candidate(name, "a", MONTHLY, TODAY - back * DAY, regions[name[0]]) for name, back in late.items()]
    got = propose(candidates, NOW, Rules(CLOCK, capacity=3, horizon=14))
    assert one_day(got) == {"09-28": ["n1", "n2", "n3"], "09-29": ["s1", "s2", "s3"], "09-30": ["x"]}
    beside = propose(
        candidates, NOW, Rules(CLOCK, capacity=3), [Engagement("a", NOW + timedelta(hours=6), 60, "south")]
    )
    assert one_day(beside)["09-28"] == ["n1", "n2"]
    assert got.plans[0].start == datetime(2026, 9, 28, 9, tzinfo=SHANGHAI)
    assert [one.state for one in got.plans][-1] == "red"


def test_overload_stays_listed_most_overdue_first() -> None:
    candidates = [Candidate(f"c{at}", "a", MONTHLY, TODAY - (40 + at) * DAY) for at in range(9)]
    got = propose(candidates, NOW, Rules(CLOCK, capacity=2, horizon=5))  # three working days before the festival
    assert one_day(got) == {"09-28": ["c8", "c7"], "09-29": ["c6", "c5"], "09-30": ["c4", "c3"]}
    assert [one.customer for one in got.unplaced] == ["c2", "c1", "c0"]


def test_reasons_are_given_for_those_who_are_left_alone() -> None:
    overdue = TODAY - 99 * DAY
    got = propose(
        [
            Candidate("plan", "a", MONTHLY, overdue, planned=(TODAY + 3 * DAY,)),
            Candidate("old plan", "a", MONTHLY, overdue, planned=(TODAY - 3 * DAY,)),
            Candidate("later plan", "a", MONTHLY, overdue, planned=(TODAY + 30 * DAY,)),
            Candidate("quiet", "a", MONTHLY, overdue, do_not_call=FOREVER),
            Candidate("quiet today", "a", MONTHLY, overdue, do_not_call=TODAY),
            Candidate("fresh", "a", MONTHLY, TODAY),
            Candidate("free", "a", None, overdue),
        ],
        NOW,
        Rules(CLOCK),
    )
    assert {one.customer: one.reason for one in got.left_out} == {
        "plan": "has a plan",
        "old plan": "has a plan",
        "quiet": "do not call",
        "fresh": "not due",
        "free": "no policy",
    }
    assert one_day(got) == {"09-28": ["later plan"], "09-29": ["quiet today"]}
    with pytest.raises(Refused, match="twice"):
        propose([Candidate("x", "a", MONTHLY, None)] * 2, NOW, Rules(CLOCK))


def test_many_candidates_are_spread_quickly() -> None:
    candidates = [
        Candidate(f"{at:05}", f"p{at % 200}", MONTHLY, TODAY - at % 90 * DAY, f"r{at % 7}") for at in range(20_000)
    ]
    begin = datetime.now(UTC)
    got = propose(candidates, NOW, Rules(CLOCK))
    assert (datetime.now(UTC) - begin).total_seconds() < 5
    assert len(got.plans) + len(got.unplaced) + len(got.left_out) == 20_000
