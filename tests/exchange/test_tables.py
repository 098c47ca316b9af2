from __future__ import annotations

import datetime
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import BadFile
from crm_tui.exchange.encoding import BLOCK, encodings_to_try, known_encoding
from crm_tui.exchange.tables import open_table, read_table

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared real files are not at {DATA}")

COUNTS = {
    "salesforce-dataloader/accountData.csv": (423, 38, "cp1252"),
    "salesforce-dataloader/acctsWithBinaryDataInRTF.csv": (1, 2, "utf-8"),
    "salesforce-dataloader/constantMappingInCsvClashing.csv": (2, 3, "utf-8"),
    "salesforce-dataloader/csvEscapedQuotes.csv": (2, 2, "utf-8"),
    "salesforce-dataloader/csvSeparator.csv": (2, 3, "utf-8"),
    "salesforce-dataloader/csvtext.csv": (2, 3, "utf-8"),
    "salesforce-dataloader/csvtext_BOM_UTF8.csv": (2, 3, "utf-8-sig"),
    "salesforce-dataloader/csvtext_BOM_UTF16LE.csv": (2, 3, "utf-16"),
    "salesforce-dataloader/csvtext_BOM_UTF16BE.csv": (2, 3, "utf-16"),
    "salesforce-dataloader/csvtext_BOM_UTF32LE.csv": (2, 3, "utf-32-le"),
    "salesforce-dataloader/csvtext_BOM_UTF32BE.csv": (2, 3, "utf-32-be"),
    "salesforce-dataloader/dateOnlyWithTimeZone.csv": (2, 8, "utf-8"),
    "salesforce-dataloader/dateWithTimeZone.csv": (2, 9, "utf-8"),
    "salesforce-dataloader/emptyFirstRowFieldValueInCsvTemplate.csv": (2, 3, "utf-8"),
    "salesforce-dataloader/error0413060133.csv": (11, 32, "utf-8"),
    "salesforce-dataloader/hardDeleteEmptyCsvFileTemplate.csv": (0, 1, "utf-8"),
    "salesforce-dataloader/insertAccountCsv.csv": (100, 7, "utf-8"),
    "salesforce-dataloader/opportunityData.csv": (38, 31, "utf-8"),
    "salesforce-dataloader/timeZoneFormatTesting.csv": (12, 2, "utf-8"),
    "salesforce-dataloader/timeZoneFormatTestingWithErrors.csv": (6, 2, "utf-8"),
    "salesforce-dataloader/upsertAccountSmallTemplate.csv": (10, 7, "utf-8"),
    "reencoded/areas.gb18030.csv": (2978, 4, "gb18030"),
    "reencoded/areas.gbk.csv": (2978, 4, "gb18030"),
    "reencoded/areas.utf-16.csv": (2978, 4, "utf-16"),
    "reencoded/provinces.gb18030.csv": (31, 2, "gb18030"),
    "reencoded/provinces.gbk.csv": (31, 2, "gb18030"),
    "reencoded/provinces.utf-16.csv": (31, 2, "utf-16"),
    "reencoded/cpca-56_nations.gb18030.csv": (56, 1, "gb18030"),
    "reencoded/cpca-56_nations.gbk.csv": (56, 1, "gb18030"),
    "reencoded/cpca-56_nations.utf-16.csv": (56, 1, "utf-16"),
}


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@needs_data
@pytest.mark.parametrize("name", COUNTS)
def test_real_csv_files_read_with_exact_counts(name: str) -> None:
    table = read_table(DATA / "csv" / name)
    assert (len(table.rows), len(table.header), table.encoding) == COUNTS[name]
    assert all(len(row) == len(table.header) for row in table.rows)
    assert len(table.first_line) == len(table.rows)


@needs_data
def test_every_real_csv_file_is_counted() -> None:
    files = {str(path.relative_to(DATA / "csv")) for path in (DATA / "csv").rglob("*.csv")}
    assert {name for name in files if not name.startswith("csv-spectrum")} == set(COUNTS)


