from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from crm_tui.rules.series import daily, monthly, monthly_weekday, monthly_working_day, weekly, yearly
from crm_tui.rules.series_text import parse_rrule
from crm_tui.rules.series_words import describe
from crm_tui.words import set_language

START = datetime(2026, 1, 5, 9)
ZONE = "Asia/Shanghai"
SAID = {
    "daily": (daily(START, ZONE), "every day at 09:00", "每天 09:00"),
    "two weeks": (weekly(START, ZONE, (0, 3), 2), "every 2 weeks on Mon, Thu at 09:00", "每 2 周周一、周四 09:00"),
    "weekly": (weekly(START, ZONE), "every week on Mon at 09:00", "每周周一 09:00"),
    "day 31": (
        monthly(START, ZONE, 31),
        "every month on day 31 (or the last) at 09:00",
        "每月31 日（小月为最后一天） 09:00",
    ),
    "last day": (monthly(START, ZONE, -1), "every month on the last day at 09:00", "每月最后一天 09:00"),
    "last working day": (
        replace(monthly_working_day(START, ZONE), until=date(2026, 12, 31)),
        "every month on the last working day at 09:00, until 2026-12-31",
        "每月最后一个工作日 09:00，到 2026-12-31 为止",
    ),
    "third working day": (
        monthly_working_day(START, ZONE, -3),
        "every month on the 3rd-last working day at 09:00",
        "每月倒数第 3 个工作日 09:00",
    ),
    "last Friday": (
        replace(monthly_weekday(START, ZONE, 4, -1, 3), rule="before", count=4),
        "every 3 months on the last Fri at 09:00, 4 times, on days off the working day before",
        "每 3 个月最后一个周五 09:00，共 4 次，遇休息日提前到前一个工作日",
    ),
    "yearly": (
        replace(yearly(START, ZONE, 3, 8), rule="after").skip(datetime(2027, 3, 8, 9)),
        "every year on March day 8 at 09:00, on days off the working day after, 1 skipped",
        "每年3 月8 日 09:00，遇休息日顺延到下一个工作日，1 次取消",
    ),
    "first weekday": (
        parse_rrule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", START, ZONE),
        "every month on the 1st of Mon, Tue, Wed, Thu, Fri at 09:00",
        "每月周一、周二、周三、周四、周五中的第 1 个 09:00",
    ),
}


@pytest.fixture(autouse=True)
def _back_to_english() -> Iterator[None]:
    yield
    set_language("en")


@pytest.mark.parametrize("name", SAID)
def test_a_series_is_said_in_both_languages(name: str) -> None:
    series, english, chinese = SAID[name]
    assert describe(series) == english
    set_language("zh")
    assert describe(series) == chinese
