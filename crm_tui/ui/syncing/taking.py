"""Taking a bundle in: which file, whose it is, what it would do; then it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from crm_tui.errors import Cancelled, CrmError
from crm_tui.ui.importing import path_box
from crm_tui.ui.importing.path_box import PathBox, is_own
from crm_tui.ui.lists import plain
from crm_tui.ui.rows import Column
from crm_tui.ui.screen import CrmDialog, working_screen
from crm_tui.ui.syncing.say import AskSecret, Say
from crm_tui.ui.syncing.texts import conflicts_text, counts_text
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.sync.bundles import Imported, UnknownKey
    from crm_tui.ui.screen import WorkingScreen

ENDING = ".crmb"
ENDINGS = (ENDING, ".crms")
"""Of bundles, and of shares with what comes back of them."""


class BundleBox(PathBox):
    """A path box that shows bundles and folders."""

    def retitle(self) -> None:
        """Columns, empty state, in the language that is spoken."""
        self.line.placeholder = t("path of a bundle: …{ending}", ending=ENDING)
        self.rows.set_columns((Column(t("Bundles here"), flex=1), Column(t("Size"), 10, kind="number", role="muted")))
        self._tell_empty()

    def _tell_empty(self) -> None:
        folder, start = path_box.split(self.line.value)
        if start or not folder.is_dir():
            self.rows.set_empty(t("Nothing here begins so."))
        else:
            self.rows.set_empty(t("No bundle in this folder.\n\nType the path of the file; Tab completes it."))

    def _read(self) -> None:
        typed = self.line.value
        working_screen(self).load(lambda _: bundles_at(typed), self._show, group="path")


def bundles_at(typed: str) -> list[path_box.Entry]:
    """Folders and bundles that fit what was typed; files of other kinds only once their name is begun."""
    folder, start = path_box.split(typed)
    found = [one for one in path_box.entries(typed) if one.folder or start]
    if not start:
        try:
            files = sorted(one for one in folder.iterdir() if one.suffix.casefold() in ENDINGS and one.is_file())
            found += [path_box.Entry(one.name, False, one.stat().st_size) for one in files[: path_box.MOST]]
        except OSError:
            return found
    return found


class ChooseBundle(CrmDialog[Path]):
    """Asks for the file.

    Args:
        folder: where to begin; the home folder without.
        problem: a sentence about the file that was tried before.
    """

    AUTO_FOCUS = "PathInput"
    CSS = """
    ChooseBundle .dialog { width: 76; height: 22; padding: 1 1; }
    ChooseBundle RowList { background: $surface; }
    ChooseBundle #problem { height: auto; max-height: 5; padding: 0 1; margin-bottom: 1; }
    """

    def __init__(self, folder: str = "", problem: str = "") -> None:
        super().__init__()
        self._folder, self._problem = folder, problem

    def compose(self) -> ComposeResult:
        """The path box in a frame."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = t("Take in a bundle: which file?")
            frame.border_subtitle = t("Tab  complete   Enter  take   Esc  back")
            if self._problem:
                yield Static(plain(f"x {self._problem}"), id="problem", classes="bad")
            yield BundleBox()

    def start(self) -> None:
        """Show what is there."""
        box = self.query_one(BundleBox)
        box.line.value = self._folder
        box.begin()

    @on(PathBox.Taken)
    def _taken(self, event: PathBox.Taken) -> None:
        event.stop()
        self.dismiss(event.path)


@dataclass(frozen=True)
class Tried:
    """What is known of a bundle so far.

    Attributes:
        path: the file.
        code: of its sender, if the person accepted it just now.
        passphrase: what was typed to open it.
    """

    path: Path
    code: str | None = None
    passphrase: str | None = None


