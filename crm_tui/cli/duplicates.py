"""Commands about customers that are the same: duplicates, merge, unmerge."""

from __future__ import annotations

from crm_tui.cli.program import argument, command
from crm_tui.cli.session import Session
from crm_tui.words import t


@command("merge")
@argument("keep")
@argument("other")
@argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
def merge_command(session: Session, keep: str, other: str, values: tuple[str, ...]) -> None:
    """Make one customer of two: KEEP stays and answers for OTHER; FIELD=VALUE sets what KEEP shall say."""
    from crm_tui.cli.values import assignments

    crm = session.crm()
    one, two = crm.customers.resolve(keep), crm.customers.resolve(other)
    names = crm.customers.get(one)["name"], crm.customers.get(two)["name"]
    changes = crm.customers.merge(one, two, assignments(crm, "customers", values, one))
    session.say(t("Merged {other} into {name}", name=names[0], other=names[1]))
    session.put({"id": one, "action": changes.action}, one)


@command("unmerge")
@argument("customer")
def unmerge_command(session: Session, customer: str) -> None:
    """Separate a customer, by its own id, from the one that it was merged into."""
    crm = session.crm()
    changes = crm.customers.unmerge(customer)
    session.say(t("Separated {name}", name=crm.customers.get(customer)["name"]))
    session.put({"id": customer, "action": changes.action}, customer)
