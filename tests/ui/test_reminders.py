"""A plan that is near is said once, whatever else changes; what the mask hides stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui import reminders
from crm_tui.ui.reminders import Coming, due, sleep, terminal_notice
from tests.conftest import NOW
from tests.ui.shown import app_on, toasts


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Ann"}).ids[0])
    return crm.customers.create({"name": "[red] 王芳"}).ids[0]


def test_what_is_near_is_due_once_and_again_when_it_was_moved() -> None:
    near, far = Coming("a", NOW + timedelta(minutes=15), "near"), Coming("b", NOW + timedelta(minutes=16), "far")
    over = Coming("c", NOW - timedelta(minutes=1), "over")
    assert due([over, near, far], NOW, 15, set()) == [near]
    told = {(near.plan, near.at)}
    assert due([near], NOW, 15, told) == []
    moved = Coming("a", NOW + timedelta(minutes=10), "near")
    assert due([moved], NOW, 15, told) == [moved]


def test_the_timer_sleeps_until_the_next_one_but_not_long() -> None:
    assert sleep([Coming("a", NOW + timedelta(minutes=15, seconds=20), "")], NOW, 15) == 20
    assert sleep([Coming("a", NOW + timedelta(hours=9), "")], NOW, 15) == reminders.LONGEST_SLEEP
    assert sleep([], NOW, 15) == reminders.LONGEST_SLEEP


def test_a_near_plan_rings_and_stands_in_a_line(crm: Crm, customer: str, drive: Callable[..., None]) -> None:
    crm.visits.plan(customer, NOW + timedelta(minutes=12), "call", "quote 13812345678")
    crm.visits.plan(customer, NOW + timedelta(hours=5), "call", "later")

    async def script(pilot: Any) -> None:
        await pilot.settle()
        assert toasts(pilot).count("in 12 min: 10:17 Call [red] 王芳: quote 13812345678") == 1
        assert "later" not in toasts(pilot)
        pilot.app.announce(None)
        await pilot.settle()
        assert toasts(pilot).count("in 12 min") == 1
        pilot.app.action_mask()
        crm.visits.move(crm.visits.open_plans(customer)[0]["id"], NOW + timedelta(minutes=9))
        pilot.app.announce(None)
        await pilot.settle()
        assert "in 9 min" in toasts(pilot)
        assert toasts(pilot).count("13812345678") == 1

    drive(app_on(crm.store.path, "customers"), script)


def test_reminders_can_be_switched_off(crm: Crm, customer: str, drive: Callable[..., None]) -> None:
    crm.visits.plan(customer, NOW + timedelta(minutes=5), "call")
    crm.store.set_setting(reminders.SETTING, "0")

    async def script(pilot: Any) -> None:
        await pilot.settle()
        assert "in 5 min" not in toasts(pilot)

    drive(app_on(crm.store.path, "customers"), script)


def test_a_terminal_gets_only_what_it_knows_and_no_control_characters() -> None:
    assert terminal_notice("a\x1b]0;evil\x07b", {"KITTY_WINDOW_ID": "1"}) == "\x1b]99;i=crm-tui;a]0;evilb\x1b\\"
    assert terminal_notice("now", {"TERM_PROGRAM": "WezTerm"}) == "\x1b]9;now\x07"
    assert terminal_notice("now", {"TERM_PROGRAM": "WezTerm", "TMUX": "x"}) == ""
    assert terminal_notice("now", {"TERM": "xterm"}) == ""
    assert reminders.desktop_program({"PATH": "/usr/bin"}) is None
