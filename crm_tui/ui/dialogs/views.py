"""Views: which customers are in the list. Some are always there, others are made by filling in a form and saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.records.about import choices
from crm_tui.records.nouns import NOUNS
from crm_tui.store.windows import Value
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

SETTING = "views.customers"

LAST = choices(
    "never|Never|从未联系", "30|Not for 30 days|30天以上未联系", "90|Not for 90 days|90天以上未联系",
    "180|Not for 180 days|180天以上未联系",
)  # fmt: skip
NEXT = choices("none|Nothing planned|没有计划", "overdue|Overdue|已过期", "week|Within a week|一周内")

_EQUAL = ("kind", "owner", "branch", "grade", "region", "industry", "source", "language")


@dataclass(frozen=True)
class View:
    """A narrowing of the list.

    Attributes:
        name: as the person called it; an English text where it is one that is always there.
        asked: what was filled in, by field.
        own: whether a person made it.
    """

    name: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False

    def title(self) -> str:
        """Its name in the language that is spoken."""
        return self.name if self.own else t(self.name)

    def where(self, now: datetime) -> tuple[str, tuple[Value, ...]]:
        """The SQL condition on customers, and its values."""
        terms: list[str] = []
        params: list[Value] = []
        for name in _EQUAL:
            if self.asked.get(name) is not None:
                terms.append(f"customers.{name} = ?")
                params.append(self.asked[name])
        if self.asked.get("city"):
            terms.append("customers.id IN (SELECT customer FROM addresses WHERE city = ? AND addresses.live)")
            params.append(self.asked["city"])
        if self.asked.get("tag"):
            terms.append("customers.id IN (SELECT customer FROM tags WHERE name = ? AND tags.live)")
            params.append(self.asked["tag"])
        last = self.asked.get("last")
        if last == "never":
            terms.append("customers.last_contact IS NULL")
        elif last:
            terms.append("customers.last_contact < ?")
            params.append(_stamp(now - timedelta(days=int(last))))
        upcoming = self.asked.get("next")
        if upcoming == "none":
            terms.append("customers.next_due IS NULL")
        elif upcoming:
            terms.append("customers.next_due < ?")
            params.append(_stamp(now + timedelta(days=7 if upcoming == "week" else 0)))
        return " AND ".join(terms), tuple(params)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_views(crm: Crm) -> list[View]:
    """All views: those that are always there, then the person's own."""
    me = crm.people.me()
    found = [View("All customers")]
    if me is not None:
        found.append(View("My customers", {"owner": me["id"]}))
    found += [
        View("Overdue next step", {"next": "overdue"}),
        View("Planned within a week", {"next": "week"}),
        View("Nothing planned", {"next": "none"}),
        View("Never contacted", {"last": "never"}),
        View("Silent for 90 days", {"last": "90"}),
    ]
    held = crm.store.setting(SETTING, "[]")
    return found + [View(str(one["name"]), dict(one["asked"]), own=True) for one in json.loads(held)]


def save_views(crm: Crm, views: list[View]) -> None:
    """Keep the person's own views."""
    held = [{"name": view.name, "asked": dict(view.asked)} for view in views if view.own]
    crm.store.set_setting(SETTING, json.dumps(held, ensure_ascii=False))


def ask_view(screen: WorkingScreen[Any], now: View | None, then: Callable[[View | None], object]) -> None:
    """Ask which view; n makes one, d throws one away."""

    def show(views: list[View]) -> None:
        rows = [(str(place), view.title(), t("own") if view.own else "") for place, view in enumerate(views)]
        at = next((str(place) for place, view in enumerate(views) if view == now), "0")
        keys = (("n", t("new")), ("d", t("throw away")))
        title = t("Which customers")
        screen.app.push_screen(Choose(title, rows, at, keys), partial(_answered, screen, views, then))

    screen.load(read_views, show, group="views")


def _answered(
    screen: WorkingScreen[Any], views: list[View], then: Callable[[View | None], object], answer: str | None
) -> None:
    if answer is None:
        return
    if answer.startswith("n:"):
        _new(screen, then)
    elif answer.startswith("d:"):
        view = views[int(answer[2:] or 0)]
        if view.own:
            rest = [one for one in views if one is not view]
            screen.load(lambda crm: save_views(crm, rest), lambda _: ask_view(screen, None, then), group="views")
        else:
            screen.toast(t("This view is always there"))
    else:
        view = views[int(answer)]
        then(view if view.asked else None)


def _new(screen: WorkingScreen[Any], then: Callable[[View | None], object]) -> None:
    of = {name: one.about for name, one in NOUNS["customers"].fields.items()}
    fields = [FormField("name", "Name of the view", "视图名称", required=True)]
    fields += [
        FormField(name, of[name].en, of[name].zh, of[name].kind, of[name].choices, of[name].link, gap=name == "kind")
        for name in _EQUAL
    ]
    fields += [
        FormField("city", "City", "城市"),
        FormField("tag", "Tag", "标签"),
        FormField("last", "Last contact", "最近联系", "choice", LAST, gap=True),
        FormField("next", "Next step", "下一步", "choice", NEXT),
    ]

    def save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> View:
        name = str(values.pop("name") or "").strip() or t("View")
        view = View(name, {key: value for key, value in values.items() if value is not None}, own=True)
        save_views(crm, [*(one for one in read_views(crm) if one.own and one.name != name), view])
        return view

    screen.app.push_screen(FormDialog(FormPlan("views.add", "New view", fields, save)), _shown(then))


def _shown(then: Callable[[View | None], object]) -> Callable[[Any], None]:
    def closed(view: Any) -> None:
        if view is not None:
            then(view)

    return closed
