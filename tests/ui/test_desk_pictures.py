"""Pictures of the desk; `pytest tests/ui/test_desk_pictures.py --snapshot-update` takes them anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crm_tui.services.crm import Crm
from crm_tui.services.tickets import Given
from tests.conftest import NOW, ZONE
from tests.ui.test_snapshots import Picture, each_language, each_size, picture, two_ways

__all__ = ["picture"]


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = NOW - timedelta(days=1, hours=2)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("desk") / "crm.db"
    clock = Clock()
    crm = Crm.open(path, clock, zone=ZONE)
    crm.store._writer.execute("UPDATE device SET code = 'QKX'")
    na, wei = (crm.people.add({"name": name, "role": "desk"}).ids[0] for name in ("Na 娜", "Wei"))
    crm.people.i_am(na)
    chen = crm.customers.create({"name": "陈家", "kind": "household", "grade": "A"}, ["13900001122"]).ids[0]
    acme = crm.customers.create({"name": "Acme [CN] Ltd", "instructions": "west gate"}, ["13800005678"]).ids[0]
    north = crm.customers.create({"name": "Northwind Trading"}, ["+442079460018"]).ids[0]
    crm.articles.write({"symptom": "大米里有小黑虫", "fix": "低温保存，换货"})
    rice = crm.tickets.take_in(chen, "米里有虫", {"severity": "serious", "product": "大米", "category": "质量"}).ids[0]
    part = crm.tickets.take_in(north, "ice machine leaks", {"kind": "request"}).ids[0]
    over = crm.tickets.take_in(acme, "delivery late", {"cause": "delivery"}).ids[0]
    clock.at += timedelta(minutes=30)
    crm.tickets.step(rice, "dispatch", Given(person=wei))
    crm.store.person = wei
    clock.at += timedelta(minutes=50)
    crm.tickets.step(rice, "accept")
    crm.tickets.step(part, "accept")
    crm.tickets.step(part, "wait", Given("valve on order", "part"))
    crm.tickets.step(over, "done", Given(minutes=30, solution="sent again"))
    crm.store.person = na
    clock.at = NOW - timedelta(minutes=35)
    crm.tickets.take_in(acme, "wrong invoice")
    crm.tickets.take_in(chen, "谢谢", {"kind": "praise", "severity": "slight"})
    crm.visits.plan(acme, NOW + timedelta(hours=1), "promise", "price list")
    for score, cause in ((5, "product"), (4, "product"), (2, "delivery")):
        one = crm.tickets.take_in(north, "x", {"cause": cause, "product": "freezer"}).ids[0]
        crm.store.person = wei
        crm.tickets.step(one, "done", Given(minutes=20))
        crm.store.person = na
        crm.tickets.review(one, True, {"score": score, "recommend": 2 * score})
    crm.close()
    return path


@each_size
@each_language
def test_queue(desk: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(desk, "desk", language, size)


@two_ways
def test_caller(desk: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(desk, "desk", language, size, "slash", *"05678")


@two_ways
def test_ticket(desk: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(desk, "desk", language, size, "j", "j", "enter")


@two_ways
def test_taking_in(desk: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    text = {"en": "helps", "zh": "知识"}[language]
    picture(desk, "desk", language, size, "slash", *"01122", "enter", "c", *"米里又有虫", text=text)


@two_ways
def test_report(desk: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(desk, "service_reports", language, size)
