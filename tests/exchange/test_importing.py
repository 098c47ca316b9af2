"""Import of whole files: real input of other programs, reports, rejects, mappings, a process that is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crm_tui.errors import BadFile, CrmError, Refused
from crm_tui.exchange.importing import finish, import_file, make_plan, open_file
from crm_tui.services.crm import Crm

DATA = Path(__file__).parents[2].parent / "shared" / "data"
FILES = sorted(path for path in DATA.rglob("*") if path.suffix in (".csv", ".vcf", ".xls", ".xlsx"))
EMPTY = ("hardDeleteEmptyCsvFileTemplate.csv",)
KEYS = {
    "file", "format", "encoding", "kind", "rows", "created", "updated", "unchanged", "rejected", "rejects_file",
    "first_rejected", "action", "skipped", "notes", "kept_yours", "duplicates", "guessed_name",
}  # fmt: skip


def counts(report: dict[str, object]) -> tuple[object, ...]:
    return tuple(report[key] for key in ("created", "updated", "unchanged", "rejected"))


def adds_up(report: dict[str, object]) -> bool:
    return report["rows"] == sum(int(str(part)) for part in counts(report))


def test_the_shared_files_are_there() -> None:
    if not DATA.exists():
        pytest.skip(f"{DATA} is absent")
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_another_program_comes_in_once_and_goes_out_again(crm: Crm, path: Path, tmp_path: Path) -> None:
    before = crm.digest()
    report = import_file(crm, path, rejects=tmp_path / "rejects")
    assert report.keys() == KEYS
    assert adds_up(report)
    assert report["rejected"] == 0
    assert report["rejects_file"] is None
    if path.name in EMPTY:
        assert report["rows"] == 0
        return
    assert int(str(report["created"])) > 0
    after = crm.digest()
    again = import_file(crm, path, rejects=tmp_path / "rejects")
    assert (again["unchanged"], again["action"]) == (report["rows"], None)
    assert crm.digest() == after
    crm.store.undo()
    assert crm.digest() == before
    third = import_file(crm, path, rejects=tmp_path / "rejects")
    assert counts(third) == counts(report)
    assert crm.digest() == after
    assert crm.check() == []


def test_423_accounts_become_423_customers(crm: Crm) -> None:
    path = DATA / "csv" / "salesforce-dataloader" / "accountData.csv"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    report = import_file(crm, path)
    assert (report["rows"], report["created"], report["kind"]) == (423, 423, "customers")
    assert len(crm.customers.all()) == 423
    assert {row["kind"] for row in crm.customers.all()} == {"organisation"}


def test_rejected_rows_go_into_a_file_that_imports_after_mending(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("姓名,邮箱\n张三,a@b.cn\n李四,nowhere\n,c@d.cn\n", "utf-8")
    report = import_file(crm, path)
    assert counts(report) == (1, 0, 0, 2)
    rejects = Path(str(report["rejects_file"]))
    assert rejects == tmp_path / "book-rejects.csv"
    told = report["first_rejected"]
    assert [(one["line"], one["column"]) for one in told] == [(3, "邮箱"), (4, "姓名")]
    assert "is not an e-mail address" in told[0]["reason"]
    text = rejects.read_text("utf-8-sig")
    assert "nowhere" in text
    assert "is not an e-mail address" in text
    rejects.write_text(text.replace("nowhere", "l@s.cn").replace("\n,c@d.cn", "\n王五,c@d.cn"), "utf-8-sig")
    mended = import_file(crm, rejects)
    assert counts(mended) == (2, 0, 0, 0)
    assert mended["rejects_file"] is None
    assert counts(import_file(crm, path, rejects=tmp_path / "again.csv")) == (0, 0, 1, 2)


def test_a_broken_card_costs_only_itself_and_keeps_its_text(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    good = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL;TYPE=CELL:{phone}\r\nEND:VCARD\r\n"
    broken = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Broken\r\n"
    path.write_text(
        good.format(name="张三", phone="13800138000") + broken + good.format(name="李四", phone="13800138001")
    )
    report = import_file(crm, path)
    assert (report["rows"], *counts(report)) == (3, 2, 0, 0, 1)
    assert "FN:Broken" in Path(str(report["rejects_file"])).read_text("utf-8")


def test_a_person_whose_employer_is_a_customer_becomes_its_contact(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    person = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:Anna Li\nN:Li;Anna;;;\nORG:{org}\nTITLE:Buyer\nTEL:+8613800138000\nEND:VCARD\n"
    )
    company = "BEGIN:VCARD\nVERSION:3.0\nFN:Acme Ltd\nORG:Acme Ltd\nTEL:+862163001234\nEND:VCARD\n"
    path.write_text(person.format(org="Acme Ltd") + company)
    report = import_file(crm, path)
    assert counts(report) == (1, 1, 0, 0)
    card = crm.customers.card(crm.customers.resolve("Acme Ltd"))
    assert [(c["name"], c["title"]) for c in card["contacts"]] == [("Anna Li", "Buyer")]
    path.write_text(person.format(org="Nowhere Inc"))
    import_file(crm, path)
    alone = crm.customers.card(crm.customers.resolve("Anna Li"))
    assert (alone["kind"], alone["custom"]["organisation"]) == ("person", "Nowhere Inc")


def test_columns_go_where_the_person_says_and_that_is_kept(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("wer,wo\nAcme,Paris\n", "utf-8")
    report = import_file(crm, path, mapping={"wer": "name", "WO": "City"})
    assert report["created"] == 1
    card = crm.customers.card(crm.customers.all()[0]["id"])
    assert [a["city"] for a in card["addresses"]] == ["Paris"]
    path.write_text("wer,wo\nGlobex,Lyon\n", "utf-8")
    import_file(crm, path)
    assert [a["city"] for a in crm.customers.card(crm.customers.resolve("Globex"))["addresses"]] == ["Lyon"]
    with pytest.raises(Refused, match="wer, wo"):
        import_file(crm, path, mapping={"who": "name"})
    with pytest.raises(Refused, match="outside_number"):
        import_file(crm, path, mapping={"wer": "nonsense"})


def test_a_table_without_known_names_takes_its_first_text(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,Acme\n2,Globex\n", "utf-8")
    report = import_file(crm, path)
    assert report["created"] == 2
    assert "“b”" in " ".join(map(str, report["notes"]))
    assert [row["name"] for row in crm.customers.all()] == ["Acme", "Globex"]


def test_other_kinds_of_rows_are_refused_with_what_is_possible(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("customer,ticket,complaint,severity\nAcme,7,wet,high\n", "utf-8")
    assert import_file(crm, path, dry_run=True)["kind"] == "tickets"
    assert import_file(crm, path, kind="customers")["created"] == 1
    with pytest.raises(Refused, match="customers, orders"):
        import_file(crm, path, kind="cats")


def test_a_dry_run_writes_nothing_at_all(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("姓名,邮箱\n张三,a@b.cn\n李四,nowhere\n", "utf-8")
    before = crm.digest()
    report = import_file(crm, path, dry_run=True)
    assert (*counts(report), report["action"], report["rejects_file"]) == (1, 0, 0, 1, None, None)
    assert crm.digest() == before
    assert sorted(tmp_path.glob("book*")) == [path]


def test_rejects_that_cannot_be_written_stop_the_import_before_it_begins(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("姓名,邮箱\n张三,a@b.cn\n李四,nowhere\n", "utf-8")
    before = crm.digest()
    with pytest.raises(BadFile):
        import_file(crm, path, rejects=tmp_path / "no" / "such" / "folder.csv")
    assert crm.digest() == before


def test_a_delimiter_that_was_told_wins_over_the_one_found(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("name;city\nAcme, Ltd;Rome\nBeta, Ltd;Oslo\n", "utf-8")
    assert open_file(crm, path).delimiter == ";"
    assert open_file(crm, path, delimiter=",").header != ["name", "city"]
    assert counts(import_file(crm, path, delimiter=";")) == (2, 0, 0, 0)


def test_rows_with_more_cells_than_columns_are_refused_whole(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("姓名,城市\n张三,上海\n李四,北京,朝阳\n", "utf-8")
    report = import_file(crm, path)
    assert counts(report) == (1, 0, 0, 1)
    assert "朝阳" in Path(str(report["rejects_file"])).read_text("utf-8-sig")


def test_steps_of_the_wizard_give_the_same_as_the_whole(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("Name,Colour\nAcme,red\n", "utf-8")
    opened = open_file(crm, path)
    opened.map("Colour", "industry")
    plan = make_plan(crm, opened)
    assert [one.outcome for one in plan.preview()] == ["created"]
    report = finish(crm, opened, plan)
    assert report.keys() == KEYS
    assert crm.customers.all()[0]["industry"] == "red"


CHILD = """
import sys
from pathlib import Path
from crm_tui.exchange.importing import import_file
from crm_tui.services.crm import Crm
crm = Crm.open(Path(sys.argv[1]))
def progress(phase, done, total):
    print(phase, done, flush=True)
