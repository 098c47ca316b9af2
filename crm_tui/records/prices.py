"""Price lists: what a product costs customers of a tier from a day on; and what others ask for it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Price(Record, table=True):
    """One price of a product; `competitor` names whose it is, if it is not ours."""

    __tablename__ = "prices"
    LABEL: ClassVar[tuple[str, str, str]] = ("Prices", "价格", "Price")
    TITLE: ClassVar[str | None] = None

    product: Annotated[
        str | None, About("Product", "产品", "link", link="products", owner=True, required=True, form=False)
    ] = None
    tier: Annotated[str | None, About("Tier", "等级")] = None
    amount: Annotated[int | None, About("Price", "价格", "money", group="price", required=True, form=False)] = None
    currency: Annotated[str | None, About("Currency", "币种", group="price", required=True, form=False)] = None
    valid_from: Annotated[str | None, About("Valid from", "生效日", "day", group="validity")] = None
    valid_to: Annotated[str | None, About("Valid until", "失效日", "day", group="validity")] = None
    competitor: Annotated[str | None, About("Competitor", "竞争对手")] = None
    reason: Annotated[str | None, About("Reason", "原因")] = None
