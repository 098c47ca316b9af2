"""*Setup*: when the screen is locked and with what; the mask; what to do when a laptop is lost."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from crm_tui.ui.keys import key_of
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

MINUTES = (0, 1, 2, 5, 10, 15, 30, 60)
"""What is offered; the settings may name others."""


class LockSection(Section):
    """Four rows, each of which Enter acts on."""

    NAME, TITLE = "lock", "Lock and mask"
    BINDINGS: ClassVar[list[BindingType]] = []

    def about(self) -> str:
        """What it is for, and what it is not."""
        return t(
            "The lock covers the screen when nobody types; the mask hides phones, e-mails and money. Both keep "
            "glances away. Against a thief only an encrypted disk helps."
        )

    def retitle(self) -> None:
        """What holds now."""
        super().retitle()
        app = self.crm_app
        self.rows.set_columns((Column("", flex=3), Column("", flex=2, role="accent"), Column("", 8, role="muted")))
        rows = (
            Row("minutes", (t("Lock when nobody types for"), minutes_text(app.lock_minutes), "")),
            Row("passphrase", (t("Passphrase of the lock"), "* " + t("set") if app.lock_hash else t("none"), "")),
            Row("lock", (t("Lock now"), "", key_of(self.screen, "app.lock"))),
            Row(
                "mask",
                (
                    t("Mask phones, e-mails, money"),
                    "# " + t("masked") if app.masked else t("off"),
                    key_of(self.screen, "app.mask"),
                ),
            ),
            Row("lost", (t("Lost laptop: what to do"), "", "")),
        )
        show_again(self.rows, rows)

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        app = self.crm_app
        if event.row.id == "minutes":
            self._ask_minutes()
        elif event.row.id == "passphrase":
            self._ask_passphrase()
        elif event.row.id == "lock":
            app.action_lock()
        elif event.row.id == "lost":
            app.action_lost_laptop()
        else:
            app.action_mask()
            self.retitle()

    def _ask_minutes(self) -> None:
        from crm_tui.ui.dialogs.ask import Choose

        app = self.crm_app

        def take(answer: str | None) -> None:
            if answer is not None:
                app.set_lock(minutes=int(answer))
                self.retitle()

        offered = sorted({*MINUTES, app.lock_minutes})
        rows = [(str(n), minutes_text(n), "") for n in offered]
        self.app.push_screen(Choose(t("Lock when nobody types for"), rows, str(app.lock_minutes)), take)

    def _ask_passphrase(self) -> None:
        from crm_tui.ui.dialogs.lock import NewPassphrase

        app = self.crm_app

        def take(sealed: str | None) -> None:
            if sealed is not None:
                app.set_lock(sealed=sealed)
                self.retitle()
                self.work.toast(t("The passphrase is kept") if sealed else t("The lock has no passphrase now"))

        self.app.push_screen(NewPassphrase(app.lock_hash), take)


def minutes_text(minutes: int) -> str:
    """So many minutes, or never."""
    return t("{n} min", n=minutes) if minutes else t("never")
