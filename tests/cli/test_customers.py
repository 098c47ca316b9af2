from __future__ import annotations

import re

import pytest

ID = re.compile(r"[0-9a-f]{32}")


def test_a_new_customer_is_found_by_whatever_people_type(call) -> None:
    made = call(
        "new", "customer", "王芳", "--phone", "138 0013 8000", "--email", "wf@x.example", "--tag", "VIP", "--json"
    )
    assert made.code == 0
    assert set(made.data) == {"id", "action"}
    assert ID.fullmatch(made.data["id"])
    for text in ("王芳", "wf", "wangfang", "8000", "13800138000", "wf@x", "VIP"):
        found = call("find", text, "--json").data
        assert set(found) == {"query", "count", "items"}
        assert found["count"] == 1, text
        (item,) = found["items"]
        assert set(item) == {"id", "name", "kind", "phones", "owner", "why"}
        assert (item["id"], item["name"], item["phones"]) == (made.data["id"], "王芳", ["+8613800138000"])
        assert item["why"]


def test_data_go_to_stdout_and_messages_to_stderr(call) -> None:
    made = call("new", "customer", "Ann")
    assert ID.fullmatch(made.out.strip())
    assert "Added Ann" in made.err
    nobody = call("find", "zzz", "--json")
    assert nobody.data == {"query": "zzz", "count": 0, "items": []}
    assert "zzz" in nobody.err


def test_the_count_of_a_search_is_exact_and_the_limit_only_cuts_the_list(call) -> None:
    for number in range(12):
        call("new", "customer", f"Harbour {number}")
    found = call("find", "harbour", "--limit", "5", "--json").data
    assert found["count"] == 12
    assert len(found["items"]) == 5


def test_a_card_holds_every_field_and_what_hangs_on_the_customer(call) -> None:
    call("people", "add", "Li Na", "role=supervisor")
    row = call("new", "customer", "Acme Ltd", "--owner", "li na", "industry=Food", "--json").data["id"]
    call("new", "contact", row, "王伟", "title=经理", "decision_role=决策者")
    call("new", "tag", row, "VIP")
    call("new", "need", row, "a cold store", "urgency=high")
    call("new", "date", row, "birthday", "month=3", "day=5")
    card = call("card", "acme", "--json").data
    wanted = {"id", "name", "kind", "number", "owner", "grade", "extra", "contacts", "phones", "emails", "tags"}
    wanted |= {"key_dates", "timeline", "next_step", "history_count", "created", "changed", "deleted"}
    assert wanted <= set(card)
    assert card["owner_name"] == "Li Na"
    assert [c["decision_role"] for c in card["contacts"]] == ["decider"]
    assert [n["urgency"] for n in card["needs"]] == ["high"]
    assert (card["key_dates"][0]["month"], card["key_dates"][0]["day"]) == (3, 5)
    assert card["next_step"] is None
    text = call("card", "acme").out
    for said in ("Acme Ltd", "Li Na", "王伟", "VIP", "a cold store", "03-05"):
        assert said in text


def test_editing_takes_names_labels_links_and_custom_fields(call) -> None:
    call("people", "add", "Li Na")
    row = call("new", "customer", "Ann", "--json").data["id"]
    call("fields", "add", "customers", "size_of_shop", "--kind", "integer", "--en", "Shop size", "--zh", "店面")
    done = call("edit", row, "grade=A", "Owner=Li Na", "店面=120", "extra.loose=x", "kind=个人", "--json")
    assert done.code == 0, done.err
    card = call("card", row, "--json").data
    assert (card["grade"], card["owner_name"], card["kind"]) == ("A", "Li Na", "person")
    assert card["extra"] == {"size_of_shop": 120, "loose": "x"}
    call("edit", row, "extra.loose=", "grade=")
    card = call("card", row, "--json").data
    assert card["extra"] == {"size_of_shop": 120}
    assert card["grade"] is None
    assert call("edit", row, "grade=", "--json").data == {"id": row, "action": None}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("grad=A", "grade"),
        ("owner=Nobody", "nobody is called"),
        ("kind=planet", "organisation"),
        ("name=", "must not be empty"),
        ("grade", "FIELD=VALUE"),
        ("parent=Ann", "itself"),
        ("zzzzzz=1", "known are"),
        ("sort_key=1", "no such field"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_and_nothing_changes(call, word: str, said: str) -> None:
    row = call("new", "customer", "Ann", "--json").data["id"]
    before = call("check", "--digest", "--json").data["digest"]
    done = call("edit", row, word)
    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
    assert call("check", "--digest", "--json").data["digest"] == before


def test_trash_and_restore_work_by_id_and_by_name(call) -> None:
    row = call("new", "customer", "Ann", "--json").data["id"]
    assert call("trash", "ann", "--json").data["id"] == row
    assert call("find", "ann", "--json").data["count"] == 0
    assert [r["id"] for r in call("restore", "--json").data] == [row]
    assert "Ann" in call("restore").out
    assert call("restore", "Ann", "--json").data["id"] == row
    assert call("find", "ann", "--json").data["count"] == 1
    assert call("restore", "Ann").code == 1


def test_several_records_go_into_the_trash_in_one_action(call) -> None:
    rows = [call("new", "customer", name, "--json").data["id"] for name in ("Ann", "Ben")]
    done = call("trash", *rows, "--json").data
    assert [item["id"] for item in done] == rows
    assert done[0]["action"] == done[1]["action"]


def test_what_several_customers_answer_to_is_refused_with_their_names(call) -> None:
    call("new", "customer", "Harbour One")
    call("new", "customer", "Harbour Two")
    done = call("card", "harbour")
    assert done.code == 1
    assert "Harbour One" in done.err
    assert "Harbour Two" in done.err


def test_a_missing_file_is_named_by_reading_commands_and_not_made(call, tmp_path) -> None:
    done = call("find", "x")
    assert done.code == 1
    assert "crm-tui import" in done.err
    assert not (tmp_path / "home").exists()


HOSTILE = ["[red]x", "x [/oops]", "a\nb", "עברית שלום", "👩‍👩‍👧 family", "名" * 200, "-dash", "=SUM(A1)"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_pass_unharmed(call, name: str) -> None:
    made = call("new", "customer", "--", name)
    assert made.code == 0, made.err
    row = made.out.strip()
    assert call("card", row, "--json").data["name"] == " ".join(name.split())
    assert call("card", row).code == 0
    assert call("find", "--", name[:20]).code == 0
    assert call("history", row).code == 0


def test_tables_stay_aligned_with_chinese_names(call) -> None:
    from crm_tui.ui.text import width

    call("new", "customer", "王芳小店", "--phone", "13800138000")
    call("new", "customer", "小店 Ann", "--phone", "13800138001")
    lines = call("find", "小店").out.splitlines()
    assert len({width(line[: line.index("+86")]) for line in lines[1:]}) == 1
