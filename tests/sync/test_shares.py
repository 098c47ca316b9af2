"""Shares for partners: what leaves, what comes back, and what nobody outside can do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_tui.errors import NotFound, Refused
from crm_tui.rules.heads import Gap
from crm_tui.sync.bundle_file import read_bundle
from crm_tui.sync.shares import Shares
from tests.sync.test_bundles import Desk


@pytest.fixture
def desk(tmp_path: Path):
    desks: list[Desk] = []

    def make(name: str) -> Desk:
        desks.append(Desk(tmp_path, name))
        return desks[-1]

    yield make
    for one in desks:
        one.crm.close()


def share(desk: Desk, name: str = "north.crms", **options):
    options = {"only": {"region": "North"}, "name": "Partner", **options}
    return Shares(desk.bundles).export(desk.home / name, **options)


def take(desk: Desk, path: Path, **options):
    return Shares(desk.bundles).take(path, **{"accept_key": "any", **options})


def customer(desk: Desk, name: str, region: str = "North", **values) -> str:
    return desk.crm.customers.create({"name": name, "region": region, **values}).ids[0]


@pytest.fixture
def trade(desk):
    """A company of two machines, with a customer that a partner sees and one that he does not."""
    anna, ben, partner = desk("anna"), desk("ben"), desk("partner")
    shown = customer(anna, "王芳", note="secret plan", website="https://wang.example")
    anna.crm.phones.add({"customer": shown, "number": "13800138000"})
    other = customer(anna, "李明", "South", note="hidden note")
    anna.export()
    ben.bundles.join(anna.home / "out.crmb", accept_key="any")
    return anna, ben, partner, shown, other


def both(anna: Desk, ben: Desk) -> None:
    for one, other in ((anna, ben), (ben, anna), (anna, ben)):
        one.export()
        other.bundles.take(one.home / "out.crmb", accept_key="any")
    assert anna.crm.digest() == ben.crm.digest()
    for one in (anna, ben):
        assert one.crm.check() == []


def back(partner: Desk, name: str = "back.crms") -> Path:
    return partner.export(name).bundle


def test_a_share_becomes_a_file_that_works_like_any_other_and_its_changes_come_back(trade) -> None:
    anna, ben, partner, shown, other = trade
    share(anna)
    took = take(partner, anna.home / "north.crms")
    assert took.merged.created >= 2
    assert [row["name"] for row in partner.crm.customers.all()] == ["王芳"]
    assert partner.crm.check() == []
    partner.crm.customers.edit(shown, {"website": "https://new.example"})
    partner.crm.noun("tags").add({"customer": shown, "name": "VIP"})
    take(anna, back(partner))
    assert anna.crm.customers.get(shown)["website"] == "https://new.example"
    assert [tag["name"] for tag in anna.crm.noun("tags").of(shown)] == ["VIP"]
    assert anna.crm.customers.get(other)["name"] == "李明"
    both(anna, ben)
    assert not anna.crm.conflicts.rows()


def test_what_the_company_changed_meanwhile_is_a_conflict_on_all_machines(trade) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    anna.crm.customers.edit(shown, {"website": "https://anna.example"})
    partner.crm.customers.edit(shown, {"website": "https://partner.example"})
    take(anna, back(partner))
    [conflict] = anna.crm.conflicts.rows()
    assert {side.value for side in conflict.sides} == {"https://anna.example", "https://partner.example"}
    both(anna, ben)
    assert len(ben.crm.conflicts.rows()) == 1
    anna.crm.conflicts.resolve(conflict.number, "theirs")
    both(anna, ben)
    assert not anna.crm.conflicts.rows()


def test_nothing_that_was_withheld_stands_in_the_bytes_of_a_share(trade, tmp_path: Path) -> None:
    anna, _, _, shown, other = trade
    me = anna.crm.people.add({"name": "Own Seller", "phone": "13911112222", "email": "own@seller.example"}).ids[0]
    branch = anna.crm.branches.add({"name": "Branch Secret"}).ids[0]
    anna.crm.customers.edit(shown, {"owner": me, "branch": branch, "parent": other})
    anna.crm.noun("relations").add({"customer": shown, "other": other, "kind": "friend", "note": "secret relation"})
    anna.crm.noun("visits").add({"customer": shown, "kind": "visit", "summary": "secret summary", "person": me})
    old = anna.crm.noun("tags").add({"customer": shown, "name": "secret tag"}).ids[0]
    anna.crm.noun("tags").trash(old)
    anna.crm.customers.edit(shown, {"website": "https://secret-before.example"})
    anna.crm.customers.edit(shown, {"website": "https://now.example"})
    anna.crm.custom_fields.add({"noun": "customers", "key": "margin", "label_en": "Secret margin"})
    anna.crm.customers.edit(shown, {"extra": json.dumps({"margin": "secret 40", "colour": "red"})})
    hide = ["phones", "note", "visits.summary", "extra.margin"]
    told = share(anna, hide=hide)
    raw = _inside(anna.home / "north.crms")
    ids = [other, branch, old, *[row["id"] for row in anna.crm.phones.of(shown)]]
    logs = [log for (log,) in anna.crm.store.reader().execute("SELECT id FROM device WHERE id <> ?", (told.share,))]
    for secret in ("13800138000", "138001", "李明", "ecret", "South", "13911112222", "own@", *ids, *logs):
        assert secret.encode() not in raw, secret
    for known in ("王芳", "Own Seller", "https://now.example", "red"):
        assert known.encode() in raw, known
    assert told.rows == {"people": 1, "customers": 1, "visits": 1}
    assert "note" not in told.fields["customers"]
    assert "customers.note" in told.hidden
    assert [name for _, name in told.customers] == ["王芳"]


def _inside(path: Path) -> bytes:
    """All that a reader of the file could see, unpacked."""
    with read_bundle(path, unsigned_logs=True) as bundle:
        bundle._stream.seek(0)
        packed = bundle._stream.read()
        lines = [repr((part.heads, part.changes)) for part in bundle.parts()]
        return packed + json.dumps(bundle.manifest.plain(), ensure_ascii=False).encode() + "".join(lines).encode()


def test_a_preview_tells_what_would_leave_and_leaves_no_trace(trade) -> None:
    anna, *_ = trade
    before = anna.crm.digest()
    told = share(anna, "never.crms", dry_run=True)
    assert told.rows["customers"] == 1
    assert told.rows["phones"] == 1
    assert told.bytes > 100
    assert not told.path.exists()
    assert anna.crm.digest() == before
    assert "share" not in [one["what"] for one in anna.crm.exports.logged()]
    done = share(anna)
    assert (done.rows, done.fields) == (told.rows, told.fields)
    [logged] = [one for one in anna.crm.exports.logged() if one["what"] == "share"]
    assert (logged["what"], logged["rows"]) == ("share", sum(done.rows.values()))
    assert "Shared" in anna.crm.history.entries()[0].title


def test_what_the_partner_may_not_do_has_no_effect_and_is_kept_in_his_log(trade) -> None:
    anna, ben, partner, shown, other = trade
    me = anna.crm.people.add({"name": "Seller"}).ids[0]
    anna.crm.customers.edit(shown, {"owner": me, "parent": other})
    share(anna, hide=["note"])
    take(partner, anna.home / "north.crms")
    before = anna.crm.digest()
    phone = partner.crm.phones.of(shown)[0]["id"]
    partner.crm.customers.edit(shown, {"note": "his own note"})
    partner.crm.people.edit(me, {"name": "Renamed"})
    his = customer(partner, "His own")
    partner.crm.customers.edit(shown, {"parent": his})
    partner.crm.phones.trash(phone)
    partner.crm.customers.trash(his)
    partner.crm.customers.restore(his)
    with partner.crm.store.action("Lies") as work:
        work.insert("phones", {"customer": other, "number": "666"})
        work.insert("tags", {"customer": his, "name": "fine"})
    take(anna, back(partner))
    assert anna.crm.customers.get(his)["name"] == "His own"
    assert anna.crm.customers.get(shown)["note"] == "secret plan"
    assert anna.crm.customers.get(shown)["parent"] == other
    assert anna.crm.people.get(me)["name"] == "Seller"
    assert [row["id"] for row in anna.crm.phones.of(shown)] == [phone]
    assert not anna.crm.phones.of(other)
    assert len(anna.crm.noun("tags").of(his)) == 1
    assert anna.crm.check() == []
    both(anna, ben)
    kinds = [(issue.kind, issue.row) for issue in ben.crm.conflicts.issues() if issue.kind == "removed"]
    assert kinds == [("removed", phone)]
    ben.crm.phones.edit(phone, {"label": "kept"})
    both(anna, ben)
    assert not [issue for issue in anna.crm.conflicts.issues() if issue.kind == "removed"]
    assert before != anna.crm.digest()
    assert not anna.crm.conflicts.rows()


def test_a_return_counts_the_same_twice_late_and_by_a_colleague(trade, desk) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    partner.crm.customers.edit(shown, {"website": "https://one.example", "note": "n"})
    first = back(partner, "first.crms")
    partner.crm.customers.edit(shown, {"website": "https://two.example"})
    second = back(partner, "second.crms")
    with pytest.raises(Gap, match="anna"):
        take(ben, second)
    both(anna, ben)
    take(ben, second)
    take(anna, second)
    take(anna, first)
    assert take(anna, second).merged.new == 0
    assert anna.crm.customers.get(shown)["website"] == "https://two.example"
    both(anna, ben)
    carl = desk("carl")
    anna.export()
    carl.bundles.join(anna.home / "out.crmb", accept_key="any")
    assert carl.crm.digest() == anna.crm.digest()
    assert carl.crm.check() == []


def test_a_newer_share_brings_news_and_keeps_what_the_partner_wrote_since(trade) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    partner.crm.customers.edit(shown, {"website": "https://back.example", "note": "seen"})
    take(anna, back(partner))
    partner.crm.customers.edit(shown, {"note": "written since", "size": "L"})
    anna.crm.customers.edit(shown, {"website": "https://news.example", "size": "S", "language": None})
    new = customer(anna, "赵六")
    share(anna, "newer.crms")
    told = take(partner, anna.home / "newer.crms").merged
    row = partner.crm.customers.get(shown)
    assert (row["website"], row["note"]) == ("https://news.example", "written since")
    assert partner.crm.customers.get(new)["name"] == "赵六"
    assert [conflict.field for conflict in partner.crm.conflicts.rows()] == ["size"]
    assert told.conflicts == 1
    assert partner.crm.check() == []
    [conflict] = partner.crm.conflicts.rows()
    partner.crm.conflicts.resolve(conflict.number, "mine")
    take(anna, back(partner, "again.crms"))
    assert (anna.crm.customers.get(shown)["size"], anna.crm.customers.get(shown)["note"]) == ("L", "written since")
    assert not anna.crm.conflicts.rows()
    both(anna, ben)


def test_a_field_that_only_an_older_share_showed_is_measured_by_that_one(trade) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    anna.crm.customers.edit(shown, {"note": "changed where nobody outside sees it", "size": "M"})
    share(anna, "newer.crms", hide=["note"])
    take(partner, anna.home / "newer.crms")
    partner.crm.customers.edit(shown, {"note": "by the partner", "size": "L"})
    partner.crm.customers.edit(shown, {"website": "https://w.example"})
    take(anna, back(partner))
    [conflict] = anna.crm.conflicts.rows()
    assert conflict.field == "note"
    assert anna.crm.customers.get(shown)["size"] == "L"
    both(anna, ben)
    assert len(ben.crm.conflicts.rows()) == 1


def test_a_partner_is_no_machine_of_the_company(trade) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    partner.crm.customers.edit(shown, {"note": "x"})
    take(anna, back(partner))
    assert anna.crm.machines.find("partner").trust == "partner"
    anna.crm.machines.trust("partner", "distrusted")
    partner.crm.customers.edit(shown, {"note": "y"})
    with pytest.raises(Refused, match="not trusted"):
        take(anna, back(partner, "refused.crms"))
    anna.crm.machines.trust("partner", "accepted")
    assert anna.crm.machines.find("partner").trust == "partner"
    ben.export()
    with pytest.raises(Refused, match="shares only"):
        partner.bundles.take(ben.home / "out.crmb", accept_key="any")
    with pytest.raises(Refused, match="own"):
        take(ben, anna.home / "north.crms")
    with pytest.raises(Refused, match="made from a share"):
        share(partner)
    with pytest.raises(Refused, match="share import"):
        ben.bundles.take(anna.home / "north.crms", accept_key="any")
    assert partner.crm.store.reader().execute("SELECT count(*) FROM device").fetchone()[0] == 2


def test_a_forged_return_is_refused(trade, desk) -> None:
    """A machine of another log, with the company's workspace and the look of a return."""
    anna, _, _, _shown, _ = trade
    liar = desk("liar")
    liar.crm.store.set_setting("workspace", anna.crm.store.setting("workspace"))
    customer(liar, "Forged")
    liar.crm.store.set_setting("share", json.dumps(["0" * 32]))
    path = back(liar)
    before = anna.crm.digest()
    share(anna)
    with pytest.raises((Refused, Gap)):
        take(anna, path)
    liar.crm.store.set_setting(
        "share", json.dumps([anna.crm.store.reader().execute("SELECT id FROM shares").fetchone()[0]])
    )
    with pytest.raises(Refused, match="not the return"):
        take(anna, back(liar, "again.crms"))
    assert not [row for row in anna.crm.customers.all() if row["name"] == "Forged"]
    assert before


