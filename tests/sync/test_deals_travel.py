"""Deals of two machines meet: numbers stay apart, and two moves of one deal are one question."""

from __future__ import annotations

from pathlib import Path

from crm_tui.services.board import BoardFilter
from tests.services.selling_world import deal, stage
from tests.sync.test_bundles import Desk


def meet(anna: Desk, ben: Desk) -> None:
    for giver, taker in ((anna, ben), (ben, anna), (anna, ben)):
        giver.export()
        taker.bundles.take(giver.home / "out.crmb", accept_key="any")


def test_two_moves_of_one_deal_are_one_conflict_that_one_choice_settles(tmp_path: Path) -> None:
    anna, ben = Desk(tmp_path, "anna"), Desk(tmp_path, "ben")
    try:
        customer = anna.crm.customers.create({"name": "王芳"}).ids[0]
        one = deal(anna.crm, customer, amount="80k")
        anna.export()
        ben.bundles.join(anna.home / "out.crmb", accept_key="any")
        deal(anna.crm, customer, "anna's")
        deal(ben.crm, customer, "ben's")
        anna.crm.deals.move([one], stage(anna.crm, "Qualified"))
        ben.crm.deals.move([one], stage(ben.crm, "Proposal"), {"close_day": "2026-12-20"})
        meet(anna, ben)
        assert anna.crm.digest() == ben.crm.digest()
        numbers = [row["number"] for row in anna.crm.deals.all()]
        assert len(set(numbers)) == 3
        (conflict,) = anna.crm.conflicts.some(anna.crm.conflicts.numbers())
        assert (conflict.noun, conflict.field) == ("deals", "standing")
        before = [head.count for head in anna.crm.board.heads(anna.crm.pipelines.all()[0]["id"], BoardFilter())]
        assert sum(before) == 3
        pipeline = anna.crm.pipelines.all()[0]["id"]
        assert [layer.count for _, layer in anna.crm.funnels.funnel(pipeline, anna.crm.store.now()).layers] == before
        anna.crm.deals.move([one], stage(anna.crm, "Negotiation"), {
            "contact": anna.crm.contacts.add({"customer": customer, "name": "李伟"}).ids[0]
        })  # fmt: skip
        meet(anna, ben)
        assert not ben.crm.conflicts.count()
        assert ben.crm.deals.get(one)["stage"] == stage(ben.crm, "Negotiation")
        assert anna.crm.digest() == ben.crm.digest()
        assert anna.crm.check() == ben.crm.check() == []
    finally:
        for desk in (anna, ben):
            desk.crm.close()


def test_machines_that_took_the_shipped_stages_by_themselves_agree(tmp_path: Path) -> None:
    anna, ben = Desk(tmp_path, "anna"), Desk(tmp_path, "ben")
    try:
        for desk in (anna, ben):
            desk.crm.pipelines.ensure()
        anna.crm.customers.create({"name": "Acme"})
        anna.export()
        ben.bundles.join(anna.home / "out.crmb", accept_key="any")
        assert not ben.crm.conflicts.count()
        assert ben.crm.digest() == anna.crm.digest()
    finally:
        for desk in (anna, ben):
            desk.crm.close()
