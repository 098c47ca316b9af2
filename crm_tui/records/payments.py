"""Payments and refunds: money that came from a customer, or went back."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

PAYMENT_KINDS = choices("payment|Payment|收款", "refund|Refund|退款")
METHODS = choices(
    "cash|Cash|现金",
    "transfer|Bank transfer|银行转账",
    "wechat|WeChat Pay|微信支付",
    "alipay|Alipay|支付宝",
    "card|Card|刷卡",
    "cheque|Cheque|支票",
    "other|Other|其他",
)


class Payment(Record, table=True):
    """One payment or refund, of an order or of the customer as such; the amount is above zero."""

    __tablename__ = "payments"
    LABEL: ClassVar[tuple[str, str, str]] = ("Payments", "收付款", "Payment")
    TITLE: ClassVar[str | None] = "number"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    of_order: Annotated[str | None, About("Order", "订单", "link", link="orders", form=False)] = None
    number: Annotated[str | None, About("Receipt", "收据号", form=False)] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=PAYMENT_KINDS, required=True)] = "payment"
    amount: Annotated[int | None, About("Amount", "金额", "money", group="sum", required=True, form=False)] = None
    currency: Annotated[str | None, About("Currency", "币种", group="sum", required=True, form=False)] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    method: Annotated[str | None, About("Method", "方式", "choice", choices=METHODS)] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    of_return: Annotated[str | None, About("Return", "退货", "link", link="returns", form=False)] = None
    note: Annotated[str | None, About("Note", "备注")] = None
    outside: Annotated[str | None, About("Outside number", "外部编号", group="origin", form=False)] = None
    brought: Annotated[str | None, About("Brought by a file", "文件带来", "note", group="origin", form=False)] = None


class PaymentPlan(Record, table=True):
    """A part of an order that is to be paid on an agreed day; a missed one keeps its day."""

    __tablename__ = "payment_plans"
    LABEL: ClassVar[tuple[str, str, str]] = ("Payment plan", "收款计划", "Planned payment")
    TITLE: ClassVar[str | None] = "due"

    of_order: Annotated[
        str | None, About("Order", "订单", "link", link="orders", owner=True, required=True, form=False)
    ] = None
    due: Annotated[str | None, About("Due", "到期日", "day", required=True)] = None
    amount: Annotated[int | None, About("Amount", "金额", "money", required=True, form=False)] = None
    note: Annotated[str | None, About("Note", "备注")] = None
