"""What the app does by itself at its start and at each midnight, in a thread: series, the frozen week, holidays."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from crm_tui.errors import CrmError
from crm_tui.ui.offloop import job
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.ui.app import CrmApp


class Upkeeping:
    """A part of `CrmApp`."""

    @property
    def _kept(self) -> CrmApp:
        return cast("CrmApp", self)

    def begin_upkeep(self) -> None:
        """Do it now, and again after midnight."""
        app = self._kept
        app.run_worker(job(self._upkeep), group="upkeep", exclusive=True, exit_on_error=False)
        app.set_timer(seconds_to_midnight(app.local_now()), self.begin_upkeep)

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
            key = key_of(app.screen, "app.go_setup")
            app.toast(t("No holidays of {years} are in force: {key}, “Working days” adopts them", years=years, key=key))


def seconds_to_midnight(now: datetime) -> float:
    """Seconds of the wall clock until the next day has begun, and one more."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return (midnight - now).total_seconds() + 1
