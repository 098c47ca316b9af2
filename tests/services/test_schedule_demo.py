"""The demo's schedule screens have something to show: a queue, a frozen week, jars that run out, who is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_tui.services import demo
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.build(path, NOW, ZONE)
    crm = Crm.open(path, lambda: NOW, zone=ZONE)
    yield crm
    crm.close()


def test_every_screen_of_the_schedule_has_life(world: Crm) -> None:
    today = NOW.date()
    assert len(world.callbacks.queue()) >= 20
    grid = world.team.grid(today - timedelta(days=today.weekday()))
    assert len(grid.lines) >= 8
    total = [sum(getattr(line.total, name) for line in grid.lines) for name in ("planned", "open", "moved", "missed")]
    assert min(total) > 3
    assert any(line.frozen for line in grid.lines)
    assert len(world.consumption_profiles.due(today, today + timedelta(days=7))) >= 5
    standings = world.cadences.standings()
    assert {"yellow", "red"} <= {one.state for one in standings}
    assert len(world.team.unseen_keys(14)) >= 2
    assert {entry.origin for entry in world.agenda.week(today)} >= {"hand", "rule", "series"}
    assert len(world.greetings.queue()) >= 5


def test_predictions_rest_on_what_was_measured(world: Crm) -> None:
    found = world.consumption_profiles.due(NOW.date(), NOW.date() + timedelta(days=60))
    methods = [one.prediction.method for one in found if one.prediction]
    assert methods.count("measured") >= 5
    errors = [
        abs(one.prediction.last_error) for one in found if one.prediction and one.prediction.last_error is not None
    ]
    assert errors
    assert sorted(errors)[len(errors) // 2] <= 10
