"""Taking back what an import brought: asked first, under way, and told: what went, what stays and why."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Cancelled
from crm_tui.ui.dialogs.ask import Confirm
from crm_tui.ui.fields import label_of
from crm_tui.ui.syncing.compare import when
from crm_tui.ui.syncing.reading import bundles_of
from crm_tui.ui.syncing.say import Say
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.received import Received
    from crm_tui.store.undo import Left
    from crm_tui.sync.taking_back import TakenBack
    from crm_tui.ui.screen import WorkingScreen

MOST = 8
"""So many records that stay are named; of the others only how many there are."""


def ask_take_back(screen: WorkingScreen[Any], one: Received) -> None:
    """Ask whether an import is to be taken back, do it, and tell what became of it."""
    known = {"name": one.sender, "when": when(one.at, screen.crm_app.local_now()), "n": f"{one.new:,}"}
    question = t(
        "Take back what came from {name}: {when}?\n\n{n} changes. Each is written back to what stood before, with "
        "everybody whom your next bundles reach, {name} too. What was changed since stays as it is.",
        **known,
    )

    def answered(yes: bool | None) -> None:
        if yes:
            work = Working(t("Taking it back"), partial(_work, screen, one), one.new, writes=True)
            screen.app.push_screen(work, partial(_told, screen, one))

    screen.app.push_screen(Confirm(question), answered)


def _work(
    screen: WorkingScreen[Any], one: Received, crm: Crm, tell: Callable[[int], None], stop: threading.Event
) -> tuple[TakenBack, list[str]]:
    def progress(actions: int) -> None:
        tell(one.new * actions // max(1, one.actions))

    done = bundles_of(screen.crm_app, crm).take_back(one.id, progress, stop)
    return done, left_lines(crm, done.left)


def left_lines(crm: Crm, left: tuple[Left, ...]) -> list[str]:
    """What stays and why, a line each."""
    from crm_tui.services.received import called

    lines = []
    for one in left[:MOST]:
        title = called(crm.store.reader(), one.noun, one.row)[0]
        what = f"{title} · {label_of(one.noun, one.field)}" if one.field and one.field != "deleted" else title
        lines.append(f"  {what}: {t(one.reason)}")
    if len(left) > MOST:
        lines.append("  " + t("… and {n} more", n=f"{len(left) - MOST:,}"))
    return lines


def _told(screen: WorkingScreen[Any], one: Received, outcome: Outcome | None) -> None:
    if outcome is None:
        return
    if outcome.error is not None:
        title = t("Stopped") if isinstance(outcome.error, Cancelled) else t("Not taken back")
        screen.app.push_screen(Say(title, str(outcome.error), [("Enter", t("good"))]))
        return
    done, left = outcome.value
    lines = [t("Fields that are as they were before: {n}", n=f"{done.fields:,}")]
    if left:
        lines += ["", t("These stay as they are ({n}):", n=f"{len(done.left):,}"), *left]
    else:
        lines += ["", t("Nothing of it stays.")]
    lines += ["", t("The others get that with your next bundle.")]
    title = t("Taken back: what came from {name}", name=one.sender)
    screen.app.push_screen(Say(title, "\n".join(lines), [("Enter", t("good"))]))
