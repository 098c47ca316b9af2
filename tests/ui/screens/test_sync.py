from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.sync.machine_key import MachineKey, code_of
from tests.ui.screens.test_conflicts import app_of, ready
from tests.ui.shown import app_on, screen_text, toasts
from tests.ui.sync_world import Desk, make_disagreeing, make_pair

Drive = Callable[..., None]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Anna has met Ben, and he knows all; they disagree on five things."""
    anna, ben = make_disagreeing(tmp_path)
    yield anna, ben
    anna.crm.close()
    ben.crm.close()


async def until(pilot: Any, text: str) -> str:
    for _ in range(100):
        await asyncio.sleep(0.05)
        shown = screen_text(pilot)
        if text in shown:
            return shown
    raise AssertionError(f"{text!r} never came:\n{screen_text(pilot)}")


async def name_file(pilot: Any, path: Path) -> None:
    await pilot.press("i")
    await until(pilot, "which file?")
    pilot.app.screen.query_one("PathInput").value = str(path)
    await pilot.settle()
    await pilot.press("enter")


def test_machines_stand_with_their_person_trust_and_what_they_lack(desks: tuple[Desk, Desk], drive: Drive) -> None:
    anna, ben = desks

    async def script(pilot: Any) -> None:
        text = await ready(pilot)
        assert anna.bundles.code in text
        assert "5 conflicts wait" in text
        line = next(line for line in text.splitlines() if "+ trusted" in line)
        assert "ben" in line
        assert "王强" in line
        await pilot.press("j")
        text = await ready(pilot)
        assert ben.bundles.code in text
        assert "5 changes that are here" in text

    drive(app_of(anna, "sync"), script, size=(140, 45))


def test_what_a_bundle_did_is_counted_and_its_records_open(desks: tuple[Desk, Desk], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("tab")
        text = await ready(pilot)
        for said in ("Bundle from ben", "15 changes", "+ 6 new", "= 9 known", "10 records", "Note, Region"):
            assert said in text
        await pilot.press("enter", "j", "enter")
        assert "Profile" in await ready(pilot)

    drive(app_of(desks[0], "sync"), script, size=(140, 45))


def test_on_a_narrow_screen_enter_shows_what_it_did(desks: tuple[Desk, Desk], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("tab", "enter")
        text = await ready(pilot)
        assert "+ 6 new" in text
        assert "Note, Region" in text
        await pilot.press("escape")
        assert "Machine" in await ready(pilot)

    drive(app_of(desks[0], "sync"), script, size=(80, 24))


def test_o_writes_a_bundle_that_the_other_takes_in(desks: tuple[Desk, Desk], drive: Drive, tmp_path: Path) -> None:
    anna, ben = desks

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("j", "o")
        await until(pilot, "lacks 5 changes")
        pilot.app.screen.query_one("#send TextBox").value = str(tmp_path / "for-ben")
        await pilot.press("ctrl+s")
        text = await until(pilot, "The bundle is written")
        assert "for-ben.crmb" in text.replace("\n", "")

    drive(app_of(anna, "sync"), script, size=(140, 30))
    done = ben.bundles.take(tmp_path / "for-ben.crmb")  # sealed for him, and only what he lacks
    assert 0 < done.merged.changes <= 8
    assert ben.crm.conflicts.count() == 5


def test_a_bundle_for_everybody_and_wrong_entries(desks: tuple[Desk, Desk], drive: Drive, tmp_path: Path) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("o")
        assert "everybody: all" in await until(pilot, "Write a bundle")
        form = pilot.app.screen.form
        form.row("seal").box.put("key\tonly that machine")
        form.row("file").box.value = str(tmp_path)
        await pilot.settle()
        await pilot.press("ctrl+s")
        text = await ready(pilot)
        assert "choose a machine" in text
        assert "this is a folder" in text
        form.row("seal").box.put("phrase\twho knows a passphrase")
        form.row("file").box.value = str(tmp_path / "all.crmb")
        await pilot.settle()
        await pilot.press("ctrl+s")
        assert "must not be empty" in await ready(pilot)
        form.row("phrase").box.value = "sesame"
        await pilot.press("ctrl+s")
        await until(pilot, "crm-tui join all.crmb")
        assert "sesame" not in screen_text(pilot)

    drive(app_of(desks[0], "sync"), script, size=(140, 30))
    assert (tmp_path / "all.crmb").read_bytes().startswith(b"CRMA1 ")


def test_i_asks_for_passphrase_and_code_shows_the_counts_and_takes_it_in(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    ben.crm.customers.create({"name": "New Shop"})
    path = ben.bundles.export(tmp_path / "ben.crmb", passphrase="sesame").bundle

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await name_file(pilot, path)
        await until(pilot, "locked with a passphrase")
        await pilot.press(*"wrong", "enter")
        await until(pilot, "does not open this bundle")
        await pilot.press(*"sesame", "enter")
        text = await until(pilot, "Does this code match what ben sees?")
        assert ben.bundles.code.replace("-", "") in text.replace(" ", "").replace("–", "")
        await pilot.press("enter")  # is no answer here
        await pilot.press("y")
        text = await until(pilot, "Nothing is changed yet")
        assert "+ 2 created" in text
        assert pilot.app.crm.customers.counts()["all"] == 3
        await pilot.press("enter")
        await until(pilot, "Taken in from ben")
        assert pilot.app.crm.customers.counts()["all"] == 4
        await pilot.press("enter")
        text = await ready(pilot)
        assert "+ trusted" in text

    drive(app_of(anna, "sync"), script, size=(100, 30))
    anna.crm.close()
    ben.crm.close()


def test_a_refused_code_or_a_broken_file_changes_nothing(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    path = ben.out()
    broken = tmp_path / "broken.crmb"
    broken.write_bytes(path.read_bytes()[:-40])
    before = anna.crm.digest()

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await name_file(pilot, path)
        await until(pilot, "Does this code match")
        await pilot.press("n")
        await ready(pilot)
        assert "Not accepted" in toasts(pilot)
        await name_file(pilot, broken)
        await until(pilot, "cut off")
        await pilot.press("escape")
        await name_file(pilot, anna.file)
        await until(pilot, "is the file that is open here")

    drive(app_of(anna, "sync"), script, size=(100, 30))
    assert anna.crm.digest() == before
    anna.crm.close()
    ben.crm.close()


def test_conflicts_that_a_bundle_brings_are_announced_and_c_goes_to_them(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    row = anna.crm.customers.all()[0]["id"]
    for desk in (anna, ben):
        desk.crm.customers.edit(row, {"region": desk.name})
    path = ben.out()

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await name_file(pilot, path)
        await until(pilot, "Does this code match")
        await pilot.press("y")
        await until(pilot, "1 fields were changed here too")
        await pilot.press("enter")
        await until(pilot, "c  choose now")
        await pilot.press("c")
        await until(pilot, "m  mine")

    drive(app_of(anna, "sync"), script, size=(100, 30))
    anna.crm.close()
    ben.crm.close()


def test_trust_is_taken_and_given_back(desks: tuple[Desk, Desk], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        assert "t Trust" not in screen_text(pilot)
        await pilot.press("j", "t")
        await until(pilot, "Trust ben no more?")
        await pilot.press("y")
        assert "x not trusted" in await ready(pilot)
        await pilot.press("t")
        assert desks[1].bundles.code in await until(pilot, "Trust ben?")
        await pilot.press("y")
        assert "+ trusted" in await ready(pilot)

    drive(app_of(desks[0], "sync"), script, size=(140, 30))


def test_this_machine_gets_another_name(desks: tuple[Desk, Desk], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("n")
        await until(pilot, "Name of this machine")
        await pilot.press("ctrl+a", *"Shop", "enter")
        assert "This machine: " in await ready(pilot)
        assert pilot.app.crm.machines.peers()[0].name.endswith("Shop") or "Shop" in screen_text(pilot)

    drive(app_of(desks[0], "sync"), script)


def test_a_shared_folder_is_remembered_and_exchanged_with(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    folder = tmp_path / "stick"

    async def first(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("f")
        await until(pilot, "Which folder")
        pilot.app.screen.form.row("folder").box.value = str(folder)
        await pilot.press("ctrl+s")
        await until(pilot, "there is no folder")
        await pilot.press("m")  # makes it
        text = await until(pilot, "were put there for the others")
        assert "+ 0 changes came in" in text
        assert "Open: whoever has the folder" in text
        await pilot.press("enter")

    drive(app_of(anna, "sync"), first, size=(100, 30))
    assert list(folder.rglob("*.crmb"))

    async def again(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("f")
        await until(pilot, "+ 0 changes were put there")

    drive(app_of(anna, "sync"), again, size=(100, 30))
    anna.crm.close()
    ben.crm.close()


def test_a_folder_is_sealed_by_key_and_who_comes_later_seals_too(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    anna.bundles.take(ben.out(), accept_key="any")
    folder = tmp_path / "stick"
    folder.mkdir()

    async def seal(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("f")
        await until(pilot, "Which folder")
        pilot.app.screen.form.row("folder").box.value = str(folder)
        await pilot.press("ctrl+s")
        await until(pilot, "Open: whoever")
        await pilot.press("s")
        text = await until(pilot, "Sealed: only the 2 machines")
        assert "leave theirs open" not in text
        await pilot.press("enter")
        assert "sealed" in await ready(pilot)  # stands on the screen

    def files() -> list[bytes]:
        return [one.read_bytes() for one in folder.rglob("*.crmb")]

    drive(app_of(anna, "sync"), seal, size=(120, 40))
    assert files()
    assert all(one.startswith(b"age-encryption.org/") for one in files())

    async def join(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("f")
        await until(pilot, "Which folder")
        pilot.app.screen.form.row("folder").box.value = str(folder)
        await pilot.press("ctrl+s")
        await until(pilot, "Sealed: only the 2 machines")

    ben.crm.customers.create({"name": "Late & Co"})
    drive(app_of(ben, "sync"), join, size=(120, 40))
    assert all(one.startswith(b"age-encryption.org/") for one in files())
    anna.crm.close()
    ben.crm.close()


def test_a_stick_that_was_pulled_out_is_a_sentence(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    folder = tmp_path / "media" / "stick"
    anna.crm.store.set_setting("shared_folder", str(folder))

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("f")
        text = await until(pilot, "there is no folder")
        assert "put the stick in" in text
        assert "m  make it" not in text  # where it would lie is not there either
        folder.mkdir(parents=True)
        await pilot.press("enter")
        await until(pilot, "were put there for the others")

    drive(app_of(anna, "sync"), script, size=(100, 30))
    anna.crm.close()
    ben.crm.close()


def test_alone_it_says_what_to_do_next(crm: Any, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        text = await ready(pilot)
        assert "Nobody else yet" in text
        assert "crm-tui join FILE" in text
        code = code_of(MachineKey.of(crm.store.path.parent).public)
        assert code in text

    drive(app_on(crm.store.path, "sync"), script, size=(80, 24))


@pytest.fixture
def received(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Anna has taken in what Ben changed: a note and a region; she has changed the region since."""
    anna, ben = make_pair(tmp_path)
    fang = next(row["id"] for row in ben.crm.customers.all() if "王芳" in row["name"])
    ben.back(hours=5)
    ben.crm.customers.edit(fang, {"industry": "retail", "region": "华南"})
    ben.crm.customers.create({"name": "New & Co"})
    anna.back(hours=4)
    anna.bundles.take(ben.out(), accept_key="any")
    anna.crm.customers.edit(fang, {"region": "华东"})
    yield anna, ben
    for desk in (anna, ben):
        desk.crm.close()


