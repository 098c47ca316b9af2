from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Button, Footer, Input, Static

from crm_tui.paths import themes_folder
from crm_tui.ui.themes import DEFAULT, NIGHT, BrokenTheme, load_themes, read_theme, variable_defaults

SHIPPED = sorted(themes_folder().glob("*.toml"))
TRUE_COLOUR = [file for file in SHIPPED if file.stem != "ansi"]


def colors(file: Path) -> dict[str, str]:
    return tomllib.loads(file.read_text("utf-8"))["colors"]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2: 1 (none) to 21."""

    def light(color: str) -> float:
        parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in Color.parse(color).normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return file


def whole(**changed: str) -> str:
    lines = [f'{key} = "{value}"' for key, value in {**NIGHT, **changed}.items()]
    return "[colors]\n" + "\n".join(lines)


def test_four_themes_are_shipped_and_none_is_broken() -> None:
    found = load_themes([])
    assert found.problems == []
    assert set(found.themes) == {"night", "day", "contrast", "ansi"}
    assert found.themes["ansi"].ansi
    assert found.titles["night"] == "Night"


@pytest.mark.parametrize("file", TRUE_COLOUR, ids=lambda file: file.stem)
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_text_and_roles_can_be_read_on_every_ground(file: Path, ground: str) -> None:
    given = colors(file)
    floors = {"text": 7.0, "accent": 4.5, "good": 4.5, "warn": 4.5, "bad": 4.5, "muted": 4.0}
    low = {role: round(contrast(given[role], given[ground]), 2) for role in floors}
    assert {role: ratio for role, ratio in low.items() if ratio < floors[role]} == {}


@pytest.mark.parametrize("file", TRUE_COLOUR, ids=lambda file: file.stem)
def test_the_cursor_line_is_readable_and_stands_out(file: Path) -> None:
    given = colors(file)
    assert contrast(given["cursor_text"], given["cursor"]) >= 7
    assert contrast(given["cursor"], given["surface"]) >= 1.2
    assert contrast(given["text"], given["marked"]) >= 7


def test_the_colours_that_the_program_falls_back_to_are_those_of_the_file() -> None:
    assert colors(themes_folder() / f"{DEFAULT}.toml") == NIGHT


def test_a_persons_own_theme_joins_the_others_and_may_replace_one(tmp_path: Path) -> None:
    (tmp_path / "sepia.toml").write_text('title = "Sepia"\ndark = false\n' + whole(accent="#704214"))
    (tmp_path / "day.toml").write_text(whole(accent="#123456"))
    found = load_themes([tmp_path])
    assert found.problems == []
    assert found.titles["sepia"] == "Sepia"
    assert found.themes["day"].accent == "#123456"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[colors", "it is no TOML"),
        (whole(accent="bleu"), "“bleu” is no colour for “colors.accent”"),
        (whole().replace("muted", "mutted"), "unknown key “colors.mutted”; the nearest is “colors.muted”"),
        ("darkk = true\n" + whole(), "unknown key “darkk”; the nearest is “dark”"),
        ('dark = "yes"\n' + whole(), "“dark” should be true or false"),
        ("colors = 3", "“colors” should be a table"),
        ("", "these colours are missing: background, surface"),
        (whole().replace('"#f08986"', "7"), "“7” is no colour for “colors.bad”"),
    ],
)
def test_a_broken_theme_is_named_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(BrokenTheme) as caught:
        read_theme(file)
    assert sentence in str(caught.value)
    found = load_themes([tmp_path])
    assert len(found.problems) == 1
    assert str(file) in found.problems[0]
    assert set(found.themes) == {"night", "day", "contrast", "ansi"}


def test_a_file_that_is_no_text_is_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00\x81")
    (tmp_path / "folder.toml").mkdir()
    assert len(load_themes([tmp_path]).problems) == 2


def test_without_any_file_the_default_is_still_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_tui.ui.themes.themes_folder", lambda: tmp_path / "gone")
    found = load_themes([])
    assert list(found.themes) == [DEFAULT]
    assert found.themes[DEFAULT].background == NIGHT["background"]


class Sample(App[None]):
    CSS = """
    Static { background: $surface; color: $good; border: solid $line; }
    #a { color: $warn; background: $cursor; } #b { color: $bad; background: $marked; } #c { color: $cursor-text; }
    #d { color: $muted; }
    """
    BINDINGS: ClassVar = [("n", "new", "New")]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        for name in "abcd":
            yield Static(name, id=name)
        yield Input("text")
        yield Button("Save", variant="primary")
        yield Footer()


def test_every_theme_defines_every_variable_that_textual_and_we_use() -> None:
    def defined(theme: Theme) -> set[str]:
        return set(theme.to_color_system().generate()) | set(theme.variables)

    themes = load_themes([]).themes
    known = defined(themes[DEFAULT])
    assert set(variable_defaults()) <= known
    assert {name: known - defined(theme) for name, theme in themes.items() if known - defined(theme)} == {}


def test_every_theme_dresses_every_widget_without_a_crash() -> None:
    async def run() -> None:
        app = Sample()
        async with app.run_test() as pilot:
            for theme in [*load_themes([]).themes.values()]:
                app.register_theme(theme)
                app.theme = theme.name
                await pilot.pause()
                assert app.query_one("#a", Static).styles.color == Color.parse(theme.variables["warn"])
            app.theme = "nord"
            await pilot.pause()
            assert app.query_one("#a", Static).styles.background == Color.parse(NIGHT["cursor"])

    asyncio.run(run())
