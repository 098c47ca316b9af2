"""A form over a screen: saved with ctrl+s anywhere, kept as a draft at each change, left with Esc without loss."""

from __future__ import annotations

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
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.fields import FormField, choice_text, noun_label
from crm_tui.ui.offloop import job
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.form import Form
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

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


class FormDialog(CrmDialog[Any]):
    """A form in a frame. The result is what `save` gave back; None if it was left."""

    CSS = """
    FormDialog .form--notice { color: $muted; height: auto; padding-left: 1; margin-bottom: 1; }
    FormDialog .form--hint { color: $muted; height: auto; padding-left: 17; }
    FormDialog .form--warn { color: $warn; height: auto; max-height: 4; padding-left: 1; margin-top: 1; }
    FormDialog .form--wrong { color: $bad; height: auto; padding-left: 1; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="form.save"),
        Binding("ctrl+r", "afresh", "Throw the draft away", id="form.afresh", show=False),
        Binding("escape", "close", "Keep as draft", id="form.close"),
    ]

    def __init__(self, plan: FormPlan) -> None:
        super().__init__()
        self.plan = plan
        self.base = dict(plan.values)
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
            self.form.put(draft)
            self.say("notice", t("What was typed here last time is back; ctrl+r throws it away."))
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
            self.crm_app.keep_draft(self.plan.key, self.form.raw())
        watch = self.plan.watch
        if watch is not None:
            typed = {row.field.name: row.box.raw() for row in self.form.rows}
            self.load(lambda crm: watch(crm, typed), self._warned, group="watch")

    def _warned(self, sentences: list[str]) -> None:
        self.say("warn", "\n".join("? " + one for one in sentences))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def unsaved(self) -> tuple[str, dict[str, str]] | None:
        """Key and content of what would be lost now."""
        return (self.plan.key, self.form.raw()) if self.form.touched and not self._saving else None

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
        plan, base = self.plan, dict(self.base)

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
            self._ask_theirs(error.theirs)
        else:
            self.say("wrong", "x " + str(error))

    def _ask_theirs(self, theirs: Mapping[str, object]) -> None:
        """Somebody changed the same fields meanwhile: whose value shall stand."""
        rows = []
        for name, value in theirs.items():
            row = self.form.row(name)
            label = row.field.label if row is not None else name
            mine = row.box.raw().partition("\t")[2] or row.box.raw() if row is not None else ""
            other = choice_text(self.plan.noun, name, value)
            rows.append(("", f"{label}: {t('mine')} {mine}", f"{t('theirs')} {other}"))
        rows = [
            ("mine", t("Keep mine: {values}", values="; ".join(text for _, text, _ in rows)), ""),
            ("theirs", t("Take theirs: {values}", values="; ".join(text for _, _, text in rows)), ""),
        ]
        title = t("Changed by somebody else meanwhile")
        self.app.push_screen(Choose(title, rows), partial(self._decided, dict(theirs)))

    def _decided(self, theirs: dict[str, object], answer: str | None) -> None:
        if answer is None:
            return
        self.base.update(theirs)
        values = self.form.read()
        if values is None:
            return
        if answer == "theirs":
            values.update(theirs)
        self.write(values)
