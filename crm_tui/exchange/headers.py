"""Which row of a table names its columns, or whether none does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_tui.words import t

_WORDS_TEXT = """
id name key val value text note notes memo remark remarks comment comments description title first last
given family surname firstname lastname fullname nickname company organization organisation account customer
client contact contacts phone phones tel telephone mobile cell fax pager email mail e-mail website web url
site address street city town district county state province region country zip postal postcode code number
no type kind category status stage date time day month year birthday created updated modified owner manager
salesperson rep source industry size employees revenue amount price quantity qty total currency product item
items order orders gender sex age department dept role position job tag tags label labels group parent
rating grade level language reason data integer float boolean datetime column field latitude longitude
cities counties coordinates location billing shipping primary secondary relationship wechat qq line subject
priority due start end channel branch team
"""
_HAN_TEXT = """
序号 编号 代码 名称 姓名 名字 客户 公司 单位 联系人 电话 手机 座机 传真 邮箱 邮件 地址 城市 省份 省 市 区
区县 国家 邮编 网址 网站 微信 微博 性别 年龄 生日 日期 时间 年份 月份 部门 职务 职位 职称 行业 规模 来源
等级 级别 类型 类别 分类 状态 标签 备注 说明 描述 内容 主题 金额 价格 单价 数量 合计 币种 产品 商品 订单
负责人 业务员 销售 所有者 门店 区域 地区 语言 民族 称呼 昵称 姓 名 群组 分组 创建时间 更新时间 原因
"""
_HAN_ENDS_TEXT = """
名称 姓名 电话 手机 号码 手机号 编号 地址 邮箱 日期 时间 类型 类别 状态 金额 数量 备注 等级 级别 来源 城市
省份 邮编 生日 性别 部门 职务 职位 行业 网址 微信 微信号 负责人 联系人 业务员 经理 渠道 规模 代码 原因 内容
方式 人数
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_HAN_EXACT = frozenset(_HAN_TEXT.split())
_HAN_ENDS = tuple(_HAN_ENDS_TEXT.split())
_DATA = re.compile(
    r"""\s*(?:
    [-+]?[\d\s.,()/:+-]*\d[\d\s.,()/:+-]*%?        # numbers, phones, dates, times
    | [¥$€£]\s*\d.* | [^@\s]+@[^@\s]+\.[^@\s]+     # money, e-mail
    | (?:https?://|www\.)\S+                      # web address
    | \d{4}-\d\d-\d\dT.* | \d{4}年.* | TRUE | FALSE
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
LOOK_AHEAD = 200
"""Rows that are enough to judge the first ones."""


@dataclass(slots=True)
class Heading:
    """What was found at the top of a table.

    Attributes:
        header: one unlike name a column.
        skip: rows of the sample that stand before the first record.
        row: index of the header row in the sample, or None where the table has none.
        notes: sentences about what was decided.
    """

    header: list[str]
    skip: int
    row: int | None
    notes: list[str] = field(default_factory=list)


def find_heading(rows: Sequence[Sequence[str]], wanted: bool | None = None) -> Heading:
    """Find the row that names the columns among the first non-blank rows.

    Args:
        rows: the first rows of the table, blank ones already left out.
        wanted: True if the first row surely is a header, False if surely not, None to judge.
    """
    if not rows:
        return Heading([], 0, None)
    notes: list[str] = []
    at = 0 if wanted is not None else _title_rows(rows)
    if at:
        notes.append(t("Title rows above the header were left out: {count}.", count=at))
    known = _known(rows[at])
    is_header = wanted if wanted is not None else known or _judge(rows[at], rows[at + 1 : at + LOOK_AHEAD])
    if is_header:
        if wanted is None and not known and len(rows) > at + 1 and not _values_below(rows[at + 1 : at + LOOK_AHEAD]):
            notes.append(t("The first row was taken as the header, though none of its words is known here."))
        return Heading(_distinct(rows[at], len(rows[at])), at + 1, at, notes)
    if wanted is None:
        notes.append(t("The table has no header row: its columns are called Column 1, Column 2 and so on."))
    width = max(len(row) for row in rows[:LOOK_AHEAD])
    return Heading(_distinct([], width), 0, None, notes)


def _distinct(names: Sequence[str], width: int) -> list[str]:
    """Names without gaps or repeats: a blank one is "Column 3", a second "Phone" is "Phone (2)"."""
    header: list[str] = []
    seen = {name.strip() for name in names}
    used: set[str] = set()
    for position in range(width):
        name = names[position].strip() if position < len(names) else ""
        name = name or f"Column {position + 1}"
        unique, number = name, 2
        while unique in used or (number > 2 and unique in seen):
            unique, number = f"{name} ({number})", number + 1
        used.add(unique)
        header.append(unique)
    return header


def _title_rows(rows: Sequence[Sequence[str]]) -> int:
    """Rows of one filled cell above a row of known column names (a sheet's printed title)."""
    for at, row in enumerate(rows[:6]):
        filled = sum(1 for cell in row if cell.strip())
        if filled >= 2:
            return at if at and _known(row) else 0
    return 0


def _known(row: Sequence[str]) -> bool:
    """Whether at least one cell is a usual column name and none is plainly a value."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells or any("@" in cell or "://" in cell for cell in cells):
        return False
    hits = sum(1 for cell in cells if _is_name(cell))
    values = sum(1 for cell in cells if _is_value(cell))
    return hits > values


def _is_value(cell: str) -> bool:
    """Whether a cell is plainly a value: a number, phone, date, e-mail or web address."""
    return len(cell) <= 100 and _DATA.fullmatch(cell) is not None


def _is_name(cell: str) -> bool:
    """Whether a cell, or one side of "姓名/Name", is a usual column name."""
    return len(cell) <= 60 and any(_is_word(side) for side in re.split(r"[/／|\n]", cell))


def _is_word(cell: str) -> bool:
    plain = re.sub(r"[（(].*?[)）]|[*＊:：\s]", "", cell)
    if any("一" <= sign <= "鿿" for sign in plain):
        return plain in _HAN_EXACT or (len(plain) <= 8 and plain.endswith(_HAN_ENDS))
    words = re.findall(r"[a-z-]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", cell).lower())
    if not words or len(words) > 6:
        return False
    if any(word.strip("-") in _WORDS for word in words):
        return True
    return len(words) == 1 and any(words[0].endswith(end) for end in ("name", "city", "phone", "code", "date", "email"))


def _judge(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether an unknown first row is unlike the rows below it."""
    if any(_is_value(cell) for cell in first if cell.strip()):
        return False
    if not rest:
        return True
    for position, cell in enumerate(first):
        below = [row[position].strip() for row in rest if position < len(row) and row[position].strip()]
        if cell.strip() and _same_sort(cell.strip(), below):
            return False
    return True


def _values_below(rest: Sequence[Sequence[str]]) -> bool:
    """Whether some column holds mostly numbers, dates or addresses, so that a row of words above it is a header."""
    for position in range(max(len(row) for row in rest)):
        below = [row[position] for row in rest if position < len(row) and row[position].strip()]
        if below and sum(1 for cell in below if _is_value(cell)) * 2 > len(below):
            return True
    return False


def _same_sort(cell: str, below: list[str]) -> bool:
    """Whether a text looks like one more of the values below it: repeated, a person's name, or of one ending."""
    if not below:
        return False
    if cell in below:
        return True
    if _person(cell) and sum(1 for value in below if _person(value)) * 3 >= len(below) * 2:
        return True
    ending = sum(1 for value in below if value[-1] == cell[-1] and value[-1] > "\x7f")
    return len(below) >= 4 and ending * 5 >= len(below) * 4


def _person(text: str) -> bool:
    return 2 <= len(text) <= 3 and text[0] in _SURNAMES and all("一" <= sign <= "鿿" for sign in text)
