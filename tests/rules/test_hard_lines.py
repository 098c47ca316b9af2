"""Lines that an auditor thought of before looking at the readers: right, or marked; never silently another day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crm_tui.rules.capture import capture

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday, 十月十六
KNOWN = (
    "fang",
    "bob",
    "acme",
    "huawei",
    "王芳",
    "华为",
    "王五",
    "周一鸣",
    "3m",
    "may",
    "march foods",
    "十月咖啡",
    "五一超市",
)

READ = """
call Fang tomorrow 10-11 | 2026-11-25T10:00 60 |
tomorrow 10-11 visit Acme | 2026-11-25T10:00 60 |
visit Acme 10-11 tomorrow | 2026-11-25T10:00 60 |
visit Huawei from 10 to 11 tomorrow | 2026-11-25T10:00 60 |
between 10 and 11 tomorrow Acme | 2026-11-25T10:00 60 |
visit Acme fri from 10 to 12 | 2026-11-27T10:00 120 |
visit Acme 9-5 tomorrow | 2026-11-25T09:00 480 |
meeting Acme thu 2-3:30pm | 2026-11-26T14:00 90 |
visit Acme fri 2pm until 4 | 2026-11-27T14:00 120 |
call Bob tomorrow 2pm-4 | 2026-11-25T14:00 120 |
call Bob tomorrow 10:00 to 11 | 2026-11-25T10:00 60 |
call Bob 10:30-11 tomorrow | 2026-11-25T10:30 30 |
call Bob tomorrow 10am to noon | 2026-11-25T10:00 120 |
visit Acme between 2pm and 4pm on friday | 2026-11-27T14:00 120 |
call Bob tomorrow 1500 hrs | 2026-11-25T15:00 |
call Fang at noon tomorrow | 2026-11-25T12:00 |
call Bob in a fortnight | 2026-12-08 |
call Bob in 90 minutes | 2026-11-24T11:35 |
call Bob tomorrow quarter past nine am | 2026-11-25T09:15 |
call Bob tomorrow at quarter to five pm | 2026-11-25T16:45 |
call Bob in 3 working days | 2026-11-27 |
call Bob in 5 business days | 2026-12-01 |
call Bob friday at the latest | 2026-11-27 by |
call Bob no later than friday | 2026-11-27 by |
2027 May 5 Bob | 2027-05-05 |
call Bob next month first monday | 2026-12-07 |
visit Acme first monday of december 10:00 | 2026-12-07T10:00 |
call Bob Thursday 26 Nov 10am | 2026-11-26T10:00 |
visit 3M tomorrow 10am | 2026-11-25T10:00 |
call May tomorrow 3pm | 2026-11-25T15:00 |
visit March Foods friday | 2026-11-27 |
bring 24 boxes to Acme mon 9am | 2026-11-30T09:00 | bring 24 boxes
order 3-5 boxes tomorrow Acme | 2026-11-25 | order 3-5 boxes
visit Acme tomorrow 9-10 boxes | 2026-11-25 | 9-10 boxes
price 3.50 Bob tomorrow | 2026-11-25 | price 3.50
call Bob room 1015 tomorrow | 2026-11-25 | room 1015
明天10点到11点 拜访 华为 | 2026-11-25T10:00 60 |
明天10-11点 拜访 华为 | 2026-11-25T10:00 60 |
明天10-11 拜访 华为 | 2026-11-25T10:00 60 |
从10点到11点 明天 拜访 华为 | 2026-11-25T10:00 60 |
明天10:30-11 王芳 | 2026-11-25T10:30 30 |
明天十点至十一点半 王芳 | 2026-11-25T10:00 90 |
后天下午2点半到4点 开会 华为 | 2026-11-26T14:30 90 |
本周五下午三点一刻 王芳 | 2026-11-27T15:15 |
二〇二六年十二月五日 王芳 | 2026-12-05 |
二〇二七年十二月五日 王芳 | 2027-12-05 |
明年中秋 王芳 | 2027-09-15 |
明年国庆 王芳 | 2027-10-01 |
明年春节前 王芳 | 2027-02-06 by |
大年初三 王芳 | 2027-02-08 |
腊八 王芳 | 2027-01-15 |
元宵节 王芳 | 2027-02-20 |
三个工作日后 王芳 | 2026-11-27 |
周五下午三点前 王芳 交货 | 2026-11-27T15:00 by |
最晚周五 王芳 交货 | 2026-11-27 by |
最迟明天下午三点 王芳 | 2026-11-25T15:00 by |
送样品 明天 华为 | 2026-11-25 | 样品
收尾款 10号 王芳 | 2026-12-10 | 尾款
有一点问题 明天 电话 王芳 | 2026-11-25 | 有一点问题
周三一起去 拜访 华为 | 2026-11-25 | 一起去
周五三方会谈 华为 | 2026-11-27 | 三方
总结今年 周五 开会 华为 | 2026-11-27 | 总结今年
周一鸣 明天 拜访 | 2026-11-25 |
十月咖啡 后天 送货 | 2026-11-26 |
五一超市 周五 拜访 | 2026-11-27 |
下周五上午10:00-11:30 华为 | 2026-12-04T10:00 90 |
半个月后 王芳 | 2026-12-09 |
"""
MARKED = """
visit Acme tomorrow 3-5
call Bob 11.30 tomorrow
call Bob tomorrow 11.45
call Bob tomorrow 15h
call Bob tomorrow 15h30
call Bob 8 tomorrow morning
call Bob tomorrow at 5ish pm
call Bob tomorrow 3p
call Bob after lunch tomorrow
call Bob two weeks from tomorrow
3 weeks from monday Bob
2 days after friday Bob
day before christmas Bob
two days before christmas Bob
call Bob 2 fridays from now
next month last friday Bob
call Bob wednesday next
same time tomorrow Bob
call Bob tomorrow or friday
visit Acme not tomorrow but friday
call Bob Friday 26 Nov 10am
visit Acme 31 nov
call Bob 3/12
call Bob Q3
call Bob thursday the 27th
visit Acme Nov 30 to Dec 2
周一三五 拜访 华为
周一、三 拜访 华为
周六日 拜访 华为
明后天 王芳
今明两天 王芳
周三或周四 拜访 华为
明年今天 王芳
后年春节 王芳
今年春节 王芳
周五前一天 王芳
中秋前一天 王芳
春节后三天 王芳
春节后第一个工作日 王芳
5个工作日内 王芳
三天之内 王芳 回访
明天晚些时候 王芳
明天午饭后 王芳
两周后周五 王芳
下季度初 王芳
第三季度 王芳
11月31号 王芳
不是明天，后天 王芳
明天5点 王芳
讨论三点 明天 王芳
"""


def _find(name: str) -> list[str]:
    return [name] if name.lower() in KNOWN else []


@pytest.mark.parametrize("row", READ.strip().splitlines())
def test_a_hard_line_is_read(row: str) -> None:
    line, meant, text = (part.strip() for part in row.split("|"))
    found = capture(line, NOW, find=_find)
    assert not found.unclear
    assert found.when is not None
    told = [found.when.iso, found.when.part, "by" if found.when.by else "", str(found.minutes or "")]
    assert (" ".join(filter(None, told)), found.text) == (meant, text)
    assert found.who is not None


@pytest.mark.parametrize("line", MARKED.strip().splitlines())
def test_a_line_that_names_no_single_day_and_time_is_marked_and_kept(line: str) -> None:
    found = capture(line, NOW, find=_find)
    assert found.unclear
    assert all(span.reason and found.said(span) in found.text for span in found.unclear)