class Taking:
    """The questions in their order; each ends in the next, or in nothing having happened.

    Args:
        screen: asks them.
        done: is told when something was taken in.
    """

    last_folder: ClassVar[str] = ""

    def __init__(self, screen: WorkingScreen[Any], done: Callable[[Imported], object]) -> None:
        self._screen, self._done = screen, done

    def begin(self, problem: str = "") -> None:
        """Ask which file."""
        self._screen.app.push_screen(ChooseBundle(Taking.last_folder, problem), self._chosen)

    def _chosen(self, path: Path | None) -> None:
        if path is None:
            return
        Taking.last_folder = f"{path.expanduser().parent}/"
        if is_own(path, self._screen.crm_app.options.path):
            self.begin(t("{file} is the file that is open here", file=path))
        else:
            self.look(Tried(path))

    def look(self, tried: Tried) -> None:
        """Find out what it would do."""
        work = Working(t("Reading the bundle"), self._work(tried, dry_run=True))
        self._screen.app.push_screen(work, lambda outcome: self._looked(tried, outcome))

    def _work(self, tried: Tried, *, dry_run: bool) -> Callable[..., Imported]:
        app = self._screen.crm_app

        def take(crm: Crm, progress: Callable[[int], None], stop: threading.Event) -> Imported:
            from crm_tui.sync.shares import take_any
            from crm_tui.ui.syncing.reading import bundles_of

            return take_any(
                bundles_of(app, crm),
                tried.path,
                accept_key=tried.code,
                dry_run=dry_run,
                passphrase=tried.passphrase,
                progress=progress,
                stop=stop,
            )

        return take

    def _looked(self, tried: Tried, outcome: Outcome | None) -> None:
        from crm_tui.sync.bundles import OtherCompany, UnknownKey
        from crm_tui.sync.refusals import WrongKey

        if outcome is None:
            return
        error = outcome.error
        if error is None:
            self._ask(tried, outcome.value)
        elif isinstance(error, OtherCompany):
            from crm_tui.ui.syncing.joining import Joining

            Joining(self._screen, tried, lambda: self._failed(error)).begin()
        elif isinstance(error, UnknownKey):
            self._ask_code(tried, error)
        elif isinstance(error, WrongKey) and _has_passphrase(tried.path):
            self._ask_passphrase(tried, error)
        else:
            self._failed(error)

    def _failed(self, error: CrmError) -> None:
        if isinstance(error, Cancelled):
            self._screen.toast(t("Stopped; nothing was changed"))
        else:
            self.begin(str(error))

    def _ask_passphrase(self, tried: Tried, error: CrmError) -> None:
        again = tried.passphrase is not None
        said = str(error) if again else t("This bundle is locked with a passphrase. Ask its sender for it.")

        def typed(text: str | None) -> None:
            if text:
                self.look(replace(tried, passphrase=text))

        self._screen.app.push_screen(AskSecret(t("Passphrase of the bundle"), said, wrong=again), typed)

    def _ask_code(self, tried: Tried, error: UnknownKey) -> None:
        from crm_tui.ui.syncing.codes import ask_code

        def answered(yes: bool) -> None:
            if yes:
                self.look(replace(tried, code=error.code))

        ask_code(self._screen, error.name, error.code, answered)

    def _ask(self, tried: Tried, found: Imported) -> None:
        merged = found.merged
        lines = [str(tried.path), "", counts_text(merged)]
        if merged.conflicts:
            lines += ["", conflicts_text(merged.conflicts)]
        lines += ["", t("Nothing is changed yet.")]
        title = t("Bundle from {name}", name=found.sender)

        def answered(answer: str | None) -> None:
            if answer is not None:
                work = Working(t("Taking it in"), self._work(tried, dry_run=False), merged.changes, writes=True)
                self._screen.app.push_screen(work, self._taken)

        self._screen.app.push_screen(Say(title, "\n".join(lines), [("Enter", t("take it in"))]), answered)

    def _taken(self, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        if outcome.error is not None:
            self._failed(outcome.error)
            return
        found: Imported = outcome.value
        merged = found.merged
        lines = [counts_text(merged)]
        keys = [("Enter", t("good"))]
        if merged.conflicts:
            lines += ["", conflicts_text(merged.conflicts)]
            keys.insert(0, ("c", t("choose now")))

        def answered(answer: str | None) -> None:
            if answer == "c":
                self._screen.crm_app.go("conflicts")

        self._done(found)
        self._screen.app.push_screen(
            Say(t("Taken in from {name}", name=found.sender), "\n".join(lines), keys), answered
        )


def _has_passphrase(path: Path) -> bool:
    from crm_tui.sync.sealing import PHRASE

    try:
        with path.open("rb") as stream:
            return stream.read(len(PHRASE)) == PHRASE
    except OSError:
        return False
