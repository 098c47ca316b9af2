"""The lock: when nobody typed for a while, or on a key, one screen covers everything until the passphrase is typed.

It keeps glances and passing hands away. Whoever takes the disk is kept away by its encryption only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.await_complete import AwaitComplete
from textual.timer import Timer

if TYPE_CHECKING:
    from crm_tui.ui.app import CrmApp

LOOK_EVERY = 5.0
"""Seconds between two looks whether somebody still types."""

_TYPED = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)


class Locking:
    """A part of `CrmApp`. While it is locked, screens that would come or go wait, so that nothing lies over the lock.

    Attributes:
        locked: whether the lock covers everything.
        lock_minutes: minutes without a key until it does; 0 never.
        lock_hash: what is kept of the passphrase; empty where Enter opens it.
    """

    locked = False
    lock_minutes = 0
    lock_hash = ""
    _looks: Timer | None = None
    _held: tuple[Callable[[], object], ...] = ()
    _typed_at = (0.0, 0.0)

    @property
    def _mine(self) -> CrmApp:
        return cast("CrmApp", self)

    def begin_locks(self) -> None:
        """Take what the settings say; with a passphrase the app begins locked."""
        options = self._mine.options
        self.lock_hash = options.lock_hash
        self._watch_idle(options.lock_minutes)
        if self.lock_hash:
            self.action_lock()

    def set_lock(self, *, minutes: int | None = None, sealed: str | None = None) -> None:
        """Keep after how many minutes, or with which passphrase ("" none), the screen is locked."""
        if minutes is not None:
            self._watch_idle(minutes)
            self._mine.remember("lock_minutes", minutes)
        if sealed is not None:
            self.lock_hash = sealed
            self._mine.remember("lock_hash", sealed)

    def _watch_idle(self, minutes: int) -> None:
        self.lock_minutes, self._typed_at = minutes, _clocks()
        if self._looks is not None:
            self._looks.stop()
        self._looks = self._mine.set_interval(LOOK_EVERY, self._look_idle) if minutes else None

    def _look_idle(self) -> None:
        if self._idle():
            self.action_lock()

    def _idle(self) -> bool:
        """Either clock tells: one stands still while a laptop sleeps, the other can be set."""
        gone = max(now - then for now, then in zip(_clocks(), self._typed_at, strict=True))
        return bool(self.lock_minutes) and not self.locked and gone >= self.lock_minutes * 60

    async def on_event(self, event: events.Event) -> None:
        """The first key after a long rest locks, and does nothing else."""
        if isinstance(event, _TYPED) and not event.is_forwarded:
            if self._idle():
                self.action_lock()
                return
            self._typed_at = _clocks()
        await super().on_event(event)  # type: ignore[misc]  # App stands behind in the MRO

    def action_lock(self) -> None:
        """Cover everything; what stands in open forms is kept as drafts too."""
        if self.locked:
            return
        from crm_tui.ui.dialogs.lock import LockScreen

        for screen in self._mine.screen_stack:
            left = getattr(screen, "unsaved", lambda: None)()
            if left is not None:
                self._mine.keep_draft(*left)
        self.push_screen(LockScreen())
        self.locked = True

    async def unlock(self, passphrase: str) -> bool:
        """Uncover everything if the passphrase is right; what waited then happens in its order."""
        if self.lock_hash:
            from crm_tui.rules.passphrase import opens

            if not await asyncio.to_thread(opens, self.lock_hash, passphrase):
                return False
        self.locked, self._typed_at = False, _clocks()
        held, self._held = self._held, ()
        self.pop_screen()
        for work in held:
            work()
        return True

    def hold(self, work: Callable[[], object]) -> AwaitComplete | None:
        """Keep for later what would come between the person and the lock; None if there is no lock."""
        if not self.locked:
            return None
        self._held += (work,)
        return AwaitComplete()

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Show a screen, once nothing is locked."""
        push = super().push_screen  # type: ignore[misc]  # App stands behind in the MRO
        return self.hold(partial(push, *args, **kwargs)) or push(*args, **kwargs)

    def pop_screen(self) -> Any:
        """Leave a screen, once nothing is locked."""
        pop = super().pop_screen  # type: ignore[misc]
        return self.hold(pop) or pop()

    def switch_mode(self, mode: str) -> Any:
        """Show another of the screens, once nothing is locked."""
        switch = super().switch_mode  # type: ignore[misc]
        return self.hold(partial(switch, mode)) or switch(mode)


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.time()
