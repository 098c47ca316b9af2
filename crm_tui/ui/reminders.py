"""Reminders while the app runs: some minutes before a plan the bell rings and a line says what is next, once.

The plans of today and tomorrow are read in a thread whenever data changed; between, one timer sleeps until the next.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from textual.timer import Timer

from crm_tui.errors import CrmError
from crm_tui.rules.masking import mask_text
from crm_tui.ui.offloop import job
from crm_tui.ui.text import safe
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.ui.app import CrmApp

MINUTES = 15
"""How long before, until a person says otherwise."""
LONGEST_SLEEP = 60.0
"""A laptop that slept must not sleep on."""
SETTING, DESKTOP = "reminder_minutes", "desktop_notices"
"""Settings of this machine: minutes (0 off), and whether the desktop is told too (on, off)."""
_TERMINALS = ("iTerm.app", "WezTerm", "ghostty")


@dataclass(frozen=True)
class Coming:
    """A plan that is near: its id, when it begins (aware, local), what to say."""

    plan: str
    at: datetime
    text: str


def due(coming: Iterable[Coming], now: datetime, minutes: int, told: set[tuple[str, datetime]]) -> list[Coming]:
    """What is to be said now: begins within so many minutes and was not said; a plan that was moved is said again."""
    last = now + timedelta(minutes=minutes)
    return [one for one in coming if now <= one.at <= last and (one.plan, one.at) not in told]


def sleep(coming: Iterable[Coming], now: datetime, minutes: int) -> float:
    """Seconds until the next one is due, at most `LONGEST_SLEEP`."""
    before = timedelta(minutes=minutes)
    waits = [(one.at - before - now).total_seconds() for one in coming]
    return max(1.0, min([wait for wait in waits if wait > 0] + [LONGEST_SLEEP]))


def read_coming(crm: Crm) -> tuple[int, bool, list[Coming]]:
    """The minutes, whether the desktop is told, and what is planned today and tomorrow; for a thread."""
    from crm_tui.records.visits import VISIT_KINDS
    from crm_tui.words import language

    minutes = int(crm.store.setting(SETTING, str(MINUTES)))
    if not minutes:
        return 0, False, []
    kinds = {one.code: one.zh if language() == "zh" else one.en for one in VISIT_KINDS}
    me = crm.people.me()
    today = crm.local_now().date()
    found = []
    for one in crm.agenda.between(today, today + timedelta(days=1), str(me["id"]) if me else None, open_only=True):
        said = f"{one.at:%H:%M} {kinds.get(one.kind, one.kind)} {one.name}"
        topic = one.topic or one.place
        found.append(Coming(one.id, one.at, f"{said}: {topic}" if topic else said))
    return minutes, crm.store.setting(DESKTOP, "on") == "on", found


class Reminding:
    """A part of `CrmApp`."""

    _coming: Sequence[Coming] = ()
    _minutes = 0
    _desktop = False
    _waits: Timer | None = None

    @property
    def _reminded(self) -> CrmApp:
        return cast("CrmApp", self)

    def begin_reminders(self) -> None:
        """Read what comes, now and whenever data change."""
        self._said: set[tuple[str, datetime]] = set()
        app = self._reminded
        app.data_changed.subscribe(app, lambda _: self._read_plans())
        self._read_plans()

    def _read_plans(self) -> None:
        self._reminded.run_worker(job(self._read), group="reminders", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        app = self._reminded
        crm = await app.opened()
        if crm is None:
            return
        try:
            self._minutes, self._desktop, self._coming = await asyncio.to_thread(read_coming, crm)
        except CrmError as error:
            app.toast(str(error), bad=True)
        except Exception as error:
            app.unexpected(error)
        else:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Say what is due, then sleep until the next one."""
        app = self._reminded
        if self._waits is not None:
            self._waits.stop()
            self._waits = None
        if not self._minutes:
            return
        now = app.local_now()
        for one in due(self._coming, now, self._minutes, self._said):
            self._said.add((one.plan, one.at))
            self._remind(one, now)
        self._waits = app.set_timer(sleep(self._coming, now, self._minutes), self._wake)

    def _wake(self) -> None:
        """After midnight other days count."""
        if self._coming and self._coming[0].at.date() < self._reminded.local_now().date():
            self._read_plans()
        else:
            self._look_ahead()

    def _remind(self, one: Coming, now: datetime) -> None:
        app = self._reminded
        minutes = max(0, round((one.at - now).total_seconds() / 60))
        # Over the lock, nobody reads whom one goes to see.
        text = t("something is planned") if app.locked else safe(one.text)
        text = mask_text(text) if app.masked else text
        app.bell()
        line = t("in {n} min: {what}", n=minutes, what=text) if minutes else t("now: {what}", what=text)
        app.toast(line)
        if self._desktop and not app.is_headless:
            app.run_worker(job(self._tell_desktop, line), group="desktop", exit_on_error=False)

    async def _tell_desktop(self, line: str) -> None:
        sequence = terminal_notice(line, os.environ)
        driver = self._reminded._driver
        if sequence and driver is not None:
            driver.write(sequence)
            driver.flush()
        elif program := desktop_program(os.environ):
            await asyncio.to_thread(_run, [program, "--app-name=crm-tui", "--", "crm-tui", line])


def terminal_notice(line: str, environment: Mapping[str, str]) -> str:
    """The escape sequence with which this terminal shows a desktop notice; empty if it knows none."""
    text = "".join(sign for sign in line if sign.isprintable())
    if "TMUX" in environment or "STY" in environment:
        return ""
    if "KITTY_WINDOW_ID" in environment:
        return f"\x1b]99;i=crm-tui;{text}\x1b\\"
    return f"\x1b]9;{text}\x07" if environment.get("TERM_PROGRAM") in _TERMINALS else ""


def desktop_program(environment: Mapping[str, str]) -> str | None:
    """Where notify-send is, if there is a desktop that could show anything."""
    import shutil

    shown = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return shutil.which("notify-send", path=environment.get("PATH")) if shown else None


def _run(command: list[str]) -> None:
    """A desktop that does not answer costs its notice only: the bell rang and the line stands in the app."""
    import subprocess

    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