import_file(crm, sys.argv[2], progress=progress)
print("finished", flush=True)
"""


def killed(db_file: Path, table: Path, after: float, phase: str = "") -> bool:
    """Start an import in a process of its own and kill it; tells whether it was still at work."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(db_file), str(table)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert child.stdout is not None
    for line in child.stdout:
        if not phase or line.startswith(phase):
            break
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    return "finished" not in rest


def table_of(folder: Path, rows: int) -> Path:
    path = folder / "many.csv"
    lines = (f"客户{n}号贸易有限公司,138{n:08d},c{n}@example.com,上海" for n in range(rows))
    path.write_text("客户名称,手机,邮箱,城市\n" + "\n".join(lines), "utf-8")
    return path


def survives(db_file: Path, table: Path, after: float, phase: str, rows: int) -> None:
    unfinished = killed(db_file, table, after, phase)
    crm = Crm.open(db_file)
    try:
        assert crm.check() == []
        told = crm.interrupted()
        assert told if unfinished else not told
        assert all("many.csv" in sentence for sentence in told)
        assert len(crm.customers.all()) in ((0, rows) if unfinished else (rows,))
        assert import_file(crm, table)["rejected"] == 0
        assert len(crm.customers.all()) == rows
    finally:
        crm.close()


@pytest.mark.parametrize(("phase", "after"), [("understanding", 0.0), ("writing", 0.05), ("indexing", 0.1)])
def test_killing_an_import_leaves_the_file_as_it_was(db_file: Path, tmp_path: Path, phase: str, after: float) -> None:
    survives(db_file, table_of(tmp_path, 4_000), after, phase, 4_000)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(25))
