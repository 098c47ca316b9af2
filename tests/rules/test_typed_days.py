from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.capture import capture

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=SHANGHAI)  # a Wednesday, 正月十六
YEAR_END = datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI)  # a Thursday

PLANNED = """
today | 2026-03-04
tonight | 2026-03-04 evening
tomorrow | 2026-03-05
tmr | 2026-03-05
Tomorrow 9:30 | 2026-03-05T09:30
tomorrow morning | 2026-03-05 morning
tomorrow afternoon | 2026-03-05 afternoon
tomorrow at noon | 2026-03-05T12:00
day after tomorrow | 2026-03-06
the day after tomorrow 3pm | 2026-03-06T15:00
yesterday | 2026-03-03
day before yesterday | 2026-03-02
in 3 days | 2026-03-07
in a week | 2026-03-11
in two weeks | 2026-03-18
in 2 months | 2026-05-04
in 1 year | 2027-03-04
a week from now | 2026-03-11
3 days later | 2026-03-07
3 days ago | 2026-03-01
two weeks ago | 2026-02-18
+3d | 2026-03-07
+2w | 2026-03-18
fri | 2026-03-06
friday | 2026-03-06
on friday | 2026-03-06
this friday | 2026-03-06
next friday | 2026-03-13
next fri 3pm | 2026-03-13T15:00
next wed | 2026-03-11
next monday | 2026-03-09
last friday | 2026-02-27
last wed | 2026-02-25
coming friday | 2026-03-06
friday week | 2026-03-13
friday next week | 2026-03-13
next week friday | 2026-03-13
wed | 2026-03-11
wed 3pm | 2026-03-04T15:00
wed 9am | 2026-03-11T09:00
wed afternoon | 2026-03-04 afternoon
tue | 2026-03-10
weekend | 2026-03-07
next weekend | 2026-03-14
end of month | 2026-03-31
end of the month | 2026-03-31
end of next month | 2026-04-30
eom | 2026-03-31
end of year | 2026-12-31
end of quarter | 2026-03-31
Dec 5 | 2026-12-05
dec 5th | 2026-12-05
December 5, 2027 | 2027-12-05
5 Dec | 2026-12-05
5th of December | 2026-12-05
Mar 1 | 2027-03-01
Mar 4 | 2026-03-04
March 10 3pm | 2026-03-10T15:00
the 15th | 2026-03-15
on the 2nd | 2026-04-02
15th of next month | 2026-04-15
next month 15 | 2026-04-15
first monday | 2026-04-06
first monday of next month | 2026-04-06
last friday of the month | 2026-03-27
first monday of may | 2026-05-04
last working day of the month | 2026-03-31
2027-01-03 | 2027-01-03
2026/12/24 | 2026-12-24
2026-03-05 14:30 | 2026-03-05T14:30
2026-03-05T14:30 | 2026-03-05T14:30
20260520 | 2026-05-20
25/12 | 2026-12-25
12/25 | 2026-12-25
5/5 | 2026-05-05
12-24 | 2026-12-24
03-05 | 2026-03-05
25/12/2026 | 2026-12-25
by friday | 2026-03-06 by
before the end of the month | 2026-03-31 by
christmas | 2026-12-25
14:30 | 2026-03-04T14:30
9:30 | 2026-03-05T09:30
3pm | 2026-03-04T15:00
at 3pm | 2026-03-04T15:00
3:30 pm | 2026-03-04T15:30
3.30pm | 2026-03-04T15:30
9am | 2026-03-05T09:00
12pm | 2026-03-04T12:00
12am | 2026-03-05T00:00
tomorrow at 10 | 2026-03-05T10:00
tomorrow half past 3 pm | 2026-03-05T15:30
tomorrow 3 o'clock pm | 2026-03-05T15:00
03:00 | 2026-03-05T03:00
in half an hour | 2026-03-04T11:00
in 2 hours | 2026-03-04T12:30
in 45 min | 2026-03-04T11:15
in an hour | 2026-03-04T11:30
今天 | 2026-03-04
今晚8点 | 2026-03-04T20:00
今天下午3点 | 2026-03-04T15:00
明天 | 2026-03-05
明天上午 | 2026-03-05 morning
明早9点 | 2026-03-05T09:00
明晚七点半 | 2026-03-05T19:30
明天中午 | 2026-03-05 noon
明天中午12点 | 2026-03-05T12:00
后天 | 2026-03-06
后天下午三点半 | 2026-03-06T15:30
大后天 | 2026-03-07
昨天 | 2026-03-03
前天 | 2026-03-02
大前天 | 2026-03-01
三天后 | 2026-03-07
3天之后 | 2026-03-07
十天以后 | 2026-03-14
两周后 | 2026-03-18
2个星期后 | 2026-03-18
三个月后 | 2026-06-04
一年后 | 2027-03-04
半个月后 | 2026-03-19
过三天 | 2026-03-07
三天前 | 2026-03-01
半小时后 | 2026-03-04T11:00
两小时后 | 2026-03-04T12:30
一个半小时后 | 2026-03-04T12:00
20分钟后 | 2026-03-04T10:50
周五 | 2026-03-06
星期五 | 2026-03-06
礼拜五 | 2026-03-06
这周五 | 2026-03-06
本周五 | 2026-03-06
这周一 | 2026-03-02
下周五 | 2026-03-13
下周三15:00 | 2026-03-11T15:00
下星期天 | 2026-03-15
下下周一 | 2026-03-16
下个周二 | 2026-03-10
上周三 | 2026-02-25
上上周五 | 2026-02-20
周三 | 2026-03-11
周三15:00 | 2026-03-04T15:00
周三上午9点 | 2026-03-11T09:00
周三下午 | 2026-03-04 afternoon
周日 | 2026-03-08
周末 | 2026-03-07
下周末 | 2026-03-14
下周 周三 | 2026-03-11
月底 | 2026-03-31
本月底 | 2026-03-31
下月底 | 2026-04-30
下个月底 | 2026-04-30
5月底 | 2026-05-31
下月初 | 2026-04-01
年底 | 2026-12-31
明年底 | 2027-12-31
季度末 | 2026-03-31
月底前 | 2026-03-31 by
周五之前 | 2026-03-06 by
12月5号 | 2026-12-05
12月5日 | 2026-12-05
十二月五号 | 2026-12-05
3月1日 | 2027-03-01
3月4日 | 2026-03-04
明年3月1日 | 2027-03-01
2027年1月3日 | 2027-01-03
15号 | 2026-03-15
十五号 | 2026-03-15
2号 | 2026-04-02
下个月15号 | 2026-04-15
下个月 15号 | 2026-04-15
本月20日 | 2026-03-20
31号 | 2026-03-31
第一个周一 | 2026-04-06
下个月第一个周一 | 2026-04-06
本月最后一个周五 | 2026-03-27
最后一个工作日 | 2026-03-31
本月最后一天 | 2026-03-31
5月第二个周日 | 2026-05-10
正月十五 | 2027-02-20
正月十六 | 2026-03-04
腊月廿三 | 2027-01-30
腊月三十 | 2027-02-05
农历八月十五 | 2026-09-25
八月初三 | 2026-09-13
农历5月5日 | 2026-06-19
初三 | 2026-03-21
廿三 | 2026-03-11
除夕 | 2027-02-05
中秋节 | 2026-09-25
端午 | 2026-06-19
国庆节 | 2026-10-01
元旦 | 2027-01-01
下午2点 | 2026-03-04T14:00
下午两点一刻 | 2026-03-04T14:15
下午3点45分 | 2026-03-04T15:45
上午九点 | 2026-03-05T09:00
上午11点 | 2026-03-04T11:00
晚上8点 | 2026-03-04T20:00
凌晨2点 | 2026-03-05T02:00
14点30 | 2026-03-04T14:30
15时 | 2026-03-04T15:00
下午 | 2026-03-04 afternoon
下午2点到4点 | 2026-03-04T14:00 120
上午10点到下午2点 | 2026-03-05T10:00 240
14:00-15:30 | 2026-03-04T14:00 90
明天9点到11点半 | 2026-03-05T09:00 150
3-5pm | 2026-03-04T15:00 120
11am-1pm | 2026-03-04T11:00 120
from 2pm to 4pm | 2026-03-04T14:00 120
2pm - 4 pm tomorrow | 2026-03-05T14:00 120
３月１０日　１５：００ | 2026-03-10T15:00
3月6日 周五 | 2026-03-06
周五下午2点 1小时 | 2026-03-06T14:00 60
fri 3pm 2h | 2026-03-06T15:00 120
下周三晚 | 2026-03-11 evening
明天一早 | 2026-03-05 morning
晚8点 | 2026-03-04T20:00
周5下午3点 | 2026-03-06T15:00
廿三号 | 2026-03-23
当月15号 | 2026-03-15
the 5th of april | 2026-04-05
next month on the 5th | 2026-04-05
in 2 days' time | 2026-03-06
an hour ago | 2026-03-04T09:30
friday before noon | 2026-03-06T12:00 by
before 3pm tomorrow | 2026-03-05T15:00 by
Sat. 10am | 2026-03-07T10:00
Tues. 9:15am | 2026-03-10T09:15
wednesday week | 2026-03-18
a week from friday | 2026-03-13
上午9-11点 | 2026-03-05T09:00 120
明天下午1点半-3点 | 2026-03-05T13:30 90
8点到10点 明天 | 2026-03-05T08:00 120
quarter to 4 pm | 2026-03-04T15:45
2026年3月12日下午3:00 | 2026-03-12T15:00
2026-3-12 15:00:00 | 2026-03-12T15:00
刚才 | 2026-03-04T10:30
截止周五 | 2026-03-06 by
半年后 | 2026-09-04
腊月二十三 | 2027-01-30
2028-02-29 | 2028-02-29
周五 3月6日 14:00 | 2026-03-06T14:00
12月25日 周五 | 2026-12-25
"""
LOGGED = """
昨天 | 2026-03-03
上周三 | 2026-02-25
周三 | 2026-02-25
周三9点 | 2026-03-04T09:00
周三15:00 | 2026-02-25T15:00
周五 | 2026-02-27
周一 | 2026-03-02
3月6日 | 2025-03-06
12月5号 | 2025-12-05
2号 | 2026-03-02
15号 | 2026-02-15
正月十五 | 2026-03-03
初三 | 2026-02-19
月底 | 2026-02-28
下午3点 | 2026-03-03T15:00
9:00 | 2026-03-04T09:00
两小时前 | 2026-03-04T08:30
半小时前 | 2026-03-04T10:00
fri | 2026-02-27
monday | 2026-03-02
last friday | 2026-02-27
Dec 5 | 2025-12-05
yesterday 3pm | 2026-03-03T15:00
3 days ago | 2026-03-01
2 hours ago | 2026-03-04T08:30
今天上午 | 2026-03-04 morning
"""
AT_YEAR_END = """
tomorrow | 2027-01-01
明天上午9点 | 2027-01-01T09:00
月底 | 2026-12-31
年底 | 2026-12-31
end of month | 2026-12-31
下月底 | 2027-01-31
next month 15 | 2027-01-15
in 2 months | 2027-02-28
两个月后 | 2027-02-28
1月5号 | 2027-01-05
1号 | 2027-01-01
31号 | 2026-12-31
Dec 31 | 2026-12-31
下周五 | 2027-01-08
周四 | 2027-01-07
周四 18:00 | 2026-12-31T18:00
next friday | 2027-01-08
this friday | 2027-01-01
上周五 | 2026-12-25
元旦 | 2027-01-01
春节 | 2027-02-06
第一个周一 | 2027-01-04
腊月廿三 | 2027-01-30
9am | 2027-01-01T09:00
三小时后 | 2026-12-31T20:00
八小时后 | 2027-01-01T01:00
最后一个工作日 | 2026-12-31
"""
UNCLEAR = """
5/12
3/4
5/12/2026
Feb 30
feb 29
2月30号
2月29日
13月5日
2026-02-30
2026-13-01
31/31
next month 31
下个月31号
32号
25:00
12:75
24:00
下午25点
上午15点
下午8:75
3点
三点半
3:00
5:30
tomorrow 3:00
half past 3
at 5
晚上12点
midnight
下周
next week
下个月
next month
本周
5月
in december
八月十五
五月五
this monday
last monday
1月下旬
改天
过几天
soon
3-5
5.12
农历13月1日
闰六月初一
三月三十一日 四月三十一日
周五后
after friday
15:00到14:00
4pm-3pm
周五 周六
明天 后天
3月6日 周四
tomorrow monday
15:00 16:00
上午 下午
5月第五个周一
every second tuesday
biweekly
每周两次
每月32号
每年2月30日
提前30分钟
清明
差五分三点
40/3
fri 25:00
0点60分
上午12点
30 hours
0分钟
几天后
within 3 days
三天内
周五下午到4点
mon-fri
周一到周五
5月1日到5月3日
3月5日-7日
apr 5-7
april 5 - 7
tonight 8
friday 12
tomorrow 3 in the afternoon
下周三 1500
half 4
两三天后
2-3天后
in 2-3 days
十来天
初一十五
每月1、15号
每月1号和15号
every 1st and 15th
every 4th friday
every second friday
每季度末
每月初三
每隔两天
每隔两周
每周拜访两次
每天早晚
next next friday
week after next
3.12 下午3点
eod
下班前
周五下班前
20260230
31 feb
0pm
下午8点
晚上12点半
3周后的周五
每月15日和月底
every day at 8am and 5pm
一会儿
later
下周 周二 周四
"""


