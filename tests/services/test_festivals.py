"""General festivals: greeted only where they are kept, switched on, and not while somebody is angry."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_tui.rules.festivals import CHINESE, WESTERN, coming, culture
from crm_tui.rules.policies import GREETINGS
from crm_tui.services.crm import Crm
from tests.conftest import ZONE


@pytest.mark.parametrize(
    ("today", "key", "on"),
    [
        (date(2027, 2, 1), "spring_festival", date(2027, 2, 6)),
        (date(2026, 6, 15), "dragon_boat", date(2026, 6, 19)),
        (date(2026, 9, 20), "mid_autumn", date(2026, 9, 25)),
        (date(2026, 12, 20), "christmas", date(2026, 12, 25)),
        (date(2026, 12, 31), "new_year", date(2027, 1, 1)),
    ],
)
def test_festivals_fall_on_their_days(today: date, key: str, on: date) -> None:
    assert [(one.key, when) for one, when in coming(today, 7)] == [(key, on)]


def test_country_stands_above_language_and_language_above_our_own_country() -> None:
    assert culture("en", "中国", "DE") == CHINESE
    assert culture("zh", "Germany", "CN") == WESTERN
    assert culture("zh", None, "DE") == CHINESE
    assert culture(None, None, "CN") == CHINESE
    assert culture(None, "Saudi Arabia", "CN") == ""


def test_who_is_greeted_on_a_festival(crm: Crm) -> None:
    at = datetime(2027, 2, 3, 10, tzinfo=ZoneInfo(ZONE))
    later = Crm.open(crm.store.path, lambda: at, zone=ZONE)
    try:
        names = {"王芳": "zh", "Smith": "en", "生气": "zh", "Unknown 新": "zh"}
        ids = {name: later.customers.create({"name": name, "language": code}).ids[0] for name, code in names.items()}
        for name in ("王芳", "Smith", "生气"):
            outcome = "bad" if name == "生气" else "good"
            later.visits.log(ids[name], {"summary": "x", "outcome": outcome})
        assert later.greetings.queue() == []
        later.policies.set(GREETINGS, "on")
        found = {one.name: one for one in later.greetings.queue()}
        assert {name: one.state for name, one in found.items()} == {"王芳": "due", "生气": "held"}
        assert (found["王芳"].label, found["王芳"].on, found["王芳"].lunar) == (
            "Spring Festival",
            date(2027, 2, 6),
            True,
        )
        later.greetings.sent(found["王芳"])
        assert {one.name: one.state for one in later.greetings.queue()}["王芳"] == "sent"
        assert later.visits.get(found["王芳"].id)["summary"] == "Spring Festival"
        later.greetings.plan(found["生气"])
        assert {one.name: one.state for one in later.greetings.queue()}["生气"] == "planned"
    finally:
        later.close()


def test_a_date_of_their_own_on_that_day_is_greeted_once(crm: Crm) -> None:
    at = datetime(2026, 12, 24, 10, tzinfo=ZoneInfo(ZONE))
    later = Crm.open(crm.store.path, lambda: at, zone=ZONE)
    try:
        later.policies.set(GREETINGS, "on")
        customer = later.customers.create({"name": "Smith", "language": "en", "key_account": 1}).ids[0]
        later.noun("key_dates").add({"customer": customer, "kind": "birthday", "month": 12, "day": 25})
        assert [one.kind for one in later.greetings.queue(ahead=3)] == ["birthday"]
    finally:
        later.close()
