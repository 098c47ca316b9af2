"""What the app keeps outside the records: settings, drafts of open forms, errors that nobody foresaw."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC
from typing import TYPE_CHECKING, cast

from crm_tui.errors import CrmError
from crm_tui.ui.offloop import job
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.watching import Watcher
    from crm_tui.ui.app import CrmApp

WATCH_EVERY = 2.0
"""Seconds between two looks at the file."""


class Keeping:
    """A part of `CrmApp`."""

    _watcher: Watcher | None = None

    leaving: threading.Event
    """Set when the app is left: threads that work long then end."""

    @property
    def _app(self) -> CrmApp:
        return cast("CrmApp", self)

    def remember(self, name: str, value: object) -> None:
        """Keep a setting for the next start, in a thread."""
        self._app.run_worker(job(self._remember, name, value), group=f"remember-{name}", exit_on_error=False)

    async def _remember(self, name: str, value: object) -> None:
        try:
            await asyncio.to_thread(self._app.options.remember, name, value)
        except CrmError as error:
            self._app.toast(str(error), bad=True)

    def keep_draft(self, key: str, content: dict[str, str]) -> None:
        """Write what stands in a form into the drafts, in a thread; it outlives this process at once."""
        self._app.run_worker(job(self._keep_draft, key, content), group="draft", exit_on_error=False)

    async def _keep_draft(self, key: str, content: dict[str, str]) -> None:
        crm = await self._app.opened()
        if crm is not None:
            stamp = self._app.options.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            await asyncio.to_thread(crm.drafts.keep, key, content, stamp)

    async def drop_draft(self, key: str) -> None:
        """Forget a draft."""
        crm = await self._app.opened()
        if crm is not None:
            await asyncio.to_thread(crm.drafts.drop, key)

    def unexpected(self, error: Exception) -> None:
        """An error that nobody foresaw: a sentence on the screen, the rest in the log."""
        from crm_tui.ui.failures import write_log

        path = write_log(self._app.options.log_file, error, self._app.options.now())
        said = t("Something went wrong; nothing was changed by it: {reason}", reason=error)
        self._app.toast(said + (" " + t("Details: {path}", path=path) if path else ""), bad=True)

    def watch_file(self) -> None:
        """From now on, look whether another program wrote into the file, and read anew if so."""
        from crm_tui.store.watching import Watcher

        self._watcher = Watcher(self._app.options.path)
        self._app.set_interval(WATCH_EVERY, self._look)

    def seen(self) -> None:
        """What stands in the file now is known."""
        if self._watcher is not None:
            self._watcher.moved()

    def look(self) -> dict[str, int] | None:
        """How much of each log is in the file just now, see `services.stale`; None until the file is open."""
        if self._app.crm is None:
            return None
        from crm_tui.store.outgoing import vector

        with self._app.readers.lent() as db:
            return vector(db)

    def look_no_more(self) -> None:
        """The app has stopped."""
        if self._watcher is not None:
            self._watcher.close()

    def _look(self) -> None:
        try:
            moved = self._watcher is not None and self._watcher.moved()
        except CrmError as error:
            self._watcher = None
            self._app.toast(str(error), bad=True)
        else:
            if moved:
                self._app.data_changed.publish(None)

    def index_search(self) -> None:
        """Index what search cannot find yet and have the index at hand, in a thread that ends with the app."""
        self._app.run_worker(job(self._index), group="reindex", exit_on_error=False)

    async def _index(self) -> None:
        crm = await self._app.opened()
        if crm is None:
            return
        try:
            await asyncio.to_thread(crm.reindex, lambda done, total: None, self.leaving)
            await asyncio.to_thread(crm.warm_search, self.leaving)
        except Exception as error:
            self.unexpected(error)
