"""Backups count only after they were checked, rotate, and come back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crm_tui.errors import CrmError
from crm_tui.services.crm import Crm
from crm_tui.store import backup
from tests.conftest import NOW, ZONE


def test_a_backup_holds_what_the_file_holds(crm: Crm, tmp_path: Path) -> None:
    crm.customers.add({"name": "王芳"})
    path = crm.backup(tmp_path / "copy.db")
    copy = Crm.open(path, lambda: NOW, zone=ZONE)
    assert copy.digest() == crm.digest()
    assert copy.check() == []
    copy.close()
    assert path.stat().st_mode & 0o077 == 0


def test_a_backup_comes_back_and_what_stood_there_is_kept(crm: Crm, tmp_path: Path) -> None:
    crm.customers.add({"name": "Acme"})
    path = crm.backup(tmp_path / "copy.db")
    digest = crm.digest()
    crm.customers.add({"name": "Later"})
    later = crm.digest()
    crm.close()
    kept = backup.restore(crm.store.path, path, NOW)
    assert kept is not None
    for file, expected in ((crm.store.path, digest), (kept, later)):
        again = Crm.open(file, lambda: NOW, zone=ZONE)
        assert again.digest() == expected
        again.close()


def test_a_damaged_backup_is_refused_and_the_file_untouched(crm: Crm, tmp_path: Path) -> None:
    for n in range(300):
        crm.customers.add({"name": f"Acme {n}"})
    path = crm.backup(tmp_path / "copy.db")
    digest = crm.digest()
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 5000] = b"\x55" * 5000
    path.write_bytes(data)
    with pytest.raises(CrmError):
        backup.restore(crm.store.path, path, NOW)
    assert crm.digest() == digest


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(crm: Crm, tmp_path: Path) -> None:
    blocked = tmp_path / "no" / "such" / "folder.db"
    with pytest.raises(CrmError):
        crm.backup(blocked)
    assert not blocked.parent.exists()


def test_rotation_keeps_the_newest_and_one_a_week(crm: Crm) -> None:
    folder = backup.folder_of(crm.store.path)
    for days in range(70):
        backup.make(crm.store.path, folder, NOW - timedelta(days=days), reason="daily")
    backup.rotate(folder)
    kept = [b.made.date() for b in backup.listed(folder)]
    assert kept[:7] == [(NOW - timedelta(days=n)).date() for n in range(7)]
    assert len({day.isocalendar()[:2] for day in kept}) == backup.WEEKLY
    assert backup.rotate(folder) == []


def test_the_daily_backup_is_made_once_a_day(crm: Crm) -> None:
    crm.customers.add({"name": "Acme"})
    assert crm.daily_backup() is not None
    assert crm.daily_backup() is None


def test_two_backups_in_one_second_are_two(crm: Crm) -> None:
    crm.customers.add({"name": "Acme"})
    first, second = crm.backup(), crm.backup()
    assert first != second
    assert {b.path for b in backup.listed(backup.folder_of(crm.store.path))} == {first, second}