def _rows(table: str) -> list[tuple[str, str]]:
    return [(line.split(" | ")[0], line.split(" | ")[1]) for line in table.strip().splitlines()]


def _told(line: str, now: datetime, past: bool = False) -> str:
    found = capture(line, now, past=past)
    if found.unclear:
        return f"unclear: {[(found.said(span), span.reason) for span in found.unclear]}"
    if found.when is None:
        return "no day"
    assert not found.text, f"left over: {found.text}"
    more = [found.when.part, "by" if found.when.by else "", str(found.minutes or "")]
    return " ".join([found.when.iso, *(word for word in more if word)])


@pytest.mark.parametrize(("line", "meant"), _rows(PLANNED))
def test_a_plan_takes_the_day_that_is_meant(line: str, meant: str) -> None:
    assert _told(line, NOW) == meant


@pytest.mark.parametrize(("line", "meant"), _rows(LOGGED))
def test_a_log_line_takes_the_last_such_day(line: str, meant: str) -> None:
    assert _told(line, NOW, past=True) == meant


@pytest.mark.parametrize(("line", "meant"), _rows(AT_YEAR_END))
def test_the_end_of_a_year_is_no_wall(line: str, meant: str) -> None:
    assert _told(line, YEAR_END) == meant


@pytest.mark.parametrize("line", UNCLEAR.strip().splitlines())
def test_what_is_no_day_or_could_be_two_is_marked_and_kept(line: str) -> None:
    found = capture(line, NOW)
    assert found.unclear, found
    assert all(span.reason for span in found.unclear)
    assert all(found.said(span) in found.text for span in found.unclear)


