from __future__ import annotations

import pytest

from crm_tui.rules.places import part_place, place_at_start


@pytest.mark.parametrize(
    ("name", "rest", "place"),
    [
        ("上海万方科技", "万方科技", "上海"),
        ("上海市万方科技", "万方科技", "上海"),
        ("广东深圳万方", "万方", "广东深圳"),
        ("万方（上海）科技", "万方科技", "上海"),
        ("万方(上海)科技", "万方科技", "上海"),
        ("万方(控股)科技", "万方(控股)科技", ""),
        ("上海", "上海", ""),
        ("Acme", "Acme", ""),
    ],
)
def test_a_place_is_parted_from_a_company_name(name: str, rest: str, place: str) -> None:
    assert part_place(name) == (rest, place)


def test_a_place_needs_something_behind_it() -> None:
    assert place_at_start("北京") == ""
    assert place_at_start("北京烤鸭") == "北京"
