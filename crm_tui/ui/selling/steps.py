"""What one does with a deal wherever it is shown: plan what comes next, log a contact, change its grade."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.dialogs.ask_move import AskMove, AskWhy
from crm_tui.ui.scheduling.plan_steps import when_text
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

STEP_KINDS = ("call", "visit", "meeting", "email", "message")


def ask_next(screen: WorkingScreen[Any], deal: str, name: str) -> None:
    """Ask how, when and what for, and plan it."""
    from crm_tui.ui.fields import choice_text

    rows = [(kind, choice_text("visits", "kind", kind), "") for kind in STEP_KINDS]

    def chosen(kind: str | None) -> None:
        if kind is not None:
            screen.app.push_screen(
                AskNext(t("Next step: {name}", name=name), screen.crm_app.local_now()),
                lambda answer: _plan(screen, deal, kind, answer),
            )

    screen.app.push_screen(Choose(t("Next step: {name}", name=name), rows, "call"), chosen)


class AskNext(AskMove):
    """When, and what for."""

    def labels(self) -> tuple[str, str]:
        """What it is for."""
        return t("What"), t("show the plan, ask for the order, …")


def _plan(screen: WorkingScreen[Any], deal: str, kind: str, answer: tuple[datetime, str] | None) -> None:
    if answer is not None:
        at, topic = answer
        said = t("Planned for {when}. u takes it back", when=when_text(screen, at))
        screen.change(lambda crm: crm.deals.plan_next(deal, at, kind, topic), lambda _: screen.toast(said))


def log_contact(screen: WorkingScreen[Any], deal: str, customer: tuple[str, str]) -> None:
    """Log a contact about a deal; if one was planned for it, that is fulfilled."""
    from crm_tui.ui.dialogs.log import open_log

    def opened(step: dict[str, Any] | None) -> None:
        plan = str(step["id"]) if step else None
        open_log(screen, customer, plan=plan, values={"deal": deal})

    screen.load(lambda crm: crm.deals.next_step(deal), opened, group="step")


def ask_grade(screen: WorkingScreen[Any], deal: str, name: str, code: str) -> None:
    """Ask which grade, and why."""

    def ask(grades: list[dict[str, Any]]) -> None:
        from crm_tui.services.prospect_grades import meaning

        rows = [(str(row["id"]), f"{row['code']}  {meaning(row)}", t("{n} d", n=row["horizon_days"])) for row in grades]
        here = next((str(row["id"]) for row in grades if row["code"] == code), None)
        screen.app.push_screen(Choose(t("Prospect grade: {name}", name=name), rows, here), why)

    def why(grade: str | None) -> None:
        if grade is not None:
            title = t("Why this grade: {name}", name=name)
            screen.app.push_screen(AskWhy(title, t("asked for a date, has the budget, …")), lambda r: write(grade, r))

    def write(grade: str, reason: str | None) -> None:
        if reason is not None:
            done = t("Graded. u takes it back")
            screen.change(lambda crm: crm.prospect_grades.grade(deal, grade, reason), lambda _: screen.toast(done))

    screen.load(lambda crm: crm.prospect_grades.all(), ask, group="grades")
