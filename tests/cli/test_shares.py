"""Shares by commands: what leaves is listed first, and what comes back is counted."""

from __future__ import annotations

from pathlib import Path

from tests.cli.machines_of_processes import Laptop


def test_a_partner_works_on_a_share_and_gives_it_back(tmp_path: Path) -> None:
    anna, partner = Laptop(tmp_path, "anna"), Laptop(tmp_path, "partner")
    shown = anna.ok("new", "customer", "王芳", "--phone", "13800138000", "region=North", "note=secret")["id"]
    anna.ok("new", "customer", "李明", "region=South")
    path = tmp_path / "north.crms"
    asked = ("share", "export", path, "--only", "region=North", "--hide", "note", "--name", "Partner")
    preview = anna.ok(*asked, "--dry-run")
    assert set(preview) == {"share", "id", "name", "customers", "rows", "fields", "hidden", "bytes"}
    assert not path.exists()
    left = anna.ok(*asked)
    assert [one["name"] for one in left["customers"]] == ["王芳"]
    assert (left["rows"], left["fields"]) == (preview["rows"], preview["fields"])
    assert "customers.note" in left["hidden"]
    took = partner.ok("share", "import", path, "--accept-key", "any")
    assert (took["rows_created"], took["applied"]) == (sum(left["rows"].values()), True)
    partner.ok("edit", shown, "website=https://new.example", "note=mine")
    partner.ok("bundle", "export", tmp_path / "back.crms")
    home = anna.ok("share", "import", tmp_path / "back.crms", "--accept-key", "any")
    assert home["rows_updated"] == 1
    assert home["changes_aside"] >= 1
    assert anna.ok("share", "import", tmp_path / "back.crms")["changes_new"] == 0
    assert anna.ok("check")["ok"]
    assert partner.ok("check")["ok"]
