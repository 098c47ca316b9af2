"""Deals in every stage and a few leads, for the pictures of the pipeline."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

DEALS = (
    # customer, name, amount, days ago, stage, competitor
    ("上海王芳贸易有限公司", "冷库扩容 400 立方", "¥80万", 40, "Interest", ""),
    ("Northwind Trading", "ERP for the warehouse", "GBP 120k", 9, "Qualified", "Rival"),
    ("Acme [CN] Ltd", "Line [2] ovens", "USD 36,500.50", 41, "Proposal", ""),
    ("[red]Red & Sons[/oops]", "[b]Freezers[/b]", "", 3, "Interest", ""),
    ("陈家", "年度保养合同", "¥3600", 2, "Negotiation", ""),
    ("吴飞", "洗碗机租赁", "¥1.8万", 12, "Won", ""),
    ("Northwind Trading", "Dough mixers", "GBP 18k", 20, "Lost", "Rival"),
)


def sell(path: Path) -> None:
    """Open the deals, each on its day, and move it where it stands."""
    at = NOW
    crm = Crm.open(path, lambda: at, zone=ZONE)
    for customer, name, amount, days, stage, rival in sorted(DEALS, key=lambda deal: -deal[3]):
        at = NOW - timedelta(days=days)
        owner = crm.customers.resolve(customer)
        given = {"customer": owner, "name": name, "amount": amount, "competitor": rival, "close_day": "2026-12-15"}
        deal = crm.deals.add(given).ids[0]
        target = str(crm.stages.find(stage)["id"])
        at += timedelta(hours=2)
        if stage == "Negotiation":
            crm.deals.edit(deal, {"contact": crm.contacts.add({"customer": owner, "name": "陈先生"}).ids[0]})
        if stage == "Lost":
            crm.deals.lose(deal, "price", {"lost_to": rival, "price_gap": "900"})
        elif stage != "Interest":
            crm.deals.move([deal], target)
        if days in (9, 2):
            crm.deals.plan_next(deal, NOW + timedelta(days=1, hours=5), "visit", "price list")
        if days in (40, 3):
            crm.prospect_grades.grade(deal, str(crm.prospect_grades.find("H" if days == 40 else "B")["id"]), "asked")
    at = NOW - timedelta(minutes=70)
    crm.leads.add(
        {"name": "孙老板", "company": "老孙面馆", "kind": "walk_in", "phone": "13912345001", "interest": "和面机"}
    )
    at = NOW - timedelta(minutes=20)
    crm.leads.add({"name": "Mrs Patel [x]", "phone": "+44 20 7946 0177", "interest": "two freezers", "source": "paper"})
    crm.close()
