"""The first start on an empty file: which language, who sits here, and what to begin with. Nothing is forced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import SuspendNotSupported

from crm_tui.records.about import Choice
from crm_tui.records.people import ROLES
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.widgets.boxes import Edited, PickBox
from crm_tui.ui.widgets.form import Form
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

LANGUAGES = (Choice("en", "English", "English"), Choice("zh", "中文", "中文"))
_WELCOMED = "welcomed"


def is_new(crm: Crm) -> bool:
    """Whether nothing was done in this file yet and nobody was welcomed; runs in a thread."""
    (used,) = crm.store.reader().execute("SELECT EXISTS(SELECT 1 FROM action)").fetchone()
    return not used and not crm.store.setting(_WELCOMED)


def after_start(screen: CrmScreen) -> None:
    """What happens once after each start: a welcome on a new file, and the daily backup in a thread."""

    def begin(new: bool) -> None:
        if new and screen.is_current:
            welcome(screen)

    screen.load(is_new, begin, group="welcome")
    screen.load(lambda crm: crm.daily_backup(), lambda _: None, group="daily-backup")


def welcome(screen: CrmScreen) -> None:
    """Ask, then offer what to begin with."""

    def closed(result: Any) -> None:
        if result is not None:
            _what_first(screen)

    screen.app.push_screen(WelcomeDialog(), closed)


class WelcomeDialog(FormDialog):
    """Language, name, role, company."""

    CSS = FormDialog.CSS.replace("FormDialog", "WelcomeDialog")

    def __init__(self) -> None:
        fields = (
            FormField("language", "Language", "语言", "choice", LANGUAGES),
            FormField("name", "Your name", "您的姓名", "name", gap=True),
            FormField("role", "Role", "角色", "choice", ROLES),
            FormField("company", "Company", "公司", "text"),
        )
        super().__init__(
            FormPlan(
                key="setup.welcome",
                title="Welcome to crm-tui",
                fields=fields,
                save=_save,
                values={"language": language(), "role": "salesperson"},
                focus="name",
            )
        )

    def retitle(self) -> None:
        """Say what this is for."""
        super().retitle()
        self.query_one("#form").border_subtitle = t("Enter  next   ctrl+s  go on   Esc  later")
        self.say(
            "hint",
            t("Your name stands beside what you write.\nAll of it can be changed in Setup (0)."),
        )

    def start(self) -> None:
        """The texts of the base come first."""
        super().start()
        self.retitle()

    @on(Edited)
    @on(Form.Changed)
    def _language(self) -> None:
        row = self.form.row("language")
        if row is not None and isinstance(row.box, PickBox):
            code = row.box.chosen()
            if code is not None and code != language():
                self.crm_app.speak(code)

    def unsaved(self) -> None:
        """A name half typed is no draft worth offering."""
        return

    def _keep(self) -> None:
        """Nothing is kept either."""
        self._timer = None

    def saved(self, result: Any) -> None:
        """The name stands in the top line at once."""
        self.crm_app.who = str(result or "")
        self.crm_app.announce(None)
        self.dismiss(str(result or ""))


def _save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> str:
    crm.upkeep.adopt_first()
    name = str(values.get("name") or "").strip()
    if name:
        person = crm.people.add({"name": name, "role": values.get("role")}).ids[0]
        crm.people.i_am(person)
    if values.get("company"):
        crm.store.set_setting("company", str(values["company"]))
    crm.store.set_setting(_WELCOMED, "1")
    return name


def _what_first(screen: CrmScreen) -> None:
    rows = [
        ("import", t("Import a file"), t("CSV, Excel, vCard")),
        ("join", t("Join colleagues"), t("with their file")),
        ("demo", t("Look at the demo"), t("600 customers")),
        ("empty", t("Start empty"), t("n adds a customer")),
    ]

    def go(answer: str | None) -> None:
        if answer == "import":
            screen.crm_app.go("import")
        elif answer == "join":
            screen.crm_app.go("sync")
        elif answer == "demo":
            open_demo(screen)

    screen.app.push_screen(Choose(t("What first?"), rows), go)


def open_demo(screen: CrmScreen) -> None:
    """Run the demo as a program of its own in this terminal; leaving it comes back here."""
    try:
        with screen.app.suspend():
            subprocess.run([sys.executable, "-m", "crm_tui", "--lang", language(), "demo"], check=False)
    except SuspendNotSupported:
        screen.toast(t("Leave with q and run: crm-tui demo"))
