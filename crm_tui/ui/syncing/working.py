"""Long work under way: how far it is, and a key that stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.ui.importing.texts import bar, left_text
from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Work = Callable[["Crm", Callable[[int], None], threading.Event], Any]
"""Gets the open file, what it tells its progress to, and what says that it is to stop."""

CELLS = 50


@dataclass(frozen=True)
class Outcome:
    """How it ended: a value, or an error."""

    value: Any = None
    error: CrmError | None = None


class Working(CrmDialog[Outcome]):
    """Runs work in a thread; Esc stops it, and the result is how it ended.

    Args:
        title: what is done, already in the reader's language.
        work: does it.
        total: changes that it will count, 0 if unknown.
        writes: whether data may have changed after it.
    """

    CSS = "Working .dialog { width: 60; padding: 1 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Stop", id="working.stop")]

    def __init__(self, title: str, work: Work, total: int = 0, *, writes: bool = False) -> None:
        super().__init__()
        self._heading, self._work, self._total, self._writes = title, work, total, writes
        self._stop = threading.Event()
        self._done = 0
        self._round = 1
        self._begun = time.monotonic()

    def compose(self) -> ComposeResult:
        """A bar in a frame."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Esc  stop")
            yield Static(id="said")

    def start(self) -> None:
        """Begin."""
        self._say()
        self.set_interval(0.2, self._say)
        run = self.change if self._writes else self.load
        run(
            self._work_on,
            lambda value: self.dismiss(Outcome(value)),
            failed=lambda error: self.dismiss(Outcome(error=error)),
        )

    def _work_on(self, crm: Crm) -> Any:
        return self._work(crm, self._tell, self._stop)

    def _tell(self, done: int) -> None:
        if done < self._done:
            self._round, self._begun = self._round + 1, time.monotonic()
        self._done = done

    def _say(self) -> None:
        done, total = self._done, max(self._total, self._done)
        if self._stop.is_set():
            said = t("stopping; nothing is kept of it")
        elif not done:
            said = t("beginning …")
        elif not self._total:
            said = t("{n} changes", n=f"{done:,}")
        else:
            said = t("{done} of {total} changes", done=f"{done:,}", total=f"{total:,}")
            spent = time.monotonic() - self._begun
            if spent > 1 and done < total:
                said += "  " + left_text(spent * (total - done) / done)
        line = bar(done, total, CELLS) if self._total and done else "░" * CELLS
        self.query_one("#said", Static).update(plain(f"{said}\n\n{line}"))

    def action_close(self) -> None:
        """Ask it to stop; the dialog goes when it has."""
        self._stop.set()
        self._say()

    def on_unmount(self) -> None:
        """The app ends: so does the work."""
        self._stop.set()
