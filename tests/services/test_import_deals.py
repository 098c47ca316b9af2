"""Opportunities of another program become deals; the counts add up, and again nothing changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm_tui.exchange.importing import import_file
from crm_tui.services.board import BoardFilter
from crm_tui.services.crm import Crm

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "csv" / "salesforce-dataloader"


def counts(report: dict[str, Any]) -> list[int]:
    return [report[name] for name in ("rows", "created", "updated", "unchanged", "rejected")]


def test_opportunities_of_salesforce_become_deals_and_again_all_are_unchanged(crm: Crm) -> None:
    path = DATA / "opportunityData.csv"
    if not path.exists():
        pytest.skip("the shared data are not here")
    before = crm.digest()
    report = import_file(crm, path)
    assert report["kind"] == "deals"
    assert counts(report) == [38, 38, 0, 0, 0]
    (pipeline,) = [row for row in crm.pipelines.all() if row["name_en"] == "Imported"]
    heads = {head.name: head for head in crm.board.heads(pipeline["id"], BoardFilter())}
    assert {name: head.count for name, head in heads.items()} == {
        **{"Prospecting": 9, "Closed Won": 8, "Value Proposition": 8, "Negotiation/Review": 4},
        **{"Id. Decision Makers": 4, "Proposal/Price Quote": 4, "Needs Analysis": 1},
    }
    assert heads["Closed Won"].rule.kind == "won"
    deals = crm.deals.all()
    assert {str(row["created"])[:4] for row in deals} == {"2006"}
    again = import_file(crm, path)
    assert counts(again) == [38, 0, 0, 38, 0]
    now = crm.funnels.funnel(pipeline["id"], crm.store.now())
    assert sum(layer.count for _, layer in now.layers) == 38
    crm.history.undo()
    assert crm.digest() == before
    assert counts(import_file(crm, path)) == [38, 38, 0, 0, 0]
    assert crm.check() == []


TABLE = "商机名称,客户名称,商机阶段,金额,预计成交日期\n冷库,王芳商行,{},8万,2026-12-20\n蒸柜,,意向,5万,\n"


def test_a_row_without_a_customer_is_rejected_and_what_i_changed_is_kept(crm: Crm, tmp_path: Path) -> None:
    crm.pipelines.ensure()
    path = tmp_path / "deals.csv"
    path.write_text(TABLE.format("意向"), "utf-8")
    report = import_file(crm, path)
    assert (report["kind"], counts(report)) == ("deals", [2, 1, 0, 0, 1])
    (row,) = crm.deals.all()
    assert (row["amount"], crm.stages.get(row["stage"])["name_en"]) == (8_000_000, "Interest")
    crm.deals.edit(row["id"], {"amount": "9万"})
    path.write_text(TABLE.format("方案报价"), "utf-8")
    report = import_file(crm, path)
    assert counts(report) == [2, 0, 1, 0, 1]
    (row,) = crm.deals.all()
    assert (row["amount"], crm.stages.get(row["stage"])["name_en"]) == (9_000_000, "Proposal")
    pipeline = crm.pipelines.all()[0]["id"]
    assert [layer.count for _, layer in crm.funnels.funnel(pipeline, crm.store.now()).layers] == [0, 0, 1, 0, 0, 0]
