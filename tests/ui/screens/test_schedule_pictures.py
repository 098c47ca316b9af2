"""Pictures of *Handover* and *Series*; `--snapshot-update` takes them anew."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from crm_tui.rules.series import monthly_working_day, weekly
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE
from tests.ui.test_snapshots import Picture, each_language, each_size, picture
from tests.ui.world import make_world

__all__ = ["picture"]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world with two series, one exception among them."""
    path = tmp_path_factory.mktemp("busy") / "crm.db"
    make_world(path)
    crm = Crm.open(path, lambda: NOW, zone=ZONE)
    ids = {str(row["name"]): str(row["id"]) for row in crm.customers.all()}
    first = monthly_working_day(datetime(2026, 11, 1, 15), ZONE)
    crm.series.create(ids["上海王芳贸易有限公司"], first, "call", "对账")
    weeks = weekly(datetime(2026, 11, 24, 11), ZONE, (1,), 2)
    series = crm.series.create(ids["Northwind Trading"], weeks, "visit", "stock count").ids[0]
    crm.series.skip(series, datetime(2026, 12, 8, 11), "fair")
    crm.close()
    return path


@each_size
@each_language
def test_handover(busy: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(
        busy, "handovers", language, size, "f", *"li na", "enter", "t", *"chen", "enter", "r",
        *"new region", "enter", "j",
        text="new region",
    )  # fmt: skip


@each_size
@each_language
def test_series(busy: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(busy, "series", language, size, "enter", "j", text="fair")


@each_size
@each_language
def test_a_series_in_words(busy: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(busy, "series", language, size, "n", *["tab"] * 3, *"every 2 weeks on mon 3pm", text="2027")
