"""Two machines act on one ticket: clocks agree, what disagrees is in the inbox, what cannot be is an issue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from crm_tui.errors import CrmError
from crm_tui.rules.ticket_states import tell
from crm_tui.services.tickets import Given
from tests.sync.test_bundles import Desk

CLOCKS = (
    "SELECT number, due, warn, queue_key, responded, finished, response_used, resolve_used, reopened, cost FROM tickets"
)


class Company:
    """Two machines, three people, a customer with a ticket that both have."""

    def __init__(self, folder: Path) -> None:
        self.anna, self.ben = Desk(folder, "anna"), Desk(folder, "ben")
        crm = self.anna.crm
        self.people = [crm.people.add({"name": name}).ids[0] for name in ("Na", "Wei", "Li")]
        crm.store.person = self.people[0]
        customer = crm.customers.create({"name": "陈家", "grade": "A"}).ids[0]
        crm.policies.set("desk_hours", "08:00-20:00")
        self.ticket = crm.tickets.take_in(customer, "米里有虫").ids[0]
        self.anna.export()
        self.ben.bundles.join(self.anna.home / "out.crmb", accept_key="any")

    def be(self, desk: Desk, who: int) -> Desk:
        desk.crm.store.person = self.people[who]
        return desk

    def meet(self) -> None:
        for one, other in ((self.anna, self.ben), (self.ben, self.anna)):
            one.export("more.crmb")
            other.bundles.take(one.home / "more.crmb", accept_key="any")

    def agree(self) -> None:
        assert self.anna.crm.digest() == self.ben.crm.digest()
        one, other = (desk.crm.store.reader().execute(CLOCKS).fetchall() for desk in (self.anna, self.ben))
        assert one == other
        assert self.anna.crm.check() == []

    def close(self) -> None:
        for desk in (self.anna, self.ben):
            desk.crm.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    yield made
    made.close()


def test_a_clock_reads_the_same_on_the_other_machine(company: Company) -> None:
    company.agree()
    one, other = (desk.crm.tickets.clock(company.ticket) for desk in (company.anna, company.ben))
    assert one == other
    company.ben.crm.zone = "Europe/Berlin"
    assert company.ben.crm.tickets.clock(company.ticket) == one
    number = company.anna.crm.tickets.get(company.ticket)["number"]
    customer = company.anna.crm.tickets.get(company.ticket)["customer"]
    made = company.be(company.ben, 1).crm.tickets.take_in(customer, "x").ids[0]
    assert company.ben.crm.tickets.get(made)["number"] != number


def test_two_who_act_at_once_disagree_in_the_inbox_and_both_logs_stay(company: Company) -> None:
    company.be(company.anna, 0).crm.tickets.step(company.ticket, "dispatch", Given(person=company.people[2]))
    company.be(company.ben, 1).crm.tickets.step(company.ticket, "accept")
    company.meet()
    company.agree()
    fields = {one.field for one in (company.anna.crm.conflicts.get(n) for n in company.anna.crm.conflicts.numbers())}
    assert fields == {"standing", "person"}
    verbs = [step.verb for step in company.anna.crm.tickets.steps(company.ticket)]
    assert sorted(verbs) == ["accept", "dispatch", "receive"]
    for number in company.anna.crm.conflicts.numbers():
        company.anna.crm.conflicts.resolve(number, "theirs")
    company.meet()
    company.agree()
    row = company.ben.crm.tickets.get(company.ticket)
    assert (row["state"], row["person"]) == ("accepted", company.people[1])
    assert company.ben.crm.conflicts.count() == 0


def test_closed_by_whoever_did_the_job_elsewhere_is_an_issue(company: Company) -> None:
    company.be(company.ben, 1).crm.tickets.step(company.ticket, "done", Given(minutes=5))
    company.be(company.anna, 2).crm.tickets.step(company.ticket, "done")
    company.be(company.anna, 1).crm.tickets.review(company.ticket, True)
    assert company.anna.crm.conflicts.issues() == []
    company.meet()
    company.agree()
    row = company.anna.crm.tickets.get(company.ticket)
    if row["state"] != "closed":
        number = next(n for n in company.anna.crm.conflicts.numbers())
        company.anna.crm.conflicts.resolve(number, "mine")
    (issue,) = company.anna.crm.conflicts.issues()
    assert (issue.kind, issue.row) == ("impossible", company.ticket)
    company.be(company.anna, 0).crm.tickets.step(company.ticket, "reopen")
    assert company.anna.crm.conflicts.issues() == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_two_machines_do_the_logs_add_up_and_the_clocks_agree(company: Company, seed: int) -> None:
    chance = Random(seed)
    for _ in range(3):
        for desk in (company.anna, company.ben):
            for _ in range(3):
                _try(company.be(desk, chance.randrange(3)), company, chance)
        company.meet()
        company.agree()
        row = company.anna.crm.tickets.get(company.ticket)
        story = tell(company.anna.crm.tickets.steps(company.ticket))
        assert row["reopened"] == story.reopened
        suspect = row["state"] == "closed" and row["reviewed_by"] in (None, row["done_by"], *story.workers)
        assert not suspect or company.anna.crm.conflicts.issues() or company.anna.crm.conflicts.count()
    while company.anna.crm.history.entries(1)[0].kind != "undo" and chance.random() < 0.7:
        company.anna.crm.history.undo()
    company.meet()
    company.agree()


def _try(desk: Desk, company: Company, chance: Random) -> None:
    tickets = desk.crm.tickets
    verb = chance.choice(tickets.possible(company.ticket))
    try:
        if verb == "review":
            tickets.review(company.ticket, chance.random() < 0.5, {"score": 3})
        else:
            tickets.step(company.ticket, verb, Given("x", "part", chance.choice(company.people)))
    except CrmError:
        assert verb in ("review", "done")
