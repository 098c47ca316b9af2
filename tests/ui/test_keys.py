from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_tui.services.crm import Crm
from crm_tui.ui.keys import Bound, all_declared, check_keymap, key_name, normal
from crm_tui.words import set_language
from tests.ui.shown import app_on, said, screen_text

Drive = Callable[..., None]


def test_keys_are_written_as_people_write_them() -> None:
    assert [key_name(normal(key)) for key in ("?", "/", "ctrl+p", "f1", "escape", "[", "：")] == [
        "?", "/", "ctrl+p", "f1", "Esc", "[", "：",
    ]  # fmt: skip


def test_no_default_key_means_two_things_in_one_place() -> None:
    places: dict[tuple[str, str], set[str]] = {}
    for bound in all_declared():
        for key in bound.keys:
            places.setdefault((bound.owner, key), set()).add(bound.id)
    assert {place: ids for place, ids in places.items() if len(ids) > 1} == {}


def test_every_binding_has_an_id_and_a_description() -> None:
    for bound in all_declared():
        assert bound.description, bound.id


def test_one_id_means_one_thing() -> None:
    said_of: dict[str, set[str]] = {}
    for bound in all_declared():
        said_of.setdefault(bound.id, set()).add(bound.description)
    assert {name: texts for name, texts in said_of.items() if len(texts) > 1} == {}


def test_an_unknown_id_is_reported_with_the_nearest() -> None:
    known = [Bound("visits.log", ("l",), "Log", "")]
    checked = check_keymap({"visit.log": "x"}, known)
    assert checked.keymap == {}
    assert "visits.log" in checked.problems[0]


def test_a_key_of_another_action_is_refused_unless_that_one_moves_too() -> None:
    known = [
        Bound("a.new", ("n",), "New", "A"),
        Bound("app.undo", ("u",), "Undo", ""),
        Bound("b.go", ("g",), "Go", "B"),
    ]
    assert "app.undo" in check_keymap({"a.new": "u"}, known).problems[0]
    assert check_keymap({"a.new": "u", "app.undo": "n"}, known).keymap == {"a.new": "u", "app.undo": "n"}
    assert check_keymap({"a.new": "g"}, known).keymap == {"a.new": "g"}
    assert check_keymap({"a.new": "none"}, known).problems == ()


def test_the_persons_keys_work_and_clashes_are_told_in_one_toast(crm: Crm, drive: Drive) -> None:
    crm.customers.create({"name": "A"})

    async def script(pilot: Any) -> None:
        assert "app.undo" in said(pilot)
        assert "nearest" in said(pilot)
        await pilot.press("w")
        await pilot.settle()
        assert "New customer" in screen_text(pilot)

    keys = {"customers.new": "w", "customers.edit": "u", "no.such": "x"}
    drive(app_on(crm.store.path, "customers", keys=keys), script)


def test_key_help_lists_the_keys_of_the_focus(crm: Crm, drive: Drive) -> None:
    crm.customers.create({"name": "A"})

    async def script(pilot: Any) -> None:
        await pilot.press("？")
        await pilot.settle()
        text = screen_text(pilot)
        assert "Next row" in text
        assert "Log a contact" in text
        await pilot.press("escape")
        await pilot.settle()
        await pilot.press("slash")
        await pilot.press("f1")
        await pilot.settle()
        assert "To the list" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script, size=(100, 45))


def test_the_key_line_shows_at_most_seven_keys_that_work(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        line = screen_text(pilot).splitlines()[-1]
        assert line.rstrip().endswith("? Keys")
        assert len(line) <= 80

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))


def test_arrows_are_named_in_the_language_that_is_spoken() -> None:
    assert [key_name(key) for key in ("left", "right", "up", "down")] == ["Left", "Right", "Up", "Down"]
    set_language("zh")
    assert [key_name(key) for key in ("left", "right", "up", "down", "enter")] == ["左", "右", "上", "下", "Enter"]
