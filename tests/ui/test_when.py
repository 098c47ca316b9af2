from __future__ import annotations

from datetime import timedelta

import pytest

from crm_tui.ui.when import since
from crm_tui.words import set_language
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("gone", "english", "chinese"),
    [
        (timedelta(seconds=20), "now", "刚刚"),
        (timedelta(seconds=-20), "now", "刚刚"),
        (timedelta(seconds=60), "1 min", "1 分钟"),
        (timedelta(minutes=59), "59 min", "59 分钟"),
        (timedelta(hours=3), "3 h", "3 小时"),
        (timedelta(days=12), "12 d", "12 天"),
        (timedelta(days=1100), "3 y", "3 年"),
    ],
)
def test_how_long_ago_something_was(gone: timedelta, english: str, chinese: str) -> None:
    assert since(NOW - gone, NOW) == english
    set_language("zh")
    assert since(NOW - gone, NOW) == chinese
