"""Import of customers: what rows mean, what is changed, what is kept, and that the counts add up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import Cancelled
from crm_tui.rules.headers import recognise
from crm_tui.services.crm import Crm
from crm_tui.services.imports import Plan, Source
from crm_tui.store.database import Changes

Rows = Sequence[Sequence[str]]
SOURCE = Source("book.csv", "book")


def planned(crm: Crm, header: Sequence[str], rows: Rows, source: Source = SOURCE, **more: Any) -> Plan:
    columns = crm.imports.columns(header, recognise(header, rows[:50]))
    return crm.imports.prepare(columns, list(enumerate(rows, 2)), source, **more)


def brought(crm: Crm, header: Sequence[str], rows: Rows, source: Source = SOURCE) -> tuple[dict[str, int], Plan]:
    plan = planned(crm, header, rows, source)
    crm.imports.apply(plan)
    counts = plan.counts
    assert counts["rows"] == counts["created"] + counts["updated"] + counts["unchanged"] + counts["rejected"]
    assert counts["rows"] == len(rows)
    return counts, plan


def short(counts: dict[str, int]) -> tuple[int, int, int, int]:
    return counts["created"], counts["updated"], counts["unchanged"], counts["rejected"]


def card_of(crm: Crm, name: str) -> dict[str, Any]:
    return crm.customers.card(crm.customers.resolve(name))


HEADER = ["客户编号", "客户名称", "联系人", "手机", "电话", "邮箱", "城市", "负责人", "标签", "偏好口味"]
ROWS = [
    ["K1", "万方科技有限公司", "王小明", "13800138000", "021-63001234转801", "w@wf.cn", "上海", "李雷", "A；好", "辣"],
    ["K2", "北京华联商店", "", "139 0013 9000", "", "", "北京", "韩梅梅", "", ""],
]  # fmt: skip


def test_a_row_becomes_a_customer_with_all_that_hangs_on_it(crm: Crm) -> None:
    counts, plan = brought(crm, HEADER, ROWS)
    assert short(counts) == (2, 0, 0, 0)
    assert plan.notes == []
    card = card_of(crm, "万方科技有限公司")
    assert (card["kind"], card["number"], card["owner_name"]) == ("organisation", "K1", "李雷")
    assert [(c["name"], c["customer"]) for c in card["contacts"]] == [("王小明", card["id"])]
    phones = {p["number"]: (p["label"], p["extension"], p["contact"]) for p in card["phones"]}
    assert phones["+8613800138000"] == ("mobile", None, card["contacts"][0]["id"])
    assert phones["+862163001234"] == (None, "801", None)
    assert [e["address"] for e in card["emails"]] == ["w@wf.cn"]
    assert [a["city"] for a in card["addresses"]] == ["上海"]
    assert sorted(tag["name"] for tag in card["tags"]) == ["A", "好"]
    assert card["custom"] == {"偏好口味": "辣"}
    assert [d["label_zh"] for d in crm.custom_fields.for_noun("customers")] == ["偏好口味"]
    assert [p["name"] for p in crm.people.all()] == ["李雷", "韩梅梅"]
    assert [hit.name for hit in crm.customers.find("13800138000").items] == ["万方科技有限公司"]
    assert crm.check() == []


def test_the_same_rows_again_change_nothing_also_names_alone(crm: Crm) -> None:
    brought(crm, HEADER, ROWS)
    brought(crm, ["姓名"], [["张三"], ["李四"]])
    before, mark = crm.digest(), crm.store.reader().execute("SELECT max(id) FROM action").fetchone()
    for header, rows in ((HEADER, ROWS), (["姓名"], [["张三"], ["李四"]])):
        plan = planned(crm, header, rows, Source("renamed.csv", "elsewhere"))
        assert plan.counts["unchanged"] == 2
        assert crm.imports.apply(plan).action is None
    assert crm.digest() == before
    assert crm.store.reader().execute("SELECT max(id) FROM action").fetchone() == mark


def test_undo_takes_the_whole_batch_back_and_the_file_again_revives_it(crm: Crm) -> None:
    before = crm.digest()
    brought(crm, HEADER, ROWS)
    after = crm.digest()
    crm.store.undo()
    assert crm.digest() == before
    assert crm.customers.all() == []
    assert crm.people.all() == []
    counts, _ = brought(crm, HEADER, ROWS)
    assert short(counts) == (2, 0, 0, 0)
    assert crm.digest() == after
    assert crm.store.reader().execute("SELECT count(*) FROM customers").fetchone() == (2,)
    crm.store.undo()
    assert crm.digest() == before
    crm.store.redo()
    assert crm.digest() == after
    assert crm.check() == []


def test_a_number_finds_its_customer_and_only_what_the_file_changed_is_set(crm: Crm) -> None:
    header = ["ID", "Name", "City", "Industry", "Phone"]
    brought(crm, header, [["7", "Acme Ltd", "Paris", "Steel", "13800138000"]])
    row = crm.customers.resolve("Acme Ltd")
    crm.customers.edit(row, {"industry": "Iron"})
    counts, plan = brought(crm, header, [["7", "Acme Limited", "Lyon", "Steel", "13900139000"]])
    assert short(counts) == (0, 1, 0, 0)
    card = crm.customers.card(row)
    assert (card["name"], card["industry"]) == ("Acme Limited", "Iron")
    assert [a["city"] for a in card["addresses"]] == ["Lyon"]
    assert [p["number"] for p in card["phones"]] == ["+8613900139000"]
    assert plan.kept == []
    counts, plan = brought(crm, header, [["7", "Acme Limited", "Lyon", "Copper", "13900139000"]])
    assert short(counts) == (0, 0, 1, 0)
    assert [(k.field, k.yours, k.theirs) for k in plan.kept] == [("industry", "Iron", "Copper")]
    assert crm.customers.get(row)["industry"] == "Iron"


def test_a_blank_cell_and_an_absent_column_take_nothing_back(crm: Crm) -> None:
    brought(crm, ["ID", "Name", "City", "Industry"], [["7", "Acme Ltd", "Paris", "Steel"]])
    before = crm.digest()
    counts, _ = brought(crm, ["ID", "Name", "Industry"], [["7", "Acme Ltd", ""]])
    assert short(counts) == (0, 0, 1, 0)
    assert crm.digest() == before


def test_a_phone_with_a_like_name_is_the_same_customer_and_with_another_name_a_duplicate(crm: Crm) -> None:
    crm.customers.create({"name": "万方科技有限公司"}, ["13800138000"])
    counts, _ = brought(crm, ["客户名称", "手机", "行业"], [["万方科技", "13800138000", "软件"]])
    assert short(counts) == (0, 1, 0, 0)
    assert crm.customers.get(crm.customers.resolve("万方科技有限公司"))["industry"] == "软件"
    counts, plan = brought(crm, ["客户名称", "手机"], [["海天食品", "13800138000"]])
    assert short(counts) == (1, 0, 0, 0)
    assert plan.duplicates == 1


def test_the_name_that_a_person_gave_stays_when_a_phone_matches(crm: Crm) -> None:
    crm.customers.create({"name": "万方科技有限公司"}, ["13800138000"])
    _, plan = brought(crm, ["客户名称", "手机"], [["万方科技", "13800138000"]])
    assert [(k.field, k.yours) for k in plan.kept] == [("name", "万方科技有限公司")]
    assert crm.customers.resolve("万方科技有限公司")


def test_what_a_person_put_into_the_trash_stays_there(crm: Crm) -> None:
    brought(crm, HEADER, ROWS)
    crm.customers.trash(crm.customers.resolve("北京华联商店"))
    counts, plan = brought(crm, HEADER, [ROWS[0], [*ROWS[1][:-1], "甜"]])
    assert short(counts) == (0, 0, 2, 0)
    assert plan.notes == ["1 rows mean customers in the trash: they stay there"]
    assert [row.title for row in crm.trash.rows()] == ["北京华联商店"]


def test_rows_of_a_merged_customer_count_for_the_survivor(crm: Crm) -> None:
    header = ["ID", "Name", "Industry"]
    brought(crm, header, [["1", "Acme", "Steel"], ["2", "Acme Ltd", ""]])
    one, two = (row["id"] for row in sorted(crm.customers.all(), key=lambda row: str(row["name"])))
    crm.customers.merge(two, one)
    counts, _ = brought(crm, header, [["1", "Acme", "Iron"], ["2", "Acme Ltd", ""]])
    assert short(counts) == (0, 1, 1, 0)
    assert crm.customers.get(two)["industry"] == "Iron"


def test_rows_that_repeat_a_customer_for_each_contact_are_one_customer(crm: Crm) -> None:
    header = ["客户名称", "联系人", "手机", "备注"]
    rows = [
        ["万方科技", "王小明", "13800138000", "采购"],
        ["万方科技", "李小红", "13800138001", "财务"],
        ["万方科技", "王小明", "13800138000", "采购"],
    ]
    counts, _ = brought(crm, header, rows)
    assert short(counts) == (1, 1, 1, 0)
    card = card_of(crm, "万方科技")
    assert [c["name"] for c in card["contacts"]] == ["王小明", "李小红"]
    assert card["note"] == "采购\n财务"
    assert short(brought(crm, header, rows)[0]) == (0, 0, 3, 0)


def test_two_versions_of_a_row_in_one_file_settle(crm: Crm) -> None:
    header = ["ID", "Name", "City"]
    rows = [["1", "Acme", "Paris"], ["1", "Acme", "Paris "], ["1", "Acme", "Lyon"], ["1", "Acme", "Paris"]]
    counts, _ = brought(crm, header, rows)
    assert counts["created"] == 1
    before = crm.digest()
    assert short(brought(crm, header, rows)[0]) == (0, 0, 4, 0)
    assert crm.digest() == before


def test_numbers_of_another_program_are_kept_apart(crm: Crm) -> None:
    header = ["编号", "姓名", "手机"]
    names = ["张三", "李四", "王五", "赵六"]
    first = [[str(n), name, f"1380013800{n}"] for n, name in enumerate(names)]
    second = [[str(n), name, f"1390013900{n}"] for n, name in enumerate(["孙七", "周八", "吴九", "郑十"])]
    assert short(brought(crm, header, first, Source("a.csv", "编号", "编号 · a"))[0]) == (4, 0, 0, 0)
    counts, plan = brought(crm, header, second, Source("b.csv", "编号", "编号 · b"))
    assert short(counts) == (4, 0, 0, 0)
    assert "kept apart" in plan.notes[0]
    for rows, file in ((first, "a"), (second, "b")):
        assert short(brought(crm, header, rows, Source(f"{file}.csv", "编号", f"编号 · {file}"))[0]) == (0, 0, 4, 0)


def test_wrong_rows_are_refused_with_column_reason_and_their_text(crm: Crm) -> None:
    header = ["姓名", "邮箱", "生日"]
    rows = [["张三", "a@b.cn", "1990-05-03"], ["", "c@d.cn", ""], ["李四", "nowhere", ""], ["王五", "", "生日未知"]]
    counts, plan = brought(crm, header, rows)
    assert short(counts) == (1, 0, 0, 3)
    assert [(bad.line, bad.column) for bad in plan.rejected] == [(3, "姓名"), (4, "邮箱"), (5, "生日")]
    assert [bad.cells for bad in plan.rejected] == [tuple(row) for row in rows[1:]]
    assert all(bad.reason for bad in plan.rejected)
    dates = card_of(crm, "张三")["key_dates"]
    assert [(d["kind"], d["year"], d["month"], d["day"]) for d in dates] == [("birthday", 1990, 5, 3)]


def test_typed_custom_fields_refuse_what_they_cannot_hold(crm: Crm) -> None:
    crm.custom_fields.add({"noun": "customers", "key": "seats", "label_en": "Seats", "kind": "integer"})
    counts, plan = brought(crm, ["Company", "Seats"], [["Acme", "12"], ["Globex", "many"]])
    assert short(counts) == (1, 0, 0, 1)
    assert plan.rejected[0].column == "Seats"
    assert card_of(crm, "Acme")["custom"] == {"seats": 12}


def test_a_custom_field_in_the_trash_takes_nothing_in(crm: Crm) -> None:
    brought(crm, ["Company", "Colour"], [["Acme", "red"]])
    crm.custom_fields.trash(crm.custom_fields.for_noun("customers")[0]["id"])
    brought(crm, ["Company", "Colour"], [["Globex", "blue"]])
    assert card_of(crm, "Globex")["custom"] == {}
    assert crm.custom_fields.for_noun("customers") == []


def test_a_parent_is_found_by_number_or_name_and_never_makes_a_circle(crm: Crm) -> None:
    header = ["ID", "Company", "Parent Account"]
    rows = [
        ["1", "Daughter", "Mother"],
        ["2", "Mother", ""],
        ["3", "Loop", "Knot"],
        ["4", "Knot", "Loop"],
        ["5", "Stray", "?"],
    ]
    counts, plan = brought(crm, header, rows)
    assert short(counts) == (5, 0, 0, 0)
    assert card_of(crm, "Daughter")["parent_name"] == "Mother"
    assert sorted(str(card_of(crm, name)["parent_name"]) for name in ("Loop", "Knot")) in (
        ["Knot", "None"],
        ["Loop", "None"],
    )
    assert plan.notes == ["1 rows name a parent customer that is not known here"]
    assert crm.check() == []


def test_a_plan_is_worked_out_again_if_somebody_wrote_meanwhile(crm: Crm) -> None:
    plan = planned(crm, ["姓名", "手机"], [["张三", "13800138000"]])
    assert plan.counts["created"] == 1
    crm.customers.create({"name": "张三", "kind": "person"}, ["13800138000"])
    assert crm.imports.apply(plan).action is None
    assert short(plan.counts) == (0, 0, 1, 0)
    assert len(crm.customers.all()) == 1


def test_dry_runs_change_nothing(crm: Crm) -> None:
    before = crm.digest()
    plan = planned(crm, HEADER, ROWS)
    assert plan.counts["created"] == 2
    assert [(one.line, one.outcome, one.name) for one in plan.preview()] == [
        (2, "created", "万方科技有限公司"),
        (3, "created", "北京华联商店"),
    ]
    assert crm.digest() == before


def test_stopping_at_any_moment_changes_nothing(crm: Crm) -> None:
    before = crm.digest()
    rows = [[f"客户{n}", f"138{n:08d}"] for n in range(300)]
    phases: list[str] = []
    whole = planned(crm, ["客户名称", "手机"], rows, progress=lambda phase, *_: phases.append(phase))
    for stop_at in range(1, len(phases) + 4):
        stop, seen = threading.Event(), 0

        def progress(*_: object, stop: threading.Event = stop, at: int = stop_at) -> None:
            nonlocal seen
            seen += 1
            if seen >= at:
                stop.set()

        with pytest.raises(Cancelled):
            crm.imports.apply(
                planned(crm, ["客户名称", "手机"], rows, progress=progress, cancel=stop), progress=progress, cancel=stop
            )
        assert crm.digest() == before
    assert crm.imports.apply(whole).action is not None


def test_an_import_into_a_file_with_hand_made_records_says_who_did_what(crm: Crm) -> None:
    _, plan = brought(crm, HEADER, ROWS)
    action = crm.store.reader().execute("SELECT kind, verb, params FROM action ORDER BY id DESC").fetchone()
    assert action == (
        "import",
        "Imported {file}: {created} new, {updated} updated",
        '{"file":"book.csv","created":2,"updated":0}',
    )
    assert plan.counts["created"] == 2


HOSTILE = st.sampled_from(
    [
        *("", " ", "=1+1", "'", '"', "\x00", "\ud800", "a\nb", "\t", "@", "a@b", "{}", "K1", "[red]", "x [/oops]"),
        *("\u202eabc", "😀" * 40, "a" * 200, "x" * 20_001, "张三", "李雷；韩梅梅", "Acme Ltd", "ACME Limited"),
        *("13800138000", "138001380000", "1.38001E+10", "转801", "2024-02-30", "1990-05-03"),
    ]
)
CELL = HOSTILE | st.text(max_size=12)
NAMES = [
    "姓名",
    "客户名称",
    "手机",
    "电话",
    "邮箱",
    "城市",
    "负责人",
    "标签",
    "备注",
    "编号",
    "ID",
    "生日",
    "Parent",
    "Given_Name",
    "x",
    "Kind",
]
HEADERS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    header = draw(HEADERS)
    width = len(header)
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width + 1), max_size=8))
    return header, rows


Table = tuple[list[str], list[list[str]]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=tables(), second=tables())
def test_counts_add_up_and_undo_walks_back_for_any_tables(
    fresh: Callable[[], Crm], first: Table, second: Table
) -> None:
    two_imports(fresh, first, second)


@pytest.mark.campaign
@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=tables(), second=tables())
def test_counts_add_up_for_very_many_tables(fresh: Callable[[], Crm], first: Table, second: Table) -> None:
    two_imports(fresh, first, second)


def two_imports(fresh: Callable[[], Crm], first: Table, second: Table) -> None:
    crm = fresh()
    digests = [crm.digest()]
    actions: list[Changes] = []
    for header, rows in (first, second):
        plan = planned(crm, header, rows)
        before = plan.counts
        changes = crm.imports.apply(plan)
        counts = plan.counts
        assert counts == before
        assert counts["rows"] == len(rows) == sum(v for k, v in counts.items() if k != "rows")
        if changes.action is not None:
            actions.append(changes)
            digests.append(crm.digest())
        again = planned(crm, header, rows)
        assert again.counts["unchanged"] + again.counts["rejected"] == len(rows)
        assert crm.imports.apply(again).action is None
    assert crm.check() == []
    other = fresh()
    whole = other.imports.prepare_whole({noun: list(rows) for noun, rows in crm.exports.whole().items()}, "all.json")
    other.imports.apply(whole)
    assert whole.counts["rejected"] == 0
    assert other.digest() == crm.digest()
    other.close()
    for digest in reversed(digests[:-1]):
        crm.store.undo()
        assert crm.digest() == digest
    for digest in digests[1:]:
        crm.store.redo()
        assert crm.digest() == digest
    crm.close()


@pytest.fixture
def fresh(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Crm]:
    """Opens a new empty file whose clock moves on by a second a look."""

    def make() -> Crm:
        path = tmp_path_factory.mktemp("fresh") / "crm.db"
        path.write_bytes(template.read_bytes())
        at = [datetime(2026, 11, 24, 2, 5, tzinfo=UTC)]

        def now() -> datetime:
            at[0] += timedelta(seconds=1)
            return at[0]

        return Crm.open(path, now, zone="Asia/Shanghai")

    return make


def test_numbers_are_read_as_the_country_of_the_row_writes_them(crm: Crm) -> None:
    header = ["Company", "Phone", "Country"]
    rows = [
        ["Acme", "(415) 901-7000", "USA"],
        ["万方", "021-63001234", "中国"],
        ["Odd", "12 34", ""],
        ["None", "n/a", ""],
    ]
    _, plan = brought(crm, header, rows)
    numbers = {name: [p["number"] for p in card_of(crm, name)["phones"]] for name in ("Acme", "万方", "Odd", "None")}
    assert numbers == {"Acme": ["+14159017000"], "万方": ["+862163001234"], "Odd": ["12 34"], "None": []}
    assert plan.notes == ["1 phone numbers could not be read and stand as they were written"]


def test_prose_in_a_phone_column_costs_no_time_and_is_kept(crm: Crm) -> None:
    prose = "please call the reception and ask for the manager on duty" + "a" * 300
    brought(crm, ["姓名", "电话"], [["张三", prose], ["李四", "x" * 19_000]])
    assert [p["number"] for p in card_of(crm, "张三")["phones"]] == [prose]


FIELDS = {"行业": "industry", "级别": "grade", "来源": "source", "备注": "note"}
WORDS = st.sampled_from(["", "A", "B", "C"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["file", "hand"]), st.sampled_from(sorted(FIELDS)), WORDS), min_size=2, max_size=8
    )
)
def test_a_field_changed_by_hand_is_never_overwritten(
    fresh: Callable[[], Crm], steps: list[tuple[str, str, str]]
) -> None:
    crm = fresh()
    header = ["ID", "客户名称", *FIELDS]
    brought(crm, header, [["1", "万方", "", "", "", ""]])
    row = crm.customers.resolve("万方")
    cells = dict.fromkeys(FIELDS, "")
    mine: dict[str, str | None] = {}
    for who, column, word in steps:
        name = FIELDS[column]
        if who == "hand":
            if (word or None) != crm.customers.get(row)[name]:
                mine[name] = word or None
            crm.customers.edit(row, {name: word or None})
        else:
            cells[column] = word
            _, plan = brought(crm, header, [["1", "万方", *(cells[name] for name in FIELDS)]])
            now = crm.customers.get(row)
            assert {kept.field for kept in plan.kept} <= mine.keys()
            for name, value in mine.items():
                assert value is None or now[name] == value
    crm.close()
