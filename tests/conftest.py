"""What all tests share: a home of their own, a fixed present, a file to work on, a way to drive the app."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from crm_tui.words import set_language

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo(ZONE))
"""A Tuesday morning; the present of every test that does not name another."""

os.environ.pop("NO_COLOR", None)
for _name in ("CRM_TUI_DB", "CRM_TUI_HOME", "CRM_TUI_LANG", "CRM_TUI_NOW"):
    os.environ.pop(_name, None)


@pytest.fixture(autouse=True)
def _own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads or writes the home of the person who runs it, and each starts in English."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "xdg" / name[4:-5].lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("LANG", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def now() -> datetime:
    """The fixed present, 2026-11-24 10:05 in Shanghai, a Tuesday."""
    return NOW


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file brought up to date once a session; tests copy it."""
    from crm_tui.services.crm import Crm

    path = tmp_path_factory.mktemp("template") / "crm.db"
    crm = Crm.open(path, lambda: NOW, zone=ZONE)
    crm.close()  # the last connection moves the write-ahead log into the file, so that it can be copied alone
    return path


@pytest.fixture
def db_file(template: Path, tmp_path: Path) -> Path:
    """A fresh, empty, migrated file of this test."""
    path = tmp_path / "crm.db"
    shutil.copyfile(template, path)
    path.chmod(0o600)
    return path


@pytest.fixture
def crm(db_file: Path) -> Iterator[Crm]:
    """An open, empty file whose clock stands at `now` and whose zone is Asia/Shanghai."""
    from crm_tui.services.crm import Crm

    opened = Crm.open(db_file, lambda: NOW, zone=ZONE)
    yield opened
    opened.close()


async def settle(pilot: Any) -> None:
    """Wait until no worker of the app runs any more; cancelled and failed ones count as finished."""
    from textual.worker import WorkerCancelled, WorkerFailed

    for _ in range(50):
        await pilot.pause()
        waiting = [worker for worker in pilot.app.workers if not worker.is_finished]
        if not waiting:
            break
        for worker in waiting:
            with suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()
    await pilot.pause()


Script = Callable[[Any], Awaitable[None]]


@pytest.fixture
def drive() -> Callable[..., None]:
    """Run an app headless and let a script press its keys: `drive(app, script, size=(100, 30))`.

    The script gets the pilot; `await settle(pilot)` is there as `pilot.settle()`.
    """

    def run(app: Any, script: Script, size: tuple[int, int] = (100, 30)) -> None:
        async def go() -> None:
            async with app.run_test(size=size) as pilot:
                pilot.settle = lambda: settle(pilot)
                await settle(pilot)
                # The file is opened by a timer after the first frame, which a busy machine may delay.
                for _ in range(50):
                    if getattr(app, "crm", app) is not None:
                        break
                    await asyncio.sleep(0.02)
                await settle(pilot)
                await script(pilot)

        asyncio.run(go())
        if hasattr(app, "close_file"):
            app.close_file()

    return run


@pytest.fixture(autouse=True)
def _still_cursor(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A blinking cursor would make pictures differ by the moment they were taken."""
    if "ui" in request.node.path.parts:
        from textual.widgets import Input

        monkeypatch.setattr(Input, "cursor_blink", False, raising=False)
