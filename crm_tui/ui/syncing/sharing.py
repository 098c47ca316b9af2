"""A shared folder: which one, one exchange with it, and what came of that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Cancelled, CrmError
from crm_tui.ui.dialogs.ask import AskLine
from crm_tui.ui.syncing.say import Say
from crm_tui.ui.syncing.texts import conflicts_text
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.sync.folder import FolderReport
    from crm_tui.ui.screen import WorkingScreen

FOLDER = "shared_folder"
"""Setting of the file in which the folder is remembered; settings stay where they are."""

MOST = 6
"""So many sentences of a kind are told."""


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
        self._screen.load(lambda crm: crm.store.setting(FOLDER), self._known, group="folder")

    def _known(self, folder: str) -> None:
        if folder:
            self._run(Path(folder))
        else:
            self.ask("")

    def ask(self, folder: str) -> None:
        """Ask which folder."""
        title = t("Which folder do you share? A stick, a server, a cloud folder")
        self._screen.app.push_screen(AskLine(title, folder or "~/"), self._named)

    def _named(self, typed: str | None) -> None:
        if typed is not None:
            self._run(Path(typed).expanduser().absolute())

    def _run(self, folder: Path) -> None:
        work = Working(t("Exchanging with the folder"), self._work(folder), writes=True)
        self._screen.app.push_screen(work, partial(self._ended, folder))

    def _work(self, folder: Path) -> Callable[..., FolderReport]:
        app, accept = self._screen.crm_app, tuple(self._accept)

        def exchange(crm: Crm, progress: Callable[[int], None], stop: threading.Event) -> FolderReport:
            from crm_tui.sync.folder import sync_folder
            from crm_tui.ui.syncing.reading import bundles_of

            report = sync_folder(bundles_of(app, crm), folder, accept=accept, progress=progress, stop=stop)
            crm.store.set_setting(FOLDER, str(folder))
            return report

        return exchange

    def _ended(self, folder: Path, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        if outcome.error is not None:
            self._failed(folder, outcome.error)
            return
        report: FolderReport = outcome.value
        unknown = {code: name for code, name in report.unknown.items() if code not in self._accept}
        if unknown:
            self._ask_code(folder, *next(iter(unknown.items())), report)
        else:
            self._tell(folder, report)

    def _failed(self, folder: Path, error: CrmError) -> None:
        if isinstance(error, Cancelled):
            self._screen.toast(str(error))
            return
        keys = [("Enter", t("try again")), ("a", t("another folder"))]
        self._screen.app.push_screen(Say(t("Shared folder"), f"x {error}", keys), partial(self._again, folder))

    def _again(self, folder: Path, answer: str | None) -> None:
        if answer == "enter":
            self._run(folder)
        elif answer == "a":
            self.ask(str(folder))
        elif answer == "c":
            self._screen.crm_app.go("conflicts")

    def _ask_code(self, folder: Path, code: str, name: str, report: FolderReport) -> None:
        from crm_tui.ui.syncing.codes import ask_code

        def answered(yes: bool) -> None:
            if yes:
                self._accept.append(code)
                self._run(folder)
            else:
                self._tell(folder, report)

        ask_code(self._screen, name, code, answered)

    def _tell(self, folder: Path, report: FolderReport) -> None:
        came, put = f"{report.received:,}", f"{report.sent:,}"
        lines = [str(folder), ""]
        lines.append(t("+ 1 change came in") if report.received == 1 else t("+ {n} changes came in", n=came))
        one, many = (
            t("+ 1 change was put there for the others"),
            t("+ {n} changes were put there for the others", n=put),
        )
        lines.append(one if report.sent == 1 else many)
        if report.conflicts:
            lines += ["", conflicts_text(report.conflicts)]
        waiting = [t("~ what {name} wrote waits for {of}", name=name, of=of) for name, of in report.waiting]
        problems = [f"x {one}" for one in (*report.problems, *([str(report.error)] if report.error else ()))]
        for group in (waiting, [f"~ {one}" for one in report.unfinished], problems):
            lines += ["", *group[:MOST]] if group else []
            lines += [t("… and {n} more", n=f"{len(group) - MOST:,}")] if len(group) > MOST else []
        keys = [("a", t("another folder"))]
        keys.insert(0, ("c", t("choose now")) if report.conflicts else ("f", t("once more")))
        text = "\n".join(lines)

        def answered(answer: str | None) -> None:
            if answer == "f":
                self._run(folder)
            elif answer in ("a", "c"):
                self._again(folder, answer)

        self._screen.app.push_screen(Say(t("Shared folder"), text, [*keys, ("Enter", t("good"))]), answered)
