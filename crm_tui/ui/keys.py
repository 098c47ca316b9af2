"""Keys: how they are written, and the person's own keymap, checked before it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.keys import key_to_character

from crm_tui.words import language, t

if TYPE_CHECKING:
    from textual.screen import Screen

NONE = "none"
"""Written in a keymap to take a key away."""

_DEAD = "f35"
"""No keyboard sends it: a binding without a key stands here."""

_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "shift+Tab",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "backspace": "Bksp",
    "slash": "/",
    "colon": ":",
}

_ARROWS = {"up": ("Up", "上"), "down": ("Down", "下"), "left": ("Left", "左"), "right": ("Right", "右")}
"""No word stands on these keys, so each language has its own."""


def key_name(key: str) -> str:
    """A key as people write it: "question_mark" is "?", "ctrl+p" is "ctrl+p", "left" is "Left" or "左"."""
    if key in _ARROWS:
        return _ARROWS[key][language() == "zh"]
    if key in _NAMES:
        return _NAMES[key]
    before, plus, last = key.rpartition("+")
    if plus:
        return f"{before}+{key_to_character(last) or last}"
    return key_to_character(key) or key


def key_of(screen: Screen[Any], action_id: str) -> str:
    """The key that an action has now, as people write it; "" if it has none."""
    for key, (_, binding, _, _) in screen.active_bindings.items():
        if binding.id == action_id:
            return key_name(key)
    return ""


def normal(key: str) -> str:
    """A key by Textual's name for it: "?" is "question_mark"."""
    key = key.strip()
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key if len(key) == 1 else key


@dataclass(frozen=True)
class Bound:
    """One binding where it is declared.

    Attributes:
        id: of the action.
        keys: by Textual's names.
        description: English text.
        screen: the screen or dialog, "" for widgets that stand on several and for the app itself.
        owner: the class that declares it.
    """

    id: str
    keys: tuple[str, ...]
    description: str
    screen: str
    owner: str = ""


@dataclass(frozen=True)
class Checked:
    """A keymap that holds, and a sentence for each entry that does not."""

    keymap: dict[str, str]
    problems: tuple[str, ...]


def check_keymap(wanted: Mapping[str, str], known: Iterable[Bound]) -> Checked:
    """Take of `wanted` what neither is unknown nor takes the key of another action that can be live beside it.

    Two actions can be live together unless they belong to two different screens.
    """
    bound: dict[str, list[Bound]] = {}
    for one in known:
        bound.setdefault(one.id, []).append(one)
    kept: dict[str, str] = {}
    problems: list[str] = []
    for name, value in wanted.items():
        if name not in bound:
            problems.append(_unknown(name, bound))
            continue
        keys = [normal(key) for key in str(value).split(",") if key.strip()]
        kept[name] = _DEAD if keys in ([], [NONE]) else ",".join(keys)
    for name in list(kept):
        clash = _clash(name, kept, bound)
        if clash is not None:
            key, other = clash
            problems.append(
                t("Key “{key}” cannot be {name}: it is {other} already", key=key_name(key), name=name, other=other)
            )
            del kept[name]
    return Checked(kept, tuple(problems))


def _unknown(name: str, bound: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(bound), n=1, cutoff=0.0)
    return t("Unknown key name “{name}”; the nearest is “{near}”", name=name, near=near[0] if near else "")


def _clash(name: str, kept: Mapping[str, str], bound: Mapping[str, list[Bound]]) -> tuple[str, str] | None:
    for key in kept[name].split(","):
        if key == _DEAD:
            continue
        for mine in bound[name]:
            for other, places in bound.items():
                if other == name:
                    continue
                for place in places:
                    keys = kept[other].split(",") if other in kept else place.keys
                    together = not mine.screen or not place.screen or mine.screen == place.screen
                    if together and key in keys:
                        return key, other
    return None


def declared(owner: type, screen: str) -> list[Bound]:
    """The bindings with an id that the class `owner` itself declares."""
    found = []
    for binding in owner.__dict__.get("BINDINGS", ()):
        if isinstance(binding, Binding) and binding.id:
            keys = tuple(normal(key) for key in binding.key.split(","))
            found.append(Bound(binding.id, keys, binding.description, screen, owner.__name__))
    return found


def _place(owner: type) -> str:
    """Where a class is live: on one screen, if it is one or stands in a screen's or dialog's module; else anywhere."""
    from textual.screen import Screen

    parts = owner.__module__.split(".")
    if len(parts) > 3 and parts[2] in ("screens", "dialogs"):
        return parts[3]
    if len(parts) > 3 and parts[2] != "widgets":
        return parts[2]
    return owner.__name__ if issubclass(owner, Screen) else ""


def all_declared() -> list[Bound]:
    """Every binding of the program that has an id; imports every module of the user interface."""
    import pkgutil
    from importlib import import_module

    from textual.dom import DOMNode

    import crm_tui.ui

    for module in pkgutil.walk_packages(crm_tui.ui.__path__, "crm_tui.ui."):
        import_module(module.name)
    found: list[Bound] = []
    waiting: list[type] = [DOMNode]
    seen: set[type] = set()
    while waiting:
        owner = waiting.pop()
        if owner not in seen:
            seen.add(owner)
            waiting += owner.__subclasses__()
            if owner.__module__.startswith("crm_tui."):
                found += declared(owner, _place(owner))
    return found