async def at_rest(pilot: Any) -> str:
    await pilot.settle()
    await pilot.pause(0.25)
    await pilot.settle()
    return screen_text(pilot)


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_an_import_is_taken_back_from_sync_after_a_question_and_says_what_stays(
    received: tuple[Desk, Desk], drive: Callable[..., None], size: tuple[int, int]
) -> None:
    anna, _ = received

    async def script(pilot: Any) -> None:
        await at_rest(pilot)
        await pilot.press("tab")
        assert "u Take it back" in await at_rest(pilot)
        await pilot.press("u")
        text = await at_rest(pilot)
        assert "Take back what came from ben" in text
        assert "stays as it is" in text
        await pilot.press("y")
        text = await at_rest(pilot)
        assert "Taken back: what came from ben" in text
        assert "上海王芳贸易有限公司 · Region: changed since" in text
        await pilot.press("enter")
        text = await at_rest(pilot)
        assert "x taken back" in text
        assert "u Take it back" not in text

    drive(app_on(anna.file, "sync", memory=anna.memory, data=anna.home), script, size=size)
    rows = {row["name"]: row for row in anna.crm.customers.all()}
    assert "New & Co" not in rows
    assert (rows["上海王芳贸易有限公司"]["region"], rows["上海王芳贸易有限公司"]["industry"]) == ("华东", None)


def test_u_on_what_came_with_a_bundle_in_history_offers_the_whole_import(
    received: tuple[Desk, Desk], drive: Callable[..., None]
) -> None:
    anna, _ = received

    async def script(pilot: Any) -> None:
        await at_rest(pilot)
        await pilot.press("j", "j", "u")
        text = await at_rest(pilot)
        assert "Take back only this: Added customer New" in text
        assert "all that came with it: 4 changes" in text
        await pilot.press("j", "enter")
        assert "Take back what came from ben" in await at_rest(pilot)
        await pilot.press("y")
        assert "Taken back: what came from ben" in await at_rest(pilot)

    drive(app_on(anna.file, "history", memory=anna.memory, data=anna.home), script, size=(80, 24))
    assert "New & Co" not in [row["name"] for row in anna.crm.customers.all()]
