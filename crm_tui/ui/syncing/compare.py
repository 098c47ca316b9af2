"""A conflict painted: what stood there before, and the two sides next to each other with who wrote them and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from crm_tui.rules.differences import alike, pieces
from crm_tui.ui.lists import Prose
from crm_tui.ui.rows import Role
from crm_tui.ui.text import safe
from crm_tui.ui.when import clock, since, weekday
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.disputes import Deed
    from crm_tui.ui.syncing.reading import Case, Version

LONG = 16
"""From so many signs on, what differs in a text is marked."""


@dataclass(frozen=True)
class Brush:
    """What painting needs of the screen.

    Attributes:
        style: the style of a role; bold if told so.
        key: the key that an action of the screen has now.
        now: the present, local.
    """

    style: Callable[..., Style]
    key: Callable[[str], str]
    now: datetime

    def role(self, role: Role) -> Style:
        """The style of a role."""
        found: Style = self.style(role)
        return found


def painted(case: Case, place: int, total: int, brush: Brush) -> RenderableType:
    """The whole of one conflict.

    Args:
        case: which.
        place: its place in the list, from 1.
        total: how many there are.
        brush: of the screen.
    """
    head = Text.assemble((safe(f"{case.who} · {case.what}"), Style(bold=True)))
    head.append("   " + t("{n} of {total}", n=place, total=f"{total:,}"), brush.role("muted"))
    parts: list[RenderableType] = [Prose(head), Text("")]
    parts += _of_trash(case, brush) if case.of_trash else _of_values(case, brush)
    return Group(*parts)


def _of_values(case: Case, brush: Brush) -> list[RenderableType]:
    muted = brush.role("muted")
    parts: list[RenderableType] = []
    if case.before is not None:
        before = Text(t("before") + "  ", muted)
        before.append_text(_lines(case.before or t("(empty)")))
        parts += [Prose(before), Text("")]
    left, right = sides_of(case)
    table = Table.grid(expand=True, padding=(0, 2, 0, 0))
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    table.add_row(*(Prose(_head(one, action, case, brush)) for one, action in ((left, "mine"), (right, "theirs"))))
    table.add_row(*(Prose(_by(one, brush)) for one in (left, right)))
    table.add_row(*(Prose(text) for text in _marked(case, left, right, brush)))
    parts.append(table)
    rest = [one for one in case.versions if one not in (left, right)]
    if rest:
        parts += [Text(""), Prose(Text(t("also written:"), muted))]
        for one in rest:
            line = _lines(one.text or t("(empty)"))
            line.append("  " + ", ".join(by_lines(one, brush.now)), muted)
            parts.append(Prose(line))
    parts += [Text(""), Prose(Text(_why(case), muted))]
    return parts


def _why(case: Case) -> str:
    if case.conflict.mine is None:
        return t("They wrote without knowing of each other. Until somebody chooses, the later one is shown.")
    return t("You and they wrote without knowing of each other. Until somebody chooses, the later one is shown.")


def sides_of(case: Case) -> tuple[Version, Version]:
    """What stands left and right: mine and theirs; where nothing of it is mine, the two latest."""
    mine, theirs = case.version(case.conflict.mine), case.version(case.conflict.theirs)
    if mine is not None and theirs is not None:
        return mine, theirs
    return (case.versions[-2], case.versions[-1]) if len(case.versions) > 1 else (case.versions[0],) * 2


def _head(one: Version, action: str, case: Case, brush: Brush) -> Text:
    both = case.conflict.mine is not None and case.conflict.theirs is not None
    text = Text()
    if both:
        text.append(f"{brush.key(f'conflicts.{action}')}  ", brush.style("accent", bold=True))
        text.append(t("mine") if action == "mine" else t("theirs"), brush.style("accent", bold=True))
    else:
        text.append(safe(one.side.person or one.side.machine), brush.style("accent", bold=True))
    if one.side.shown:
        text.append("   * " + t("shown now"), brush.role("warn"))
    return text


def by_lines(one: Version, now: datetime) -> list[str]:
    """Who wrote it, on which machine, when."""
    side = one.side
    known = {"who": side.person or t("somebody"), "machine": side.machine}
    who = t("{who}, on {machine}, this machine", **known) if side.mine else t("{who}, on {machine}", **known)
    return [who, when(side.at, now)]


def when(at: datetime, now: datetime) -> str:
    """A moment, and how long ago it is."""
    at = at.astimezone(now.tzinfo)
    moment = f"{weekday(at.date())} {clock(at, now.date())}"
    if (now - at).total_seconds() < 60:
        return f"{moment} · {since(at, now)}"
    return t("{when}, {age} ago", when=moment, age=since(at, now))


def _by(one: Version, brush: Brush) -> Text:
    return Text("\n".join(safe(line) for line in by_lines(one, brush.now)), brush.role("muted"))


def _lines(text: str) -> Text:
    return Text("\n".join(safe(line) for line in text.split("\n")))


def _marked(case: Case, left: Version, right: Version, brush: Brush) -> tuple[Text, Text]:
    """Both values; in long ones what each changed is marked, or what differs where the value before is unknown."""
    if max(len(left.text), len(right.text)) < LONG:
        return _plain(left, brush), _plain(right, brush)
    if case.before:
        return _against(case.before, left, brush), _against(case.before, right, brush)
    return _against(right.text, left, brush, gone=False), _against(left.text, right, brush, gone=False)


def _plain(one: Version, brush: Brush) -> Text:
    return _lines(one.text) if one.text else Text(t("(empty)"), brush.role("muted"))


def _against(before: str, one: Version, brush: Brush, *, gone: bool = True) -> Text:
    found = pieces(before, one.text)
    if not one.text or not alike(found):
        return _plain(one, brush)
    text = Text()
    mark = brush.style("accent", bold=True) + Style(underline=True)
    for place, (kind, run) in enumerate(found):
        following = found[place + 1].kind if place + 1 < len(found) else "same"
        if kind == "same":
            text.append_text(_lines(run))
        elif kind == "new":
            text.append_text(_lines(run))
            text.stylize(mark, len(text) - len(_lines(run)))
        elif gone and following == "same" and run.strip():  # where something else came, that is marked
            text.append("[" + t("taken out: {text}", text=safe(run.strip())) + "]", brush.role("muted"))
    return text


# the trash


def _of_trash(case: Case, brush: Brush) -> list[RenderableType]:
    parts: list[RenderableType] = [Prose(Text(safe(deed_text(one, case, brush.now)))) for one in case.deeds]
    parts += [Text(""), Prose(Text(t("It stays in sight until somebody chooses."), brush.role("muted"))), Text("")]
    for action, said in (("keep", t("keep it")), ("throw", t("to the trash after all"))):
        line = Text()
        line.append(f"{brush.key(f'conflicts.{action}')}  ", brush.style("accent", bold=True))
        line.append(said)
        parts.append(Prose(line))
    return parts


def deed_text(one: Deed, case: Case, now: datetime) -> str:
    """A sentence: who did what, where and when."""
    from crm_tui.ui.fields import label_of
    from crm_tui.ui.steps import one_label

    known = {"who": one.person or one.machine, "when": when(one.at, now), "machine": one.machine}
    if one.trashed:
        return t("{who} put this into the trash: {when}, on {machine}.", **known)
    if one.restored:
        return t("{who} took this out of the trash: {when}, on {machine}.", **known)
    noun = one_label(one.noun)
    if one.field is None:
        return t("{who} added something to it without knowing ({what}): {when}, on {machine}.", what=noun, **known)
    field = label_of(one.noun, one.field)
    what = field if one.noun == case.conflict.noun else f"{noun} · {field}"
    return t("{who} changed it without knowing ({what}): {when}, on {machine}.", what=what, **known)
