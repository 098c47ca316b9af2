"""The app itself: screens, theme, language, keys that work everywhere, and the open file."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, cast
from zoneinfo import ZoneInfo

from textual.app import App, ScreenStackError
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget

from crm_tui.errors import CrmError
from crm_tui.ui import themes
from crm_tui.ui.actions import AppActions
from crm_tui.ui.curtain import Curtain
from crm_tui.ui.ending import end_on_signals
from crm_tui.ui.failures import told
from crm_tui.ui.keeping import Keeping
from crm_tui.ui.locking import Locking
from crm_tui.ui.masking import Masking
from crm_tui.ui.offloop import job
from crm_tui.ui.options import Options
from crm_tui.ui.reminders import Reminding
from crm_tui.ui.screens import SCREENS
from crm_tui.ui.toasts import place_toasts, take_away
from crm_tui.ui.upkeep import Upkeeping
from crm_tui.words import set_language

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes
    from crm_tui.store.readers import Readers
    from crm_tui.ui.screen import CrmScreen

WAITS = frozenset({"undo", "redo", "log", "drafts"})


class CrmApp(AppActions, Keeping, Masking, Locking, Upkeeping, Reminding, App[None], inherit_bindings=False):
    """crm-tui in a terminal. Paints first, then shows rows, then opens the whole file in a thread."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it as an instance variable
        (0, "-narrow"),
        (100, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True),
        Binding("q", "quit", "Quit", id="app.leave", show=False),
        Binding("ctrl+c", "hint_quit", "Quit", id="app.hint_quit", show=False),
        Binding("question_mark,？,f1", "help", "Keys", id="app.help"),
        Binding("ctrl+p,ctrl+k", "palette", "All actions", id="app.palette", show=False),
        Binding("colon,：", "capture", "Plan or log in one line", id="app.capture", show=False),
        Binding("f2,ctrl+f", "find", "Find anything", id="app.find", show=False),
        Binding("u,ctrl+z", "undo", "Undo", id="app.undo", show=False),
        Binding("ctrl+y", "redo", "Redo", id="app.redo", show=False),
        Binding("l", "log", "Log a contact", id="app.log", show=False),
        Binding("ctrl+g", "mask", "Mask phones, e-mails, money", id="app.mask", show=False, priority=True),
        Binding("ctrl+l", "lock", "Lock the screen", id="app.lock", show=False, priority=True),
        *(
            Binding(place.key, f"go('{place.name}')", place.title, id=f"app.go_{place.name}", show=False)
            for place in SCREENS
            if place.key
        ),
    ]

    def __init__(self, options: Options) -> None:
        self.options = options
        start = next((place for place in SCREENS if place.name == options.screen), SCREENS[0])
        self.MODES = {place.name: place.make for place in SCREENS}  # type: ignore[misc]  # screens load when shown
        self._start = start
        self.crm: Crm | None = None
        self.threads = ThreadPoolExecutor(thread_name_prefix="work")
        self.searcher = ThreadPoolExecutor(1, "search")
        self.who = options.person or ""
        self.painted = False
        self._early: list[Key] = []
        self.came: dict[str, str] = {}
        self._failed = False
        self.leaving = threading.Event()
        self._opened: asyncio.Event | None = None
        set_language(options.language)
        super().__init__()
        self.animation_level = "none"
        self.data_changed: Signal[Changes | None] = Signal(self, "data_changed")
        self.spoken: Signal[str] = Signal(self, "spoken")
        self.themes = themes.load_themes(options.theme_folders)
        for theme in self.themes.themes.values():
            self.register_theme(theme)
        self.theme = options.theme if options.theme in self.themes.themes else themes.DEFAULT

    @cached_property
    def readers(self) -> Readers:
        """Connections for lists, which are shown before the whole file is open."""
        from crm_tui.store.driver import connect
        from crm_tui.store.readers import Readers

        return Readers(lambda: connect(self.options.path))

    def get_default_screen(self) -> Screen[object]:
        """What stands there until the first screen does."""
        return cast("Screen[object]", Curtain(self._start.name))

    def delay_update(self, delay: float = 0.05) -> None:
        """Wait a moment before a change of screens is painted, but not before the first one."""
        if self.painted:
            super().delay_update(delay)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """A value for each variable of ours, whatever the theme."""
        return themes.variable_defaults()

    def on_mount(self) -> None:
        """Open the file once the first frame is painted."""
        self._opened = asyncio.Event()
        asyncio.get_running_loop().set_default_executor(self.threads)
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        # Nothing of the first screen may be seen where a passphrase is asked for.
        with self.batch_update() if self.options.lock_hash else nullcontext():
            if self.current_mode == "_default":
                await self.switch_mode(self._start.name)
            self.begin_locks()
        self.painted = True
        for key in self._early:
            await super().on_event(key)
        # Opening imports a lot, and would hold up the frame with the first rows if it began before that is painted.
        self.screen.call_after_refresh(self.set_timer, 0.02, self._rest)

    async def on_event(self, event: Event) -> None:
        """Keys that come before the first screen is there wait for it."""
        if isinstance(event, Key) and not self.painted and event.key != "ctrl+q":
            self._early.append(event)
        else:
            await super().on_event(event)

    def on_key(self, event: Key) -> None:
        """Letters that were on their way to another screen when a dialog opened belong to that dialog."""
        from crm_tui.ui.screen import CrmDialog

        screen = self.screen
        if not isinstance(screen, CrmDialog) or not event.is_printable:
            return
        focused: Widget | None = screen.focused
        if focused is None or not focused.check_consume_key(event.key, event.character):
            focused = None if screen.resumed else screen
        if focused is not None:
            event.stop()
            event.prevent_default()
            focused.post_message(Key(event.key, event.character))

    def _rest(self) -> None:
        """The first screen is painted: open the whole file behind it."""
        _keep_for_good()
        gc.enable()
        self.run_worker(job(self._open), group="open", exit_on_error=False)

    async def _open(self) -> None:
        """Open the file in a thread; with this the app is ready."""
        assert self._opened is not None
        try:
            self.crm = await asyncio.to_thread(self._open_file)
        except CrmError as error:
            self._opened.set()
            self.exit(return_code=error.exit_code, message=str(error))
            return
        self._opened.set()
        self.watch_file()
        self.data_changed.publish(None)
        for screen in self.screen_stack:
            screen.refresh_bindings()
        self._say_at_start()
        self.begin_upkeep()
        self.begin_reminders()
        await asyncio.to_thread(self._warm)
        _keep_for_good()
        self.index_search()

    def _open_file(self) -> Crm:
        from crm_tui.services.crm import Crm

        options = self.options
        crm = Crm.open(options.path, options.now, zone=options.zone, memory=options.memory)
        if options.region:
            crm.region = options.region
        if options.person:
            crm.store.person = str(crm.people.find(options.person)["id"])
        me = crm.people.me()
        self.who = str(me["name"]) if me else ""
        return crm

    def _warm(self) -> None:
        """In a thread: load what the first keys will need, so that none of them waits for it."""
        parts = ("form", "edit", "log", "key_help", "capture", "brief", "ask_move")
        for name in (*(f"dialogs.{part}" for part in parts), "palette", "screens.card", "scheduling.brief_text"):
            import_module(f"crm_tui.ui.{name}")
        for place in SCREENS:
            place.screen_class()

    async def opened(self) -> Crm | None:
        """The open file, as soon as it is; None if it cannot be opened."""
        if self._opened is not None:
            await self._opened.wait()
        return self.crm

    def announce(self, changes: object) -> None:
        """Tell every screen that data changed, so that what is in sight is read again."""
        self.run_worker(job(self._refresh_who), group="who", exclusive=True, exit_on_error=False)
        self.seen()
        self.data_changed.publish(cast("Changes | None", changes if hasattr(changes, "rows") else None))

    async def _refresh_who(self) -> None:
        if self.crm is not None:
            me = await asyncio.to_thread(self.crm.people.me)
            self.who = str(me["name"]) if me else ""

    def local_now(self) -> datetime:
        """The present in the local zone."""
        zone = self.crm.zone if self.crm is not None else self.options.zone
        return self.options.now().astimezone(ZoneInfo(zone) if zone else None)

    def local(self, instant: str) -> datetime:
        """A stored instant in the local zone."""
        return datetime.fromisoformat(instant).astimezone(self.local_now().tzinfo)

    def toast(self, text: str, *, bad: bool = False) -> None:
        """Say in a corner what happened; never markup. Where there is little room, in place of what was said before."""
        if self.screen.has_class("-narrow"):
            for said in [one for one in self._notifications if one.severity == "information"]:
                self._unnotify(said, refresh=False)
            for screen in self.screen_stack:
                take_away(screen)
        place_toasts(self.screen, text)
        self.notify(text, severity="error" if bad else "information", timeout=9 if bad else 5, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs the open file waits for it; the present screen's own digit is no key."""
        if action in WAITS and self.crm is None:
            return None
        try:
            return not (action == "go" and parameters == (self.current_mode,) and len(self.screen_stack) == 1)
        except ScreenStackError:
            return True

    async def action_quit(self) -> None:
        """Leave; what stands in an open form is kept first."""
        for screen in self.screen_stack:
            left = getattr(screen, "unsaved", lambda: None)()
            if left is not None:
                await self._keep_draft(*left)
        self.leaving.set()
        self.exit()

    def on_unmount(self) -> None:
        """What still works in a thread ends."""
        self.leaving.set()

    def close_file(self) -> None:
        """Close the file, once the app has stopped and no thread reads it any longer."""
        self.leaving.set()
        for pool in (self.threads, self.searcher):
            pool.shutdown(cancel_futures=True)
        self.look_no_more()
        self.readers.close()
        if self.crm is not None:
            self.crm.close()

    def _handle_exception(self, error: Exception) -> None:
        """An error that nobody foresaw ends the app with a sentence; its story stands in the log."""
        if not self.is_headless:
            if self._failed:
                return
            self._failed = True
            error = told(error, self.options.log_file, self.options.now())
        super()._handle_exception(error)

    def top_screen(self) -> CrmScreen:
        """The screen under whatever dialog is open."""
        from crm_tui.ui.screen import CrmScreen

        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, CrmScreen))


def _keep_for_good() -> None:
    """What was imported stays: collections need not walk through it, 30 ms in the middle of a key."""
    gc.freeze()


def run(options: Options) -> int:
    """Run the app until the person leaves it; the exit code says whether it went well."""
    app = CrmApp(options)
    end_on_signals(app)
    app.run()
    app.close_file()
    return app.return_code or 0
