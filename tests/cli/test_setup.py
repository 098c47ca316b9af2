from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def test_people_are_listed_added_and_one_of_them_is_me(call) -> None:
    made = call("people", "add", "李娜", "角色=主管", "team=工程", "phone=13800001002", "--json")
    assert set(made.data) == {"id", "action"}
    call("people", "add", "Ben")
    rows = call("people", "--json").data
    assert {row["name"] for row in rows} == {"李娜", "Ben"}
    assert call("people", "list", "--json").data == rows
    assert call("people", "me").code == 1
    assert call("people", "me", "李娜", "--json").data["id"] == made.data["id"]
    assert call("people", "me").out.strip() == "李娜"
    assert [row["name"] for row in call("people", "--json").data if row["me"]] == ["李娜"]
    assert "主管" in call("--lang", "zh", "people").out
    assert call("people", "me", "Nobody").code == 1


def test_custom_fields_are_defined_once_and_carried_everywhere(call, tmp_path) -> None:
    words = ("customers", "terms", "--en", "Terms", "--zh", "结算", "--choice", "cash", "--choice", "month")
    assert call("fields", "add", *words).code == 0
    assert call("fields", "add", *words).code == 1
    assert call("fields", "add", "planets", "x").code == 1
    (row,) = call("fields", "--json").data
    assert (row["key"], row["kind"], row["choices"]) == ("terms", "choice", "cash\nmonth")
    assert "结算" in call("--lang", "zh", "fields").out
    assert call("new", "customer", "Ann", "结算=cash").code == 0
    assert call("edit", "ann", "terms=never").code == 1
    assert "结算" in call("--lang", "zh", "card", "ann").out
    out = tmp_path / "a.csv"
    call("export", "customers", out)
    assert "Terms" in out.read_text(encoding="utf-8-sig")


def test_a_command_leaves_one_file_behind(spawn, tmp_path) -> None:
    spawn("people", "add", "Ann")
    spawn("find", "x")
    assert sorted(path.name for path in (tmp_path / "home").glob("crm.db*") if "drafts" not in path.name) == ["crm.db"]


def test_where_names_every_path(call, tmp_path) -> None:
    places = call("where", "--json").data
    home = tmp_path / "home"
    assert places["database"] == str(home / "crm.db")
    assert places["config"] == str(home / "config.toml")
    assert Path(places["shipped_data"]).is_dir()
    assert Path(places["shipped_themes"]).is_dir()
    assert call("--db", tmp_path / "x.db", "where", "--json").data["database"] == str(tmp_path / "x.db")
    assert str(home) in call("where").out
    assert not home.exists()


def test_the_page_about_a_lost_laptop_begins_with_the_disk_and_has_the_same_steps_in_both_languages(call) -> None:
    english, chinese = (call("--lang", code, "lost-laptop").out for code in ("en", "zh"))
    assert "encrypt the whole disk" in english.split("\n")[2]
    assert "硬盘加密" in chinese.split("\n")[2]
    for words in ("crm-tui device distrust", "crm-tui restore-backup", "crm-tui check --digest", "crm-tui join"):
        assert words in english
        assert words in chinese
    assert [line[:2] for line in english.split("\n") if line[:1].isdigit()] == [
        line[:2] for line in chinese.split("\n") if line[:1].isdigit()
    ]
    assert call("lost-laptop", "--json").data["title"] == english.split("\n")[0]


def test_the_environment_names_the_file_and_the_option_wins(call, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CRM_TUI_DB", str(tmp_path / "env.db"))
    assert call("where", "--json").data["database"] == str(tmp_path / "env.db")
    assert call("--db", tmp_path / "x.db", "where", "--json").data["database"] == str(tmp_path / "x.db")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(call, shell: str) -> None:
    assert "_CRM_TUI_COMPLETE" in call("completion", shell).out
    assert call("completion", "tcsh").code == 2


def test_bash_completes_commands(spawn, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("_CRM_TUI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "crm-tui un")
    monkeypatch.setenv("COMP_CWORD", "1")
    import sys

    done = subprocess.run([sys.executable, "-m", "crm_tui"], capture_output=True, text=True, check=False)
    assert [line.split(",")[1] for line in done.stdout.split()] == ["unmerge", "undo"]


def test_language_comes_from_option_then_environment_then_settings_then_locale(call, tmp_path, monkeypatch) -> None:
    def chinese(*words: str) -> bool:
        return "客户" in call(*words, "--help").out

    assert not chinese()
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert chinese()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('language = "en"\n', encoding="utf-8")
    assert not chinese()
    monkeypatch.setenv("CRM_TUI_LANG", "zh")
    assert chinese()
    assert not chinese("--lang", "en")


def test_a_mistake_in_the_settings_is_told_beside_the_answer(call, tmp_path) -> None:
    call("new", "customer", "Ann")
    (tmp_path / "home" / "config.toml").write_text('langage = "zh"\n', encoding="utf-8")
    done = call("find", "ann", "--json")
    assert done.data["count"] == 1
    assert "“language”" in done.err


def test_settings_give_zone_and_person(spawn, call, tmp_path) -> None:
    call("people", "add", "Ann")
    (tmp_path / "home" / "config.toml").write_text('person = "Ann"\nzone = "Europe/London"\n', encoding="utf-8")
    call("new", "customer", "Acme")
    call("log", "acme", "hi", "--at", "2026-11-20T09:00")
    assert call("history", "--json").data[0]["person"] == "Ann"
