"""Commands about customers that are the same: duplicates, merge, unmerge."""

from __future__ import annotations

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.words import t


@command("duplicates")
@option("--limit", type=click.IntRange(1), default=200, help="At most so many pairs.")
@option("--apart", nargs=2, metavar="ONE OTHER", help="Remember that these two are different customers.")
def duplicates_command(session: Session, limit: int, apart: tuple[str, str] | None) -> None:
    """List pairs of customers that may be the same, the surest first, with the reason."""
    from crm_tui.cli.shown import table

    crm = session.crm()
    if apart is not None:
        one, two = (crm.customers.resolve(text) for text in apart)
        changes = crm.duplicates.distinct(one, two)
        session.say(t("they are different customers from now on"))
        session.put({"id": one, "other": two, "action": changes.action}, one)
        return
    pairs = crm.duplicates.pairs(limit)
    if not pairs:
        session.say(t("no pair looks the same"))
    session.put(
        [
            {
                **{"id": pair.a, "other": pair.b, "name": pair.name_a, "other_name": pair.name_b},
                **{"score": pair.score, "reason": ", ".join(pair.reasons)},
            }
            for pair in pairs
        ],
        lambda: table(
            [(p.score, p.name_a, p.name_b, ", ".join(p.reasons), p.a, p.b) for p in pairs],
            (t("Likeness"), t("Name"), t("Other name"), t("Why"), t("Id"), t("Other id")),
            right=(0,),
        ),
    )


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
    """Separate a customer, by its own id or name, from the one that it was merged into."""
    crm = session.crm()
    row = _merged(session, customer)
    changes = crm.customers.unmerge(row)
    session.say(t("Separated {name}", name=crm.customers.get(row)["name"]))
    session.put({"id": row, "action": changes.action}, row)


def _merged(session: Session, text: str) -> str:
    """The merged customer that is meant: a name finds it among the merged ones only."""
    query = (
        "SELECT c.id FROM alias a JOIN customers c ON c.id = a.id WHERE a.id <> a.root AND (c.id = ?1 OR c.name = ?1)"
    )
    rows = session.crm().store.reader().execute(query + " LIMIT 2", (text,)).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else text
