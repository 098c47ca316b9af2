from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.sync.bundle_file import inspect
from crm_tui.sync.shares import Shares
from crm_tui.ui.text import width
from tests.ui.screens.test_conflicts import app_of, ready
from tests.ui.screens.test_sync import name_file, until
from tests.ui.shown import HOSTILE, screen_text
from tests.ui.sync_world import Desk, make_pair

Drive = Callable[..., None]
FANG = "上海王芳贸易有限公司"


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Desk]:
    """Anna's machine: three customers in three regions, one of which is hers."""
    anna, ben = make_pair(tmp_path)
    me = anna.crm.people.me()
    assert me is not None
    row = next(one["id"] for one in anna.crm.customers.all() if one["name"] == FANG)
    anna.crm.customers.edit(row, {"owner": me["id"]})
    yield anna
    anna.crm.close()
    ben.crm.close()


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Desk]:
    """A machine outside of the company, with an empty file."""
    desk = Desk(tmp_path, "partner")
    yield desk
    desk.crm.close()


async def ask(pilot: Any, path: Path, **typed: str) -> None:
    """Open the form and fill it in; choices by code and text."""
    await ready(pilot)
    await pilot.press("n")
    await until(pilot, "Give a share")
    form = pilot.app.screen.form
    form.row("file").box.value = str(path)
    for name, value in typed.items():
        row = form.row(name)
        row.box.put(value)
    await pilot.settle()


async def leave_by_key(pilot: Any) -> str:
    await pilot.press("ctrl+s")
    return await until(pilot, "Nothing has left yet")


def test_n_asks_shows_every_row_that_leaves_and_w_writes_it(
    anna: Desk, partner: Desk, drive: Drive, tmp_path: Path
) -> None:
    path = tmp_path / "for-partner"

    async def script(pilot: Any) -> None:
        await ask(pilot, path, name="Harbour", region="上海\t上海  1 customer")
        text = await leave_by_key(pilot)
        assert "1 customer, " in text
        for said in ("+ Customers", "+ Note", "+ Phones", "x the other 2 customers", "x what lies in the trash"):
            assert said in text
        await pilot.press("enter", "enter")
        text = await until(pilot, "Likes to be called before noon")
        assert FANG in text
        await pilot.press("escape", "escape", "w")
        text = await until(pilot, "The share is written")
        assert "crm-tui share import for-partner.crms" in text
        await pilot.press("enter")
        text = await until(pilot, "region: 上海")
        assert "Harbour" in text
        assert "Left this file" in text  # the log of exports stands on this screen
        assert "Share" in text

    drive(app_of(anna, "shares"), script, size=(140, 45))
    taken = Shares(partner.bundles).take(path.with_suffix(".crms"), accept_key="any")
    assert taken.merged.created >= 2
    assert [row["name"] for row in partner.crm.customers.all()] == [FANG]


