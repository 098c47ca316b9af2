from __future__ import annotations

import itertools
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_tui.services import demo
from crm_tui.services.crm import Crm

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo(ZONE))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo of the fixed day was built once."""
    made = tmp_path_factory.mktemp("demo")
    demo.fresh_copy(made, NOW, ZONE)
    return made


@pytest.fixture
def world(folder: Path, tmp_path: Path) -> Iterator[Crm]:
    """The demo, open, to do with as a test likes."""
    copy = tmp_path / "demo.db"
    shutil.copyfile(next(folder.glob("*.template")), copy)
    crm = Crm.open(copy, lambda: NOW, zone=ZONE)
    yield crm
    crm.close()


def one(crm: Crm, query: str) -> int:
    return int(crm.store.reader().execute(query).fetchone()[0])


def test_it_is_a_world_of_the_promised_size(world: Crm) -> None:
    assert 560 <= world.customers.counts()["all"] <= 640
    assert len(world.people.all()) == 10
    assert len(world.branches.all()) == 8
    assert one(world, "SELECT count(*) FROM visits WHERE status = 'done'") > 5_000
    days = one(world, "SELECT julianday(max(started)) - julianday(min(started)) FROM visits")
    assert days > 600
    languages = Counter(row["language"] for row in world.customers.all())
    assert min(languages.values()) > 200
    for noun in ("contacts", "phones", "emails", "addresses", "tags", "needs", "key_dates", "relations", "parties"):
        assert one(world, f"SELECT count(*) FROM {noun} WHERE live") > 80, noun


def test_it_is_sound_and_every_phone_and_link_holds(world: Crm) -> None:
    assert world.check() == []
    assert (
        one(world, "SELECT count(*) FROM visits v JOIN customers c ON c.id = v.customer WHERE v.started < c.created")
        == 0
    )
    assert one(world, f"SELECT count(*) FROM visits WHERE status = 'done' AND started > '{NOW.date()}T00:00:00Z'") == 0


def test_the_same_day_gives_the_same_world(world: Crm, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    demo.build(again, NOW + timedelta(hours=5), ZONE)
    other = Crm.open(again, lambda: NOW, zone=ZONE)
    assert other.digest() == world.digest()
    other.close()


def test_today_has_overdue_present_and_near_lines_for_me_and_for_others(world: Crm) -> None:
    me = world.people.me()
    assert me is not None
    for lines in (world.today.lines(me["id"]), world.today.lines()):
        plans = [line for line in lines if line.kind == "plan"]
        assert sum(line.days > 0 for line in plans) >= 5
        assert sum(line.days == 0 for line in plans) >= 5
        assert any(line.kind == "date" for line in lines)
    week = (NOW + timedelta(days=7)).isoformat()
    assert one(world, f"SELECT count(*) FROM visits WHERE status = 'planned' AND planned_start < '{week}'") > 80


def test_it_has_something_to_merge_to_restore_and_to_undo(world: Crm) -> None:
    assert len(world.duplicates.pairs()) >= 10
    assert len(world.trash.rows()) >= 5
    entries = world.history.entries(1000)
    assert {"import", "bulk", "edit", "merge", "undo"} <= {entry.kind for entry in entries}
    assert all(later.at >= earlier.at for later, earlier in itertools.pairwise(entries))
    assert len({entry.person for entry in entries}) >= 8
    before = world.digest()
    world.history.undo()
    world.history.redo()
    assert world.digest() == before


def test_nothing_reads_like_a_machine(world: Crm) -> None:
    texts = [
        text for (text,) in world.store.reader().execute("SELECT summary FROM visits UNION SELECT topic FROM visits")
    ]
    assert not any(text and re.search(r"[{}]|lorem|None", text) for text in texts)
    names = [row["name"] for row in world.customers.all()]
    assert not any(re.search(r"[{}_]|\d{4,}", name) for name in names)
    assert not any("example.com" in str(row["address"]) for row in world.noun("emails").all())


def test_custom_fields_are_filled_with_what_their_definitions_allow(world: Crm) -> None:
    defined = {row["key"]: row for row in world.custom_fields.for_noun("customers")}
    assert set(defined) >= {"household_size", "monthly_rice", "payment_terms", "equipment"}
    terms = set(str(defined["payment_terms"]["choices"]).splitlines())
    rows = world.store.reader().execute(
        "SELECT DISTINCT json_extract(extra, '$.payment_terms') FROM customers WHERE live"
    )
    assert {value for (value,) in rows if value} == terms


def test_a_copy_is_fresh_each_time_and_the_template_is_built_once_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    began = time.monotonic()
    first = demo.fresh_copy(folder, NOW, ZONE)
    built = time.monotonic() - began
    crm = Crm.open(first, lambda: NOW, zone=ZONE)
    before = crm.digest()
    crm.customers.create({"name": "Mine"})
    crm.close()
    began = time.monotonic()
    second = demo.fresh_copy(folder, NOW + timedelta(hours=3), ZONE)
    assert time.monotonic() - began < built / 2
    crm = Crm.open(second, lambda: NOW, zone=ZONE)
    assert crm.digest() == before
    crm.close()
    demo.fresh_copy(folder, NOW + timedelta(days=1), ZONE)
    assert [path.name.count("2026-11-25") for path in folder.glob("*.template")] == [1]


@pytest.mark.parametrize("day", ["2024-02-29", "2027-01-01", "2026-11-28"])
def test_any_day_of_the_calendar_will_do(tmp_path: Path, day: str) -> None:
    now = datetime.fromisoformat(f"{day}T08:00:00+01:00")
    demo.build(tmp_path / "x.db", now, "Europe/London")
    crm = Crm.open(tmp_path / "x.db", lambda: now, zone="Europe/London")
    assert crm.today.lines()
    crm.close()
