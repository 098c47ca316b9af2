"""The form of a series: said in words or chosen, and while one types, what it means and its next ten dates.

What is typed in words fills the questions below as soon as it is understood; the questions are what counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from textual import on

from crm_tui.errors import CrmError, Refused
from crm_tui.records.about import Choice
from crm_tui.records.nouns import NOUNS
from crm_tui.rules.series_parts import ASKED, parts_of, series_of
from crm_tui.rules.series_text import parse_series
from crm_tui.rules.series_words import describe
from crm_tui.ui import links
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.dialogs.log import against
from crm_tui.ui.fields import FormField
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.text import width
from crm_tui.ui.when import date_text, weekday
from crm_tui.ui.widgets.boxes import PickBox
from crm_tui.ui.widgets.form import Form, options_of
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.series import Occurrence, Series
    from crm_tui.services.crm import Crm

SHOWN = 10
_ROOM = 50
KEY = "series.plan:"

_PATTERNS = (
    Choice("daily", "every n days", "每几天"),
    Choice("workdays", "every working day", "每个工作日"),
    Choice("weekly", "every n weeks on weekdays", "每几周的星期几"),
    Choice("monthday", "every n months on a day", "每几个月的某日"),
    Choice("nth", "every n months on the n-th weekday", "每几个月的第几个星期几"),
    Choice("workday", "every n months on the n-th working day", "每几个月的第几个工作日"),
    Choice("yearly", "every n years", "每几年"),
)
_OWN = Choice("own", "as it is", "保持原样")
_NTHS = (
    Choice("1", "1st", "第一个"),
    Choice("2", "2nd", "第二个"),
    Choice("3", "3rd", "第三个"),
    Choice("4", "4th", "第四个"),
    Choice("5", "5th", "第五个"),
    Choice("-1", "last", "最后一个"),
)
_DAYS_OFF = (
    Choice("keep", "stays where it is", "照旧"),
    Choice("before", "working day before", "提前到前一个工作日"),
    Choice("after", "working day after", "顺延到后一个工作日"),
    Choice("skip", "is left out", "跳过"),
)
_QUESTIONS = frozenset({"every", "weekdays", "nth", "day", "days_off"})
_PARTS = ("pattern", "every", "weekdays", "nth", "day", "start", "until", "count", "days_off")


@dataclass(frozen=True)
class _Start:
    """What the form opens with: the series that is changed, its pattern, the customer, names by id."""

    row: Mapping[str, Any] | None
    base: Series | None
    customer: tuple[str, str] | None
    names: Mapping[str, str]
    person: str | None


def open_series(
    screen: WorkingScreen[Any],
    series: str | None = None,
    target: tuple[str, str] | None = None,
    done: Callable[[Any], object] | None = None,
) -> None:
    """Open the form.

    Args:
        screen: over which.
        series: id of the one that is changed; a new one if None.
        target: id and name of the customer of a new one; asked for if None.
        done: gets what was saved.
    """

    def closed(result: Any) -> None:
        if result is not None and done is not None:
            done(result)

    def show(start: _Start) -> None:
        screen.app.push_screen(SeriesDialog(_form_plan(start, screen.crm_app.local_now()), start.base), closed)

    screen.load(partial(_prepare, series, target), show, group="form")


def _prepare(series: str | None, target: tuple[str, str] | None, crm: Crm) -> _Start:
    me = crm.people.me()
    mine, names = (str(me["id"]), {str(me["id"]): str(me["name"])}) if me else (None, {})
    if series is None:
        return _Start(None, None, target, names, mine)
    row = crm.series.get(series)
    customer = crm.customers.get(crm.customers.root(row["customer"]))
    names = links.names(crm, "series", row)
    return _Start(row, parse_series(row["rule"]), (str(customer["id"]), str(customer["name"])), names, row["person"])


def _form_plan(start: _Start, now: datetime) -> FormPlan:
    of = {name: field.about for name, field in NOUNS["series"].fields.items()}

    def asked(name: str, **more: Any) -> FormField:
        about = of[name]
        return FormField(name, about.en, about.zh, about.kind, about.choices, about.link, **more)

    row, base = start.row, start.base
    parts = parts_of(base) if base is not None else _first_parts(now)
    patterns = (*_PATTERNS, _OWN) if parts["pattern"] == "own" else _PATTERNS
    fields = [
        asked("kind"),
        asked("topic"),
        FormField("words", "In words", "一句话", gap=True),
        FormField("pattern", "How often", "频率", "choice", patterns, required=True),
        FormField("every", "Every n", "间隔 n", "integer"),
        FormField("nth", "Which one", "第几个", "choice", _NTHS),
        FormField("weekdays", "Weekdays", "星期"),
        FormField("day", "Day of month", "几号"),
        FormField("start", "Begins", "开始", "instant", required=True),
        FormField("until", "Until", "截止日", "day"),
        FormField("count", "Times", "次数", "integer"),
        FormField("days_off", "On days off", "遇休息日", "choice", _DAYS_OFF),
        *(asked(name, more=True) for name in ("person", "minutes", "place", "country")),
    ]
    if start.customer is None:
        fields.insert(0, FormField("customer", "Customer", "客户", "link", link="customers", required=True))
    else:
        fields.append(asked("contact", more=True))
    values = {"kind": "visit", "person": start.person, **{name: row[name] for name in of if row}} if row else {}
    return FormPlan(
        key=f"{KEY}{row['id'] if row else ''}",
        title="Change a series" if row else "New series",
        fields=fields,
        save=partial(_save, start),
        name=start.customer[1] if start.customer else "",
        values={"kind": "visit", "person": start.person, **values, **_shown(parts, now)},
        names=dict(start.names),
        noun="series",
        customer=start.customer[0] if start.customer else None,
        watch=partial(against, start.customer[0] if start.customer else None),
        focus="customer" if start.customer is None else "words",
    )


def _first_parts(now: datetime) -> dict[str, Any]:
    """A series that nothing is said of yet: each week from tomorrow at nine."""
    begin = now.replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    empty = dict.fromkeys(_PARTS)
    return {**empty, "pattern": "weekly", "every": 1, "start": begin, "days_off": "keep"}


def _shown(parts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Parts as a form keeps them: codes and days as text, the start as an instant."""
    found = {**parts, "start": parts["start"].replace(tzinfo=now.tzinfo).isoformat()}
    for name in ("nth", "until"):
        found[name] = None if parts[name] is None else str(parts[name])
    return found