@needs_data
@pytest.mark.parametrize("name", ["areas", "provinces", "cpca-56_nations"])
def test_the_same_table_in_three_encodings_gives_the_same_rows(name: str) -> None:
    tables = [read_table(DATA / "csv" / "reencoded" / f"{name}.{code}.csv") for code in ("gb18030", "gbk", "utf-16")]
    assert tables[0].rows == tables[1].rows == tables[2].rows
    assert tables[0].header == tables[1].header == tables[2].header


@needs_data
def test_a_file_without_header_says_so_and_keeps_its_first_row() -> None:
    table = read_table(DATA / "csv" / "reencoded" / "cpca-56_nations.utf-16.csv")
    assert (table.has_header, table.header, table.rows[0]) == (False, ["Column 1"], ["汉族"])
    assert any("no header" in note for note in table.notes)


@needs_data
@pytest.mark.parametrize("path", sorted((DATA / "csv" / "csv-spectrum").glob("*.csv")), ids=lambda path: path.stem)
def test_csv_spectrum_gives_the_right_answers(path: Path) -> None:
    expected = json.loads((path.parent / "json" / f"{path.stem}.json").read_text())
    table = read_table(path)
    records = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    if path.stem == "location_coordinates":  # The answer there has another phone number than the file.
        assert {**records[0], "Contact Phone Number": "1234567890"} == expected
    else:
        assert records == expected


@needs_data
@pytest.mark.parametrize(
    ("name", "sheet", "rows", "first", "columns"),
    [
        ("dummy.xlsx", "Sheet1", 1, 2, 3),
        ("dummy.xls", "Sheet1", 1, 2, 3),
        ("sheets.xlsx", "data", 5, 2, 8),
        ("sheets.xls", "data", 5, 2, 8),
        ("test.xlsx", "Sheet1", 5, 2, 8),
        ("test.xls", "testfixed_converted.csv", 5, 2, 8),
        ("test_skip_lines.xlsx", "Sheet1", 5, 5, 8),
        ("test_skip_lines.xls", "testfixed_converted.csv", 5, 5, 8),
    ],
)
def test_real_workbooks_read_with_exact_counts(name: str, sheet: str, rows: int, first: int, columns: int) -> None:
    table = read_table(DATA / "xlsx" / "csvkit" / name)
    assert (table.sheet, len(table.rows), table.first_line[0], len(table.header)) == (sheet, rows, first, columns)
    if rows == 5:
        assert table.rows[0][:6] == ["Chicago Reader", "1971-01-01", "40", "TRUE", "1", "1971-01-01T04:14:00"]
        assert table.rows[2][4] == "41800000.01"


@needs_data
def test_another_sheet_can_be_chosen_and_a_wrong_one_lists_the_right_ones() -> None:
    path = DATA / "xlsx" / "csvkit" / "sheets.xlsx"
    assert read_table(path).sheets == ["not this one", "data", "ʤ"]
    assert read_table(path, sheet="ʤ").rows == [["1", "2", "3"]]
    with pytest.raises(BadFile, match="not this one, data"):
        read_table(path, sheet="nope")


@pytest.mark.parametrize("serials_from_1904", [False, True])
def test_cells_of_a_workbook_are_text_as_a_person_sees_them(tmp_path: Path, serials_from_1904: bool) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"), {"date_1904": serials_from_1904})
    page = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    long = book.add_format({"num_format": "[h]:mm"})
    page.write_row(2, 1, ["name", "phone", "day", "flag", "share", "span", "id", "error"])
    page.write(3, 1, "张三")
    page.write(3, 2, 13800138000)
    page.write_datetime(3, 3, datetime.datetime(2024, 2, 29), day)
    page.write(3, 4, True)
    page.write(3, 5, 0.1 + 0.2)
    page.write(3, 6, 1.5, long)
    page.write_number(3, 7, 110101199001011234)
    page.write_formula(3, 8, "=NA()", None, "#N/A")
    book.close()
    table = read_table(tmp_path / "t.xlsx")
    assert table.header == ["Column 1", "name", "phone", "day", "flag", "share", "span", "id", "error"]
    assert table.rows == [
        ["", "张三", "13800138000", "2024-02-29", "TRUE", "0.3", "36:00:00", "110101199001011000", ""]
    ]
    assert table.first_line == [4]
    assert any("15 digits" in note for note in table.notes)


