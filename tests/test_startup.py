"""What a start loads; each is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "rich", "sqlmodel", "sqlalchemy", "pydantic", "sqlite3", "pypinyin", "phonenumbers", "lunar_python",
         "python_calamine", "xlsxwriter", "rapidfuzz", "tomlkit", "dateutil", "asyncio", "platformdirs")  # fmt: skip

_PROBE = """
import json, sys
sys.argv = ["crm-tui", *json.loads(sys.argv[1])]
from crm_tui.__main__ import main
try:
    main()
finally:
    sys.stdout.flush()
    print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def loaded(tmp_path: Path, *words: str) -> tuple[str, set[str]]:
    """What a command prints, and which packages it has imported at its end."""
    environment = {**os.environ, "CRM_TUI_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, json.dumps(words)], capture_output=True, text=True, env=environment, check=False
    )
    return done.stdout, set(json.loads(done.stderr.strip().splitlines()[-1]))


@pytest.mark.parametrize("words", [("--version",), ("-V",), ("--help",), ("-h",), ("log", "--help")])
def test_version_and_help_load_nothing_heavy(tmp_path: Path, words: tuple[str, ...]) -> None:
    said, modules = loaded(tmp_path, *words)
    assert "crm-tui" in said
    assert not modules & set(HEAVY)


def test_version_does_not_even_load_click(tmp_path: Path) -> None:
    said, modules = loaded(tmp_path, "--version")
    assert said.startswith("crm-tui 0.")
    assert "click" not in modules
    assert "dataclasses" not in modules


def test_a_command_loads_no_textual(tmp_path: Path) -> None:
    _, modules = loaded(tmp_path, "new", "customer", "Ann")
    assert "sqlmodel" in modules
    assert "textual" not in modules


def test_settings_in_chinese_make_help_chinese_and_still_light(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('language = "zh"\n', encoding="utf-8")
    said, modules = loaded(tmp_path, "--help")
    assert "客户" in said
    assert not modules & set(HEAVY)


def test_importing_any_module_opens_no_file_and_no_clock(tmp_path: Path) -> None:
    package = Path(__file__).parents[1] / "crm_tui"
    names = [
        ".".join(("crm_tui", *path.relative_to(package).with_suffix("").parts))
        for path in sorted(package.rglob("*.py"))
        if path.name not in ("__main__.py", "__init__.py")
    ]
    code = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)"
    environment = {**os.environ, "CRM_TUI_HOME": str(tmp_path / "home"), "HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", code, *names],
        capture_output=True, text=True, env=environment, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stdout
    assert not (tmp_path / "home").exists()


def test_the_quick_way_to_the_settings_is_the_one_of_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_tui.cli.run import config_file
    from crm_tui.paths import Home

    assert config_file("") == str(Home.find().config_file)
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert config_file("") == str(Home.find().config_file)
    monkeypatch.setenv("XDG_CONFIG_HOME", " ")
    assert config_file("") == str(Home.find().config_file)
    assert config_file(str(tmp_path)) == str(Home.find(tmp_path).config_file)
