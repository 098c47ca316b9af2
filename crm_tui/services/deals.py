"""Deals: opened, moved from stage to stage, won, lost; each move is kept in the stage log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.rules.amounts import read_money
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.pipeline import LOST, OPEN, WON, missing
from crm_tui.rules.places_between import arriving, between
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.services.numbering import next_number
from crm_tui.services.stages import rule_of
from crm_tui.store.database import Changes, Value, Work
from crm_tui.words import t

LETTER = "D"
LOSS = ("lost_reason", "lost_to", "price_gap", "lost_from", "try_again")
AGAIN_AT = time(10)
"""When a lost customer is called again on its day."""


class Deals(NounService):
    """Opportunities. A deal's stage is only written through `move`, `win` and `lose`, which keep the log."""

    def add(self, values: Mapping[str, Any]) -> Changes:
        """Open a deal.

        Args:
            values: `customer` and `name` at least; `stage` (and `pipeline`) where it does not begin at the start;
                `amount` in minor units of `currency`, or as text such as "USD 80k"; `owner` is me unless given.

        Raises:
            Invalid: with a sentence for each wrong field, also for one that the stage requires.
        """
        row = self._new(values)
        name = self.crm.customers.get(str(row["customer"]))["name"]
        with self.store.action("New deal {name} with {customer}", noun=self.name, name=row["name"], customer=name) as w:
            self.insert(w, row)
        return w.changes

    def insert(self, work: Work, row: dict[str, Value]) -> str:
        """Insert a validated row with its number, its place on top and the first entry of its log."""
        row = {
            "number": next_number(work, self.name, LETTER),
            "staged": work.stamp,
            **{k: v for k, v in row.items() if v is not None},
        }
        row.setdefault("place", _on_top(work, str(row["stage"])))
        ident = work.insert(self.name, row)
        self._note(work, {**row, "id": ident}, None, str(row["stage"]), at=str(row["staged"]))
        return ident

    def edited(self, work: Work, before: Row, values: Mapping[str, Value]) -> None:
        """An amount that changes goes into the log too, so that past funnels keep what stood then."""
        if "amount" in values or "currency" in values:
            self._note(work, {**before, **values}, before["stage"], str(before["stage"]))

    def edit(self, row: str, values: Mapping[str, Any], *rest: Any, **more: Any) -> Changes:
        """Change some fields; an amount may be text such as "USD 80k". See `NounService.edit`."""
        return super().edit(row, self._read_amount(values, self.get(row)), *rest, **more)

    def prepared(self, values: Mapping[str, Any], customer: str | None) -> Row:
        """The validated row of a new deal, without its customer where that is still to be made."""
        return self._new({**values, "customer": customer or "0" * 32}, known=customer is not None)

    def _new(self, values: Mapping[str, Any], known: bool = True) -> Row:
        given = {name: value for name, value in values.items() if value not in (None, "")}
        pipelines = self.crm.pipelines.ensure()
        if given.get("stage"):
            stage = self.crm.stages.get(str(given["stage"]))
        else:
            pipeline = str(given.get("pipeline") or pipelines[0]["id"])
            stages = self.crm.stages.of_pipeline(pipeline)
            if not stages:
                raise Invalid({"pipeline": t("has no stages; add one in Setup")})
            stage = stages[0]
        me = self.crm.people.me()
        given = {"owner": me and me["id"], **self._read_amount(given, {})}
        given |= {"stage": stage["id"], "pipeline": stage["pipeline"], "staged_by": me and me["id"]}
        row = self.noun.validate({"id": "0" * 32, **given})
        row.pop("id")
        self.check(row if known else {**row, "customer": None}, None)
        self._refuse_missing(row, stage)
        return row

    def _read_amount(self, values: Mapping[str, Any], stood: Mapping[str, Any]) -> Row:
        """Amount and currency as they are stored; both or none."""
        found = dict(values)
        if "amount" not in found and "price_gap" not in found and "currency" not in found:
            return found
        currency = str(found.get("currency") or stood.get("currency") or self.crm.currency)
        for name in ("amount", "price_gap"):
            if isinstance(found.get(name), str) and found[name].strip():
                try:
                    found[name], said = read_money(found[name], currency)
                except ValueError as error:
                    raise Invalid({name: str(error)}) from None
                if name == "amount":
                    currency = said
        if "amount" in found:
            found["currency"] = None if found["amount"] in (None, "") else currency
        return found

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse an amount below zero, and a stage of another pipeline."""
        super().check(row, own)
        for name in ("amount", "price_gap"):
            if row.get(name) is not None and int(row[name]) < 0:
                raise Invalid({name: t("must not be below zero")})
        if row.get("stage") and row.get("pipeline"):
            stage = self.crm.stages.get(str(row["stage"]))
            if stage["pipeline"] != row["pipeline"]:
                raise Invalid({"stage": t("belongs to another pipeline")})

    def move(self, deals: Sequence[str], stage: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Move deals to the top of a stage, with what it asks for, all of them or none.

        Args:
            deals: ids.
            stage: id; a lost stage needs `lose` unless the reason stands in `values`.
            values: fields that are written with it.

        Raises:
            Invalid: with a sentence for each field that the stage requires and that is empty.
            Refused: if a deal is in another pipeline.
        """
        target = self.crm.stages.get(stage)
        rows = [self.get(deal) for deal in deals]
        written: list[tuple[Row, Row]] = []
        for row in rows:
            clean = self.noun.clean(self._read_amount(values or {}, row))
            if row["pipeline"] != target["pipeline"]:
                raise Refused(t("{name} goes through another pipeline", name=row["name"]))
            after = {**row, **clean, "stage": stage}
            self.check(after, row["id"])
            self._refuse_missing(after, target)
            written.append((row, clean))
        told = {"noun": self.name, "stage": self.crm.stages.title_of(target)}
        one = len(rows) == 1
        verb = _verb(target["kind"]) if one else "Moved {n} deals to {stage}"
        about = {"name": self.title_of(rows[0])} if one else {"n": len(rows)}
        with self.store.action(verb, **told, **about) as work:
            for row, clean in reversed(written):  # the first of them comes to stand on top
                self._put(work, row, target, clean)
        return work.changes

    def _put(self, work: Work, row: Row, target: Row, clean: Row) -> None:
        """Write one move and its entry in the log; what was lost and comes back has no loss any more."""
        me = self.crm.people.me()
        if target["kind"] == LOST:
            clean = {"lost_from": row["stage"] if row["stage"] != target["id"] else row["lost_from"], **clean}
        elif row["lost_reason"]:
            clean = {**dict.fromkeys(LOSS), **clean}
        if row["stage"] != target["id"]:
            clean = {
                **{"stage": target["id"], "staged": work.stamp, "staged_by": me and me["id"]},
                **{"place": _on_top(work, str(target["id"])), **clean},
            }
        if clean:
            work.update(self.name, row["id"], clean)
        if row["stage"] != target["id"] or clean.get("amount", row["amount"]) != row["amount"]:
            self._note(work, {**row, **clean}, row["stage"], str(target["id"]))

    def win(self, deal: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Say that a deal is won."""
        return self.move([deal], self.end(deal, WON), values)

    def lose(self, deal: str, reason: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Say that a deal is lost, to whom and why; a date to try again plans a call on it.

        Args:
            deal: its id.
            reason: one of `LOSS_REASONS`.
            values: lost_to, price_gap (minor units, or text), try_again, lessons.
        """
        row = self.get(deal)
        stage = self.crm.stages.get(self.end(deal, LOST))
        given = {**(values or {}), "lost_reason": reason}
        clean = self.noun.clean(self._read_amount(given, row))
        self.check({**row, **clean}, deal)
        self._refuse_missing({**row, **clean}, stage)
        told = {"noun": self.name, "name": self.title_of(row), "stage": self.crm.stages.title_of(stage)}
        with self.store.action("Lost {name}", **told) as work:
            self._put(work, row, stage, clean)
            if clean.get("try_again"):
                self.crm.visits.put_rule_rows(work, [self._again(row, str(clean["try_again"]))])
        return work.changes

    def _again(self, row: Row, day: str) -> Row:
        at = datetime.combine(date.fromisoformat(day), AGAIN_AT, ZoneInfo(self.crm.zone))
        more = {"id": fixed_id("deal-again", row["id"], day), "origin": "rule", "deal": row["id"]}
        if row["owner"]:
            more["person"] = row["owner"]
        return self.crm.visits.plan_row(row["customer"], at, "call", t("Try again: {name}", name=row["name"]), **more)

    def end(self, deal: str, kind: str) -> str:
        """The stage of a deal's pipeline for what is won or lost.

        Raises:
            Refused: if there is none.
        """
        for stage in self.crm.stages.of_pipeline(str(self.get(deal)["pipeline"])):
            if stage["kind"] == kind:
                return str(stage["id"])
        raise Refused(t("this pipeline has no stage for what is won") if kind == WON else
                      t("this pipeline has no stage for what is lost"))  # fmt: skip

    def arrange(self, deal: str, above: str | None, below: str | None) -> Changes:
        """Put a deal between two others of its column.

        Args:
            deal: its id.
            above: the one that then stands before it, None at the top.
            below: the one that then stands after it, None at the end.
        """
        row = self.get(deal)
        low = self.get(above)["place"] if above else None
        high = self.get(below)["place"] if below else None
        if low is not None and low == high:
            high = None  # two machines made one key: behind both
        with self.store.action("Put {name} elsewhere in its column", noun=self.name, name=self.title_of(row)) as work:
            work.update(self.name, deal, {"place": between(low, high)})
        return work.changes

    def plan_next(self, deal: str, at: datetime, kind: str = "call", topic: str = "") -> Changes:
        """Plan the next step of a deal (`at` aware)."""
        row = self.get(deal)
        more = {"deal": deal, **({"contact": row["contact"]} if row["contact"] else {})}
        return self.crm.visits.plan(row["customer"], at, kind, topic or str(row["name"]), more)

    def next_step(self, deal: str) -> Row | None:
        """The soonest planned contact about a deal."""
        query = "SELECT id FROM visits WHERE deal = ? AND live AND status = 'planned' ORDER BY planned_start LIMIT 1"
        found = self.store.reader().execute(query, (deal,)).fetchone()
        return self.crm.visits.get(found[0]) if found else None

    def visits(self, deal: str, limit: int) -> list[Row]:
        """The last contacts about a deal, newest first."""
        query = (
            "SELECT id FROM visits WHERE deal = ? AND live AND status = 'done' ORDER BY started DESC, id DESC LIMIT ?"
        )
        found = self.crm.visits.by_ids([row for (row,) in self.store.reader().execute(query, (deal, limit))])
        return sorted(found.values(), key=lambda row: (row["started"] or "", row["id"]), reverse=True)

    def log(self, deal: str) -> list[Row]:
        """The stage log of a deal, oldest first."""
        columns = ("id", "at", "from_stage", "to_stage", "person", "amount", "currency")
        rows = self.store.reader().execute(
            f"SELECT {', '.join(columns)} FROM stage_moves WHERE deal = ? AND live ORDER BY at, id", (deal,)
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def open_of(self, customer: str) -> list[Row]:
        """The open deals of a customer, those of merged ones too, each with its stage's row as "stage_row"."""
        where = f"{OWNER} AND stage IN (SELECT id FROM stages WHERE kind = '{OPEN}') ORDER BY close_day, id"
        rows = self._rows(where, (customer, customer))
        stages = {stage: self.crm.stages.get(stage) for stage in {str(row["stage"]) for row in rows}}
        return [{**row, "stage_row": stages[str(row["stage"])]} for row in rows]

    def resolve(self, text: str) -> str:
        """The id of the deal with this id, number or name.

        Raises:
            NotFound: if there is none, or more than one.
        """
        wanted = text.strip()
        rows = self._rows("id = ? OR (number = ? AND live)", (wanted.lower(), wanted.upper()))
        rows = rows or self._rows("live AND name = ? LIMIT 6", (wanted,))
        if len(rows) == 1:
            return str(rows[0]["id"])
        if rows:
            known = ", ".join(str(row["number"]) for row in rows)
            raise NotFound(t("more than one deal is called “{name}”: {known}", name=text, known=known))
        raise NotFound(t("there is no deal “{name}”; see: crm-tui deals", name=text))

    def _refuse_missing(self, row: Mapping[str, Any], stage: Row) -> None:
        lacking = missing(row, rule_of(stage))
        if lacking:
            name = self.crm.stages.title_of(stage)
            raise Invalid({field: t("needed for “{stage}”", stage=name) for field in lacking})

    def _note(self, work: Work, row: Mapping[str, Any], before: Any, stage: str, at: str | None = None) -> None:
        me = self.crm.people.me()
        who = str(me["id"]) if me else None
        work.insert(
            "stage_moves",
            {
                **{"deal": str(row["id"]), "at": at or work.stamp, "from_stage": before, "to_stage": stage},
                **{"person": who, "amount": row.get("amount"), "currency": row.get("currency")},
            },
        )


def _on_top(work: Work, stage: str) -> str:
    """A place before all others of a column."""
    now = arriving(work.at)
    query = "SELECT place FROM deals WHERE stage = ? AND live AND place IS NOT NULL ORDER BY place LIMIT 1"
    found = work.db.execute(query, (stage,)).fetchone()
    return between(None, str(found[0])) if found is not None and str(found[0]) <= now else now


def _verb(kind: str) -> str:
    verb = "Moved {name} to {stage}"
    if kind == WON:
        verb = "Won {name}"
    elif kind == LOST:
        verb = "Lost {name}"
    return verb