def test_space_holds_a_field_or_a_whole_kind_back_and_the_next_share_remembers_it(
    anna: Desk, drive: Drive, tmp_path: Path
) -> None:
    path = tmp_path / "held.crms"

    async def hold(pilot: Any, what: str) -> None:
        lines = pilot.app.screen._lines
        pilot.app.screen.rows.move_to(next(place for place, one in enumerate(lines) if one.id == what))
        await pilot.settle()
        await pilot.press("space")
        await until(pilot, "(held back)")
        await pilot.settle()

    async def script(pilot: Any) -> None:
        await ask(pilot, path, name="Harbour", region="上海\t上海  1 customer")
        await leave_by_key(pilot)
        await hold(pilot, "customers.note")
        await hold(pilot, "phones")
        text = await ready(pilot)
        assert "x Note  (held back)" in text
        assert "x Phones  (held back)" in text
        await hold(pilot, "customers.name")  # makes no sense without: nothing happens
        assert "x Name" not in screen_text(pilot)
        await pilot.press("w")
        await until(pilot, "The share is written")
        await pilot.press("enter")
        text = await until(pilot, "x Customers: Note")
        assert "x Phones" in text
        await ask(pilot, tmp_path / "again.crms", name="Harbour", region="上海\t上海  1 customer")
        text = await leave_by_key(pilot)
        assert "x Note  (held back)" in text

    drive(app_of(anna, "shares"), script, size=(140, 45))
    assert inspect(path)["changes_by_noun"]["customers"] == 1
    assert "phones" not in inspect(path)["changes_by_noun"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost_by_going_back(
    anna: Desk, drive: Drive, tmp_path: Path
) -> None:
    (tmp_path / "there.crms").write_text("x")

    async def script(pilot: Any) -> None:
        await ask(pilot, tmp_path / "there.crms")
        await pilot.press("ctrl+s")
        text = await ready(pilot)
        assert "must not be empty" in text
        form = pilot.app.screen.form
        form.row("name").box.value = "Harbour"
        await pilot.press("ctrl+s")
        text = await ready(pilot)
        assert "choose one of these three" in text
        assert "there is one already" in text
        form.row("file").box.value = str(tmp_path / "new.crms")
        form.row("region").box.put("上海\t上海  1 customer")
        form.row("seal").box.put("key\twho has a key")
        await pilot.settle()
        form.row("key").box.value = "nobody's"
        await pilot.press("ctrl+s")
        await until(pilot, "no single machine")
        form.row("seal").box.put("open\twhoever has the file")
        await pilot.settle()
        await leave_by_key(pilot)
        await pilot.press("escape")
        await until(pilot, "Give a share")
        assert pilot.app.screen.form.row("name").box.value == "Harbour"
        await pilot.press("escape")
        await until(pilot, "Nothing was given")

    drive(app_of(anna, "shares"), script, size=(80, 24))
    assert not (tmp_path / "new.crms").exists()
    assert not anna.crm.noun("shares").all()


def test_customers_without_a_region_are_chosen_by_their_owner(anna: Desk, drive: Drive, tmp_path: Path) -> None:
    for row in anna.crm.customers.all():
        anna.crm.customers.edit(row["id"], {"region": None})

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("n")
        await until(pilot, "Which customers?")
        assert pilot.app.screen.form.row("region") is None
        pilot.app.screen.form.row("file").box.value = str(tmp_path / "own.crms")
        await pilot.press(*"Harbour", "tab", *"Li", "enter")
        await until(pilot, "3 customers: ")
        await leave_by_key(pilot)

    drive(app_of(anna, "shares"), script, size=(80, 24))


def test_the_partner_sends_back_from_the_screen_and_i_takes_it_in(
    anna: Desk, partner: Desk, drive: Drive, tmp_path: Path
) -> None:
    given = Shares(anna.bundles).export(tmp_path / "out.crms", {"region": "上海"}, name="Harbour").path
    Shares(partner.bundles).take(given, accept_key="any")
    row = partner.crm.customers.all()[0]["id"]
    partner.crm.customers.edit(row, {"website": "https://harbour.example"})

    async def send(pilot: Any) -> None:
        text = await until(pilot, "received")
        assert "anna" in text
        await pilot.press("n")  # a file that was made from a share gives none
        await ready(pilot)
        await pilot.press("o")
        await until(pilot, "only that machine")  # the share has brought the key of who gave it
        pilot.app.screen.query_one("#send TextBox").value = str(tmp_path / "back.crmb")
        await pilot.press("ctrl+s")
        await until(pilot, "The bundle is written")

    async def take(pilot: Any) -> None:
        await ready(pilot)
        await name_file(pilot, tmp_path / "back.crmb")
        await until(pilot, "Does this code match")
        await pilot.press("y")
        await until(pilot, "Nothing is changed yet")
        await pilot.press("enter")
        await until(pilot, "Taken in from partner")
        await pilot.press("enter")
        text = await until(pilot, "1 change came back")
        assert "+ " in text

    drive(app_of(partner, "shares"), send, size=(140, 45))
    drive(app_of(anna, "shares"), take, size=(140, 45))
    assert anna.crm.customers.get(row)["website"] == "https://harbour.example"


def test_the_sync_screen_takes_a_return_too(anna: Desk, partner: Desk, drive: Drive, tmp_path: Path) -> None:
    given = Shares(anna.bundles).export(tmp_path / "out.crms", {"region": "上海"}, name="Harbour").path
    Shares(partner.bundles).take(given, accept_key="any")
    row = partner.crm.customers.all()[0]["id"]
    partner.crm.customers.edit(row, {"website": "https://harbour.example"})
    back = partner.bundles.export(tmp_path / "back.crms").bundle

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await name_file(pilot, back)
        await until(pilot, "Does this code match")
        await pilot.press("y")
        await until(pilot, "Nothing is changed yet")
        await pilot.press("enter")
        await until(pilot, "Taken in from partner")
        await pilot.press("enter", "s")
        await until(pilot, "Came back")
        assert pilot.app.current_mode == "shares"

    drive(app_of(anna, "sync"), script, size=(140, 45))
    assert anna.crm.customers.get(row)["website"] == "https://harbour.example"


def test_stopping_leaves_no_file_and_the_preview_stands(
    anna: Desk, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = Shares.export

    def slow(self: Shares, *args: Any, stop: Any, **more: Any) -> Any:
        stop.wait(10)
        return export(self, *args, stop=stop, **more)

    monkeypatch.setattr(Shares, "export", slow)

    async def script(pilot: Any) -> None:
        await ask(pilot, tmp_path / "never.crms", name="Harbour", region="上海\t上海  1 customer")
        await leave_by_key(pilot)
        await pilot.press("w")
        await until(pilot, "Writing the share")
        await pilot.press("escape")
        await until(pilot, "Nothing has left yet")

    drive(app_of(anna, "shares"), script, size=(140, 45))
    assert not (tmp_path / "never.crms").exists()
    assert not anna.crm.noun("shares").all()
    assert all(one["what"] != "share" for one in anna.crm.exports.logged())


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_hostile_names_stand_as_they_are(anna: Desk, drive: Drive, tmp_path: Path, size: tuple[int, int]) -> None:
    for name in HOSTILE:
        anna.crm.customers.create({"name": name, "region": "R [/oops]", "note": f"{name}\n[b]"}, ["13800000001"])
    for number, name in enumerate(HOSTILE[:6]):
        Shares(anna.bundles).export(tmp_path / f"{number}.crms", {"region": "R [/oops]"}, name=name, hide=["size"])

    async def script(pilot: Any) -> None:
        seen = ""
        for key in ("j", "j", "end", "tab", "enter", "escape"):
            text = await ready(pilot)
            assert {width(line) for line in text.splitlines()} == {size[0]}
            seen += text
            await pilot.press(key)
        assert "x [/oops]" in seen
        pilot.app.go("sync")
        pilot.app.go("shares")
        await ask(pilot, tmp_path / "all.crms", name="[red]", region="R [/oops]\tR [/oops]  8 customers")
        await leave_by_key(pilot)
        await pilot.press("enter")
        for key in ("j", "enter", "escape", "end"):
            text = await ready(pilot)
            assert {width(line) for line in text.splitlines()} == {size[0]}
            seen += text
            await pilot.press(key)
            await asyncio.sleep(0.05)
        assert "[red]" in seen

    drive(app_of(anna, "shares"), script, size=size)
