from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from crm_tui.errors import BadFile
from crm_tui.exchange.files import kind_of
from crm_tui.exchange.tables import read_table
from crm_tui.exchange.vcards import read_cards
from crm_tui.exchange.whole_files import read_json

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        read_table(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert caught.value.exit_code == 3
    return text


def workbook(path: Path, rows: int = 50) -> Path:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    for row in range(rows):
        page.write_row(row, 0, ["name", f"value {row}", row])
    book.close()
    return path


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xef\xbb\xbf", "nothing to read"),
        ("a.csv", b" \r\n \n", "nothing to read"),
        ("a.csv", bytes(range(256)) * 40, "binary"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a picture"),
        ("a.xlsx", b"%PDF-1.7\n...", "a PDF document"),
        ("a.csv", b"SQLite format 3\x00" + b"\0" * 80, "a database"),
        ("a.csv", b"\x1f\x8b\x08" + b"x" * 80, "a compressed archive"),
        ("a.xls", b"<html><table><tr><td>a</td></tr></table></html>", "a web page"),
        ("a.xls", b'\xef\xbb\xbf<!DOCTYPE html>\n<html xmlns:x="urn:x">', "a web page"),
        ("a.xls", "<html><table>".encode("utf-16"), "a web page"),
        ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 300, "damaged or was cut off"),
        ("a.xls", OLE + b"\0" * 600, "damaged or was cut off"),
        ("a.xls", OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "a text document"),
        ("a.xls", OLE + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 90, "damaged workbook"),
        ("a.xlsx", OLE + b"\0" * 1500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 900, "password"),
        ("a.csv", b"BEGIN:VCARD\nFN:x\nEND:VCARD\n", "vCard"),
        ("a.csv", b"BEGIN:VCALENDAR\n", "calendar"),
        ("a.json", b'{"a": 1}', "JSON"),
        ("a.csv", b'{"format": "crm-tui-export"}', "JSON"),
    ],
)
def test_what_is_no_table_is_named_in_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refusal(path)


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(random.Random(seed).randbytes(5000))
    refusal(path)


def test_a_folder_a_missing_file_and_a_pipe_are_refused_without_waiting(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / "none.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "pipe" in refusal(tmp_path / "pipe.csv")
    assert "cannot be read" in refusal(tmp_path / ("x" * 300))


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("name\nA\n")
    path.chmod(0)
    if os.geteuid() != 0:
        assert "may not be read" in refusal(path)
        return
    code = (
        "import os, sys\nfrom crm_tui.errors import BadFile\nfrom crm_tui.exchange.tables import read_table\n"
        "import crm_tui.exchange.dialect, crm_tui.words\nos.seteuid(65534)\n"
        "try:\n    read_table(sys.argv[1])\nexcept BadFile as error:\n    print(error)\n"
    )
    tmp_path.chmod(0o755)
    for folder in list(tmp_path.parents)[:-2]:
        folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "may not be read" in done.stdout


def test_a_workbook_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    for part in (30, len(whole) // 3, len(whole) // 2, len(whole) - 10):
        (tmp_path / "cut.xlsx").write_bytes(whole[:part])
        assert "cut off" in refusal(tmp_path / "cut.xlsx")


def test_a_workbook_with_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(workbook(tmp_path / "a.xlsx")) as source, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as target:
        for item in source.namelist():
            data = source.read(item)
            target.writestr(item, data[: len(data) // 2] if "sheet1" in item else data)
    assert "damaged" in refusal(tmp_path / "b.xlsx")


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert "without a filled cell" in refusal(workbook(tmp_path / "a.xlsx", rows=0))


def test_zips_that_are_no_workbook_are_named(tmp_path: Path) -> None:
    assert "Numbers document" in refusal(zipped(tmp_path / "a.numbers", "Index/Document.iwa", "Metadata/x.plist"))
    assert "a text document" in refusal(zipped(tmp_path / "a.docx", "word/document.xml"))
    assert "a presentation" in refusal(zipped(tmp_path / "a.pptx", "ppt/presentation.xml"))
    assert "zip archive" in refusal(zipped(tmp_path / "a.zip", "a.csv"))
    assert "zip archive" in refusal(zipped(tmp_path / "b.zip"))


@pytest.mark.parametrize("where", ["first", "later", "quoted"])
def test_one_line_of_200_megabytes_is_refused_within_bounds(tmp_path: Path, where: str) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write({"first": b"", "later": b"name,phone\nA,1\n", "quoted": b'name,phone\nA,"'}[where])
        for _ in range(200):
            stream.write(b"x" * (1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "million characters" in refusal(path)
    with pytest.raises(BadFile, match="million characters"):
        read_cards(path)
    with pytest.raises(BadFile, match="million characters"):
        read_table(path, encoding="utf-8")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


def test_a_cell_of_several_million_characters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,phone\nA," + "x" * (3 << 20) + "\n")
    assert "line 2 has a cell" in refusal(path)


def test_quotes_without_end_in_hundreds_of_lines_are_refused_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "name,phone\n" + 'A,"' + ("x" * 100 + "\n") * 30_000 + "".join(f'B,"{"y" * 50}\n' for _ in range(301))
    )
    assert len(read_table(path).rows) > 1


def test_the_content_decides_what_a_file_is(tmp_path: Path) -> None:
    workbook(tmp_path / "a.csv")
    (tmp_path / "a.xls").write_text("name\tphone\nA\t1\n")
    (tmp_path / "a.txt").write_text("\n begin:vcard\nEND:VCARD\n")
    assert kind_of(tmp_path / "a.csv") == "xlsx"
    assert read_table(tmp_path / "a.xls").rows == [["A", "1"]]
    assert kind_of(tmp_path / "a.txt") == "vcard"


def test_a_file_without_cards_is_refused_by_the_card_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_text("name,phone\nA,1\n")
    with pytest.raises(BadFile, match="BEGIN:VCARD"):
        read_cards(path)
    with pytest.raises(BadFile, match="BEGIN:VCARD"):
        read_cards(workbook(tmp_path / "a.xlsx"))
    with pytest.raises(BadFile, match="empty"):
        read_cards(b"")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{}", "no export of crm-tui"),
        ("name,phone\n", "no export of crm-tui"),
        ('["crm-tui-export"]', "no export of crm-tui"),
        ('{"format": "crm-tui-export", "version": 2, "nouns": {}}', "newer crm-tui"),
        ('{"format": "crm-tui-export", "version": 1, "nouns": {', "cut off"),
        ('{"format": "crm-tui-export", "version": 1}', "no nouns"),
        ('{"format": "crm-tui-export", "version": 1, "nouns": {"a": 1}}', "no list"),
        ('{"format": "crm-tui-export", "version": 1, "nouns": {"a": [{"b": 1.5}]}}', "record 1"),
        ('{"format": "crm-tui-export", "version": 1, "nouns": {"a": [{"b": "c"}, 3]}}', "record 2"),
    ],
)
def test_json_that_is_no_export_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(BadFile, match=said):
        read_json(path)
