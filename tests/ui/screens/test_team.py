from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.rules.policies import FREEZER
from crm_tui.services.crm import Crm
from crm_tui.ui.scheduling.review import Review
from crm_tui.ui.screens.card import CardScreen
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def week(crm: Crm) -> dict[str, str]:
    """Two people; yesterday of the first: one done, one missed, one unplanned, one moved to today."""
    crm.policies.set(FREEZER, "off")  # or the app would freeze the week when it opens
    people = {
        name: crm.people.add({"name": name, "team": team}).ids[0] for name, team in (("Li Na", "A"), ("王强", "B"))
    }
    crm.people.i_am(people["Li Na"])
    customer = crm.customers.create({"name": "Northwind", "key_account": 1}).ids[0]
    yesterday = NOW - timedelta(days=1)

    def plan(at: Any, who: str, topic: str) -> str:
        return crm.visits.plan(customer, at, "visit", topic, {"person": people[who]}).ids[0]

    done = plan(yesterday, "Li Na", "done")
    crm.visits.done(done, {"summary": "took 3 boxes", "started": yesterday.isoformat()})
    plan(yesterday, "Li Na", "missed")
    moved = plan(yesterday, "Li Na", "moved")
    crm.visits.move(moved, NOW + timedelta(hours=2), "rain")
    crm.visits.log(customer, {"summary": "met by chance", "started": yesterday.isoformat()})
    plan(NOW + timedelta(hours=1), "王强", "his")
    return {**people, "customer": customer, "done": done}


def test_a_cell_tells_what_became_of_what_was_planned(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        (line,) = (line for line in text.splitlines() if "Li Na" in line and "/" in line)
        assert "1/3 !1 >1 +1" in line or "1/3!1>1+1" in line.replace(" ", "")
        assert " 1/4" in line
        assert "王强" in text

    drive(app_on(crm.store.path, "team"), script, size=(160, 40))


def test_a_cell_that_says_more_than_done_of_planned_is_told_in_words(
    crm: Crm, week: dict[str, str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        assert "done of planned" in screen_text(pilot)
        await pilot.press("left")
        await pilot.settle()
        assert "3 planned  1 done  1 missed  1 moved  1 extra" in screen_text(pilot)

    drive(app_on(crm.store.path, "team"), script, size=(80, 24))


def test_enter_reads_the_records_one_after_the_other(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("left", "enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, Review)
        seen = set()
        for _ in range(4):
            seen.add(pilot.app.screen.entry.state)
            await pilot.press("right_square_bracket")
            await pilot.settle()
        assert seen == {"done", "overdue", "moved", "unplanned"}
        assert "last record" in toasts(pilot)
        await pilot.press("left_square_bracket", "enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CardScreen)
        await pilot.press("escape")
        await pilot.settle()
        assert isinstance(pilot.app.screen, Review)

    drive(app_on(crm.store.path, "team"), script)


def test_a_acknowledges_and_goes_on_and_c_comments(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("left", "enter")
        await pilot.settle()
        first = pilot.app.screen.entry.id
        await pilot.press("a")
        await pilot.settle()
        assert crm.visits.get(first)["reviewed"] is not None
        second = pilot.app.screen.entry.id
        assert second != first
        await pilot.press("c", *"ask for size", "enter")
        await pilot.settle()
        assert crm.visits.get(second)["review_comment"] == "ask for size"
        assert "ask for size" in screen_text(pilot)

    drive(app_on(crm.store.path, "team"), script)


def test_the_total_reads_the_whole_week_and_a_acknowledges_all(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        for _ in range(7):
            await pilot.press("right")
        await pilot.press("a")
        await pilot.settle()
        assert "4 records acknowledged" in toasts(pilot)
        assert crm.visits.get(week["done"])["reviewed"] is not None
        await pilot.press("u")
        await pilot.settle()
        assert crm.visits.get(week["done"])["reviewed"] is None

    drive(app_on(crm.store.path, "team"), script)


def test_f_freezes_the_week_after_a_question(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("f", "n")
        await pilot.settle()
        assert "# Li Na" not in screen_text(pilot)
        await pilot.press("f", "y")
        await pilot.settle()
        assert "# Li Na" in screen_text(pilot)
        assert "plans frozen" in screen_text(pilot)

    drive(app_on(crm.store.path, "team"), script)


def test_key_customers_not_seen_are_named_and_opened(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    crm.customers.create({"name": "Silent Key", "key_account": 1})

    async def script(pilot: Any) -> None:
        assert "not seen for 30 days: 1" in screen_text(pilot)
        await pilot.press("c", "enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CardScreen)

    drive(app_on(crm.store.path, "team"), script)


def test_one_team_and_another_week(crm: Crm, week: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("o", "down", "down", "enter")
        await pilot.settle()
        text = screen_text(pilot)
        assert "王强" in text
        assert "Li Na  " not in text.split("\n", 2)[2]
        await pilot.press("right_square_bracket")
        await pilot.settle()
        assert "week 49" in screen_text(pilot)

    drive(app_on(crm.store.path, "team"), script)


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (60, 20)])
def test_hostile_names_stand_as_they_are(crm: Crm, drive: Drive, size: tuple[int, int]) -> None:
    customer = crm.customers.create({"name": HOSTILE[1]}).ids[0]
    for name in HOSTILE:
        person = crm.people.add({"name": name}).ids[0]
        crm.visits.plan(customer, NOW, "visit", name, {"person": person})

    async def script(pilot: Any) -> None:
        for key in ("j", "j", "k", "right", "left", "enter", "a", "escape"):
            await pilot.press(key)
            await pilot.settle()
        assert "[red]" in screen_text(pilot)

    drive(app_on(crm.store.path, "team"), script, size=size)
