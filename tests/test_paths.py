from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui import paths
from crm_tui.paths import Home, data_folder, themes_folder


def test_a_checkout_finds_the_folders_beside_the_package() -> None:
    assert (themes_folder() / "night.toml").is_file()
    assert data_folder().is_dir()


def test_a_wheel_finds_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_themes").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    assert themes_folder() == tmp_path / "_themes"


def test_one_folder_moves_everything(tmp_path: Path) -> None:
    home = Home.find(tmp_path / "stick")
    every = [home.database, home.backups, home.config_file, home.themes, home.log_file]
    assert all(path.is_relative_to(tmp_path / "stick") for path in every)
    assert not (tmp_path / "stick").exists()


def test_a_relative_home_stays_where_it_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home.find(Path("here"))
    monkeypatch.chdir("/")
    assert home.database == tmp_path / "here" / "crm.db"


def test_without_a_folder_the_system_names_the_places() -> None:
    home = Home.find()
    assert home.database.name == "crm.db"
    assert home.database.is_absolute()
    assert "crm-tui" in str(home.config_file)
