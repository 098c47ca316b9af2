"""Names of machines and values that look like markup or turn the line round: shown as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_tui.ui.text import width
from tests.ui.screens.test_conflicts import app_of, ready
from tests.ui.shown import HOSTILE
from tests.ui.sync_world import make_pair


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_hostile_values_and_machine_names_stand_as_they_are(
    tmp_path: Path, drive: Callable[..., None], size: tuple[int, int]
) -> None:
    anna, ben = make_pair(tmp_path)
    ben.crm.machines.call_this("[red]x[/oops]\u202eevil")
    ids = [anna.crm.customers.create({"name": name, "note": "n"}).ids[0] for name in HOSTILE]
    ben.bundles.take(anna.out())
    for row, name in zip(ids, HOSTILE, strict=True):
        anna.crm.customers.edit(row, {"note": f"{name} mine [b]"})
        ben.crm.customers.edit(row, {"note": f"{name} theirs [/b]\nsecond line"})
    anna.bundles.take(ben.out(), accept_key="any")

    async def script(pilot: Any) -> None:
        seen = ""
        for place in ("conflicts", "sync"):
            pilot.app.go(place)
            for key in ("j", "j", "end", "tab"):
                text = await ready(pilot)
                assert {width(line) for line in text.splitlines()} == {size[0]}
                seen += text
                await pilot.press(key)
        assert "[red]x[/oops]" in seen
        assert "mine [b]" in seen
        assert "theirs [/b]" in seen

    drive(app_of(anna, "conflicts"), script, size=size)
    anna.crm.close()
    ben.crm.close()
