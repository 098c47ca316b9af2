"""What an exchange with a shared folder says: who can read it, what waits and why, what somebody must mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_tui.errors import BadFile
from crm_tui.sync.folder import FolderReport
from crm_tui.ui.syncing.folder_form import Folder
from crm_tui.ui.syncing.sharing import MOST, Done, report_lines
from tests.ui.screens.test_conflicts import app_of, ready
from tests.ui.screens.test_sync import until
from tests.ui.sync_world import make_pair

STICK = Path("/media/stick/crm")


def test_what_waits_is_told_with_whom_it_waits_for_and_how_that_ends() -> None:
    report = FolderReport(waiting=[("Ben", "Carla")] * (MOST + 3))
    text = "\n".join(report_lines(Done(report, Folder(STICK, True, 3), ())))
    assert text.count("what Ben wrote waits for Carla") == MOST
    assert "and 3 more" in text
    assert "comes in by itself once they have used this folder too" in text


def test_an_error_of_writing_and_half_files_stand_beside_what_came() -> None:
    report = FolderReport(
        received=1, problems=["Ben's segment is forged"], unfinished=["a file is not whole"], error=BadFile("full")
    )
    lines = report_lines(Done(report, Folder(STICK, False, 2), ()))
    assert {"+ 1 change came in", "x Ben's segment is forged", "x full", "~ a file is not whole"} <= set(lines)
    assert lines[1].startswith("Open:")


def test_who_leaves_his_open_in_a_sealed_folder_is_named() -> None:
    text = "\n".join(report_lines(Done(FolderReport(), Folder(STICK, True, 2), ("ben",))))
    assert "! What ben left there is open" in text
    assert "ben" not in "\n".join(report_lines(Done(FolderReport(), Folder(STICK, False, 2), ("ben",))))


def test_the_home_folder_itself_is_never_shared(tmp_path: Path, drive: Callable[..., None]) -> None:
    anna, ben = make_pair(tmp_path)

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("f")
        await until(pilot, "Which folder")
        await pilot.press("ctrl+s")
        await until(pilot, "a folder of its own")

    drive(app_of(anna, "sync"), script, size=(80, 24))
    for desk in (anna, ben):
        desk.crm.close()


def test_x_shows_what_to_do_when_a_laptop_is_lost(tmp_path: Path, drive: Callable[..., None]) -> None:
    anna, ben = make_pair(tmp_path)
    anna.bundles.take(ben.out(), accept_key="any")

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("j", "t")
        text = await until(pilot, "Trust ben no more?")
        assert "refused from now on" in text
        assert "x shows what to do next" in " ".join(text.split())
        await pilot.press("y")
        await until(pilot, "x not trusted")
        await pilot.press("x")
        await until(pilot, "Lost or stolen laptop")

    drive(app_of(anna, "sync"), script, size=(100, 30))
    for desk in (anna, ben):
        desk.crm.close()
