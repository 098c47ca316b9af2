"""Export: tables and cards that come back as they left, the whole file as JSON, and the log of what left."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.errors import BadFile, Refused
from crm_tui.exchange.exporting import export_file
from crm_tui.exchange.importing import import_file
from crm_tui.exchange.tables import read_table
from crm_tui.services.crm import Crm
from crm_tui.words import set_language

DATA = Path(__file__).parents[2].parent / "shared" / "data"

LEAVING = [
    ("customers", "c.csv"),
    ("customers", "c.xlsx"),
    ("contacts", "k.csv"),
    ("all", "a.vcf"),
    ("customers", "c.vcf"),
    ("contacts", "k.vcf"),
]


def fill(crm: Crm) -> str:
    """A small world in which every noun has something; returns the id of its fullest customer."""
    owner = crm.people.add({"name": "李雷"}).ids[0]
    mother = crm.customers.create({"name": "万方集团", "kind": "organisation"}).ids[0]
    crm.custom_fields.add({"noun": "customers", "key": "taste", "label_zh": "口味", "kind": "text"})
    crm.custom_fields.add({"noun": "customers", "key": "odd", "label_en": "Name", "kind": "text"})
    fields = {
        "name": "=HYPERLINK(1)", "kind": "organisation", "number": "K1", "parent": mother, "region": "华东",
        "industry": "软件", "owner": owner, "grade": "A", "language": "zh", "website": "https://example.com",
        "value_proposition": "快", "instructions": "打电话", "culture": "静", "note": "第一行\n第二行",
        "extra": '{"taste":"辣","odd":"x"}',
    }  # fmt: skip
    phones = ["13800138000", "021-63001234转801", "nonsense"]
    row = crm.customers.create(fields, phones, ["a@b.cn", "c@d.cn"], ["VIP", "老客户"]).ids[0]
    place = {
        "customer": row,
        "label": "work",
        "country": "中国",
        "city": "上海",
        "district": "徐汇区",
        "street": "漕溪路 1 号",
    }
    crm.noun("addresses").add(place)
    crm.noun("key_dates").add({"customer": row, "kind": "birthday", "year": 1990, "month": 5, "day": 3})
    for name in ("Anna Li", "王小明"):
        contact = crm.contacts.add({"customer": row, "name": name, "title": "Buyer"}).ids[0]
        crm.phones.add({"customer": row, "contact": contact, "number": f"1390013900{len(name)}", "label": "mobile"})
        crm.noun("key_dates").add({"customer": row, "contact": contact, "kind": "birthday", "month": 7, "day": 8})
    person = crm.customers.create({"name": "张三", "kind": "person"}).ids[0]
    crm.noun("key_dates").add({"customer": person, "kind": "birthday", "month": 8, "day": 15, "lunar": 1})
    crm.noun("relations").add({"customer": person, "other": row, "kind": "referred_by"})
    crm.customers.trash(crm.customers.create({"name": "Gone"}).ids[0])
    merged = crm.customers.create({"name": "万方"}, ["13700137000"]).ids[0]
    crm.customers.merge(mother, merged)
    crm.branches.add({"name": "East"})
    undone = crm.customers.create({"name": "Never"})
    assert undone.action is not None
    crm.store.undo()
    return row


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("what", "name"), LEAVING)
def test_what_left_comes_back_unchanged(crm: Crm, tmp_path: Path, what: str, name: str, language: str) -> None:
    fill(crm)
    set_language(language)
    before = crm.digest()
    written = export_file(crm, what, tmp_path / name)
    report = import_file(crm, tmp_path / name)
    assert report["rows"] == written["rows"] > 0
    assert (report["unchanged"], report["kept_yours"], report["action"]) == (report["rows"], [], None)
    assert crm.digest() == before


def test_the_whole_file_goes_into_an_empty_one_and_is_the_same(crm: Crm, tmp_path: Path, template: Path) -> None:
    fill(crm)
    path = tmp_path / "all.json"
    written = export_file(crm, "all", path)
    (tmp_path / "other.db").write_bytes(template.read_bytes())
    other = Crm.open(tmp_path / "other.db", crm.store.now, zone=crm.zone)
    empty = other.digest()
    report = import_file(other, path)
    assert (report["created"], report["rows"], report["format"]) == (written["rows"], written["rows"], "json")
    assert other.digest() == crm.digest()
    assert other.check() == []
    assert [row.title for row in other.trash.rows()] == ["Gone"]
    assert sorted(str(row["name"]) for row in other.customers.all()) == ["=HYPERLINK(1)", "万方集团", "张三"]
    assert [hit.name for hit in other.customers.find("13700137000").items] == ["万方集团"]
    assert import_file(other, path)["unchanged"] == written["rows"]
    other.store.undo()
    assert other.digest() == empty
    assert import_file(other, path)["created"] == written["rows"]
    assert other.digest() == crm.digest()
    other.close()


@pytest.mark.parametrize("name", ["csv/salesforce-dataloader/accountData.csv", "vcard/ez-vcard/gmail-list.vcf",
                                  "csv/reencoded/provinces.gb18030.csv", "xlsx/csvkit/test.xlsx"])  # fmt: skip
def test_real_files_survive_export_into_an_empty_file(crm: Crm, tmp_path: Path, template: Path, name: str) -> None:
    if not (DATA / name).exists():
        pytest.skip(f"{DATA / name} is absent")
    import_file(crm, DATA / name, rejects=tmp_path / "rejects")
    export_file(crm, "all", tmp_path / "all.json")
    (tmp_path / "other.db").write_bytes(template.read_bytes())
    other = Crm.open(tmp_path / "other.db", crm.store.now, zone=crm.zone)
    import_file(other, tmp_path / "all.json")
    assert other.digest() == crm.digest()
    assert other.check() == []
    other.close()


def test_records_that_make_no_sense_are_refused_one_by_one(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    row = "0" * 31
    path.write_text(
        '{"format": "crm-tui-export", "version": 1, "nouns": {"customers": ['
        f'{{"id": "{row}1", "name": "Good"}}, {{"id": "{row}2"}}, {{"id": "short", "name": "x"}},'
        f'{{"id": "{row}1", "name": "Twice"}}, {{"id": "{row}3", "name": "x", "wings": 2}},'
        f'{{"id": "{row}4", "name": "x", "kind": "cat"}}], "unicorns": [{{"id": "{row}5"}}]}}}}',
        "utf-8",
    )
    report = import_file(crm, path)
    assert (report["rows"], report["created"], report["rejected"]) == (7, 1, 6)
    rejects = Path(str(report["rejects_file"]))
    text = rejects.read_text("utf-8")
    assert "wings" in text
    assert import_file(crm, rejects, rejects=tmp_path / "second.json")["rejected"] == 5
    rejects.write_text(text.replace('"wings":2,', "").replace('"cat"', '"person"'), "utf-8")
    assert import_file(crm, rejects, rejects=tmp_path / "third.json")["created"] == 2
    assert crm.check() == []


def test_edits_in_an_exported_table_come_in_but_not_over_newer_ones(crm: Crm, tmp_path: Path) -> None:
    one = crm.customers.create({"name": "Acme", "industry": "Steel", "grade": "B"}).ids[0]
    path = tmp_path / "c.csv"
    at = crm.store.now()
    export_file(crm, "customers", path)
    crm.store.now = lambda: at.replace(year=at.year + 1)
    crm.customers.edit(one, {"grade": "A"})
    path.write_text(path.read_text("utf-8-sig").replace("Steel", "Iron").replace(",B,", ",C,"), "utf-8-sig")
    report = import_file(crm, path)
    assert report["updated"] == 1
    assert [(kept["field"], kept["yours"], kept["theirs"]) for kept in report["kept_yours"]] == [("grade", "A", "C")]
    row = crm.customers.get(one)
    assert (row["industry"], row["grade"]) == ("Iron", "A")


def test_no_spreadsheet_runs_what_people_typed(crm: Crm, tmp_path: Path) -> None:
    crm.customers.create({"name": "=1+1", "note": "+cmd|' /C calc'!A0"})
    export_file(crm, "customers", tmp_path / "c.csv")
    text = (tmp_path / "c.csv").read_text("utf-8-sig")
    assert ",'=1+1," in text
    assert read_table(tmp_path / "c.csv").rows[0][1] == "=1+1"


def test_only_the_chosen_customers_leave_in_their_order(crm: Crm, tmp_path: Path) -> None:
    ids = [crm.customers.create({"name": name}).ids[0] for name in ("A", "B", "C")]
    assert export_file(crm, "customers", tmp_path / "c.csv", ids=[ids[2], ids[0]])["rows"] == 2
    assert [row[1] for row in read_table(tmp_path / "c.csv").rows] == ["C", "A"]


def test_every_export_is_logged_and_changes_nothing(crm: Crm, tmp_path: Path) -> None:
    crm.people.i_am(crm.people.add({"name": "李雷"}).ids[0])
    before = crm.digest()
    export_file(crm, "customers", tmp_path / "c.csv")
    entry = crm.exports.logged()[0]
    assert (entry["what"], entry["file"], entry["rows"]) == ("customers", str(tmp_path / "c.csv"), 0)
    assert entry["person"] == crm.store.person
    assert crm.digest() == before
    assert crm.store.reader().execute("SELECT count(*) FROM action").fetchone() == (1,)


def test_what_cannot_be_exported_is_refused_in_a_sentence(crm: Crm, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="csv"):
        export_file(crm, "customers", tmp_path / "c.doc")
    with pytest.raises(Refused, match="whole file"):
        export_file(crm, "customers", tmp_path / "c.json")
    with pytest.raises(Refused, match="contacts"):
        export_file(crm, "cats", tmp_path / "c.csv")
    with pytest.raises(BadFile):
        export_file(crm, "all", tmp_path / "nowhere" / "c.json")
