"""A form over a screen: saved with ctrl+s anywhere, kept as a draft at each change, left with Esc without loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.errors import ChangedSince, CrmError, Invalid
from crm_tui.ui.fields import EXTRA, FormField, noun_label
from crm_tui.ui.offloop import job
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.form import Form
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

WAS = "was "
"""In a draft, before the name of a field: what stood in it when it was typed over."""

KEEP_AFTER = 0.2
"""Seconds after the first change until a draft is written."""


@dataclass(frozen=True)
class FormPlan:
    """What a form is for.

    Attributes:
        key: of its draft: "customers.edit:<id>".
        title: English text over it.
        fields: what is asked.
        save: writes the values (in a thread); gets what stood there before, too.
        what: noun whose label stands behind the title.
        name: of the record, shown in the title.
        values: stored values.
        names: what linked records are called, by id.
        noun: of the record, for the names of choices.
        customer: whose contacts can be chosen.
        watch: sentences about what is typed (in a thread); they warn and never block.
        focus: field that the cursor stands in at first.
        opened: what was here when the values were read, see `services.stale`; what came since is asked about.
        record: id of the record whose values these are, if it is one that can be looked at.
        again: English text of what saving does all the same, for a form of more than one record.
    """

    key: str
    title: str
    fields: Sequence[FormField]
    save: Callable[[Crm, dict[str, Any], Mapping[str, Any]], Any]
    what: str = ""
    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    noun: str = ""
    customer: str | None = None
    watch: Callable[[Crm, dict[str, str]], list[str]] | None = None
    focus: str | None = None
    opened: Mapping[str, int] | None = None
    record: str | None = None
    again: str = "Change them all the same"


class Stood(dict[str, Any]):
    """The values that a form was opened with, and `opened`: what the person has seen."""

    opened: Mapping[str, int] | None = None

    def has_seen(self, error: ChangedSince) -> None:
        """The person was shown what others wrote: what he saves now may stand in its place."""
        self.opened = error.now or self.opened
        extra = json.loads(self.get("extra") or "{}")
        for name, value in error.theirs.items():
            self.pop(name, None)
            if name.startswith(EXTRA):
                extra[name.removeprefix(EXTRA)] = value
        if self.get("extra") or extra:
            kept = {key: extra[key] for key in sorted(extra) if extra[key] not in (None, "")}
            self["extra"] = json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


class FormDialog(CrmDialog[Any]):
    """A form in a frame. The result is what `save` gave back; None if it was left."""

    WARNING: ClassVar[str] = "?"
    """The mark before what the form warns of."""

    CSS = """
    .form--notice { color: $muted; height: auto; padding-left: 1; margin-bottom: 1; }
    .form--hint { color: $muted; height: auto; padding-left: 17; }
    .form--warn { color: $warn; height: auto; max-height: 4; padding-left: 1; margin-top: 1; }
    .form--wrong { color: $bad; height: auto; padding-left: 1; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="form.save"),
        Binding("ctrl+r", "afresh", "Throw the draft away", id="form.afresh", show=False),
        Binding("escape", "close", "Keep as draft", id="form.close"),
    ]

    def __init__(self, plan: FormPlan) -> None:
        super().__init__()
        self.plan = plan
        self.base = Stood(plan.values)
        self.base.opened = plan.opened
        self._timer: Timer | None = None
        self._saving = False
        self._was_draft = self._kept = False

    def compose(self) -> ComposeResult:
        """Notice, fields, warnings, refusal."""
        plan, app = self.plan, self.crm_app
        with Vertical(id="form", classes="dialog"):
            yield Static(classes="form--notice")
            yield Form(
                plan.fields,
                plan.values,
                plan.names,
                app.local_now(),
                customer=plan.customer,
                room=max(6, app.size.height - 9),
            )
            for part in ("hint", "warn", "wrong"):
                yield Static(classes=f"form--{part}")

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def start(self) -> None:
        """Offer what was left here before."""
        self.retitle()
        for part in ("notice", "hint", "warn", "wrong"):
            self.say(part, "")
        self.form.remember_first()
        self.load(lambda crm: crm.drafts.get(self.plan.key), self._offer, group="draft-read")
        if self.plan.focus:
            self.form.focus_field(self.plan.focus)
        else:
            self.form.focus_first()

    def retitle(self) -> None:
        """Frame and labels in the language that is spoken."""
        frame = self.query_one("#form")
        name = safe(self.plan.name)
        what = f": {noun_label(self.plan.what)}" if self.plan.what else ""
        frame.border_title = (t(self.plan.title) + what + (f" · {name}" if name else "")).replace("[", "\\[")
        frame.border_subtitle = t("Enter  next   ctrl+s  save   Esc  keep as draft")
        self.form.retitle()

    def say(self, part: str, text: str) -> None:
        """Put a sentence into "notice", "hint", "warn" or "wrong"; "" takes it away."""
        line = self.query_one(f".form--{part}", Static)
        line.update(Text("\n".join(safe(one) for one in text.split("\n"))))
        line.display = bool(text)

    def _offer(self, draft: dict[str, str] | None) -> None:
        if draft and not self.form.touched:
            self._was_draft = True
            typed = {name: text for name, text in draft.items() if not name.startswith(WAS)}
            moved = [
                (row.field.label, now.partition("\t")[2] or now)
                for row in self.form.rows
                if (name := row.field.name) in typed
                and (now := self.form.first.get(name, "")) not in (typed[name], draft.get(WAS + name, now))
            ]
            self.form.put(typed)
            said = [t("What was typed here last time is back; ctrl+r throws it away.")]
            said += [t("Changed since by somebody: {field} is “{value}” now", field=f, value=v) for f, v in moved]
            self.say("notice", "\n".join(said))
            if not self.plan.focus:
                self.form.focus_first()

    def action_afresh(self) -> None:
        """Throw the draft away and begin as if nothing had been typed."""
        self._stop_timer()
        plan = self.plan
        self.run_worker(job(self.crm_app.drop_draft, plan.key), group="draft", exit_on_error=False)
        self.form.put(self.form.first)
        self._was_draft = self._kept = False
        self.say("notice", "")

    @on(Form.Changed)
    def _changed(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(KEEP_AFTER, self._keep)

    def _keep(self) -> None:
        self._timer = None
        if not self._saving and (self._kept or self.form.touched):
            self._kept = True
            self.crm_app.keep_draft(self.plan.key, self._typed_now())
        self.watch_now()

    def watch_now(self) -> None:
        """Warn about what stands in the form, without blocking it."""
        watch = self.plan.watch
        if watch is not None:
            typed = {row.field.name: row.box.raw() for row in self.form.rows}
            self.load(lambda crm: watch(crm, typed), self._warned, group="watch")

    def _warned(self, sentences: list[str]) -> None:
        self.say("warn", "\n".join(f"{self.WARNING} {one}" for one in sentences))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _typed_now(self) -> dict[str, str]:
        """For a draft: what was typed, and what stood there before; other fields are read anew when it is opened."""
        first = self.form.first
        typed = {name: text for name, text in self.form.raw().items() if text != first.get(name)}
        return typed | {WAS + name: first.get(name, "") for name in typed}

    def unsaved(self) -> tuple[str, dict[str, str]] | None:
        """Key and content of what would be lost now."""
        return (self.plan.key, self._typed_now()) if self.form.touched and not self._saving else None

    def action_close(self) -> None:
        """Leave; what was typed is kept and offered again."""
        self._stop_timer()
        left = self.unsaved()
        if left is not None:
            self.crm_app.keep_draft(*left)
            self.toast(t("Kept as a draft"))
        self.dismiss(None)

    @on(Form.Finished)
    def _finished(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Save what stands in the form."""
        if self._saving:
            return
        values = self.form.read()
        if values is not None:
            self.say("wrong", "")
            self.write(values)

    def write(self, values: dict[str, Any]) -> None:
        """Give the values to the service, then forget the draft."""
        self._saving = True
        self._stop_timer()
        plan, base = self.plan, Stood(self.base)
        base.opened = self.base.opened

        def work(crm: Crm) -> Any:
            result = plan.save(crm, values, base)
            crm.drafts.drop(plan.key)
            return result

        self.change(work, self.saved, failed=self._refused)

    def saved(self, result: Any) -> None:
        """All is written."""
        self.dismiss(result)

    def _refused(self, error: CrmError) -> None:
        self._saving = False
        if isinstance(error, Invalid):
            rest = self.form.complain(error.problems)
            self.say("wrong", "\n".join("x " + one for one in rest))
        elif isinstance(error, ChangedSince):
            self._ask_theirs(error)
        else:
            self.say("wrong", "x " + str(error))

    def _ask_theirs(self, error: ChangedSince) -> None:
        """Somebody changed the same meanwhile: whose value shall stand."""
        from crm_tui.ui.dialogs.newer import Newer, ask_newer

        found = Newer(error, self.plan.noun, {name: self._typed(name) for name in error.theirs})
        keys = [("m", t("keep mine")), ("t", t("take theirs"))] if error.theirs else [("y", t(self.plan.again))]
        keys += [("Enter", t("look"))] if self._to_look_at(error) else []
        ask_newer(self, found, keys, partial(self._decided, error))

    def _typed(self, name: str) -> str:
        row = self.form.row(name)
        if row is None:
            return ""
        raw = row.box.raw()
        return raw.partition("\t")[2] or raw

    def _to_look_at(self, error: ChangedSince) -> tuple[str, str] | None:
        """Noun and id of the record that would be looked at."""
        if self.plan.record is not None:
            return self.plan.noun, self.plan.record
        return (error.news[0].noun, error.news[0].row) if error.news else None

    def _decided(self, error: ChangedSince, answer: str | None) -> None:
        shown = self._to_look_at(error)
        if answer == "enter" and shown is not None:
            self._look_first(*shown)
        elif answer in ("m", "t", "y"):
            self.base.has_seen(error)
            values = self.form.read()
            if values is not None:
                self.write(values | error.theirs if answer == "t" else values)

    def _look_first(self, noun: str, row: str) -> None:
        """Leave with a draft, and open what was changed."""
        from crm_tui.ui.syncing.opening import open_record

        beneath = self.crm_app.top_screen()
        self.action_close()
        open_record(beneath, noun, row, self.plan.customer)
