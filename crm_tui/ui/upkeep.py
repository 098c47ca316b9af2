"""What the app does by itself at its start and at each midnight, in a thread: series, the frozen week, holidays."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from crm_tui.errors import CrmError
from crm_tui.ui.offloop import job
from crm_tui.ui.screens import SCREENS
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.ui.app import CrmApp


LONGEST_SLEEP = 600.0
"""Seconds: a laptop that slept over midnight must not wait for the next one."""


class Upkeeping:
    """A part of `CrmApp`."""

    _kept_on: date | None = None

    @property
    def _kept(self) -> CrmApp:
        return cast("CrmApp", self)

    def begin_upkeep(self) -> None:
        """Do it now, and again after midnight."""
        app = self._kept
        now = app.local_now()
        if self._kept_on != now.date():
            self._kept_on = now.date()
            app.run_worker(job(self._upkeep), group="upkeep", exclusive=True, exit_on_error=False)
        app.set_timer(min(seconds_to_midnight(now), LONGEST_SLEEP), self.begin_upkeep)

    async def _upkeep(self) -> None:
        app = self._kept
        crm = await app.opened()
        if crm is None:
            return
        try:
            kept = await asyncio.to_thread(crm.upkeep.run)
        except CrmError as error:
            app.toast(str(error), bad=True)
            return
        except Exception as error:
            app.unexpected(error)
            return
        if kept.wrote:
            app.announce(None)
        if kept.lacking:
            from crm_tui.ui.keys import key_of

            years = ", ".join(map(str, kept.lacking))
            # On *Setup* itself its key is no key, and is named all the same.
            key = key_of(app.screen, "app.go_setup") or next(one.key for one in SCREENS if one.name == "setup")
            app.toast(t("No holidays of {years} are in force: {key}, “Working days” adopts them", years=years, key=key))


def seconds_to_midnight(now: datetime) -> float:
    """Seconds of the wall clock until the next day has begun, and one more."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return (midnight - now).total_seconds() + 1