def test_filters_and_words_that_mean_nothing_are_told(trade) -> None:
    anna, *_ = trade
    with pytest.raises(NotFound):
        share(anna, only={"region": "Nowhere"})
    with pytest.raises(Refused):
        share(anna, only={"colour": "red"})
    with pytest.raises(NotFound):
        share(anna, hide=["customers.nothing"])
    with pytest.raises(Refused):
        share(anna, hide=["name"])
    assert not (anna.home / "north.crms").exists()


def test_customers_of_a_colleague_and_of_a_partner_are_chosen(trade) -> None:
    anna, *_, shown, other = trade
    me = anna.crm.people.add({"name": "Seller"}).ids[0]
    anna.crm.customers.edit(shown, {"owner": me})
    dealer = customer(anna, "Dealer", "West")
    anna.crm.noun("relations").add({"customer": dealer, "other": other, "kind": "dealer_of"})
    assert [name for _, name in share(anna, only={"owner": "Seller"}, dry_run=True).customers] == ["王芳"]
    assert [name for _, name in share(anna, only={"partner": "Dealer"}, dry_run=True).customers] == ["李明"]


def test_an_older_share_that_comes_late_adds_what_the_newer_one_did_not_show(trade) -> None:
    anna, _, partner, shown, _ = trade
    share(anna)
    anna.crm.customers.edit(shown, {"website": "https://new.example"})
    share(anna, "newer.crms", hide=["note"])
    take(partner, anna.home / "newer.crms")
    assert partner.crm.customers.get(shown)["note"] is None
    take(partner, anna.home / "north.crms")
    row = partner.crm.customers.get(shown)
    assert (row["note"], row["website"]) == ("secret plan", "https://new.example")
    assert partner.crm.check() == []


def test_the_share_and_its_return_bring_the_keys_that_answers_are_sealed_with(trade) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    partner.crm.customers.edit(shown, {"website": "https://new.example"})
    (company,) = [one for one in partner.bundles.peers() if not one.own and one.name == "anna"]
    assert partner.bundles.recipient(company.id) == anna.bundles.key.recipient
    sealed = partner.bundles.export(partner.home / "back.crms", recipients=[company.id]).bundle
    assert sealed.read_bytes().startswith(b"age-encryption.org/")
    take(anna, sealed)
    (outside,) = [one for one in anna.bundles.peers() if one.trust == "partner"]
    share(anna, "sealed.crms", recipients=[outside.id])
    assert (anna.home / "sealed.crms").read_bytes().startswith(b"age-encryption.org/")
    assert take(partner, anna.home / "sealed.crms").merged.applied
    both(anna, ben)
