"""What a company agreed on, and its holidays, reach the other machines by bundle."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from crm_tui.words import set_language
from tests.sync.test_bundles import Desk


def test_hours_capacity_and_holidays_hold_on_the_other_machine(tmp_path: Path) -> None:
    anna, ben = Desk(tmp_path, "anna"), Desk(tmp_path, "ben")
    try:
        anna.crm.customers.create({"name": "王芳"})
        anna.crm.policies.set("contacts_a_day", "5")
        anna.crm.free_slots.set_hours("10:00-12:00")
        anna.crm.policies.set("calendar_country", "DE")
        anna.crm.calendar_days.adopt_file("2026-11-25 off Our day\n")
        anna.export()
        ben.bundles.join(anna.home / "out.crmb", accept_key="any")
        assert ben.crm.free_slots.capacity == 5
        assert ben.crm.free_slots.hours == anna.crm.free_slots.hours
        assert ben.crm.calendar_days.country == "DE"
        assert not ben.crm.calendar_days.is_working(date(2026, 11, 25))
        assert ben.crm.digest() == anna.crm.digest()
    finally:
        for desk in (anna, ben):
            desk.crm.close()


def test_machines_that_adopted_the_same_by_themselves_agree_when_they_meet(tmp_path: Path) -> None:
    anna, ben = Desk(tmp_path, "anna"), Desk(tmp_path, "ben")
    try:
        for desk, spoken in ((anna, "en"), (ben, "zh")):
            set_language(spoken)
            desk.crm.upkeep.adopt_first()
            desk.crm.policies.set("contacts_a_day", "5")
        anna.crm.customers.create({"name": "Acme"})
        anna.export()
        ben.bundles.join(anna.home / "out.crmb", accept_key="any")
        assert ben.crm.store.reader().execute("SELECT count(*) FROM conflict").fetchone() == (0,)
        assert ben.crm.digest() == anna.crm.digest()
    finally:
        for desk in (anna, ben):
            desk.crm.close()
