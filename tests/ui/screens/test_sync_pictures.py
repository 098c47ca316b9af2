"""Pictures of *Sync* and *Conflicts*; `--snapshot-update` takes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.sync_world import give_key, make_disagreeing
from tests.ui.test_snapshots import Picture, each_language, each_size, picture

__all__ = ["picture"]


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna's file, closed, with five conflicts."""
    anna, ben = make_disagreeing(tmp_path_factory.mktemp("desks"))
    anna.crm.close()
    ben.crm.close()
    return anna.file


@pytest.fixture(autouse=True)
def _her_key(tmp_path: Path) -> None:
    """The copy is opened with the key that it was written with."""
    give_key(tmp_path, "anna")


@each_size
@each_language
def test_sync(anna: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(anna, "sync", language, size, "j", text="UJDN")


@each_size
@each_language
def test_what_a_bundle_did(anna: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(anna, "sync", language, size, "tab", "enter", text="Northwind")


@each_size
@each_language
def test_conflict_in_a_note(anna: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(anna, "conflicts", language, size, "j", text="14:00")


@each_size
@each_language
def test_conflict_about_the_trash(anna: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(anna, "conflicts", language, size, "end", text="陈家 ·")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_alone(template: Path, picture: Picture, language: str) -> None:

    picture(template, "sync", language, (80, 24))