def test_an_ods_sheet_is_read(tmp_path: Path) -> None:
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        f'<table:table-cell office:value-type="float" office:value="{phone}"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
        for name, phone in (("张三", "13800138000"), ("Li", "2"))
    )
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="客户">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    table = read_table(tmp_path / "t.ods")
    assert (table.format, table.sheet, table.rows) == ("ods", "客户", [["张三", "13800138000"], ["Li", "2"]])
    assert not table.has_header


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "，"])
def test_the_delimiter_is_voted_with_quotes_respected(tmp_path: Path, mark: str) -> None:
    lines = [mark.join(["name", "note", "city"])]
    lines += [mark.join([f"n{n}", '"a, b; c | d，e"', "x"]) for n in range(5)]
    table = read_table(write(tmp_path, "\n".join(lines)))
    assert (table.delimiter, table.rows[0]) == (mark, ["n0", "a, b; c | d，e", "x"])


def test_one_column_of_names_with_some_commas_is_not_cut(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Account Name\nAcme\nBeta, Inc\nGamma\nDelta\n"))
    assert [row[0] for row in table.rows] == ["Acme", "Beta, Inc", "Gamma", "Delta"]


def test_a_sep_line_names_the_delimiter_and_lines_still_count(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "sep=|\nname|phone\nA|1\n"))
    assert (table.delimiter, table.header, table.rows, table.first_line) == ("|", ["name", "phone"], [["A", "1"]], [3])


def test_blank_rows_and_title_rows_above_the_header_are_left_out(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "\n,,\n2024年客户名单,,\n姓名,电话,城市\n张三,1,沪\n,,\n李四,2,京\n"))
    assert (table.header, table.first_line) == (["姓名", "电话", "城市"], [5, 7])
    assert any("Title rows" in note for note in table.notes)


def test_repeated_and_missing_column_names_are_told_apart(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Name,Phone,,Phone,Phone (2)\nA,1,2,3,4\n"))
    assert table.header == ["Name", "Phone", "Column 3", "Phone (3)", "Phone (2)"]


@pytest.mark.parametrize(
    "text",
    [
        "张三,13800138000\n李四,13900139000\n",
        "a@b.com\nc@d.com\n",
        "王伟\n李娜\n张敏\n",
        "Acme,2024-01-02\nBeta,2024-01-03\n",
    ],
)
def test_first_rows_that_are_data_are_not_taken_as_header(tmp_path: Path, text: str) -> None:
    table = read_table(write(tmp_path, text))
    assert not table.has_header
    assert len(table.rows) == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "姓名,手机号码\n张三,1\n",
        "客户名称（必填）\n上海某某有限公司\n",
        "Given Name,Phone 1 - Value\nA,1\n",
        "a,b\nx,1\n",
        "姓名/Name,foo\n张三,x\n",
        "foo,bar\nx,y\n",
    ],
)
def test_first_rows_that_name_columns_are_taken_as_header(tmp_path: Path, text: str) -> None:
    assert read_table(write(tmp_path, text)).has_header


