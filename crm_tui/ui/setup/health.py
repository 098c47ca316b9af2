"""*Setup*: where the file lies, its size, its backups, and whether it is sound."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.timer import Timer

from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.when import clock
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.backup import Backup

BIG = 100_000
"""Beyond so many customers the person is told what takes longer."""

_CHECKED = "checked"


@dataclass(frozen=True)
class Health:
    """What is known about the file: customers, contacts logged, bytes, backups, the last check (when, problems)."""

    customers: int
    visits: int
    size: int
    backups: list[Backup]
    checked: tuple[str, int] | None


@dataclass(frozen=True)
class Restored:
    """What a restore did: the backup of what stood there, and the file opened anew."""

    kept: Path | None
    crm: Crm


def read_health(crm: Crm) -> Health:
    """Read it in a thread."""
    from crm_tui.store import backup

    db = crm.store.reader()
    (customers,) = db.execute("SELECT count(*) FROM customers WHERE live").fetchone()
    (visits,) = db.execute("SELECT count(*) FROM visits WHERE live").fetchone()
    kept = crm.store.setting(_CHECKED)
    checked = json.loads(kept) if kept else None
    size = sum(path.stat().st_size for path in (crm.store.path, _wal(crm.store.path)) if path.exists())
    found = backup.listed(backup.folder_of(crm.store.path))
    return Health(customers, visits, size, found, (checked["at"], checked["problems"]) if checked else None)


def run_check(crm: Crm, say: list[str]) -> list[str]:
    """Check the whole file in a thread, keep when, and give back the problems; `say` holds what it looks at now."""
    problems = crm.check(lambda what: say.__setitem__(slice(None), [what]))
    at = crm.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    crm.store.set_setting(_CHECKED, json.dumps({"at": at, "problems": len(problems)}))
    return problems


def run_restore(crm: Crm, copy: Path) -> Restored:
    """Put a backup in the place of the file and open it anew, because its shape may be an older one."""
    from crm_tui.services.crm import Crm as Opened
    from crm_tui.store import backup

    kept = backup.restore(crm.store.path, copy, crm.store.now())
    return Restored(kept, Opened.open(crm.store.path, crm.store.now, zone=crm.zone, memory=crm.store.memory))


class HealthSection(Section):
    """Backups and health."""

    NAME, TITLE = "health", "Backups, health"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "backup", "Back up now", id="backups.make"),
        Binding("r", "restore", "Restore", id="backups.restore"),
        Binding("c", "check", "Check the file", id="file.check"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._health: Health | None = None
        self._busy = ""
        self._looks_at: list[str] = []
        self._pages: list[int] = [0, 0]
        self._timer: Timer | None = None
        self._problems: list[str] = []

    def about(self) -> str:
        """The file in a few lines."""
        health, app = self._health, self.crm_app
        lines = [str(app.options.path)]
        if health is not None:
            facts = [t("{n} customers", n=f"{health.customers:,}"), t("{n} contacts logged", n=f"{health.visits:,}")]
            lines.append(" · ".join([*facts, size_text(health.size)]))
            if health.customers > BIG:
                lines.append("~ " + t("A large file: check, backup and import take minutes; lists and search do not."))
            newest = self._made(health.backups[0]) if health.backups else t("none yet")
            lines.append(t("Last backup: {when}", when=newest))
            lines.append(self._last_check(health))
        lines += [f"x {one}" for one in self._problems[:5]]
        if self._busy:
            lines.append(f"… {self._busy}")
        return "\n".join(lines)

    def _last_check(self, health: Health) -> str:
        if health.checked is None:
            return t("Never checked; c does it")
        at, problems = health.checked
        when = self._when(datetime.fromisoformat(at))
        if problems:
            return "x " + t("Checked {when}: {n} problems. A backup from before may be sound.", when=when, n=problems)
        return "+ " + t("Checked {when}: sound", when=when)

    def _made(self, one: Backup) -> str:
        # Its name tells the time as the clock of the program counts it.
        return self._when(one.made.replace(tzinfo=self.crm_app.options.now().tzinfo))

    def _when(self, at: datetime) -> str:
        now = self.crm_app.local_now()
        return clock(at.astimezone(now.tzinfo), now.date())

    def retitle(self) -> None:
        """Columns, empty state."""
        super().retitle()
        self.rows.set_columns(
            (
                Column(t("Backup"), 18),
                Column(t("Why"), 16, role="muted"),
                Column(t("Size"), 10, kind="number", role="muted"),
                Column(t("File"), flex=1, role="muted", from_width=64),
            )
        )
        self.rows.set_empty(t("No backup yet. One is made each day; b makes one now."))
        self._show()

    def reload(self) -> None:
        """Read it."""
        self.work.load(read_health, self._read, group="setup-health")

    def _read(self, health: Health) -> None:
        self._health = health
        self.retitle()
        self.post_message(self.Counted(self.NAME, str(len(health.backups))))

    def _show(self) -> None:
        reasons = {
            **{"daily": t("daily"), "manual": t("by hand"), "migration": t("before an update")},
            "restore": t("before a restore"),
        }
        backups = self._health.backups if self._health is not None else []
        rows = [
            Row(str(one.path), (self._made(one), reasons.get(one.reason, one.reason),
                                size_text(one.size), one.path.name))
            for one in backups
        ]  # fmt: skip
        show_again(self.rows, rows)
        self.screen.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One thing at a time; without a backup there is nothing to restore."""
        if action in ("backup", "check", "restore") and self._busy:
            return False
        if action == "restore":
            return self.rows.cursor_row is not None
        return super().check_action(action, parameters)

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        self.action_restore()

    def _begin(self, what: str) -> None:
        self._busy, self._looks_at, self._pages = what, [], [0, 0]
        self._timer = self.set_interval(0.2, self._progress)
        self.retitle()

    def _progress(self) -> None:
        done, total = self._pages
        if self._looks_at:
            self._busy = t("checking: {what}", what=self._looks_at[0])
        elif total:
            self._busy = t("backing up: {n} %", n=100 * done // total)
        super().retitle()

    def _end(self) -> None:
        self._busy = ""
        if self._timer is not None:
            self._timer.stop()
        self.reload()

    def _failed(self, error: Exception) -> None:
        self._end()
        self.work.toast(str(error), bad=True)

    def action_backup(self) -> None:
        """Make a backup now."""
        self._begin(t("backing up"))
        pages = self._pages

        def progress(done: int, total: int) -> None:
            pages[:] = [done, total]

        def done(path: Path) -> None:
            self._end()
            self.work.toast(t("Backed up and checked: {path}", path=path))

        self.work.load(lambda crm: crm.backup(progress=progress), done, group="setup-backup", failed=self._failed)

    def action_check(self) -> None:
        """Look at the whole file."""
        self._begin(t("checking"))
        looks_at = self._looks_at

        def done(problems: list[str]) -> None:
            self._problems = problems
            self._end()
            said = t("The file is sound") if not problems else t("{n} problems found", n=len(problems))
            self.work.toast(said, bad=bool(problems))

        self.work.load(lambda crm: run_check(crm, looks_at), done, group="setup-check", failed=self._failed)

    def action_restore(self) -> None:
        """Ask twice, then put the backup in the place of the file."""
        from crm_tui.ui.dialogs.ask import Confirm

        row = self.rows.cursor_row
        if row is None or self._busy:
            return
        copy, when = Path(row.id), row.cells[0]

        def again(yes: bool | None) -> None:
            if yes:
                said = t("Really? What was written since {when} is then only in the backup made now.", when=when)
                self.app.push_screen(Confirm(said), run)

        def run(yes: bool | None) -> None:
            if yes:
                self._begin(t("restoring"))
                self.work.load(lambda crm: run_restore(crm, copy), self._restored, group="setup-restore",
                               failed=self._failed)  # fmt: skip

        said = t("Put the backup of {when} in the place of the file?\n\nWhat stands there now is backed up first.",
                 when=when)  # fmt: skip
        self.app.push_screen(Confirm(said), again)

    def _restored(self, done: Restored) -> None:
        old, self.crm_app.crm = self.crm_app.crm, done.crm
        if old is not None:
            self.set_timer(10, old.close)  # whoever still reads from it may finish
        self._end()
        self.crm_app.announce(None)
        self.work.toast(t("Restored. What stood there is kept in {path}", path=done.kept))


def size_text(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1_000:,.0f} kB"


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
