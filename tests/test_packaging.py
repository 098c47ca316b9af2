"""The wheel works by itself: built, put into a fresh environment, used from a folder that is not the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

_HEADLESS = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
import crm_tui
assert Path(crm_tui.__file__).is_relative_to(sys.prefix), crm_tui.__file__
from crm_tui.ui.app import CrmApp
from crm_tui.ui.options import Options

async def go():
    now = datetime.fromisoformat("2026-11-24T10:05:00+08:00")
    app = CrmApp(Options(Path(sys.argv[1]), now=lambda: now, zone="Asia/Shanghai", screen="customers"))
    async with app.run_test(size=(100, 30)) as pilot:
        for _ in range(100):
            await pilot.pause(0.05)
            if app.crm is not None:
                break
        print(app.crm.customers.counts()["all"], app.screen.__class__.__name__)
    app.close_file()

asyncio.run(go())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    isolated = [] if find_spec("hatchling") is None else ["--no-build-isolation"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *isolated, "-w", str(folder), str(ROOT)],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; the libraries it needs are borrowed from ours, the checkout is not."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet", "--no-deps",
         "--no-index", str(wheel)],
        check=True, cwd=folder,
    )  # fmt: skip
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def call(environment: Path, home: Path, *words: str) -> str:
    """What the installed command prints when it runs in an empty folder."""
    home.mkdir(exist_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CRM_TUI"))}
    done = subprocess.run(
        [str(environment / "bin" / "crm-tui"), "--home", str(home), *words],
        capture_output=True, text=True, env=clean, cwd=home, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_data_themes_translations_and_migrations(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "crm_tui/_data/config.default.toml",
        "crm_tui/_data/lost-laptop.en.txt",
        "crm_tui/_data/lost-laptop.zh.txt",
        "crm_tui/_data/demo/names.toml",
        "crm_tui/_themes/night.toml",
        "crm_tui/locale/zh/LC_MESSAGES/crm_tui.mo",
        "crm_tui/store/migrations/2_01_spine.sql",
        "crm_tui/ui/app.tcss",
    ):
        assert wanted in names
    assert not any(name.startswith("tests/") for name in names)


def test_the_installed_command_works_without_the_checkout(environment: Path, tmp_path: Path) -> None:
    assert call(environment, tmp_path / "h", "--version").startswith("crm-tui ")
    places = json.loads(call(environment, tmp_path / "h", "where", "--json"))
    assert Path(places["shipped_data"]).is_relative_to(environment)
    assert Path(places["shipped_themes"]).is_relative_to(environment)
    assert "客户" in call(environment, tmp_path / "h", "--lang", "zh", "--help")


def test_the_installed_demo_opens_headless(environment: Path, tmp_path: Path) -> None:
    words = ("--now", "2026-11-24T10:05", "--zone", "Asia/Shanghai", "demo", "--json")
    made = json.loads(call(environment, tmp_path / "h", *words))
    assert made["customers"] > 500
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CRM_TUI"))}
    done = subprocess.run(
        [str(environment / "bin" / "python"), "-c", _HEADLESS, made["file"]],
        capture_output=True, text=True, env=clean, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(made["customers"]), "CustomersScreen"]