def rule_of(crm: Crm, values: Mapping[str, Any], base: Series | None) -> Series:
    """The pattern that stands in the form.

    Raises:
        Invalid: with a sentence for the field that makes no sense.
        Refused: if it can never take place.
    """
    zone = base.zone if base is not None else crm.zone
    start, until = values.get("start"), values.get("until")
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if isinstance(start, datetime) else None
    parts = {**values, "start": local, "until": date.fromisoformat(until) if until else None}
    made = series_of(parts, zone, base)
    if base is None:
        return made
    # Exceptions stay, those that the new pattern has not fall away by themselves.
    return replace(made, skipped=base.skipped, moved=base.moved, week_start=base.week_start)


def _save(start: _Start, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    rule = rule_of(crm, values, start.base)
    kept = {name: values.get(name) for name in ("contact", "person", "minutes", "place", "country")}
    kind, topic = values.get("kind") or "visit", values.get("topic") or ""
    if start.row is not None:
        return crm.series.change(str(start.row["id"]), rule, {**kept, "kind": kind, "topic": topic})
    customer = start.customer[0] if start.customer else values["customer"]
    return crm.series.create(customer, rule, kind, topic, {name: value for name, value in kept.items() if value})


def lines_of(parts: Sequence[str], room: int) -> list[str]:
    """Short texts side by side in lines of `room` cells; none of them is broken."""
    lines: list[str] = []
    for part in parts:
        if lines and width(f"{lines[-1]} · {part}") <= room:
            lines[-1] += f" · {part}"
        else:
            lines.append(part)
    return lines


class SeriesDialog(FormDialog):
    """The form; below it what it means, and its next dates."""

    WARNING = "!"

    def __init__(self, plan: FormPlan, base: Series | None) -> None:
        super().__init__(plan)
        self._base = base
        self._words = ""
        self._unread = ""
        self._by_words: dict[str, str] = {}

    def start(self) -> None:
        """Ask what belongs to the pattern, and show its dates."""
        super().start()
        self._fit()
        self._look()

    @on(Form.Changed)
    def _series_changed(self) -> None:
        row = self.form.row("words")
        words = row.box.raw() if row is not None else ""
        if words != self._words:
            self._words = words
            self._read(words)
        self._fit()
        self._look()

    def _fit(self) -> None:
        """Only the questions that belong to the pattern are asked."""
        box = self._pick("pattern")
        asked = ASKED.get(box.chosen() or "", frozenset())
        self.form.leave_out(_QUESTIONS - asked)

    def _pick(self, name: str) -> PickBox:
        row = self.form.row(name)
        assert row is not None
        assert isinstance(row.box, PickBox)
        return row.box

    def _read(self, words: str) -> None:
        if words.strip():
            self.load(lambda crm: crm.captures.read(words), partial(self._have_read, words), group="words")
        else:
            self._unread = ""

    def _have_read(self, words: str, understood: Any) -> None:
        if words != self._words:
            return
        self._unread = ""
        if understood.rule is None:
            self._unread = words
        else:
            self._put(_shown(parts_of(understood.rule), self.crm_app.local_now()))
            self._put_who(understood)
        self._fit()
        self._look()

    def _put_who(self, understood: Any) -> None:
        """The line may also say whom and what."""
        named = understood.customer
        if understood.captured.kind:
            self._put({"kind": understood.captured.kind})
        whom = f"{named.id}\t{named.name}" if named else ""
        for name, said in (("customer", whom), ("topic", understood.captured.text)):
            row = self.form.row(name)
            # What a person put there himself stays.
            if row is not None and row.box.raw().strip() in ("", self._by_words.get(name, "")):
                self._by_words[name] = said
                row.box.put(said)

    def _put(self, values: Mapping[str, Any]) -> None:
        now = self.crm_app.local_now()
        for name, value in values.items():
            row = self.form.row(name)
            if row is None:
                continue
            text = "" if value is None else str(value)
            if name == "start":
                text = f"{datetime.fromisoformat(text).astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
            if isinstance(row.box, PickBox):
                label = next((one.text for one in options_of(row.field) if one.value == text), "")
                text = f"{text}\t{label}"
            row.box.put(text)

    def _look(self) -> None:
        """Read the next dates of what stands there."""
        values, wrong = self.form.peek()
        problem = next((text for name, text in wrong.items() if name in _PARTS), "")
        if problem:
            self.say("hint", self._told(f"? {problem}"))
            return
        base = self._base

        def work(crm: Crm) -> tuple[Series, list[Occurrence]]:
            rule = rule_of(crm, values, base)
            return rule, crm.series.preview(rule, SHOWN, values.get("country"))

        self.load(work, self._show_dates, group="dates", failed=self._no_dates)

    def _no_dates(self, error: CrmError) -> None:
        problems = getattr(error, "problems", None)
        said = "; ".join(problems.values()) if problems else str(error)
        self.say("hint", self._told(f"? {said}"))

    def _show_dates(self, found: tuple[Series, list[Occurrence]]) -> None:
        rule, coming = found
        now = self.crm_app.local_now()
        days = [
            f"{weekday(one.local.date())} {date_text(one.local.date(), now.date())}{'>' if one.shifted else ''}"
            for one in coming
        ]
        if not days:
            days = [t("it never takes place from now on")]
        elif len(days) < SHOWN:
            days.append(t("then no more"))
        room = self.query_one(".form--hint").content_size.width or _ROOM
        self.say("hint", self._told("\n".join([describe(rule), *lines_of(days, room)])))

    def _told(self, said: str) -> str:
        if not self._unread:
            return said
        return "? " + t("“{text}” is no series yet", text=self._unread) + "\n" + said

    def write(self, values: dict[str, Any]) -> None:
        """Words that were not understood are not thrown away silently."""
        if self._unread:
            self._refused(Refused(t("“{text}” is no series yet", text=self._unread)))
            return
        super().write(values)
