from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import BadFile, Cancelled, Refused
from crm_tui.exchange.tables import read_table, unguard
from crm_tui.exchange.whole_files import read_json, write_json
from crm_tui.exchange.writers import guard, write_csv, write_xlsx

CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=10)
RISKY = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'=", "''+", "'", "+86 ", "-1"]), CELL)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "'=1", "+1-919-676", "+(1)", "-x"],
)
def test_cells_that_a_spreadsheet_would_run_get_an_apostrophe(cell: str) -> None:
    assert guard(cell) == "'" + cell
    assert unguard(guard(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["-5", "+5", "-1,234.50", "+86 138 0013 8000", "+8613800138000", "+1 (919) 676 x12", "a=b", "", "'hi"]
)
def test_plain_numbers_phones_and_texts_stay_as_they_are(cell: str) -> None:
    assert guard(cell) == cell
    assert unguard(cell) == cell


@settings(max_examples=300, deadline=None)
@given(st.one_of(CELL, RISKY))
def test_guarding_is_taken_back_whatever_the_cell(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    assert not guard(cell).startswith(("=", "@", "\t", "\r"))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.one_of(CELL, RISKY), min_size=3, max_size=3), max_size=6))
def test_csv_reads_back_the_same(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        assert write_csv(path, ["name", "phone", "city"], rows) == len(rows)
        table = read_table(path)
    assert table.header == ["name", "phone", "city"]
    assert table.rows == [row for row in rows if any(cell.strip() for cell in row)]


def test_csv_is_what_a_spreadsheet_expects(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["姓名", "n"], [["张三", 5], ["=x", None]])
    assert (tmp_path / "t.csv").read_bytes() == b"\xef\xbb\xbf" + "姓名,n\r\n张三,5\r\n'=x,\r\n".encode()


SHEET_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=10)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.one_of(SHEET_CELL, RISKY.filter(str.isprintable)), min_size=2, max_size=2), max_size=5))
def test_a_workbook_reads_back_the_same(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        write_xlsx(path, ["name", "phone"], rows)
        table = read_table(path, header=True)
    assert table.rows == [row for row in rows if any(cell.strip() for cell in row)]


def test_a_workbook_keeps_texts_as_texts_and_numbers_as_numbers(tmp_path: Path) -> None:
    import python_calamine

    write_xlsx(tmp_path / "t.xlsx", ["name", "n"], [["=1+1", 5], ["http://a.b", 10**16], ["007", None]], sheet="a/b")
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "t.xlsx"))
    assert book.sheet_names == ["a b"]
    assert book.get_sheet_by_index(0).to_python()[1:] == [["=1+1", 5.0], ["http://a.b", str(10**16)], ["007", ""]]


def test_what_a_workbook_cannot_hold_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="32767"):
        write_xlsx(tmp_path / "t.xlsx", ["name"], [["x" * 40_000]])
    with pytest.raises(Refused, match="export CSV"):
        write_xlsx(tmp_path / "t.xlsx", ["x"] * 20_000, [])
    assert list(tmp_path.iterdir()) == []


def stopped() -> Iterator[list[str]]:
    yield ["A"]
    raise Cancelled("stop")


@pytest.mark.parametrize("writer", [write_csv, write_xlsx])
def test_a_stopped_export_leaves_the_older_file_and_nothing_else(tmp_path: Path, writer: object) -> None:
    path = tmp_path / "t.out"
    path.write_text("older")
    with pytest.raises(Cancelled):
        writer(path, ["name"], stopped())  # type: ignore[operator]
    assert [item.name for item in tmp_path.iterdir()] == ["t.out"]
    assert path.read_text() == "older"


def test_targets_that_cannot_be_written_are_refused_in_a_sentence(tmp_path: Path) -> None:
    for target, said in ((tmp_path, "is a folder"), (tmp_path / "no" / "t.csv", "create it first")):
        for writer in (write_csv, write_xlsx):
            with pytest.raises(BadFile, match=said):
                writer(target, ["name"], [["A"]])
    (tmp_path / "plain").write_text("")
    with pytest.raises(BadFile, match="cannot be written"):
        write_csv(tmp_path / "plain" / "t.csv", ["name"], [])


def test_an_export_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["name"], [])
    assert (tmp_path / "t.csv").stat().st_mode & 0o777 == 0o600


STORED = st.one_of(st.none(), st.integers(), CELL)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["customers", "phones", "visits"]),
        st.lists(st.dictionaries(CELL, STORED, max_size=3), max_size=3),
    )
)
def test_a_whole_file_reads_back_the_same(nouns: dict[str, list[dict[str, str | int | None]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.json"
        count = write_json(path, {noun: iter(rows) for noun, rows in nouns.items()})
        assert read_json(path) == nouns
    assert count == sum(map(len, nouns.values()))
