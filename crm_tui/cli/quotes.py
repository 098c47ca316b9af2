"""Commands about quotes: quotes, quote new|line|drop|approve|send|revise|accept|decline|show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.money import given, name_of, shown
from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_OUT = click.Path(path_type=Path)
_out = option("--out", type=_OUT, metavar="FILE", help="Write it as the customer reads it: .txt or .html.")


@command("quotes")
@option("--customer", metavar="NAME", help="Only this customer's.")
@option("--all", "everything", is_flag=True, help="Closed ones, too.")
@option("--limit", type=click.IntRange(1), default=200, help="At most so many.")
def quotes_command(session: Session, customer: str | None, everything: bool, limit: int) -> None:
    """Quotes, the newest first."""
    from crm_tui.cli.shown import shown_value, table

    crm = session.crm()
    rows = crm.quotes.of(crm.customers.resolve(customer)) if customer else crm.quotes.newest(limit, everything)
    items = [_data(crm, row, with_lines=False) for row in rows if everything or row["status"] in ("draft", "sent")]
    titles = (t("Number"), t("Customer"), t("State"), t("Valid until"), t("Total"))
    session.put(
        {"count": len(items), "items": items[:limit]},
        lambda: table(
            (
                (
                    one["number"],
                    one["customer_name"],
                    shown_value(crm, "quotes", "status", one["status"]),
                    one["valid_until"],
                    shown(one["total"], one["currency"]),
                )
                for one in items[:limit]
            ),
            titles,
            (4,),
        ),
    )


def _data(crm: Crm, row: dict[str, Any], *, with_lines: bool = True) -> dict[str, Any]:
    from crm_tui.cli.shown import plain

    said = plain(row)
    said["customer_name"] = name_of(crm, row["customer"])
    if with_lines:
        said["lines"] = [plain(line) for line in crm.quotes.lines(row["id"])]
        found = crm.quotes.discount(row["id"])
        said["discount"] = {
            **{"given": found.given, "limit": found.limit, "approved": found.approved},
            **{"needs_approval": found.needs_approval, "approvers": list(found.approvers)},
        }
    return said


def _tell(session: Session, quote: str, out: Path | None = None) -> None:
    from crm_tui.exchange.documents import text_of, write_document
    from crm_tui.services.documents import of_quote

    crm = session.crm()
    document = of_quote(crm, quote)
    data = _data(crm, crm.quotes.get(quote))
    if out is not None:
        write_document(out.expanduser(), document)
        data["file"] = str(out)
        session.say(t("written: {path}", path=out))
    session.put(data, lambda: text_of(document).rstrip())


@click.group("quote", cls=Family, help="Offer something: lines, discount, versions; send it, make an order of it.")
def quote_command() -> None:
    """Quotes."""


@quote_command.member("new", help="Write a draft; lines are like: rice x10 @85 -5%.")
@argument("customer")
@argument("lines", nargs=-1)
@option("--subject", metavar="TEXT", help="What it is about.")
@option("--due", "due_rule", metavar="RULE", help="How it is paid: cash, prepaid, 30 days, month-end, payday 10.")
@option("--until", "valid_until", metavar="DAY", help="How long it holds.")
@option("--currency", metavar="CODE", help="Such as CNY; the company's if not told.")
@option("--language", type=click.Choice(["zh", "en"]), help="Language of the document; the customer's if not told.")
@option("--note", metavar="TEXT", help="What stands at its end.")
@option("--deal", metavar="DEAL", help="The deal that it belongs to.")
@_out
def _new(
    session: Session, customer: str, lines: tuple[str, ...], deal: str | None, out: Path | None, **values: Any
) -> None:
    crm = session.crm()
    who = crm.customers.resolve(customer)
    warn_debt(session, who)
    ident = crm.deals.resolve(deal) if deal else None
    _tell(session, crm.quotes.new(who, lines, given(values), deal=ident).ids[0], out)


def warn_debt(session: Session, customer: str) -> None:
    """Say before a new quote or order what a customer owes, if that is above the credit limit."""
    found = session.crm().arrears.above_limit(customer)
    if found is not None:
        owed, limit, currency = found
        said = {"owed": shown(owed, currency), "limit": shown(limit, currency)}
        session.say("! " + t("{owed} are owed; the credit limit is {limit}", **said))


@quote_command.member("line", help="Add lines to a draft: rice x10 @85 -5%.")
@argument("quote")
@argument("lines", nargs=-1, required=True)
def _line(session: Session, quote: str, lines: tuple[str, ...]) -> None:
    crm = session.crm()
    ident = crm.quotes.find(quote)["id"]
    crm.quotes.add_lines(ident, lines)
    _tell(session, ident)


@quote_command.member("drop", help="Take a line out of a draft; the first is 1.")
@argument("quote")
@argument("place", type=click.IntRange(1))
def _drop(session: Session, quote: str, place: int) -> None:
    crm = session.crm()
    ident = crm.quotes.find(quote)["id"]
    crm.quotes.drop_line(ident, place)
    _tell(session, ident)


@quote_command.member("approve", help="Approve a discount above the limit, as who works here.")
@argument("quote")
def _approve(session: Session, quote: str) -> None:
    crm = session.crm()
    ident = crm.quotes.find(quote)["id"]
    crm.quotes.approve(ident)
    _tell(session, ident)


@quote_command.member("send", help="Say that it goes to the customer, and write it.")
@argument("quote")
@_out
def _send(session: Session, quote: str, out: Path | None) -> None:
    crm = session.crm()
    ident = crm.quotes.find(quote)["id"]
    crm.quotes.send(ident)
    _tell(session, ident, out)


@quote_command.member("revise", help="Make a new version with the same lines.")
@argument("quote")
def _revise(session: Session, quote: str) -> None:
    crm = session.crm()
    _tell(session, crm.quotes.revise(crm.quotes.find(quote)["id"]).ids[0])


@quote_command.member("accept", help="Make an order of it; nothing is typed again.")
@argument("quote")
@option("--promised", metavar="DAY", help="Day on which it shall be delivered.")
def _accept(session: Session, quote: str, promised: str | None) -> None:
    from crm_tui.cli.orders import tell_order

    crm = session.crm()
    tell_order(session, crm.quotes.accept(crm.quotes.find(quote)["id"], promised=promised).ids[0])


@quote_command.member("decline", help="Say that the customer does not want it, and why.")
@argument("quote")
@argument("why", nargs=-1)
def _decline(session: Session, quote: str, why: tuple[str, ...]) -> None:
    crm = session.crm()
    ident = crm.quotes.find(quote)["id"]
    crm.quotes.decline(ident, " ".join(why))
    _tell(session, ident)


@quote_command.member("show", help="Show it as the customer reads it.")
@argument("quote")
@_out
def _show(session: Session, quote: str, out: Path | None) -> None:
    _tell(session, session.crm().quotes.find(quote)["id"], out)
