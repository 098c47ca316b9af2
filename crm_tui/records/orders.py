"""Orders: what was sold to whom, what was agreed on payment, and where it stands."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

ORDER_STATES = choices(
    "confirmed|Confirmed|已确认",
    "production|In production|生产中",
    "shipped|Shipped|已发货",
    "received|Received|已签收",
    "closed|Closed|已关闭",
    "cancelled|Cancelled|已取消",
)


class Order(Record, table=True):
    """One order. An order without lines (one that a file brought) has its total in `amount`."""

    __tablename__ = "orders"
    LABEL: ClassVar[tuple[str, str, str]] = ("Orders", "订单", "Order")
    TITLE: ClassVar[str | None] = "number"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    number: Annotated[str | None, About("Number", "编号", form=False)] = None
    quote: Annotated[str | None, About("Quote", "报价", "link", link="quotes", form=False)] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    status: Annotated[str | None, About("State", "状态", "choice", choices=ORDER_STATES, group="state", form=False)] = (
        "confirmed"
    )
    status_day: Annotated[str | None, About("Since", "自", "day", group="state", form=False)] = None
    status_note: Annotated[str | None, About("Why", "原因", group="state", form=False)] = None
    step: Annotated[str | None, About("Production step", "生产步骤", group="progress")] = None
    step_day: Annotated[str | None, About("Step since", "步骤日期", "day", group="progress")] = None
    currency: Annotated[str | None, About("Currency", "币种", group="sum", required=True, form=False)] = None
    amount: Annotated[int | None, About("Amount", "金额", "money", group="sum", form=False)] = None
    items: Annotated[int | None, About("Items", "件数", "integer", form=False)] = None
    due_rule: Annotated[str | None, About("Payment", "付款约定", required=True)] = None
    promised: Annotated[str | None, About("Promised for", "承诺日期", "day")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    channel: Annotated[str | None, About("Sales channel", "销售渠道")] = None
    revision: Annotated[int | None, About("Revision", "修订", "integer", group="edition", form=False)] = 1
    revised: Annotated[str | None, About("Revised on", "修订日期", "day", group="edition", form=False)] = None
    revision_note: Annotated[str | None, About("Why revised", "修订原因", group="edition", form=False)] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
    outside: Annotated[str | None, About("Outside number", "外部编号", group="origin", form=False)] = None
    brought: Annotated[str | None, About("Brought by a file", "文件带来", "note", group="origin", form=False)] = None
    total: Annotated[int | None, About("Total", "合计", "money", derived=True, form=False)] = None
    delivered: Annotated[int | None, About("Delivered", "已交付", "money", derived=True, form=False)] = None
    returned: Annotated[int | None, About("Returned", "已退货", "money", derived=True, form=False)] = None
    received: Annotated[int | None, About("Received", "已收款", "money", derived=True, form=False)] = None
    balance: Annotated[int | None, About("Owed", "欠款", "money", derived=True, form=False)] = None
    due: Annotated[str | None, About("Due", "到期日", "day", derived=True, form=False)] = None
    stage: Annotated[str | None, About("Stands at", "当前环节", derived=True, form=False)] = None


class OrderLine(Record, table=True):
    """One line of an order; its total is rounded once. The cost is that of the day of the order, and confidential."""

    __tablename__ = "order_lines"
    LABEL: ClassVar[tuple[str, str, str]] = ("Order lines", "订单明细", "Order line")
    TITLE: ClassVar[str | None] = "text"

    of_order: Annotated[
        str | None, About("Order", "订单", "link", link="orders", owner=True, required=True, form=False)
    ] = None
    product: Annotated[str | None, About("Product", "产品", "link", link="products")] = None
    text: Annotated[str | None, About("Text", "文字")] = None
    unit: Annotated[str | None, About("Unit", "单位")] = None
    quantity: Annotated[
        int | None,
        About("Quantity (thousandths)", "数量（千分之一）", "integer", group="terms", required=True, form=False),
    ] = None
    price: Annotated[int | None, About("Price", "单价", "money", group="terms", required=True, form=False)] = None
    discount: Annotated[
        int | None, About("Discount (basis points)", "折扣（万分）", "integer", group="terms", form=False)
    ] = None
    position: Annotated[int | None, About("Position", "序号", "integer", form=False)] = None
    cost: Annotated[int | None, About("Cost", "成本", "money", secret=True, form=False)] = None


class OrderShare(Record, table=True):
    """A person's share of what an order earns, in basis points."""

    __tablename__ = "order_shares"
    LABEL: ClassVar[tuple[str, str, str]] = ("Shares of orders", "订单分成", "Share of an order")
    TITLE: ClassVar[str | None] = None

    of_order: Annotated[
        str | None, About("Order", "订单", "link", link="orders", owner=True, required=True, form=False)
    ] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people", required=True)] = None
    share: Annotated[int | None, About("Share (basis points)", "分成（万分）", "integer", required=True)] = None
