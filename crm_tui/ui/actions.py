"""What works on every screen: go, find, log, undo and redo, help, languages and themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from crm_tui.ui.keys import check_keymap
from crm_tui.ui.screens import SCREENS
from crm_tui.words import LANGUAGES, language, set_language, t

if TYPE_CHECKING:
    from crm_tui.errors import CrmError
    from crm_tui.store.database import Undone
    from crm_tui.ui.app import CrmApp


class AppActions:
    """The actions of `CrmApp`; they only call what it offers."""

    @property
    def _me(self) -> CrmApp:
        return cast("CrmApp", self)

    def go(self, name: str) -> None:
        """Show a screen by its name; one without a digit remembers where one came from."""
        place = next((place for place in SCREENS if place.name == name), None)
        if place is None or self._me.leaving.is_set():
            return
        before = self._me.current_mode
        if not place.key and before != name:
            self._me.came[name] = before
        self._me.switch_mode(name)

    def go_back(self, name: str, home: str) -> None:
        """Show the screen that one came from to the screen `name`; `home` if it was the first."""
        before = self._me.came.get(name, home)
        self._me.switch_mode(before if any(place.name == before for place in SCREENS) else home)

    def speak(self, language: str) -> None:
        """Speak another language from now on; every text in sight changes at once."""
        set_language(language)
        self._me.spoken.publish(language)
        self._me.refresh_bindings()
        self._me.remember("language", language)

    def dress(self, theme: str) -> None:
        """Wear another theme from now on."""
        self._me.theme = theme
        self._me.remember("theme", theme)

    def action_go(self, name: str) -> None:
        """Show a screen; what stands over the present one is left first."""
        self._me.go(name)

    def action_hint_quit(self) -> None:
        """Ctrl+c copies elsewhere; here it says how to leave."""
        self._me.toast(t("Press q or ctrl+q to quit"))

    def action_help(self) -> None:
        """The keys that work where the focus is."""
        from crm_tui.ui.dialogs.key_help import KeyHelp

        self._me.push_screen(KeyHelp(self._me.screen.active_bindings))

    def action_palette(self) -> None:
        """Every action, and every customer."""
        from crm_tui.ui.palette import Palette

        self._me.push_screen(Palette(self._me.screen), self._chosen)

    def action_find(self) -> None:
        """Any customer, from anywhere."""
        from crm_tui.ui.palette import Palette

        self._me.push_screen(Palette(self._me.screen, customers_only=True), self._chosen)

    def _chosen(self, run: Any) -> None:
        if run is not None:
            self._me.call_later(run)

    def action_lost_laptop(self) -> None:
        """What to do when a laptop is lost."""
        from crm_tui.ui.dialogs.page import Page

        self._me.push_screen(Page("lost-laptop"))

    def action_undo(self) -> None:
        """Take back the last action; where it settled a conflict, ask what shall stand instead."""
        self._me.top_screen().change(lambda crm: crm.history.undo(), self.said_undone, failed=self._not_undone)

    def _not_undone(self, error: CrmError) -> None:
        from crm_tui.ui.syncing.settling import choose_again_last

        choose_again_last(self._me.top_screen(), error)

    def action_redo(self) -> None:
        """Take back the last undo."""
        self._me.top_screen().change(
            lambda crm: crm.history.redo(), lambda undone: self.said_undone(undone, back=False)
        )

    def said_undone(self, undone: Undone, *, back: bool = True) -> None:
        """Say what was taken back, and what was not."""
        from crm_tui.services.history import title

        what = title(undone.action.verb, undone.action.params)
        said = t("Undone: {title}", title=what) if back else t("Redone: {title}", title=what)
        if undone.left:
            said += "\n" + t("{n} left as they are: changed since", n=len(undone.left))
        self._me.toast(said + "\n" + (t("ctrl+y does it again") if back else t("u takes it back")))

    def action_log(self) -> None:
        """Log a contact; on a customer, for that one."""
        from crm_tui.ui.dialogs.log import open_log

        screen = self._me.top_screen()
        open_log(screen, screen.log_target())

    def action_capture(self) -> None:
        """Plan or log in one line; a line that names nobody is about the customer under the cursor.

        It opens before the file is: what is typed meanwhile is read as soon as it can be.
        """
        from crm_tui.ui.dialogs.capture import open_capture

        screen = self._me.top_screen()
        open_capture(screen, screen.log_target())

    def action_drafts(self) -> None:
        """Forms that were left with something typed."""
        from crm_tui.ui.dialogs.drafts import open_drafts

        open_drafts(self._me.top_screen())

    def action_speak(self, code: str) -> None:
        """Speak another language."""
        self._me.speak(code)

    def action_other_language(self) -> None:
        """Speak the other language."""
        self._me.speak(next(code for code in LANGUAGES if code != language()))

    def action_dress(self, theme: str) -> None:
        """Wear another theme."""
        self._me.dress(theme)

    def _say_at_start(self) -> None:
        """Once ready: check the keymap, report what is wrong with settings, offer drafts that were left."""
        app = self._me
        problems = [*app.options.notices, *app.themes.problems]
        if app.options.theme not in app.themes.themes:
            problems.append(t("There is no theme “{name}”", name=app.options.theme))
        if app.options.keys:
            from crm_tui.ui.keys import all_declared

            checked = check_keymap(app.options.keys, all_declared())
            app.set_keymap(checked.keymap)
            problems += checked.problems
        if problems:
            app.toast("\n".join(problems), bad=True)
        screen = app.top_screen()
        screen.load(lambda crm: (crm.interrupted(), crm.drafts.all()), self._offer_drafts, group="drafts")

    def _offer_drafts(self, left: tuple[list[str], list[tuple[str, str]]]) -> None:
        interrupted, drafts = left
        if interrupted:
            self._me.toast("\n".join(interrupted), bad=True)
        if drafts:
            self._me.toast(t("{n} forms were left with something typed: ctrl+p, “Drafts” opens them", n=len(drafts)))
