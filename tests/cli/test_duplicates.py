from __future__ import annotations

import pytest


@pytest.fixture
def two(call) -> tuple[str, str]:
    """Two customers that are one."""
    words = ("--phone", "13800138000", "--json")
    one = call("new", "customer", "万方科技（上海）有限公司", *words, "grade=A").data["id"]
    other = call("new", "customer", "上海万方科技", *words, "region=上海").data["id"]
    call("log", other, "hello")
    return one, other


def test_pairs_come_with_score_and_reason(call, two) -> None:
    (pair,) = call("duplicates", "--json").data
    assert {pair["id"], pair["other"]} == set(two)
    assert pair["score"] > 75
    assert pair["reason"]
    assert "万方" in call("duplicates").out


def test_merging_keeps_both_histories_and_separating_brings_both_back(call, two) -> None:
    one, other = two
    before = call("check", "--digest", "--json").data["digest"]
    done = call("merge", one, other, "region=上海", "--json")
    assert set(done.data) == {"id", "action"}
    card = call("card", other, "--json").data
    assert card["id"] == one
    assert [v["summary"] for v in card["timeline"]] == ["hello"]
    assert (card["grade"], card["region"]) == ("A", "上海")
    assert call("duplicates", "--json").data == []
    assert call("merge", one, other).code == 1
    assert call("unmerge", "上海万方科技", "--json").data["id"] == other
    assert len(call("find", "万方", "--json").data["items"]) == 2
    call("undo")
    call("undo")
    assert call("check", "--digest", "--json").data["digest"] == before


def test_a_pair_that_was_called_different_is_not_shown_again(call, two) -> None:
    assert call("duplicates", "--apart", *two).code == 0
    assert call("duplicates", "--json").data == []
    assert call("duplicates", "--apart", two[0], two[0]).code == 1


def test_a_customer_that_was_not_merged_cannot_be_separated(call, two) -> None:
    assert call("unmerge", two[0]).code == 1
    assert call("unmerge", "nobody").code == 1
