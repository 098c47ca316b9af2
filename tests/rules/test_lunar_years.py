from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.lunar_years import FIRST, LAST, solar_day


@settings(max_examples=40, deadline=None)
@given(
    st.integers(FIRST, LAST),
    st.integers(1, 12).flatmap(lambda month: st.sampled_from([month, -month])),
    st.integers(1, 30),
)
def test_the_table_says_what_the_sky_says(year: int, month: int, day: int) -> None:
    from lunar_python import Lunar, LunarMonth

    found = LunarMonth.fromYm(year, month) or LunarMonth.fromYm(year, abs(month))
    solar = Lunar.fromYmd(year, found.getMonth(), min(day, found.getDayCount())).getSolar()
    assert solar_day(year, month, day) == date(solar.getYear(), solar.getMonth(), solar.getDay())


def test_new_years_day_is_where_everybody_celebrates_it() -> None:
    assert solar_day(2024, 1, 1) == date(2024, 2, 10)
    assert solar_day(2026, 1, 1) == date(2026, 2, 17)
    assert solar_day(2025, -6, 1) == date(2025, 7, 25)
    assert solar_day(2033, -11, 1) == date(2033, 12, 22)
