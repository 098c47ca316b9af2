"""What goes wrong, is told in one sentence with the right exit code, and changes nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from crm_tui.cli.run import in_front


def workbook(path: Path) -> bytes:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    for row in range(200):
        page.write_row(row, 0, [f"name {row}", f"value {row * 7919}"])
    book.close()
    return path.read_bytes()


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Each bad file with a word that its sentence must hold."""
    whole = workbook(folder / "whole.xlsx")
    found = {
        "binary": ("a.csv", bytes(range(256)) * 400, "binary"),
        "empty": ("empty.csv", b"", "empty"),
        "truncated": ("cut.xlsx", whole[: len(whole) // 2], "damaged"),
        "encrypted": (
            "secret.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
            "password",
        ),
        "picture": ("a.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "picture"),
        "web page": ("a.xls", b"<html><table><tr><td>a</td></tr></table></html>", "web page"),
        "one line": ("long.csv", b"x" * 20_000_000, "line"),
        "own file": ("mine.csv", b"SQLite format 3\0" + b"\0" * 100, "database"),
    }
    made = {}
    for name, (file, content, said) in found.items():
        (folder / file).write_bytes(content)
        made[name] = (folder / file, said)
    (folder / "folder.csv").mkdir()
    made["folder"] = (folder / "folder.csv", "folder")
    made["absent"] = (folder / "absent.csv", "does not exist")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    made["zip"] = (folder / "a.zip", "zip")
    return made


NAMES = [
    "binary",
    "empty",
    "truncated",
    "encrypted",
    "picture",
    "web page",
    "one line",
    "own file",
    "folder",
    "absent",
    "zip",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_bad_file_gives_one_sentence_exit_code_3_and_an_unchanged_file(call, tmp_path, name: str, lang: str) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    path, said = bad_files(folder)[name]
    call("new", "customer", "Ann")
    before = call("check", "--digest", "--json").data["digest"]
    done = call("--lang", lang, "import", path)
    assert (done.code, done.out) == (3, "")
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert str(path) in done.err
    assert said in done.err if lang == "en" else any("一" <= sign <= "龥" for sign in done.err)
    assert call("check", "--digest", "--json").data["digest"] == before


def test_a_bad_file_does_not_even_make_a_database(call, tmp_path) -> None:
    (tmp_path / "x.csv").write_bytes(b"")
    assert call("import", tmp_path / "x.csv").code == 3
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything, so a refusal cannot be provoked")
def test_a_file_without_permission_is_told(call, tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("name\nAnn\n", encoding="utf-8")
    path.chmod(0)
    done = call("import", path)
    assert done.code == 3
    assert "permission" in done.err


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(b"hello " * 50, 3, "not a crm-tui file"), (b"SQLite format 3\0" + b"\0" * 200, 3, "not a crm-tui file")],
)
def test_a_database_that_is_none_of_ours_is_refused_and_left_alone(call, tmp_path, content, code, said) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    done = call("--db", path, "new", "customer", "Ann")
    assert done.code == code
    assert said in done.err
    assert path.read_bytes() == content
    done = call("--db", tmp_path, "people")
    assert done.code == 3
    assert "folder" in done.err


def test_a_damaged_database_is_told_with_the_way_out(call, tmp_path) -> None:
    call("new", "customer", "Ann")
    path = tmp_path / "home" / "crm.db"
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 12] = os.urandom(4096 * 11)
    path.write_bytes(data)
    done = call("find", "Ann")
    assert done.code in (1, 3)
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_locked_file_gives_a_sentence_and_code_4(call, tmp_path, monkeypatch) -> None:
    from crm_tui.store import driver

    call("new", "customer", "Ann")
    monkeypatch.setattr(driver, "BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(tmp_path / "home" / "crm.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        done = call("new", "customer", "Ben")
        assert done.code == 4
        assert "in use by another program" in done.err
        assert call("find", "Ann", "--json").data["count"] == 1, "reading goes on"
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert call("new", "customer", "Ben").code == 0


def test_processes_that_write_at_once_wait_for_each_other(spawn) -> None:
    spawn("people", "add", "Ann")
    results = []

    def work(name: str) -> None:
        results.append(spawn("new", "customer", name))

    threads = [threading.Thread(target=work, args=(f"Customer {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.code for done in results] == [0] * 4, [done.err for done in results]
    assert spawn("find", "customer", "--json").data["count"] == 4
    assert spawn("check", "--json").data["ok"]


def test_an_unexpected_error_is_one_sentence_with_the_log_and_no_traceback(call, tmp_path, monkeypatch) -> None:
    from crm_tui.services.customers import Customers

    call("new", "customer", "Ann")

    def broken(*_args: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Customers, "find", broken)
    done = call("find", "Ann")
    log = tmp_path / "home" / "log" / "crm-tui.log"
    assert done.code == 1
    assert len(done.err.strip().splitlines()) == 1
    assert str(log) in done.err
    assert "ZeroDivisionError: oh" in log.read_text(encoding="utf-8")
    assert "Ann" not in log.read_text(encoding="utf-8").splitlines()[0], "what was typed stays out of the log's head"


def test_a_closed_pipe_ends_quietly(call, tmp_path) -> None:
    for number in range(60):
        call("new", "customer", f"Customer {number} " + "x" * 150)
    command = f"{sys.executable} -m crm_tui --home {tmp_path / 'home'} find customer --limit 1000 --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_output_is_utf8_even_where_the_locale_is_not(call, tmp_path) -> None:
    call("new", "customer", "王芳")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    words = [sys.executable, "-m", "crm_tui", "--home", str(tmp_path / "home"), "find", "wf", "--json"]
    done = subprocess.run(words, capture_output=True, env=environment, check=True)
    assert "王芳" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frob"], "there is no command “frob”"),
        (["hist"], "did you mean “history”"),
        (["find"], "Missing argument"),
        (["find", "x", "--limit", "0"], "0"),
        (["--lang", "fr", "find", "x"], "fr"),
        (["find", "x", "--bogus"], "--bogus"),
        (["new"], ""),
    ],
)
def test_a_wrong_command_line_has_code_2(call, words: list[str], said: str) -> None:
    done = call(*words)
    assert done.code == 2
    assert said in done.err + done.out
    assert "Traceback" not in done.err


def test_a_wrong_clock_or_zone_is_a_sentence(call) -> None:
    assert "2026-11-24T10:05" in call("people", "add", "A", "--now", "noon").err
    assert "Asia/Shanghai" in call("people", "add", "A", "--zone", "Mars/North").err


def test_global_options_may_stand_anywhere_but_not_behind_a_double_dash() -> None:
    assert in_front(["find", "x", "--db", "a.db"]) == ["--db", "a.db", "find", "x"]
    assert in_front(["find", "--lang=zh", "x"]) == ["--lang=zh", "find", "x"]
    assert in_front(["find", "--", "--db", "x"]) == ["find", "--", "--db", "x"]
    assert in_front(["find", "--db"]) == ["find", "--db"]


def test_the_app_is_not_opened_into_a_pipe(spawn) -> None:
    done = spawn()
    assert done.code == 1
    assert "needs a terminal" in done.err
    bare = subprocess.run([sys.executable, "-m", "crm_tui"], capture_output=True, text=True, check=False)
    assert bare.returncode == 1
    assert "needs a terminal" in bare.stderr
