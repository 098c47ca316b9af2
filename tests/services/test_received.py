from __future__ import annotations

from pathlib import Path

from crm_tui.services.disputes import choose_again, deeds
from crm_tui.services.received import reached, received
from tests.ui.sync_world import make_disagreeing, make_pair


def test_each_import_tells_its_own_records_only(tmp_path: Path) -> None:
    anna, ben = make_pair(tmp_path)
    ben.crm.customers.create({"name": "Monday"}, ["13800138000"])
    anna.bundles.take(ben.out(), accept_key="any")
    anna.crm.customers.create({"name": "between"})
    row = next(one["id"] for one in ben.crm.customers.all() if one["name"] == "Monday")
    ben.crm.customers.edit(row, {"region": "Leeds"})
    ben.crm.customers.create({"name": "Tuesday"})
    anna.bundles.take(ben.out())
    anna.bundles.take(ben.out())  # nothing new: no line
    second, first = received(anna.crm)
    assert first.sender == second.sender == "ben"
    assert {one.title for one in reached(anna.crm, first.id)} >= {"Monday", "Monday · +8613800138000"}
    assert [(one.title, one.created, one.fields) for one in reached(anna.crm, second.id)] == [
        ("Monday", False, ("region",)),
        ("Tuesday", True, ()),
    ]
    for one in (first, second):
        assert one.changes == one.new + one.known
        assert one.rows == one.created + one.updated + one.trashed + one.untouched
        assert len(reached(anna.crm, one.id)) == one.created + one.updated + one.trashed
    anna.crm.close()
    ben.crm.close()


def test_a_file_that_cannot_tell_says_nothing(tmp_path: Path) -> None:
    anna, ben = make_pair(tmp_path)
    ben.crm.customers.create({"name": "Monday"})
    anna.bundles.take(ben.out(), accept_key="any")
    with anna.crm.store.writing() as db:
        db.execute("INSERT INTO import(hash, at, sender, counts) VALUES(x'00', 0, 'lost', '{\"new\": 3}')")
    assert reached(anna.crm, 1) == []
    anna.crm.close()
    ben.crm.close()


def test_who_threw_it_away_and_who_wrote_on_it_without_knowing(tmp_path: Path) -> None:
    anna, ben = make_disagreeing(tmp_path)
    [case] = [one for one in anna.crm.conflicts.rows() if one.field == "deleted"]
    first, second = deeds(anna.crm, case.row)
    assert (first.person, first.mine, first.trashed) == ("Li Na 李娜", True, True)
    assert (second.person, second.noun, second.field, second.trashed) == ("王强", "phones", "number", False)
    anna.crm.conflicts.resolve(case.number, "value", None)
    assert "陈家" in [row["name"] for row in anna.crm.customers.all()]
    choose_again(anna.crm, case, "trashed")
    assert "陈家" not in [row["name"] for row in anna.crm.customers.all()]
    anna.bundles.export(tmp_path / "out.crmb", to="ben")
    ben.bundles.take(tmp_path / "out.crmb")
    assert "陈家" not in [row["name"] for row in ben.crm.customers.all()]
    anna.crm.close()
    ben.crm.close()
