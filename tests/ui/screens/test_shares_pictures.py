"""Pictures of *Shares*, its form and what leaves; `--snapshot-update` takes them anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from crm_tui.sync.shares import Shares
from tests.ui.sync_world import give_key, make_pair
from tests.ui.test_snapshots import Picture, each_language, each_size, picture

__all__ = ["picture"]


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna's file, closed: two shares, of one of which something came back."""
    anna, ben = make_pair(tmp_path_factory.mktemp("desks"))
    anna.back(hours=30)
    place = Path("/tmp/crm-tui-pictures")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    Shares(anna.bundles).export(place / "harbour.crms", {"region": "London"}, name="Harbour Logistics", hide=["phones"])
    given = Shares(anna.bundles).export(place / "hailan.crms", {"region": "上海"}, name="海蓝分销", hide=["note"]).path
    partner = type(ben)(ben.home.parent, "partner")
    Shares(partner.bundles).take(given, accept_key="any")
    partner.crm.customers.edit(partner.crm.customers.all()[0]["id"], {"website": "https://hailan.example"})
    Shares(anna.bundles).take(partner.out(), accept_key="any")
    shutil.rmtree(place)
    for desk in (anna, ben, partner):
        desk.crm.close()
    return anna.file


@pytest.fixture(autouse=True)
def _her_key(tmp_path: Path) -> None:
    """The copy is opened with the key that it was written with."""
    give_key(tmp_path, "anna")


@each_size
@each_language
def test_shares(anna: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(anna, "shares", language, size, text="海蓝")


@each_language
def test_what_came_back_of_one(anna: Path, picture: Picture, language: str) -> None:
    picture(anna, "shares", language, (80, 24), "enter", text="海蓝")


@each_language
def test_nothing_was_given_yet(template: Path, picture: Picture, language: str) -> None:
    picture(template, "shares", language, (80, 24))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens the form with everything typed."""
    monkeypatch.setenv("HOME", "/tmp/crm-tui-nobody")

    def fill(pilot: Any) -> None:
        from crm_tui.services.share_list import Regions
        from crm_tui.ui.giving.flow import Giving

        screen = pilot.app.screen
        giving = Giving(screen, lambda share: None)
        giving._raw = {
            **{"name": "海蓝分销", "region": "上海\t上海", "seal": "phrase\t…", "phrase": "sesame"},
            "file": "/tmp/crm-tui-pictures/hailan.crms",
        }
        giving._ask("anna", Regions((("上海", 1), ("London", 1))))

    return fill


@each_size
@each_language
def test_form(anna: Path, picture: Picture, asked: Any, language: str, size: tuple[int, int]) -> None:
    picture(anna, "shares", language, size, text="上海", prepare=asked)


@each_size
@each_language
def test_what_leaves(anna: Path, picture: Picture, asked: Any, language: str, size: tuple[int, int]) -> None:
    picture(anna, "shares", language, size, "ctrl+s", "j", "j", text="crm-tui-pictures", prepare=asked)


@each_language
def test_the_very_rows(anna: Path, picture: Picture, asked: Any, language: str) -> None:
    picture(anna, "shares", language, (80, 24), "ctrl+s", "enter", text="上海王芳", prepare=asked)
