"""What every screen and every dialog is: it may call the store without holding up the keys, and speaks two languages.

A screen is a class like this, with its style in `<name>.tcss` and a line in `crm_tui.ui.screens.SCREENS`::

    class TrashScreen(CrmScreen):
        CSS_PATH = "trash.tcss"
        AUTO_FOCUS = "#trash"
        WAITS = frozenset({"restore"})
        BINDINGS = [Binding("r", "restore", "Restore", id="trash.restore")]

        def body(self) -> ComposeResult:
            yield RowList(id="trash")

        def start(self) -> None:
            self.retitle()
            self.reload(None)

        def retitle(self) -> None:
            self.query_one(RowList).set_columns([Column(t("Name"), flex=1)])

        def reload(self, changes: Changes | None) -> None:
            self.load(lambda crm: crm.trash.rows(), self.show_rows)

        def show_rows(self, rows: list[Trashed]) -> None:
            self.query_one(RowList).show(ListRows([Row(row.id, (row.title,)) for row in rows]))

        def action_restore(self) -> None:
            row = self.query_one(RowList).cursor_row
            if row is not None:
                self.change(lambda crm: crm.trash.restore(row.id), lambda _: self.toast(t("Restored")))

`body` says what stands between the top line and the key line; `start` runs once, when it is mounted; `reload` runs
when data changed while the screen is in sight, or when it comes back into sight; `retitle` runs when the language
changes, after `start`. Nothing here uses `on_mount`: base class and child would both run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

from crm_tui.errors import CrmError
from crm_tui.ui.offloop import job
from crm_tui.ui.toasts import place_toasts
from crm_tui.ui.widgets.lines import KeyLine, TopLine

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes
    from crm_tui.ui.app import CrmApp

T = TypeVar("T")


class WorkingScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that reads and writes through `load` and `change`, the only ways off the event loop."""

    WAITS: ClassVar[frozenset[str]] = frozenset()
    """Actions that are disabled until the file is open."""

    TITLE_TEXT: ClassVar[str] = ""
    """English title, for the key help."""

    resumed = False
    """Whether it was in sight already, so that a key finds whoever has the focus."""

    @property
    def crm_app(self) -> CrmApp:
        """The app, by its own type."""
        return cast("CrmApp", self.app)

    def load(
        self,
        work: Callable[[Crm], T],
        show: Callable[[T], object],
        *,
        group: str = "load",
        failed: Callable[[CrmError], object] | None = None,
    ) -> None:
        """Read in a thread, then show; a later load of the same group takes the place of this one.

        Args:
            work: reads; runs in a thread once the file is open and touches no widget.
            show: takes the result, on the event loop.
            group: what it is about; each part of a screen that loads by itself has its own. "search" has a thread of
                its own, whose connection keeps the pages that the next letter needs.
            failed: takes the error instead of a toast.
        """
        where = self.crm_app.searcher if group == "search" else None
        self.run_worker(job(self._run, work, show, failed, where), group=group, exclusive=True, exit_on_error=False)

    def change(
        self,
        work: Callable[[Crm], T],
        done: Callable[[T], object] | None = None,
        *,
        failed: Callable[[CrmError], object] | None = None,
    ) -> None:
        """Write in a thread; whatever is in sight then reloads, and `done` takes the result.

        Args:
            work: one verb of a service; its `Changes` (or what has them as `.changes`) say what to reload.
            done: takes the result, on the event loop.
            failed: takes the error instead of a toast; it stands beside a field, for example.
        """

        def finish(result: T) -> None:
            self.crm_app.announce(getattr(result, "changes", result))
            if done is not None:
                done(result)

        # Not exclusive: a write that has begun is never thrown away.
        self.run_worker(job(self._run, work, finish, failed), group="change", exit_on_error=False)

    async def _run(
        self,
        work: Callable[[Crm], T],
        then: Callable[[T], object],
        failed: Callable[[CrmError], object] | None,
        where: Executor | None = None,
    ) -> None:
        crm = await self.crm_app.opened()
        if crm is None:
            return
        try:
            result = await asyncio.get_running_loop().run_in_executor(where, work, crm)
        except CrmError as error:
            if not self.is_attached:
                return
            if failed is not None:
                failed(error)
            else:
                self.toast(str(error), bad=True)
        except Exception as error:
            self.crm_app.unexpected(error)
        else:
            if self.is_attached:
                then(result)

    def toast(self, text: str, *, bad: bool = False) -> None:
        """Say in a corner what happened; the text is shown as it is."""
        self.crm_app.toast(text, bad=bad)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with a result, once nothing is locked."""
        leave = super().dismiss
        return self.crm_app.hold(lambda: leave(result)) or leave(result)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that need the open file wait for it."""
        if action in self.WAITS and self.crm_app.crm is None:
            return None
        return True

    def on_mount(self) -> None:
        """Listen to what the whole app should hear; the screen's own beginning is `start`."""
        self.crm_app.spoken.subscribe(self, lambda _: self.retitle())
        self.start()

    def on_screen_resume(self) -> None:
        """Back in sight: toasts that still stand keep clear of this screen's lines."""
        self.resumed = True
        self.call_after_refresh(place_toasts, self)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Cursors do not blink: nothing on the screen moves by itself."""
        if hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False

    def start(self) -> None:
        """Runs once when the screen is mounted."""

    def retitle(self) -> None:
        """Put every text into the language that is spoken now."""


class CrmScreen(WorkingScreen[None]):
    """One of the `SCREENS`, between a line on top and a line of keys."""

    PLACE: ClassVar[str] = ""
    """Its name in `SCREENS`; "" where it stands over another one."""

    _stale = False

    def compose(self) -> ComposeResult:
        """The lines and the body between them."""
        yield TopLine()
        yield from self.body()
        yield KeyLine()

    def body(self) -> ComposeResult:
        """What stands between the lines."""
        yield from ()

    def on_mount(self) -> None:
        """Also listen to changes of the data."""
        # Textual runs the base class's on_mount as well; only this one's own part stands here.
        self.crm_app.data_changed.subscribe(self, self._data_changed)

    def _data_changed(self, changes: Changes | None) -> None:
        if self in self.app.screen_stack:
            self.reload(changes)
        else:
            self._stale = True

    def on_screen_resume(self) -> None:
        """Come back into sight: read anew what changed meanwhile."""
        if self._stale:
            self._stale = False
            self.reload(None)

    def reload(self, changes: Changes | None) -> None:
        """Read again what is shown, keeping cursor, filter and scroll; `changes` is None if unknown."""

    def log_target(self) -> tuple[str, str] | None:
        """Id and name of the customer that a contact would be logged for, if the screen knows one."""
        return None


class CrmDialog(WorkingScreen[ScreenResultType], ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """A question or a form over a screen; Esc leaves it, and whoever opened it gets its result (None then)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", id="dialog.close"),
        Binding("f1", "app.help", "Keys", id="app.help_in_dialog", show=False),
    ]

    def action_close(self) -> None:
        """Leave without a result."""
        self.dismiss(None)


def working_screen(widget: Widget) -> WorkingScreen[Any]:
    """The screen that a widget stands on; widgets load and change through it."""
    return cast("WorkingScreen[Any]", widget.screen)
