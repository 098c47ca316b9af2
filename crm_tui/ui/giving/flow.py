"""Giving a share from its form to its file: form, preview, writing, and back where something is not as wished."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Cancelled
from crm_tui.ui.giving.asking import Asked, GiveDialog
from crm_tui.ui.giving.preview import LeavingScreen
from crm_tui.ui.giving.reading import Leaving, Wanted
from crm_tui.ui.giving.texts import COMMA, customers_text, path_text, records_text
from crm_tui.ui.syncing.say import Say
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.share_list import Regions
    from crm_tui.sync.shares import Shared
    from crm_tui.ui.screen import WorkingScreen


class Giving:
    """One share.

    Args:
        screen: asks.
        done: is told the id of the share that was written.
    """

    def __init__(self, screen: WorkingScreen[Any], done: Callable[[str], object]) -> None:
        self._screen, self._done = screen, done
        self._raw: Mapping[str, str] = {}
        self._own, self._regions = "", None
        self._asked: Asked | None = None

    def begin(self) -> None:
        """Ask."""
        from crm_tui.services.share_list import regions
        from crm_tui.store import logs

        def read(crm: Crm) -> tuple[str, Regions]:
            return logs.machine_name(crm.store.reader()), regions(crm)

        self._screen.load(read, lambda found: self._ask(*found), group="give")

    def _ask(self, own: str, regions: Regions) -> None:
        day = f"{self._screen.crm_app.local_now():%Y-%m-%d}"
        self._screen.app.push_screen(GiveDialog(own, day, regions, self._raw), self._look)

    def _look(self, asked: Asked | None) -> None:
        if asked is not None:
            self._raw = asked.raw
            self._screen.app.push_screen(LeavingScreen(asked.wanted, asked.look, self._write, self.begin))

    def _write(self, wanted: Wanted, leaving: Leaving) -> None:
        work = Working(t("Writing the share"), self._work(wanted), len(leaving.look.told.rows), writes=True)
        self._screen.app.push_screen(work, self._written)

    def _work(self, wanted: Wanted) -> Callable[..., Shared]:
        app = self._screen.crm_app

        def write(crm: Crm, progress: Callable[[int], None], stop: threading.Event) -> Shared:
            from crm_tui.sync.shares import Shares
            from crm_tui.ui.syncing.reading import bundles_of

            wanted.file.parent.mkdir(parents=True, exist_ok=True)
            return Shares(bundles_of(app, crm)).export(
                wanted.file,
                wanted.only,
                hide=sorted(wanted.hide or ()),
                name=wanted.name,
                passphrase=wanted.passphrase,
                recipients=(wanted.key,) if wanted.key else (),
                progress=progress,
                stop=stop,
            )

        return write

    def _written(self, outcome: Outcome | None) -> None:
        from crm_tui.ui.setup.health import size_text

        screen = self._screen
        if outcome is None:
            return
        if outcome.error is not None:  # the preview stands there still
            stopped = isinstance(outcome.error, Cancelled)
            screen.toast(t("Stopped; nothing was written") if stopped else str(outcome.error), bad=not stopped)
            return
        done: Shared = outcome.value
        counts = (customers_text(len(done.customers)), records_text(sum(done.rows.values())), size_text(done.bytes))
        lines = [
            path_text(done.path),
            "",
            COMMA[language()].join(counts),
            "",
            t("Give this file to {name}. There a new file of theirs takes it in with i on 9 Sync, or:", name=done.name),
            f"    crm-tui share import {done.path.name}",
            "",
            t("What they change comes back as a file, which i takes in here."),
        ]
        if isinstance(screen.app.screen, LeavingScreen):
            screen.app.pop_screen()
        self._done(done.share)
        screen.app.push_screen(Say(t("The share is written"), "\n".join(lines), [("Enter", t("good"))]))
