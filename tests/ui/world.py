"""A small world that is the same each time it is made: what the pictures of the screens show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

TABLE = (
    "客户名称,联系电话,City,邮箱,[red]备注,Rating\n"
    "上海海蓝餐饮有限公司,13900001111,上海,info@hailan.example,x [/oops],A\n"
    "Harbour Bakery,+44 20 7946 0199,London,orders@harbour.example,likes mornings,B\n"
    ",13900002222,苏州,a@b.example,没有名称,\n"
    "Quiet Café,13900003333,Leeds,nowhere,,C\n"
    "赵师傅,13900004444,无锡,zhao@example.com,,B\n"
)


class Clock:
    """Time that goes on by seconds with each look, from the morning before, so that no two things happen at once."""

    def __init__(self) -> None:
        self.at = NOW - timedelta(days=1)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=7)
        return self.at


def make_world(path: Path) -> None:
    """Write the file: three colleagues, eight customers, what was said to them and promised."""
    crm = Crm.open(path, Clock(), zone=ZONE)
    me = crm.people.add({"name": "Li Na 李娜", "role": "salesperson", "team": "Shop", "phone": "+8613800138000"}).ids[0]
    crm.people.i_am(me)
    crm.people.add({"name": "Chen Wei", "role": "supervisor", "team": "Office"})
    crm.people.add({"name": "王强", "role": "desk", "team": "服务台", "phone": "0512-65000110"})
    ids = _customers(crm)
    _card(crm, ids["王芳"])
    _log(crm, ids)
    crm.customers.trash(ids["gone"])
    crm.close()


def _customers(crm: Crm) -> dict[str, str]:
    found = {}

    def create(values: dict[str, str], *rest: list[str]) -> str:
        return crm.customers.create(values, *rest).ids[0]

    found["王芳"] = create(
        {"name": "上海王芳贸易有限公司", "grade": "A", "industry": "贸易", "region": "上海", "number": "C-0001"},
        ["13812345678", "021-63001234"], ["wang@fang.example"], ["VIP", "展会"],
    )  # fmt: skip
    found["north"] = create(
        {"name": "Northwind Trading", "grade": "B", "region": "London", "website": "https://northwind.example"},
        ["+442079460018"], ["hello@northwind.example"],
    )  # fmt: skip
    found["acme"] = create({"name": "Acme [CN] Ltd", "grade": "B", "region": "苏州"}, ["0512-65000333"])
    found["red"] = create({"name": "[red]Red & Sons[/oops]", "region": "Leeds"}, ["+441134960123"])
    found["陈家"] = create({"name": "陈家", "kind": "household", "grade": "C"}, ["13900001122"])
    found["吴飞"] = create({"name": "吴飞", "kind": "person", "grade": "C"}, ["13900005678"])
    long = "苏州工业园区大湖水产冷链物流与农业发展集团股份有限公司"
    found["long"] = create({"name": long, "grade": "D"}, ["0512-65000444"])
    found["gone"] = create({"name": "Gone & Co"})
    return found


def _card(crm: Crm, customer: str) -> None:
    fang = crm.contacts.add(
        {"customer": customer, "name": "王芳", "title": "总经理", "decision_role": "decider", "channel": "wechat"}
    ).ids[0]
    crm.contacts.add({"customer": customer, "name": "李伟", "title": "仓库", "reports_to": fang})
    place = {"region": "上海", "city": "上海", "district": "徐汇区", "street": "漕溪北路 88 号"}
    crm.noun("addresses").add({"customer": customer, "label": "office", **place})
    crm.noun("needs").add({"customer": customer, "text": "cold storage for the new shop", "found_on": "2026-11-03"})
    birthday = {"kind": "birthday", "year": 1980, "month": 11, "day": 26}
    crm.noun("key_dates").add({"customer": customer, "contact": fang, **birthday})
    lunar = {"kind": "birthday", "label": "农历", "month": 10, "day": 20, "lunar": 1}
    crm.noun("key_dates").add({"customer": customer, **lunar})


def _log(crm: Crm, ids: dict[str, str]) -> None:
    said = ((34, "visit", "ok"), (25, "call", "问了新店的面积"), (12, "visit", "took 3 boxes, asked for 5 % off"))
    for days, kind, summary in said:
        started = _utc(NOW - timedelta(days=days))
        crm.visits.log(ids["王芳"], {"kind": kind, "summary": summary, "minutes": 30, "started": started})
    crm.visits.log(ids["north"], {"kind": "call", "summary": "quote sent", "started": _utc(NOW - timedelta(days=80))})
    plans = (
        ("north", -3 * 24 * 60, "call", "quote sent, no answer"),
        ("陈家", -45, "promise", "20 kg, jar behind the door"),
        ("王芳", 25, "visit", "每月拜访，带价目表"),
        ("acme", 6 * 60, "visit", "first meeting"),
        ("red", 7 * 60, "message", "samples [b]soon[/b]"),
    )
    for name, minutes, kind, topic in plans:
        crm.visits.plan(ids[name], NOW + timedelta(minutes=minutes), kind, topic)
    crm.history.undo(crm.history.entries(1)[0].id)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
