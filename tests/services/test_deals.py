"""Deals go from stage to stage; what a stage requires must be there; the log keeps every move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.services.board import BoardFilter, card_of
from crm_tui.services.crm import Crm
from crm_tui.store.listings import ListingReader
from tests.conftest import NOW, ZONE
from tests.services.selling_world import Ticking, deal, stage


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    return crm.customers.create({"name": "Acme [CN] Ltd"}).ids[0]


def standing(crm: Crm, one: str) -> str:
    return str(crm.stages.get(crm.deals.get(one)["stage"])["name_en"])


def test_a_new_deal_stands_at_the_start_with_number_owner_and_log(crm: Crm, customer: str) -> None:
    one = deal(crm, customer, amount="USD 80k")
    row = crm.deals.get(one)
    (code,) = crm.store.reader().execute("SELECT code FROM device").fetchone()
    assert row["number"] == f"D-{code}-0001"
    me = crm.people.me()
    assert me is not None
    assert (row["amount"], row["currency"], row["owner"]) == (8_000_000, "USD", me["id"])
    assert standing(crm, one) == "Interest"
    (entry,) = crm.deals.log(one)
    assert (entry["from_stage"], entry["to_stage"], entry["amount"]) == (None, row["stage"], 8_000_000)
    assert crm.deals.get(deal(crm, customer, "Second"))["number"].endswith("-0002")
    assert crm.deals.resolve(row["number"].lower()) == one


def test_a_move_is_refused_with_the_missing_field_named(crm: Crm, customer: str) -> None:
    one = deal(crm, customer)
    with pytest.raises(Invalid) as refused:
        crm.deals.move([one], stage(crm, "Proposal"))
    assert set(refused.value.problems) == {"amount", "close_day"}
    assert standing(crm, one) == "Interest"
    crm.deals.move([one], stage(crm, "Proposal"), {"amount": "120,000", "close_day": "2026-12-20"})
    assert standing(crm, one) == "Proposal"
    assert [entry["amount"] for entry in crm.deals.log(one)] == [None, 12_000_000]


def test_a_move_of_several_is_all_or_none(crm: Crm, customer: str) -> None:
    rich, poor = deal(crm, customer, "Rich", amount=100), deal(crm, customer, "Poor")
    with pytest.raises(Invalid):
        crm.deals.move([rich, poor], stage(crm, "Qualified"))
    assert standing(crm, rich) == "Interest"
    crm.deals.edit(poor, {"amount": "5"})
    assert crm.history.entries(1)[0].title == "Edited Poor: Amount, Currency"
    crm.deals.move([rich, poor], stage(crm, "Qualified"))
    assert {standing(crm, rich), standing(crm, poor)} == {"Qualified"}
    crm.history.undo()
    assert {standing(crm, rich), standing(crm, poor)} == {"Interest"}


def test_losing_asks_why_keeps_where_and_plans_to_try_again(crm: Crm, customer: str) -> None:
    one = deal(crm, customer, amount=500_000)
    crm.deals.move([one], stage(crm, "Qualified"))
    with pytest.raises(Invalid):
        crm.deals.move([one], stage(crm, "Lost"))
    crm.deals.lose(one, "price", {"lost_to": "Rival", "price_gap": "1,200", "try_again": "2027-03-01"})
    row = crm.deals.get(one)
    assert (row["lost_reason"], row["lost_to"], row["price_gap"]) == ("price", "Rival", 120_000)
    assert row["lost_from"] == stage(crm, "Qualified")
    step = crm.deals.next_step(one)
    assert step is not None
    assert (step["kind"], step["planned_start"], step["origin"]) == ("call", "2027-03-01T02:00:00Z", "rule")
    (loss,) = crm.funnels.losses(crm.pipelines.all()[0]["id"])
    assert (loss.competitor, loss.stage, loss.reason, loss.count) == ("Rival", "Qualified", "price", 1)
    crm.history.undo()
    assert crm.deals.next_step(one) is None
    assert standing(crm, one) == "Qualified"


def test_what_comes_back_from_lost_has_no_loss_any_more(crm: Crm, customer: str) -> None:
    one = deal(crm, customer, amount=1)
    crm.deals.lose(one, "postponed")
    crm.deals.move([one], stage(crm, "Interest"))
    assert crm.deals.get(one)["lost_reason"] is None
    crm.deals.win(one)
    assert standing(crm, one) == "Won"
    assert crm.history.entries(1)[0].title == "Won Cold store"


def test_the_next_step_is_a_plan_of_the_schedule_and_goes_on_after_it_is_done(crm: Crm, customer: str) -> None:
    one = deal(crm, customer)
    plan = crm.deals.plan_next(one, NOW + timedelta(days=2), "visit", "show the plan").ids[0]
    assert crm.deals.next_step(one)["id"] == plan  # type: ignore[index]
    crm.visits.done(plan, {"summary": "liked it"}, NOW + timedelta(days=9), "offer")
    step = crm.deals.next_step(one)
    assert step is not None
    assert (step["topic"], step["deal"]) == ("offer", one)


def test_a_card_is_put_between_two_others(crm: Crm, customer: str) -> None:
    first, second, third = (deal(crm, customer, name) for name in ("one", "two", "three"))
    rule = crm.board.heads(crm.pipelines.all()[0]["id"], BoardFilter())[0].rule

    def column() -> list[str]:
        listing = crm.board.listing(rule, BoardFilter())
        return [str(row[1]) for row in ListingReader(listing).rows(crm.store.reader(), listing.spans()[1], None, 0, 9)]

    assert column() == ["three", "two", "one"]
    crm.deals.arrange(first, third, second)
    assert column() == ["three", "one", "two"]
    crm.deals.arrange(third, second, None)
    assert column() == ["one", "two", "three"]
    crm.history.undo()
    assert column() == ["three", "one", "two"]


def test_heads_count_and_weigh_each_currency_by_itself(crm: Crm, customer: str) -> None:
    for amount in ("100", "USD 30", "200.01"):
        deal(crm, customer, amount=amount)
    deal(crm, customer, "unknown")
    pipeline = crm.pipelines.all()[0]["id"]
    head = crm.board.heads(pipeline, BoardFilter())[0]
    assert (head.count, head.total, head.weighted) == (4, {"CNY": 30001, "USD": 3000}, {"CNY": 3000, "USD": 300})
    assert [one.count for one in crm.board.heads(pipeline, BoardFilter(text="unkn"))] == [1, 0, 0, 0, 0, 0]
    assert crm.board.heads(pipeline, BoardFilter(text="acme"))[0].count == 4
    assert crm.board.heads(pipeline, BoardFilter(bare=True))[0].count == 4


def test_an_old_card_rots_and_a_grade_stops_being_believable(crm: Crm, customer: str) -> None:
    one = deal(crm, customer)
    crm.prospect_grades.grade(one, crm.prospect_grades.find("H")["id"], "wants it by Friday")
    pipeline = crm.pipelines.all()[0]["id"]
    rule = crm.board.heads(pipeline, BoardFilter())[0].rule
    listing = crm.board.listing(rule, BoardFilter())
    (row,) = ListingReader(listing).rows(crm.store.reader(), listing.spans()[1], None, 0, 9)
    fresh, old = card_of(row, rule, NOW), card_of(row, rule, NOW + timedelta(days=15))
    assert (fresh.days, fresh.rotting, fresh.grade, fresh.stale) == (0, False, "H", False)
    assert (old.days, old.rotting, old.stale) == (15, True, True)
    assert [(entry["to_grade"], entry["reason"]) for entry in crm.prospect_grades.log(one)] == [
        ("H", "wants it by Friday")
    ]
    with pytest.raises(Refused):
        crm.prospect_grades.grade(one, None, " ")


def test_create_edit_undo_redo_come_back_to_the_same_content(crm: Crm, customer: str) -> None:
    crm.pipelines.ensure()
    digests = [crm.digest()]
    one = deal(crm, customer, amount="9")
    digests.append(crm.digest())
    crm.deals.edit(one, {"competitor": "Rival", "amount": "10"})
    digests.append(crm.digest())
    crm.deals.move([one], stage(crm, "Qualified"))
    digests.append(crm.digest())
    for before in reversed(digests[:-1]):
        crm.history.undo()
        assert crm.digest() == before
    for after in digests[1:]:
        crm.history.redo()
        assert crm.digest() == after
    assert crm.check() == []
    crm.deals.trash(one)
    assert crm.board.heads(crm.pipelines.all()[0]["id"], BoardFilter())[1].count == 0
    crm.deals.restore(one)
    fields = [step.field for step in crm.history.of("deals", one)]
    assert {"standing", "value", "competitor", "deleted"} <= set(fields)


def test_unknown_names_are_refused_with_those_that_there_are(crm: Crm, customer: str) -> None:
    crm.pipelines.ensure()
    with pytest.raises(NotFound, match="Interest"):
        crm.stages.find("Nowhere")
    with pytest.raises(NotFound):
        crm.deals.resolve("D-XXX-0001")
    with pytest.raises(Invalid, match="no such field"):
        crm.stages.edit(stage(crm, "Interest"), {"required": "amount, colour"})


STEPS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("nnmmmeulu"), st.integers(0, 5)), max_size=25)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_funnel_of_any_day_is_what_it_was_on_that_day(template: Path, steps: list[tuple[int, str, int]]) -> None:
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crm.db"
        shutil.copyfile(template, path)
        clock = Ticking()
        crm = Crm.open(path, clock, zone=ZONE)
        try:
            _walk(crm, clock, steps)
        finally:
            crm.close()


def _walk(crm: Crm, clock: Ticking, steps: list[tuple[int, str, int]]) -> None:
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    pipeline = crm.pipelines.ensure()[0]["id"]
    stages = [row["id"] for row in crm.stages.of_pipeline(pipeline)]
    deals: list[str] = []
    undone = False
    for which, what, n in steps:
        clock.forward(hours=7)
        if what == "n" or not deals:
            deals.append(deal(crm, customer, f"deal {len(deals)}", amount=100 * n + 1, stage=stages[0]))
        elif what == "m":
            values = {"amount": 50 * n + 7, "close_day": "2026-12-01", "lost_reason": "price"}
            contact = crm.contacts.add({"customer": customer, "name": "王芳"}).ids[0]
            crm.deals.move([deals[which % len(deals)]], stages[n], {**values, "contact": contact})
        elif what == "e":
            crm.deals.edit(deals[which % len(deals)], {"amount": 11 * n})
        elif what == "l":
            crm.deals.lose(deals[which % len(deals)], "price")
        elif what == "u" and not undone:
            crm.history.undo()
            undone = True
        gone = {row for (row,) in crm.store.reader().execute("SELECT id FROM deals WHERE NOT live")}
        deals = [one for one in deals if one not in gone]
    history: list[tuple[datetime, list[tuple[int, dict[str, int]]]]] = []
    for _ in range(3):
        now = crm.funnels.funnel(pipeline)
        history.append((clock.at, [(layer.count, layer.total) for _, layer in now.layers]))
        heads = crm.board.heads(pipeline, BoardFilter())
        assert [(head.count, head.total) for head in heads] == history[-1][1]
        clock.forward(days=1)
        if deals:
            crm.deals.move(
                [deals[0]],
                stages[len(history)],
                {"amount": 5, "close_day": "2026-12-02"}
                | ({"contact": crm.contacts.add({"customer": customer, "name": "x"}).ids[0]}),
            )
            clock.forward(seconds=1)
    for at, expected in history:
        past = crm.funnels.funnel(pipeline, at.astimezone(UTC))
        assert [(layer.count, layer.total) for _, layer in past.layers] == expected
