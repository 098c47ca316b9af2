"""A new file becomes one of a company by the key that takes a bundle in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ui.screens.test_conflicts import app_of, ready
from tests.ui.screens.test_sync import name_file, until
from tests.ui.shown import screen_text
from tests.ui.sync_world import Desk, make_pair

Drive = Callable[..., None]


def test_a_new_file_joins_by_the_key_that_takes_a_bundle_in(tmp_path: Path, drive: Drive) -> None:
    anna, _ = make_pair(tmp_path)
    late = Desk(tmp_path, "late")
    late.crm.customers.create({"name": "Brought along"})
    own = late.crm.people.add({"name": "王强"}).ids[0]  # who wrote himself down at the first start
    late.crm.people.i_am(own)

    async def script(pilot: Any) -> None:
        assert "i joins their company" in await ready(pilot)
        await name_file(pilot, anna.out())
        text = await until(pilot, "This bundle comes from a company")
        assert "comes along: 1 customer." in text
        await pilot.press("y")
        await until(pilot, "Does this code match")
        await pilot.press("y")
        await until(pilot, "Joined: you work with anna now")
        await pilot.press("enter")
        await until(pilot, "Which of these people are you?")
        await ready(pilot)
        await pilot.press("enter")  # the one of the same name
        await ready(pilot)
        assert "+ trusted" in screen_text(pilot)

    drive(app_of(late, "sync"), script, size=(120, 40))
    assert late.crm.store.setting("workspace") == anna.crm.store.setting("workspace")
    assert late.crm.store.setting("me") not in ("", own)
    assert [row["name"] for row in late.crm.people.all()].count("王强") == 1
    assert any(row["name"] == "Brought along" for row in late.crm.customers.all())
    assert len(late.crm.customers.all()) == 4
    for desk in (anna, late):
        desk.crm.close()


def test_a_file_that_works_with_others_never_joins_another_company(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    anna.bundles.take(ben.out(), accept_key="any")
    other = Desk(tmp_path, "other")
    other.crm.customers.create({"name": "Elsewhere"})

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await name_file(pilot, other.out())
        text = await until(pilot, "another company")
        assert "which file?" in text

    drive(app_of(anna, "sync"), script, size=(120, 40))
    for desk in (anna, ben, other):
        desk.crm.close()
