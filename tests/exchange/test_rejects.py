from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.exchange.rejects import REASON, is_reason, write_card_rejects, write_rejects
from crm_tui.exchange.tables import read_table
from crm_tui.exchange.vcards import read_cards

CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(str.strip)


def test_rejected_rows_import_after_mending(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('姓名,电话\n张三,"1,\n2"\n,=x\n', encoding="gb18030")
    table = read_table(source)
    path = tmp_path / "rejects.csv"
    assert write_rejects(path, table.header, [(row, "no phone, 没有电话") for row in table.rows]) == 2
    again = read_table(path)
    assert again.encoding == "utf-8-sig"
    assert again.header == ["姓名", "电话", REASON]
    assert [row[:2] for row in again.rows] == table.rows
    assert {row[2] for row in again.rows} == {"no phone, 没有电话"}
    assert is_reason(again.header[-1])


def test_a_second_round_replaces_the_reason_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(path, ["name", REASON, "city"], [(["A", "old", "x"], "new")])
    table = read_table(path)
    assert (table.header, table.rows) == (["name", "city", REASON], [["A", "x", "new"]])


def test_cells_beyond_the_header_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(path, ["name", "city"], [(["A", "x", "more"], "why"), (["B"], "why")])
    table = read_table(path)
    assert table.header == ["name", "city", "Column 3", REASON]
    assert table.rows == [["A", "x", "more", "why"], ["B", "", "", "why"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=5), CELL)
def test_rejected_cells_keep_their_text_whatever_they_hold(rows: list[list[str]], why: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        write_rejects(path, ["name", "city"], [(row, why) for row in rows])
        assert read_table(path).rows == [[*row, why] for row in rows]


def test_broken_cards_import_after_mending(tmp_path: Path) -> None:
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:张三\r\nTEL 138\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:李四\r\nTEL:1"
    found = read_cards(text.encode())
    path = tmp_path / "rejects.vcf"
    assert write_card_rejects(path, [(card.raw, card.reason) for card in found.broken]) == 2
    content = path.read_text(encoding="utf-8")
    assert content.count("X-CRM-REASON:") == 2
    assert "TEL 138" in content
    again = read_cards(path)
    assert (len(again.broken), again.cards) == (2, [])
    write_card_rejects(path, [(card.raw, card.reason) for card in again.broken])
    assert path.read_text(encoding="utf-8").count("X-CRM-REASON:") == 2
    mended = path.read_text(encoding="utf-8").replace("TEL 138", "TEL:138") + "END:VCARD\n"
    path.write_text(mended, encoding="utf-8")
    last = read_cards(path)
    assert [(card.formatted, card.phones[0].text, card.unknown) for card in last.cards] == [
        ("张三", "138", {}),
        ("李四", "1", {}),
    ]
    assert not last.broken


def test_a_whole_card_that_an_import_refuses_keeps_its_text(tmp_path: Path) -> None:
    found = read_cards(b"BEGIN:VCARD\nFN:A B\nNOTE:x\n y\nEND:VCARD\n")
    path = tmp_path / "rejects.vcf"
    write_card_rejects(path, [(found.cards[0].raw, "because; of, this " * 10)])
    assert read_cards(path).cards == found.cards