def test_what_could_be_two_days_offers_both_and_each_is_then_understood() -> None:
    for line in ("5/12", "八月十五", "this monday", "3点", "5/12/2026"):
        choices = capture(line, NOW).unclear[0].choices
        assert len(choices) == 2
        read = [capture(choice, NOW) for choice in choices]
        assert all(one.when is not None and not one.unclear for one in read)
        assert read[0].when != read[1].when


@settings(max_examples=150, deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)), st.integers(0, 6), st.integers(2, 40))
def test_days_reckoned_by_hand_agree_on_any_day_of_any_year(naive: datetime, at: int, ahead: int) -> None:
    now = naive.replace(tzinfo=SHANGHAI)
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    coming = today + timedelta(days=1)
    while coming.weekday() != at:
        coming += timedelta(days=1)
    gone = today - timedelta(days=1)
    while gone.weekday() != at:
        gone -= timedelta(days=1)
    english = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][at]
    week = {name: monday + timedelta(days=at + 7 * ahead) for name, ahead in (("上", -1), ("这", 0), ("下", 1))}
    later = today + timedelta(days=ahead)
    expected = {
        f"周{'一二三四五六日'[at]}": coming, english: coming, english[:3]: coming, f"next {english}": week["下"],
        **{f"{which}周{'一二三四五六日'[at]}": day for which, day in week.items()},
        f"{ahead}天后": later, f"in {ahead} days": later, f"{ahead} days ago": today - timedelta(days=ahead),
        f"{later.month}月{later.day}号": later, f"{later:%b} {later.day}": later, f"{later.day} {later:%B}": later,
        later.isoformat(): later, f"{later.year}年{later.month}月{later.day}日": later,
    }  # fmt: skip
    for line, day in expected.items():
        found = capture(line, now)
        if not (later.month == 2 and later.day == 29 and found.unclear):
            assert found.when is not None, line
            assert found.when.day == day, line
    logged = capture(english, now, past=True).when
    assert logged is not None
    assert logged.day == gone


def test_a_time_that_the_clocks_skip_is_marked() -> None:
    berlin = datetime(2026, 3, 28, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    found = capture("tomorrow 02:30", berlin)
    assert [found.said(span) for span in found.unclear] == ["02:30"]
    assert found.when is not None
    assert found.when.iso == "2026-03-29"
    assert capture("in 24 hours", berlin).when.iso == "2026-03-29T11:00"  # type: ignore[union-attr]


def test_holidays_move_the_last_working_day() -> None:
    found = capture("最后一个工作日", NOW, is_working_day=lambda day: day.weekday() < 5 and day.day < 30)
    assert found.when is not None
    assert found.when.iso == "2026-03-27"