def test_killing_an_import_at_any_moment_leaves_the_file_as_it_was(db_file: Path, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    phase = dice.choice(["reading", "understanding", "matching", "comparing", "preparing", "writing", "indexing"])
    survives(db_file, table_of(tmp_path, 4_000), dice.random() * 0.6, phase, 4_000)


def test_a_file_that_cannot_be_read_is_one_sentence(crm: Crm, tmp_path: Path) -> None:
    before = crm.digest()
    for name, content in {
        "a.csv": b"",
        "b.csv": b"\x89PNG\r\n",
        "c.xlsx": b"PK\x03\x04half",
        "d.json": b'{"a": 1}',
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CrmError) as told:
            import_file(crm, path)
        assert str(path) in str(told.value)
    assert crm.digest() == before


def test_a_verdict_is_written_for_every_row_with_what_would_change(crm: Crm, tmp_path: Path) -> None:
    crm.customers.create({"name": "Acme", "region": "Leeds"}, ["+442079460123"])
    path, verdicts = tmp_path / "book.csv", tmp_path / "verdicts"
    path.write_text("Name,Phone,Industry\nAcme,+442079460123,trade\n,1,\nNew & Co,,\n\u202eodd\u2028,,\n", "utf-8")
    report = import_file(crm, path, dry_run=True, verdicts=verdicts)
    lines = [json.loads(line) for line in verdicts.read_text("utf-8").splitlines()]
    assert len(lines) == report["rows"] == 4
    assert [(outcome, line) for outcome, line, _, _ in lines[:3]] == [("updated", 2), ("rejected", 3), ("created", 4)]
    assert "Industry: trade" in lines[0][3]
    assert lines[1][3]
    cards = tmp_path / "book.vcf"
    cards.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Cut", "utf-8")
    report = import_file(crm, cards, dry_run=True, verdicts=verdicts)
    outcomes = [json.loads(line)[0] for line in verdicts.read_text("utf-8").splitlines()]
    assert sorted(outcomes) == sorted(["created"] * report["created"] + ["rejected"] * report["rejected"])
    assert len(outcomes) == report["rows"]
