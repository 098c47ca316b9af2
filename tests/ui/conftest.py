"""What all tests of screens share."""

from __future__ import annotations

import pytest

from crm_tui.services.upkeep import Kept, Upkeep
from crm_tui.ui.reminders import Reminding


@pytest.fixture(autouse=True)
def _no_upkeep(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a thread does and says some time after the start may come before or after what a test looks at."""
    if "upkeep" not in request.node.nodeid and "reminder" not in request.node.nodeid:
        monkeypatch.setattr(Upkeep, "run", lambda _: Kept(0, None, ()))
        monkeypatch.setattr(Reminding, "begin_reminders", lambda _: None)
