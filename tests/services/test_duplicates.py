"""Likely duplicates: found with a reason, remembered as none, merged away."""

from __future__ import annotations

import threading

import pytest

from crm_tui.errors import Cancelled, NotFound, Refused
from crm_tui.services.crm import Crm


def add(crm: Crm, name: str, *phones: str, email: str = "", kind: str = "organisation") -> str:
    return crm.customers.create({"name": name, "kind": kind}, phones, [email] if email else []).ids[0]


def found(crm: Crm) -> list[tuple[str, str]]:
    return [(pair.name_a, pair.name_b) for pair in crm.duplicates.pairs()]


def test_phones_mails_and_like_names_make_pairs_with_reasons(crm: Crm) -> None:
    add(crm, "万方（上海）科技有限公司", "13800138000")
    add(crm, "上海万方科技", "138 0013 8000")
    add(crm, "John Smith", email="j@smith.com", kind="person")
    add(crm, "Smith, John", email="J@SMITH.COM", kind="person")
    add(crm, "Globex Ltd")
    add(crm, "GLOBEX Limited")
    add(crm, "Unlike", "13900139000")
    pairs = crm.duplicates.pairs()
    assert sorted((pair.name_a, pair.name_b) for pair in pairs) == [
        ("Globex Ltd", "GLOBEX Limited"),
        ("John Smith", "Smith, John"),
        ("万方（上海）科技有限公司", "上海万方科技"),
    ]
    assert all(pair.reasons for pair in pairs)
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)
    assert len(crm.duplicates.pairs(limit=1)) == 1


def test_a_pair_called_different_is_not_shown_again_until_that_is_undone(crm: Crm) -> None:
    one, two = add(crm, "Globex Ltd"), add(crm, "Globex Limited")
    before = crm.digest()
    assert len(found(crm)) == 1
    crm.duplicates.distinct(two, one)
    assert found(crm) == []
    assert crm.duplicates.distinct(one, two).action is None
    crm.store.undo()
    assert len(found(crm)) == 1
    assert crm.digest() == before
    crm.duplicates.distinct(one, two)
    assert found(crm) == []
    assert crm.check() == []
    with pytest.raises(Refused):
        crm.duplicates.distinct(one, one)
    with pytest.raises(NotFound):
        crm.duplicates.distinct(one, "0" * 32)


def test_merged_and_trashed_customers_are_in_no_pair(crm: Crm) -> None:
    one, two, three = (add(crm, "Globex Ltd", "13800138000") for _ in range(3))
    assert len(found(crm)) == 3
    crm.customers.merge(one, two)
    assert len(found(crm)) == 1
    crm.customers.trash(three)
    assert found(crm) == []
    crm.customers.unmerge(two)
    assert len(found(crm)) == 1


def test_the_phone_of_a_merged_customer_speaks_for_the_survivor(crm: Crm) -> None:
    one, two = add(crm, "Globex"), add(crm, "Initech", "13800138000")
    crm.customers.merge(one, two)
    add(crm, "Globex Ltd", "13800138000")
    pair = crm.duplicates.pairs()[0]
    assert pair.a == one
    assert any("138" in reason for reason in pair.reasons)
    assert [known.id for known in crm.duplicates.while_typing("", "13800138000") if known.id == two] == []


def test_typing_shows_who_is_there_already(crm: Crm) -> None:
    one = add(crm, "万方（上海）科技有限公司", "13800138000", email="info@wf.cn")
    add(crm, "海天食品")
    for typed in (
        {"name": "上海万方科技"},
        {"name": "wan fang", "phones": "138-0013-8000"},
        {"name": "", "phones": ["+8613800138000"]},
        {"name": "x", "emails": "INFO@wf.cn; other@wf.cn"},
    ):
        suspects = crm.duplicates.while_typing(**typed)
        assert [suspect.id for suspect in suspects] == [one], typed
        assert str(suspects[0]).startswith("万方（上海）科技有限公司 (")
    assert crm.duplicates.while_typing("", "", "") == []
    assert crm.duplicates.while_typing("[red]", "\x00", "@") == []


def test_imported_duplicates_are_on_the_list(crm: Crm) -> None:
    from crm_tui.rules.headers import recognise
    from crm_tui.services.imports import Source

    add(crm, "海天食品", "13800138000")
    header = ["客户名称", "手机"]
    columns = crm.imports.columns(header, recognise(header, []))
    plan = crm.imports.prepare(columns, [(2, ["海天食品厂家直销", "13800138000"])], Source("a.csv", "a"))
    crm.imports.apply(plan)
    assert (plan.counts["created"], plan.duplicates) in ((1, 1), (0, 0))
    assert len(found(crm)) == plan.counts["created"]


def test_the_search_can_be_stopped(crm: Crm) -> None:
    add(crm, "Globex Ltd")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        crm.duplicates.pairs(cancel=stop)
