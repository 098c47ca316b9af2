from __future__ import annotations

import sqlite3
from pathlib import Path


def test_a_backup_goes_where_it_is_told_and_comes_back(call, tmp_path) -> None:
    call("new", "customer", "Ann")
    made = call("backup", "--json").data
    assert {"ok", "problems", "digest", "file"} <= set(made)
    assert Path(made["file"]).is_file()
    named = tmp_path / "copy.db"
    assert call("backup", named).out.strip() == str(named)
    call("new", "customer", "Ben")
    back = call("restore-backup", named, "--json").data
    assert back["ok"]
    assert back["digest"] == made["digest"]
    assert call("find", "ben", "--json").data["count"] == 0
    call("restore-backup", back["kept"], "--now", "2026-11-24T10:06")
    assert call("find", "ben", "--json").data["count"] == 1, "what stood there was kept"


def test_only_a_sound_file_of_ours_is_put_back(call, tmp_path) -> None:
    call("new", "customer", "Ann")
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(b"hello" * 100)
    assert call("restore-backup", wrong).code == 3
    assert call("restore-backup", tmp_path / "absent.db").code == 1
    assert call("restore-backup", tmp_path / "home" / "crm.db").code == 1
    assert call("backup", tmp_path / "home" / "crm.db").code == 1
    assert call("find", "ann", "--json").data["count"] == 1


def test_a_backup_restores_into_an_empty_home(call, tmp_path) -> None:
    call("new", "customer", "Ann")
    call("backup", tmp_path / "copy.db")
    other = tmp_path / "other"
    assert call("restore-backup", tmp_path / "copy.db", home=other).code == 0
    assert call("find", "ann", "--json", home=other).data["count"] == 1


def test_check_finds_what_does_not_fit_the_journal(call, tmp_path) -> None:
    call("new", "customer", "Ann")
    sound = call("check", "--json").data
    assert sound == {"ok": True, "problems": [], "digest": None}
    assert len(call("check", "--digest", "--json").data["digest"]) == 32
    db = sqlite3.connect(tmp_path / "home" / "crm.db")
    db.execute("DELETE FROM change")
    db.commit()
    db.close()
    done = call("check", "--json")
    assert done.code == 3
    assert not done.data["ok"]
    assert done.data["problems"]
