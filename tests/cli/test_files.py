from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not beside the checkout")
KEYS = {"file", "format", "encoding", "kind", "rows", "created", "updated", "unchanged", "rejected", "rejects_file"}
KEYS |= {"action"}


def adds_up(report: dict[str, int]) -> bool:
    return report["rows"] == report["created"] + report["updated"] + report["unchanged"] + report["rejected"]


def digest(call) -> str:
    return str(call("check", "--digest", "--json").data["digest"])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with three good rows and a bad one."""
    path = tmp_path / "客户.csv"
    path.write_text(
        "姓名,手机,级别\n王芳,13800138000,A\n李伟,1.38001E+10,B\n,,\n,13900139000,C\nAnn,x,A\n", encoding="utf-8"
    )
    return path


def test_counts_add_up_a_second_time_changes_nothing_and_undo_brings_the_old_digest_back(call, table) -> None:
    call("people", "add", "Li Na")
    before = digest(call)
    first = call("import", table, "--json")
    assert first.code == 0, first.err
    assert set(first.data) >= KEYS
    assert adds_up(first.data)
    assert first.data["rejected"] == 1
    assert Path(first.data["rejects_file"]).read_text(encoding="utf-8-sig").count("\n") == 2
    after = digest(call)
    again = call("import", table, "--json").data
    assert (again["unchanged"], again["created"], again["updated"], again["action"]) == (
        first.data["created"],
        0,
        0,
        None,
    )
    assert digest(call) == after
    assert call("undo", "--json").data["action"] == first.data["action"]
    assert digest(call) == before
    assert call("redo").code == 0
    assert digest(call) == after


def test_a_dry_run_counts_and_changes_nothing(call, table, tmp_path) -> None:
    call("people", "add", "Li Na")
    before = digest(call)
    report = call("import", table, "--dry-run", "--json")
    assert report.data["created"] == 3
    assert report.data["action"] is None
    assert "dry run" in report.err
    assert digest(call) == before
    assert not list(tmp_path.glob("*rejects*"))


def test_columns_can_be_mapped_and_rejects_named(call, table, tmp_path) -> None:
    rejects = tmp_path / "bad.csv"
    done = call("import", table, "--map", "级别=note", "--rejects", rejects, "--json")
    assert done.data["rejects_file"] == str(rejects)
    assert call("card", "王芳", "--json").data["note"] == "A"
    assert call("import", table, "--map", "级别").code == 2
    assert "级别" in call("import", table, "--map", "nope=note").err
    assert call("import", table, "--map", "级别=nope").code == 1


def test_an_encoding_can_be_forced_and_a_wrong_one_is_refused(call, tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名\n王芳\n".encode("big5"))
    call("import", path, "--encoding", "big5")
    assert call("find", "王芳", "--json").data["count"] == 1
    assert call("import", path, "--encoding", "klingon").code == 3


def test_orders_are_told_apart_from_customers(call, tmp_path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("customer,date,items,amount\nAnn,2026-01-01,3,30\n", encoding="utf-8")
    assert call("import", path, "--dry-run", "--json").data["kind"] == "orders"
    assert call("import", path, "--kind", "customers", "--json").data["kind"] == "customers"


def test_progress_lines_are_json_on_stderr(spawn, table) -> None:
    done = spawn("import", table, "--progress", "--json")
    lines = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert lines
    assert all(set(line) == {"phase", "done", "total"} for line in lines)
    assert done.data["created"] == 3


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A table that takes a few seconds."""
    path = tmp_path / "large.csv"
    rows = "".join(f"Customer {n},138{n:08d},c{n}@x.example\n" for n in range(30_000))
    path.write_text("name,phone,email\n" + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_import_that_is_stopped_leaves_the_file_as_before(call, tmp_path, large, number) -> None:
    call("people", "add", "Ann")
    before = digest(call)
    words = [sys.executable, "-m", "crm_tui", "--home", str(tmp_path / "home"), "import", str(large), "--progress"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as child:
        assert child.stderr is not None
        phase = ""
        while phase not in ("writing", "matching"):
            line = child.stderr.readline()
            assert line, "the import ended before it could be stopped"
            phase = json.loads(line)["phase"] if line.startswith("{") else phase
        time.sleep(0.05)
        child.send_signal(number)
        said = child.stderr.read()
        code = child.wait(30)
    assert "Traceback" not in said
    assert digest(call) == before
    if number != signal.SIGKILL:
        assert code == 1
        assert "nothing was changed" in said
    assert call("check", "--json").data["ok"]


def test_the_next_start_tells_what_a_kill_cut_off(call, spawn, tmp_path, large) -> None:
    call("people", "add", "Ann")
    words = [sys.executable, "-m", "crm_tui", "--home", str(tmp_path / "home"), "import", str(large), "--progress"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as child:
        assert child.stderr is not None
        while '"matching"' not in child.stderr.readline():
            pass
        child.kill()
        child.wait(30)
    told = spawn("people")
    assert "large.csv" in told.err
    assert "large.csv" not in spawn("people").err


@pytest.mark.parametrize("ending", ["csv", "xlsx", "vcf"])
def test_tables_and_cards_go_out_and_come_back_unchanged(call, table, tmp_path, ending: str) -> None:
    call("import", table)
    out = tmp_path / f"out.{ending}"
    report = call("export", "customers", out, "--json")
    assert set(report.data) == {"file", "rows"}
    assert report.data["rows"] == 3
    back = call("import", out, "--json").data
    assert back["created"] == 0
    assert adds_up(back)


def test_the_whole_file_goes_into_an_empty_one_with_the_same_digest(call, table, tmp_path) -> None:
    call("import", table)
    call("log", "王芳", "hello", "--next", "tomorrow", "again")
    call("trash", "Ann")
    out = tmp_path / "all.json"
    assert call("export", "all", out).code == 0
    there = tmp_path / "other.db"
    assert call("--db", there, "import", out).code == 0
    assert call("--db", there, "check", "--digest", "--json").data["digest"] == digest(call)


def test_an_unknown_ending_or_folder_is_refused(call, table, tmp_path) -> None:
    call("import", table)
    assert call("export", "customers", tmp_path / "a.docx").code == 1
    assert call("export", "customers", tmp_path / "no" / "a.csv").code == 3
    assert call("export", "planets", tmp_path / "a.csv").code == 2


@needs_data
def test_the_account_file_of_a_stranger(call) -> None:
    path = DATA / "csv" / "salesforce-dataloader" / "accountData.csv"
    call("people", "add", "Ann")
    before = digest(call)
    first = call("import", path, "--rejects", os.devnull, "--json").data
    assert first["rows"] == 423
    assert adds_up(first)
    again = call("import", path, "--json").data
    assert again["unchanged"] == 423 - first["rejected"]
    call("undo")
    assert digest(call) == before


@needs_data
@pytest.mark.parametrize(
    "name",
    sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.suffix in (".vcf", ".xlsx", ".xls"))
    + sorted(str(path.relative_to(DATA)) for path in DATA.glob("csv/reencoded/*.csv"))
    + sorted(str(path.relative_to(DATA)) for path in DATA.glob("csv/salesforce-dataloader/csvtext_BOM*.csv")),
)
def test_every_real_file_adds_up_and_changes_nothing_the_second_time(call, tmp_path, name: str) -> None:
    rejects = tmp_path / "rejects"
    first = call("import", DATA / name, "--kind", "customers", "--rejects", rejects, "--json")
    assert first.code == 0, first.err
    assert adds_up(first.data)
    again = call("import", DATA / name, "--kind", "customers", "--rejects", rejects, "--json").data
    assert (again["created"], again["updated"]) == (0, 0)
    assert again["unchanged"] == first.data["rows"] - first.data["rejected"]
    assert call("check", "--json").data["ok"]


def test_reading_what_a_program_pipes_through_a_name(call, tmp_path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    done = call("import", pipe)
    assert done.code == 3
    assert "pipe" in done.err
