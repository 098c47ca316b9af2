"""Where the columns of orders, payments and products go."""

from __future__ import annotations

from collections.abc import Sequence

from crm_tui.rules.headers import Target
from crm_tui.rules.text import squash

KINDS = ("orders", "payments", "products", "deals", "tickets")

TARGETS: dict[str, dict[str, tuple[str, str]]] = {
    "orders": {
        "customer": ("Customer", "客户"),
        "order": ("Order number", "订单编号"),
        "day": ("Day", "日期"),
        "product": ("Product", "产品"),
        "quantity": ("Quantity", "数量"),
        "price": ("Price", "单价"),
        "discount": ("Discount %", "折扣 %"),
        "amount": ("Amount", "金额"),
        "currency": ("Currency", "币种"),
        "due_rule": ("Payment", "付款约定"),
        "paid": ("Paid", "已付"),
        "person": ("Person", "人员"),
        "channel": ("Sales channel", "销售渠道"),
        "note": ("Note", "备注"),
    },
    "payments": {
        "customer": ("Customer", "客户"),
        "order": ("Order number", "订单编号"),
        "number": ("Receipt", "收据号"),
        "day": ("Day", "日期"),
        "amount": ("Amount", "金额"),
        "currency": ("Currency", "币种"),
        "method": ("Method", "方式"),
        "note": ("Note", "备注"),
    },
    "products": {
        "name": ("Name", "名称"),
        "code": ("Code", "编码"),
        "unit": ("Unit", "单位"),
        "category": ("Category", "类别"),
        "price": ("Price", "价格"),
        "cost": ("Cost", "成本"),
        "currency": ("Currency", "币种"),
        "description": ("Description", "描述"),
        "warranty_months": ("Warranty (months)", "质保（月）"),
    },
    "deals": {
        "outside": ("Number elsewhere", "外部编号"),
        "customer": ("Customer", "客户"),
        "name": ("Deal", "商机"),
        "stage": ("Stage", "阶段"),
        "amount": ("Amount", "金额"),
        "currency": ("Currency", "币种"),
        "probability": ("Probability %", "赢率 %"),
        "close_day": ("Expected close", "预计成交"),
        "began": ("Began", "开始日期"),
        "source": ("Source", "来源"),
        "person": ("Owner", "负责人"),
        "competitor": ("Competitor", "竞争对手"),
        "note": ("Note", "备注"),
    },
    "tickets": {
        "case": ("Ticket", "工单"),
        "customer": ("Customer", "客户"),
        "text": ("What", "内容"),
        "kind": ("Kind", "类型"),
        "severity": ("Severity", "严重程度"),
        "state": ("State", "状态"),
        "opened": ("Received", "受理时间"),
        "closed": ("Closed", "关闭时间"),
        "channel": ("Channel", "渠道"),
        "category": ("Category", "类别"),
        "product": ("Product", "产品"),
        "person": ("Assigned to", "负责人"),
        "cause": ("Cause", "原因"),
        "solution": ("Solution", "解决办法"),
    },
}
"""The fields of each kind, with their labels."""

_WORDS: dict[str, str] = {
    "customer": "customer customerid customername customerno client clientname account accountid accountname buyer "
    "company member 客户 客户名称 客户编号 客户姓名 姓名 买家 会员 会员号 单位名称",
    "order": "order orderid orderno ordernumber salesorder so 订单 订单号 订单编号 单号 销售单号",
    "number": "receipt receiptno paymentid paymentno reference invoice invoiceno 收据号 流水号 收款单号 发票号",
    "day": "date day orderdate paymentdate paiddate paidon purchasedate 日期 订单日期 下单时间 购买日期 成交日期 "
    "消费日期 收款日期 付款日期 回款日期 到账日期 销售日期",
    "product": "product productname item itemname sku goods 产品 商品 品名 产品名称 商品名称",
    "quantity": "quantity qty items units count 数量 件数",
    "price": "price unitprice listprice 单价 价格 售价 标准价 零售价",
    "discount": "discount discountpercent 折扣 折扣率",
    "amount": "amount total totalamount orderamount ordertotal sum paidamount 金额 总额 合计 订单金额 消费金额 "
    "收款金额 付款金额 回款金额",
    "currency": "currency 币种 货币",
    "due_rule": "terms paymentterms due 付款约定 付款条件 账期",
    "paid": "paid received deposit 已付 已收 实收 已付金额",
    "person": "salesperson seller owner rep assignee assignedto agent 受理人 处理人 销售 销售员 业务员 负责人",
    "channel": "channel saleschannel 渠道 销售渠道",
    "note": "note notes remark comment memo description 备注 说明",
    "method": "method paymentmethod 方式 付款方式 支付方式 收款方式",
    "name": "name product productname item title opportunity opportunityname deal dealname 名称 产品 产品名称 "
    "商品名称 品名 商机 商机名称",
    "code": "code sku productcode productid barcode itemno 编码 货号 条码 产品编码 产品编号 商品编码 商品编号",
    "unit": "unit unitofmeasure uom 单位 计量单位",
    "category": "category type group 类别 分类 品类",
    "cost": "cost unitcost purchaseprice 成本 进价 成本价",
    "description": "description details 描述 规格",
    "outside": "id opportunityid dealid 商机编号 编号",
    "stage": "stage stagename salesstage status 阶段 商机阶段 销售阶段 状态",
    "probability": "probability probabilitypercent 赢率 成交概率",
    "close_day": "closedate expectedclose expectedclosedate 预计成交 预计成交日期 预计签单日期",
    "began": "createddate created opened startdate 创建日期 创建时间 开始日期",
    "source": "leadsource source 来源 线索来源",
    "competitor": "competitor competitors maincompetitor 竞争对手 竞品",
    "case": "ticket ticketid ticketno ticketnumber case caseid caseno casenumber id number 工单 工单号 "
    "工单编号 投诉编号 编号",
    "text": "text description subject summary complaint issue problem details 内容 投诉内容 问题描述 "
    "故障描述 主题 描述",
    "kind": "kind type tickettype casetype 类型 工单类型",
    "severity": "severity priority urgency 严重程度 优先级 紧急程度",
    "state": "state status 状态 工单状态",
    "opened": "opened openedat created createdat createddate received receivedat date 受理时间 受理日期 投诉时间 "
    "投诉日期 报修时间 创建时间 日期",
    "closed": "closed closedat closeddate resolved resolvedat 关闭时间 解决时间 完成时间 关闭日期",
    "cause": "cause rootcause reason 原因 根本原因",
    "solution": "solution resolution fix 处理结果 解决办法 处理办法",
    "warranty_months": "warranty warrantymonths 质保 保修",
}


def recognise_sales(kind: str, header: Sequence[str]) -> list[Target | None]:
    """Where each column goes; the first of several that mean the same, None where nothing is known."""
    words = {word: name for name in TARGETS[kind] for word in _WORDS[name].split()}
    found: list[Target | None] = []
    taken: set[str] = set()
    for title in header:
        name = words.get(squash(title))
        found.append(Target(name) if name and name not in taken else None)
        if name:
            taken.add(name)
    return found


def read_sale_target(kind: str, text: str) -> Target | None:
    """A field of a kind as a person names it, by name or label; None if there is no such field."""
    said = text.strip().casefold()
    for name, labels in TARGETS[kind].items():
        if said == name or said in (label.casefold() for label in labels):
            return Target(name)
    return None