def test_a_person_can_overrule_header_delimiter_and_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, "姓名;電話\n陳大文;1\n".encode("big5"))
    assert read_table(path, encoding="Big5").rows == [["陳大文", "1"]]
    assert read_table(path, encoding="big5", header=False).rows[0] == ["姓名", "電話"]
    assert read_table(path, encoding="big5", delimiter="|").rows == [["陳大文;1"]]
    with pytest.raises(BadFile, match="no encoding"):
        read_table(path, encoding="klingon")
    with pytest.raises(BadFile, match="choose another encoding"):
        read_table(path, encoding="utf-8")


def test_the_picker_offers_encodings_that_exist() -> None:
    codes = [code for code, _ in encodings_to_try()]
    assert all(known_encoding(code) for code in codes)
    assert {"gb18030", "big5hkscs", "cp932"} <= set(codes)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_step_of_the_encoding_ladder_reads_chinese(tmp_path: Path, codec: str) -> None:
    path = write(tmp_path, "姓名,电话,城市\n张三,13800138000,上海\n李四,13900139000,重庆\n".encode(codec))
    assert read_table(path).rows[1] == ["李四", "13900139000", "重庆"]


def test_western_text_that_is_no_gb18030_is_read_as_cp1252_with_a_note(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Name,City\nCafé,Zürich\nRené,Köln\n".encode("cp1252")))
    assert table.rows == [["Café", "Zürich"], ["René", "Köln"]]
    assert any("cp1252" in note for note in table.notes)


def test_text_that_is_gb18030_only_by_chance_is_doubted(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Name,City\nMüller,Zürich\n".encode("cp1252")))
    assert any("choose another encoding" in note for note in table.notes)


def test_a_quote_that_is_never_closed_costs_no_other_row(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, 'name,size\na,1\nb,"5 inch\nc,3\nd,4\n'))
    assert table.rows == [["a", "1"], ["b", '"5 inch'], ["c", "3"], ["d", "4"]]
    assert table.first_line == [2, 3, 4, 5]
    assert any("Line 3" in note for note in table.notes)


def test_a_quote_that_is_never_closed_far_above_the_end_costs_no_other_row(tmp_path: Path) -> None:
    rows = "".join(f"n{n},{'x' * 100}\n" for n in range(20_000))
    table = read_table(write(tmp_path, f'name,size\nb,"5\n{rows}'))
    assert len(table.rows) == 20_001


def test_long_rows_keep_their_cells_and_short_ones_are_padded(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "name,phone\na\nb,1,,\nc,1,x\n"))
    assert table.rows == [["a", ""], ["b", "1"], ["c", "1", "x"]]
    assert any("Line 4" in note for note in table.notes)


def test_a_preview_stops_early_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "name\n" + "".join(f"n{n}\n" for n in range(50)))
    table = read_table(path, limit=10)
    assert (len(table.rows), table.complete) == (10, False)
    assert read_table(path, limit=50).complete


def test_line_ends_across_blocks_are_whole(tmp_path: Path) -> None:
    filler = "x" * (BLOCK - len("name\r\n") - 1)
    for end in ("\r\n", "\r", "\n"):
        path = write(tmp_path, f"name{end}{filler}{end}next{end}".replace("name\r\n", "name\r\n"))
        assert [row[0][:4] for row in read_table(path).rows] == ["xxxx", "next"]


def test_a_table_is_known_before_its_records_are_drawn(tmp_path: Path) -> None:
    table, records = open_table(write(tmp_path, "name,phone\nA,1\n"))
    assert (table.header, table.rows) == (["name", "phone"], [])
    assert list(records) == [(2, ["A", "1"])]


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\t\"',;|=+-@"), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8))
def test_no_row_is_lost_whatever_the_cells_hold(rows: list[list[str]]) -> None:
    import csv
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["name", "phone", "city"], *rows])
        table = read_table(path, delimiter=",", header=True)
    assert len(table.rows) == sum(1 for row in rows if any(cell.strip() for cell in row))


def test_long_cells_of_digits_are_judged_in_no_time(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, f"{'1' * 500_000}x,b\n{'2' * 500_000}x,1\n"))
    assert len(table.rows) + table.has_header == 2
