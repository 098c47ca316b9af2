"""What covers everything while the app is locked, and the question for a new passphrase."""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crm_tui.ui.lists import plain
from crm_tui.ui.locking import Locking
from crm_tui.ui.offloop import job
from crm_tui.ui.screen import CrmDialog
from crm_tui.words import t

REST = 1.0
"""Seconds between two tries."""

SHORTEST = 4
"""Characters of a passphrase, at least."""


class LockScreen(ModalScreen[None]):
    """Nothing but the question for the passphrase; nothing of the app is read or painted behind it."""

    AUTO_FOCUS = "Input"
    CSS = """
    LockScreen { align: center middle; background: $background; }
    LockScreen > ToastRack { display: none; }
    LockScreen #lock { width: 52; max-width: 96%; }
    LockScreen Input { border: none; height: 1; padding: 0; margin: 1 0; }
    LockScreen #said { color: $muted; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Unlock", id="lock.open")]

    @property
    def _locking(self) -> Locking:
        return cast("Locking", self.app)

    def compose(self) -> ComposeResult:
        """A line for the passphrase, if there is one."""
        with Vertical(id="lock", classes="dialog") as frame:
            frame.border_title = "crm-tui"
            yield Static(plain("# " + t("Locked")))
            if self._locking.lock_hash:
                yield Input(password=True, compact=True, placeholder=t("passphrase"))
            yield Static(plain(t("Enter  unlock")), id="said")

    @on(Input.Submitted)
    def action_open(self) -> None:
        """Try what was typed; the next try has to wait a moment."""
        line = self.query(Input).first() if self._locking.lock_hash else None
        if line is None:
            self.run_worker(job(self._free), exit_on_error=False)
        elif line.value and not line.disabled:
            typed, line.value, line.disabled = line.value, "", True
            self.run_worker(job(self._try, line, typed), exit_on_error=False)

    async def _free(self) -> None:
        await self._locking.unlock("")

    async def _try(self, line: Input, typed: str) -> None:
        if await self._locking.unlock(typed):
            return
        said = self.query_one("#said", Static)
        said.update(plain("x " + t("That is not the passphrase")))
        await asyncio.sleep(REST)
        line.disabled = False
        line.focus()


class NewPassphrase(CrmDialog[str]):
    """The present passphrase, if there is one, then the new one twice; the result is what is kept of it, "" for none.

    Args:
        kept: what is kept of the present one, or "".
    """

    CSS = """
    NewPassphrase .dialog { width: 60; }
    NewPassphrase Input { border: none; height: 1; padding: 0; }
    NewPassphrase #said { color: $bad; height: auto; }
    """

    def __init__(self, kept: str) -> None:
        super().__init__()
        self._kept, self._busy = kept, False

    def compose(self) -> ComposeResult:
        """Two lines, or three."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = t("Passphrase of the lock")
            frame.border_subtitle = t("Enter  next, then keep   Esc  back")
            if self._kept:
                yield Static(plain(t("The present one")), classes="muted")
                yield Input(password=True, compact=True)
            yield Static(plain(t("The new one; empty: none, Enter unlocks")), classes="muted")
            yield Input(password=True, compact=True)
            yield Static(plain(t("Once more")), classes="muted")
            yield Input(password=True, compact=True)
            yield Static(id="said")

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        lines = list(self.query(Input))
        place = lines.index(event.input)
        if place < len(lines) - 1:
            lines[place + 1].focus()
        elif not self._busy:
            self._busy = True
            self.run_worker(job(self._keep, [line.value for line in lines]), exit_on_error=False)

    async def _keep(self, typed: list[str]) -> None:
        from crm_tui.rules.passphrase import opens, sealed

        *before, new, again = typed
        wrong = ""
        if new != again:
            wrong = t("The two are not the same")
        elif 0 < len(new) < SHORTEST:
            wrong = t("At least {n} characters", n=SHORTEST)
        elif before and not await asyncio.to_thread(opens, self._kept, before[0]):
            wrong = t("That is not the present passphrase")
        if wrong:
            self._busy = False
            self.query_one("#said", Static).update(plain(f"x {wrong}"))
            return
        self.dismiss(await asyncio.to_thread(sealed, new, os.urandom(16)) if new else "")
