"""The two clocks of the shop: the worked case of the rice jar, and what was left changes what comes next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Invalid
from crm_tui.services.crm import Crm
from tests.conftest import ZONE

SHANGHAI = ZoneInfo(ZONE)


@pytest.fixture
def march(db_file) -> Crm:  # type: ignore[no-untyped-def, misc]
    """A file whose clock can be moved; it begins on 3 March 2026."""
    now = [datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)]
    crm = Crm.open(db_file, lambda: now[0], zone=ZONE)
    crm.clock = now  # type: ignore[attr-defined]
    yield crm
    crm.close()


@pytest.fixture
def wang(march: Crm) -> tuple[str, str]:
    customer = march.customers.create({"name": "王永庆家", "kind": "household"}).ids[0]
    values = {"customer": customer, "product": "米", "daily_use": 800, "lead_days": 2, "payday": "10"}
    return customer, march.consumption_profiles.add(values).ids[0]


def test_the_worked_case_of_the_rice_jar(march: Crm, wang: tuple[str, str]) -> None:
    customer, profile = wang
    march.consumption_profiles.add_fill(profile, date(2026, 3, 3), 24_000, 2_000)
    (one,) = march.consumption_profiles.forecasts(customer)
    assert one.prediction is not None
    assert one.prediction.expected == date(2026, 4, 4)
    assert one.prediction.earliest < date(2026, 4, 4) < one.prediction.latest
    assert (one.deliver, one.collect) == (date(2026, 4, 2), date(2026, 4, 10))
    assert march.consumption_profiles.due(date(2026, 3, 30), date(2026, 4, 1)) == []
    assert [f.profile["id"] for f in march.consumption_profiles.due(date(2026, 3, 30), date(2026, 4, 5))] == [profile]
    march.consumption_profiles.plan_visits([profile])
    assert [(e.kind, e.at.date(), e.origin) for e in march.agenda.between(date(2026, 4, 1), date(2026, 4, 30))] == [
        ("delivery", date(2026, 4, 2), "prediction"),
        ("collection", date(2026, 4, 10), "prediction"),
    ]
    assert march.consumption_profiles.plan_visits([profile]).count == 0
    assert march.consumption_profiles.due(date(2026, 3, 30), date(2026, 4, 5)) == []


def test_a_delivered_customer_waits_for_payday_and_is_not_overdue_before(march: Crm, wang: tuple[str, str]) -> None:
    customer, profile = wang
    march.consumption_profiles.add_fill(profile, date(2026, 3, 3), 24_000, 2_000)
    march.consumption_profiles.plan_visits([profile])
    march.clock[0] = datetime(2026, 4, 2, 10, tzinfo=SHANGHAI)  # type: ignore[attr-defined]
    delivery, collection = march.visits.open_plans(customer)
    march.visits.done(delivery["id"], measured={"left": 1600, "filled": 24_000})
    states = []
    for day in (3, 9, 10, 11):
        march.clock[0] = datetime(2026, 4, day, 12, tzinfo=SHANGHAI)  # type: ignore[attr-defined]
        states.append(march.agenda.of_ids([collection["id"]])[0].state)
    assert states == ["waiting", "waiting", "planned", "overdue"]
    assert march.agenda.overdue()[0].id == collection["id"]


def test_what_was_left_changes_the_next_prediction(march: Crm, wang: tuple[str, str]) -> None:
    customer, profile = wang
    march.consumption_profiles.add_fill(profile, date(2026, 3, 3), 24_000, 2_000)
    march.consumption_profiles.plan_visits([profile])
    march.clock[0] = datetime(2026, 4, 2, 10, tzinfo=SHANGHAI)  # type: ignore[attr-defined]
    found = {}
    for left in (200, 1_600, 8_000):
        delivery = march.visits.open_plans(customer)[0]["id"]
        march.visits.done(delivery, measured={"left": left, "filled": 24_000})
        made = march.consumption_profiles.forecast(profile).prediction
        assert made is not None
        found[left] = (made.daily_use, made.n, made.last_error)
        march.history.undo()
    assert found[200][0] > found[1_600][0] > found[8_000][0]
    assert {n for _, n, _ in found.values()} == {1}
    assert found[8_000][2] > 0
    assert march.consumption_profiles.forecast(profile).last["day"] == "2026-03-03"  # type: ignore[index]


def test_a_late_delivery_brings_the_collection_to_the_payday_after_it(march: Crm, wang: tuple[str, str]) -> None:
    customer, profile = wang
    march.consumption_profiles.add_fill(profile, date(2026, 3, 3), 24_000, 2_000)
    march.consumption_profiles.plan_visits([profile])
    march.clock[0] = datetime(2026, 4, 12, 10, tzinfo=SHANGHAI)  # type: ignore[attr-defined]
    delivery, collection = march.visits.open_plans(customer)
    march.visits.done(delivery["id"], measured={"left": 0, "filled": 20_000})
    row = march.visits.get(collection["id"])
    assert (row["planned_start"][:10], row["first_planned"][:10]) == ("2026-05-10", "2026-04-10")
    assert "2026-04-12" in row["move_reason"]


def test_a_delivery_by_hand_makes_fill_and_collection_too(march: Crm, wang: tuple[str, str]) -> None:
    customer, profile = wang
    march.consumption_profiles.edit(profile, {"container": 26_000})
    march.visits.log(customer, {"kind": "delivery", "summary": "brought", "measured": {"left": 2_000}})
    (fill,) = march.consumption_profiles.fills(profile)
    assert (fill["amount"], fill["left_before"], fill["day"]) == (24_000, 2_000, "2026-03-03")
    (plan,) = march.visits.open_plans(customer)
    assert (plan["kind"], plan["planned_start"][:10]) == ("collection", "2026-03-10")
    march.history.undo()
    assert march.consumption_profiles.fills(profile) == []
    assert march.visits.open_plans(customer) == []
    assert march.check() == []


def test_without_payday_no_collection_and_a_payday_nobody_understands_is_refused(
    march: Crm, wang: tuple[str, str]
) -> None:
    customer, profile = wang
    with pytest.raises(Invalid, match="payday"):
        march.consumption_profiles.edit(profile, {"payday": "when it rains"})
    march.consumption_profiles.edit(profile, {"payday": None})
    march.visits.log(customer, {"kind": "delivery", "summary": "brought"}, march.store.now() + timedelta(days=30))
    assert [plan["kind"] for plan in march.visits.open_plans(customer)] == ["delivery"]
