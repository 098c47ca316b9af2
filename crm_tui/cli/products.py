"""Commands about products: products [new|price|prices|stock|move]."""

from __future__ import annotations

from typing import Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.money import given, shown, typed
from crm_tui.cli.program import argument, option
from crm_tui.cli.session import Session
from crm_tui.words import t


@click.group(
    "products", cls=Family, invoke_without_command=True, help="Products with prices and stock; add, price, move stock."
)
@click.pass_context
def products_command(ctx: click.Context) -> None:
    """Products."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Session))


def _list(session: Session) -> None:
    from crm_tui.cli.shown import plain, table
    from crm_tui.rules.money import quantity_text

    rows = session.crm().products.listed()
    items = []
    for row in rows:
        stock = row.pop("stock")
        row["on_hand"] = stock.on_hand if stock else None
        row["reserved"] = stock.reserved if stock else None
        items.append(plain(row))
    if not items:
        session.say(t("there is no product yet; begin with: crm-tui products new NAME --price 60"))
    titles = (t("Code"), t("Product"), t("Unit"), t("Price"), t("Competitor"), t("In stock"), t("Reserved"))
    session.put(
        {"count": len(items), "items": items},
        lambda: table(
            (
                (
                    row["code"],
                    row["name"],
                    row["unit"],
                    shown(row["price"], row["currency"]),
                    shown(row["competitor_price"], row["currency"]),
                    "" if row["on_hand"] is None else quantity_text(row["on_hand"]),
                    "" if row["reserved"] is None else quantity_text(row["reserved"]),
                )
                for row in rows
            ),
            titles,
            (3, 4, 5, 6),
        ),
    )


@products_command.member("new", help="Add a product.")
@argument("name")
@option("--code", metavar="CODE", help="A short code to order it by.")
@option("--unit", metavar="UNIT", help="Such as bag, kg, 袋.")
@option("--category", metavar="NAME", help="What it belongs to.")
@option("--cost", metavar="AMOUNT", help="What one costs us; confidential.")
@option("--price", metavar="AMOUNT", help="What one costs customers.")
@option("--warranty", "warranty_months", type=click.IntRange(0, 600), help="Months of warranty.")
@option("--offer-after", "offer_months", type=click.IntRange(0, 600), help="Months until something is offered for it.")
@option("--offer", metavar="TEXT", help="What is offered then.")
@option("--no-stock", is_flag=True, help="No stock is kept of it: a service.")
def _new(session: Session, name: str, cost: str | None, price: str | None, no_stock: bool, **values: Any) -> None:
    crm = session.crm(create=True)
    row: dict[str, Any] = {"name": name, "stocked": int(not no_stock), **given(values)}
    currency = crm.products.currency()
    if cost is not None:
        row["cost"], row["cost_currency"] = typed(cost, currency, "cost")
    amount = typed(price, currency, "price") if price is not None else None
    product = crm.products.add(row).ids[0]
    if amount is not None:
        crm.prices.set(product, *amount)
    session.put({"id": product}, product)


@products_command.member("price", help="Set a price from a day on; the older ones stay in the log.")
@argument("product")
@argument("amount")
@option("--tier", metavar="GRADE", help="Only for customers of this grade.")
@option("--from", "valid_from", metavar="DAY", help="From this day on; from today if not told.")
@option("--to", "valid_to", metavar="DAY", help="Until this day.")
@option("--competitor", metavar="NAME", help="It is not ours but this one's.")
@option("--reason", metavar="TEXT", help="Why.")
def _price(session: Session, product: str, amount: str, **values: Any) -> None:
    crm = session.crm()
    row = crm.products.find(product)
    number, currency = typed(amount, crm.products.currency())
    changes = crm.prices.set(row["id"], number, currency, **given(values))
    session.say(t("{name}: {price}", name=row["name"], price=shown(number, currency)))
    session.put({"id": changes.ids[0], "action": changes.action}, changes.ids[0])


@products_command.member("prices", help="The log of prices of a product, with what was sold before and after.")
@argument("product")
def _prices(session: Session, product: str) -> None:
    from crm_tui.cli.shown import plain, table
    from crm_tui.rules.money import quantity_text

    crm = session.crm()
    rows = crm.prices.log(crm.products.find(product)["id"])
    titles = (t("From"), t("To"), t("Tier"), t("Competitor"), t("Price"), t("90 d before"), t("90 d after"), t("Why"))
    session.put(
        {"count": len(rows), "items": [plain(row) for row in rows]},
        lambda: table(
            (
                (
                    *(row[name] for name in ("valid_from", "valid_to", "tier", "competitor")),
                    shown(row["amount"], row["currency"]),
                    *(quantity_text(row[name]) for name in ("sold_before", "sold_after")),
                    row["reason"],
                )
                for row in rows
            ),
            titles,
            (4, 5, 6),
        ),
    )


@products_command.member(
    "move",
    help="Write into the stock ledger: what came in, was counted, or was lost.",
    context_settings={"ignore_unknown_options": True},
)
@argument("product")
@argument("quantity", metavar="+N|-N")
@option("--kind", type=click.Choice(["purchase", "count", "loss", "opening"]), default="purchase", help="What it is.")
@option("--why", default="", metavar="TEXT", help="Why; needed if the stock would be below zero.")
@option("--day", default="", metavar="DAY", help="When; today if not told.")
def _move(session: Session, product: str, quantity: str, kind: str, why: str, day: str) -> None:
    from crm_tui.errors import Invalid
    from crm_tui.rules.money import parse_quantity, quantity_text

    crm = session.crm()
    row = crm.products.find(product)
    try:
        amount = parse_quantity(quantity)
    except ValueError as error:
        raise Invalid({"quantity": str(error)}) from None
    changes = crm.products.move(row["id"], amount, kind, why, day)
    (stock,) = crm.products.stock([row["id"]])
    session.say(t("{name}: {n} in stock", name=row["name"], n=quantity_text(stock.on_hand)))
    session.put({"id": changes.ids[0], "on_hand": stock.on_hand, "reserved": stock.reserved}, "")
