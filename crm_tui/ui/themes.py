"""Colour themes: TOML files, checked field by field, made into Textual themes that carry our roles.

Roles, for style sheets: `$accent $good $warn $bad $muted $line $cursor $cursor-text $marked`,
beside Textual's `$background $surface $panel $foreground`. A broken file costs only itself: it is reported in a
sentence, and the other themes stay.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from crm_tui.paths import themes_folder
from crm_tui.words import t

DEFAULT = "night"

NIGHT = {
    "background": "#131518",
    "surface": "#181b1f",
    "panel": "#22262b",
    "line": "#3a4048",
    "text": "#d5dce3",
    "muted": "#8d96a0",
    "accent": "#74b3f2",
    "good": "#83c494",
    "warn": "#e0b566",
    "bad": "#f08986",
    "cursor": "#233f5c",
    "cursor_text": "#f3f7fb",
    "marked": "#2b2f26",
}
"""The colours of the default theme, which must be there even if every file is broken."""

_FIELDS: dict[str, type] = {"title": str, "dark": bool, "ansi": bool, "colors": dict}
_ROLES = ("good", "warn", "bad", "muted", "line", "cursor", "cursor_text", "marked")

# Textual's own style sheets use these, and its ANSI colour system leaves them out.
_ONLY_ANSI = {
    "foreground-disabled": "muted",
    "surface-active": "surface",
    "ansi-background": "background",
    "ansi-foreground": "text",
}


@dataclass(slots=True)
class ThemeSet:
    """What a person can choose from.

    Attributes:
        themes: by name; the default is always there.
        titles: what the picker shows, by name.
        problems: one sentence for each file that is left out.
    """

    themes: dict[str, Theme] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class BrokenTheme(ValueError):
    """A theme file that cannot be used; the message says why."""


def load_themes(folders: Iterable[Path]) -> ThemeSet:
    """Read every *.toml of `folders`; a later folder's theme replaces an earlier one of the same name."""
    found = ThemeSet()
    for folder in (themes_folder(), *folders):
        for file in sorted(folder.glob("*.toml")):
            try:
                theme, title = read_theme(file)
            except BrokenTheme as error:
                found.problems.append(t("Theme {file}: {problem}", file=file, problem=error))
            else:
                found.themes[theme.name] = theme
                found.titles[theme.name] = t(title)
    if DEFAULT not in found.themes:
        found.themes[DEFAULT] = _made(DEFAULT, NIGHT, dark=True, ansi=False)
        found.titles[DEFAULT] = t("Night")
    return found


def read_theme(file: Path) -> tuple[Theme, str]:
    """Read one theme and its title; its name is the file's.

    Raises:
        BrokenTheme: if it is not to be read, has unknown or missing keys, or a colour that is none.
    """
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise BrokenTheme(t("it cannot be read: {reason}", reason=error.strerror or error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenTheme(t("it is no TOML: {reason}", reason=error)) from None
    _check_keys(given, _FIELDS, "")
    for key, kind in _FIELDS.items():
        if key in given and not isinstance(given[key], kind):
            raise BrokenTheme(t("“{key}” should be {kind}", key=key, kind=_kinds()[kind]))
    colors = given.get("colors", {})
    _check_keys(colors, NIGHT, "colors.")
    missing = [name for name in NIGHT if name not in colors]
    if missing:
        raise BrokenTheme(t("these colours are missing: {names}", names=", ".join(missing)))
    for name, value in colors.items():
        _check_color(name, value)
    theme = _made(file.stem, colors, dark=given.get("dark", True), ansi=given.get("ansi", False))
    return theme, given.get("title", file.stem)


def variable_defaults() -> dict[str, str]:
    """A value for each of our variables, so that style sheets parse under any of Textual's own themes."""
    return {role.replace("_", "-"): NIGHT[role] for role in _ROLES}


def _kinds() -> dict[type, str]:
    return {str: t("text"), bool: t("true or false"), dict: t("a table")}


def _check_keys(given: Mapping[str, object], known: Mapping[str, object], prefix: str) -> None:
    for key in given:
        if key not in known:
            from difflib import get_close_matches

            near = get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise BrokenTheme(t("unknown key “{key}”; the nearest is “{near}”", key=prefix + key, near=prefix + near))


def _check_color(name: str, value: object) -> None:
    try:
        if not isinstance(value, str):
            raise ColorParseError("")
        Color.parse(value)
    except ColorParseError:
        problem = t("“{value}” is no colour for “{key}”; write it as #rrggbb", value=value, key=f"colors.{name}")
        raise BrokenTheme(problem) from None


def _made(name: str, colors: Mapping[str, str], *, dark: bool, ansi: bool) -> Theme:
    """Dress Textual's own widgets in the roles, so that inputs, footers and scroll bars need no style of ours."""
    variables = {role.replace("_", "-"): colors[role] for role in _ROLES}
    dressed = {
        "text-muted": "muted",
        "border": "accent",
        "border-blurred": "line",
        "block-cursor-background": "cursor",
        "block-cursor-foreground": "cursor_text",
        "block-cursor-blurred-background": "panel",
        "block-cursor-blurred-foreground": "text",
        "footer-background": "background",
        "footer-foreground": "muted",
        "footer-description-foreground": "muted",
        "footer-key-foreground": "accent",
        "input-cursor-background": "accent",
        "input-cursor-foreground": "cursor_text" if ansi else "background",
        "input-selection-background": "cursor",
        "input-selection-foreground": "cursor_text",
        "screen-selection-background": "cursor",
        "screen-selection-foreground": "cursor_text",
        "scrollbar": "line",
        "scrollbar-hover": "muted",
        "scrollbar-active": "accent",
        "scrollbar-background": "background",
        "scrollbar-background-hover": "background",
        "scrollbar-background-active": "background",
        "scrollbar-corner-color": "background",
        "button-color-foreground": "background",
        "link-color": "accent",
    }
    if ansi:
        dressed |= _ONLY_ANSI
    variables.update({variable: colors[role] for variable, role in dressed.items()})
    return Theme(
        name=name,
        primary=colors["accent"],
        secondary=colors["muted"],
        accent=colors["accent"],
        success=colors["good"],
        warning=colors["warn"],
        error=colors["bad"],
        foreground=colors["text"],
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["panel"],
        dark=dark,
        ansi=ansi,
        variables=variables,
    )
