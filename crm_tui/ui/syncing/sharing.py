"""A shared folder: which one, one exchange with it, and what came of that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import BadFile, Cancelled, CrmError
from crm_tui.ui.syncing.folder_form import Folder, FolderDialog, seal_text
from crm_tui.ui.syncing.reading import FOLDER, SEALED
from crm_tui.ui.syncing.say import Say
from crm_tui.ui.syncing.texts import conflicts_text
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.sync.folder import FolderReport
    from crm_tui.ui.screen import WorkingScreen

MOST = 6
"""So many sentences of a kind are told."""


@dataclass(frozen=True)
class Done:
    """An exchange that took place.

    Attributes:
        report: what it did; `folder` with whom.
        bare: names of other machines whose changes lie there unsealed.
    """

    report: FolderReport
    folder: Folder
    bare: tuple[str, ...]


class Sharing:
    """One exchange with a folder, and the questions before and after it.

    Args:
        screen: asks them.
    """

    def __init__(self, screen: WorkingScreen[Any]) -> None:
        self._screen = screen
        self._accept: list[str] = []

    def begin(self) -> None:
        """Exchange with the folder that is remembered; ask for one if there is none."""
        self._screen.load(_remembered, self._known, group="folder")

    def _known(self, folder: Folder) -> None:
        if folder.path is None:
            self.ask(folder)
        else:
            self._run(folder)

    def ask(self, folder: Folder) -> None:
        """Ask which folder, and who can read it."""
        self._screen.app.push_screen(FolderDialog(folder), self._named)

    def _named(self, folder: Folder | None) -> None:
        if folder is not None:
            self._run(folder)

    def _run(self, folder: Folder) -> None:
        work = Working(t("Exchanging with the folder"), self._work(folder), writes=True)
        self._screen.app.push_screen(work, partial(self._ended, folder))

    def _work(self, folder: Folder) -> Callable[..., Done]:
        app, accept, path = self._screen.crm_app, tuple(self._accept), folder.path
        assert path is not None

        def exchange(crm: Crm, progress: Callable[[int], None], stop: threading.Event) -> Done:
            from crm_tui.sync.folder import sync_folder
            from crm_tui.sync.folder_heads import seals
            from crm_tui.ui.syncing.reading import bundles_of

            bundles = bundles_of(app, crm)
            new = crm.store.setting(FOLDER) != str(path)
            sealed = folder.sealed or (new and path.is_dir() and bool(seals(path, bundles.key.public)[0]))
            report = sync_folder(bundles, path, accept=accept, sealed=sealed, progress=progress, stop=stop)
            crm.store.set_setting(FOLDER, str(path))
            crm.store.set_setting(SEALED, "1" if sealed else "")
            return Done(report, _remembered(crm), tuple(seals(path, bundles.key.public)[1]))

        return exchange

    def _ended(self, folder: Folder, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        if outcome.error is not None:
            self._failed(folder, outcome.error)
            return
        done: Done = outcome.value
        unknown = {code: name for code, name in done.report.unknown.items() if code not in self._accept}
        if unknown:
            self._ask_code(*next(iter(unknown.items())), done)
        else:
            self._tell(done)

    def _failed(self, folder: Folder, error: CrmError) -> None:
        if isinstance(error, Cancelled):
            self._screen.toast(str(error))
            return
        keys = [("Enter", t("try again")), ("a", t("another folder"))]
        path = folder.path
        if path is not None and not path.exists() and path.parent.is_dir():
            keys.insert(1, ("m", t("make it")))
        self._screen.app.push_screen(Say(t("Shared folder"), f"x {error}", keys), partial(self._again, folder))

    def _again(self, folder: Folder, answer: str | None) -> None:
        if answer == "enter":
            self._run(folder)
        elif answer == "s":
            self._run(replace(folder, sealed=not folder.sealed))
        elif answer == "m":
            self._make(folder)
        elif answer == "a":
            self.ask(folder)
        elif answer == "c":
            self._screen.crm_app.go("conflicts")

    def _make(self, folder: Folder) -> None:
        try:
            if folder.path is not None:
                folder.path.mkdir(exist_ok=True)
        except OSError as error:
            said = t("{folder} cannot be made: {reason}", folder=folder.path, reason=error.strerror or error)
            self._failed(folder, BadFile(said))
        else:
            self._run(folder)

    def _ask_code(self, code: str, name: str, done: Done) -> None:
        from crm_tui.ui.syncing.codes import ask_code

        def answered(yes: bool) -> None:
            if yes:
                self._accept.append(code)
                self._run(done.folder)
            else:
                self._tell(done)

        ask_code(self._screen, name, code, answered)

    def _tell(self, done: Done) -> None:
        folder, report = done.folder, done.report
        keys = [("s", t("open it") if folder.sealed else t("seal it")), ("a", t("another folder"))]
        if report.conflicts:
            keys.insert(0, ("c", t("choose now")))

        def answered(answer: str | None) -> None:
            if answer in ("a", "c", "s"):
                self._again(folder, answer)

        text = "\n".join(report_lines(done))
        self._screen.app.push_screen(Say(t("Shared folder"), text, [*keys, ("Enter", t("good"))]), answered)


def report_lines(done: Done) -> list[str]:
    """What an exchange did, who can read the folder, what waits and why, and what somebody must mend."""
    report, folder = done.report, done.folder
    lines = [str(folder.path), seal_text(folder.sealed, folder.readers)]
    if folder.sealed and done.bare:
        lines.append("! " + t("What {names} left there is open; they seal it with s here.", names=", ".join(done.bare)))
    came, put = f"{report.received:,}", f"{report.sent:,}"
    lines += ["", t("+ 1 change came in") if report.received == 1 else t("+ {n} changes came in", n=came)]
    many = t("+ {n} changes were put there for the others", n=put)
    lines.append(t("+ 1 change was put there for the others") if report.sent == 1 else many)
    if report.conflicts:
        lines += ["", conflicts_text(report.conflicts)]
    waiting = _few([t("~ what {name} wrote waits for {of}", name=name, of=of) for name, of in report.waiting])
    if waiting:
        waiting.append(t("That comes in by itself once they have used this folder too, or by a bundle of theirs."))
    problems = [f"x {one}" for one in (*report.problems, *([str(report.error)] if report.error else ()))]
    for group in (waiting, _few([f"~ {one}" for one in report.unfinished]), _few(problems)):
        lines += ["", *group] if group else []
    return lines


def _few(lines: list[str]) -> list[str]:
    more = [t("… and {n} more", n=f"{len(lines) - MOST:,}")] if len(lines) > MOST else []
    return [*lines[:MOST], *more]


def _remembered(crm: Crm) -> Folder:
    from crm_tui.services.machines import ACCEPTED

    path = crm.store.setting(FOLDER)
    readers = sum(row["trust"] == ACCEPTED and bool(row["recipient"]) for row in crm.machines.all())
    return Folder(Path(path) if path else None, crm.store.setting(SEALED) == "1", max(1, readers))
