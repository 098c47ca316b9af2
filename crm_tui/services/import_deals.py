"""What rows of another program's opportunities mean: customers, stages that are new here, deals with their log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from crm_tui.rules.ids import fixed_id
from crm_tui.rules.pipeline import LOST, OPEN, WON
from crm_tui.rules.places_between import arriving
from crm_tui.rules.text import fold
from crm_tui.services.import_sale_kinds import Customers
from crm_tui.services.import_sale_rows import SaleRow
from crm_tui.services.import_sales import Found, Part, Row, SalePlan
from crm_tui.services.policies import FIRST
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

PIPELINE = "import"
"""Key of the pipeline that takes stages which none of ours is called by."""
_WON = ("won", "closed won", "赢单", "成交", "已成交")
_LOST = ("lost", "closed lost", "丢单", "失败", "已丢单")


def deals_of(crm: Crm, plan: SalePlan, db: sqlite3.Connection) -> Found:
    """What each row means, with the file as it is now."""
    return _Deals(crm, plan, db).found


class _Deals:
    """Rows of deals; those without a number are known by customer and name."""

    def __init__(self, crm: Crm, plan: SalePlan, db: sqlite3.Connection) -> None:
        self.plan = plan
        self.found = Found()
        self.customers = Customers(db, self.found, create=True)
        self.people = {fold(str(name)): row for row, name in db.execute("SELECT id, name FROM people WHERE live")}
        self.known = {
            str(outside): (row, stage, staged)
            for outside, row, stage, staged in db.execute(
                "SELECT outside, id, iif(deleted IS 'undone', NULL, stage), iif(deleted IS 'undone', NULL, staged) "
                "FROM deals WHERE outside IS NOT NULL ORDER BY id DESC"
            )
        }
        self.met: dict[str, str] = {}
        self.now = crm.store.now().astimezone(UTC)
        self.stages = self._ways(crm, [row.texts.get("stage", "") for row in plan.rows])
        chances = {fold(row.texts.get("stage", "")): row.values.get("probability") for row in plan.rows}
        for place, row in enumerate(plan.rows):
            self._deal(place, row, chances)

    def _ways(self, crm: Crm, names: list[str]) -> dict[str, tuple[str, str]]:
        """Stage and pipeline by folded name: of the first pipeline that knows all of them, if there is one."""
        wanted = {fold(name) for name in names if name}
        for pipeline in crm.pipelines.all():
            rows = crm.stages.of_pipeline(pipeline["id"])
            found = {fold(str(row[name])): row["id"] for row in rows for name in ("name_en", "name_zh") if row[name]}
            found |= {word: row["id"] for row in rows for word in _words(str(row["kind"]))}
            if wanted <= found.keys():
                first = {"": rows[0]["id"]} if rows else {}
                return {word: (stage, pipeline["id"]) for word, stage in (first | found).items()}
        return {}

    def _stage(self, name: str, chances: Mapping[str, object]) -> tuple[str, str]:
        """The stage that a cell means, made where it is new."""
        key = fold(name)
        if key not in self.stages:
            pipeline, stage = fixed_id("pipelines", PIPELINE), fixed_id("stages", PIPELINE, key)
            if not any(part.noun == "pipelines" for part in self.found.parts):
                fixed: Row = {"name_en": "Imported", "name_zh": "导入", "position": 90, "live": 1, "created": FIRST}
                self.found.parts.append(Part("pipelines", pipeline, {}, fixed))
            kind = WON if key in _WON else LOST if key in _LOST else OPEN
            chance = chances.get(key)
            percent = int(chance) if isinstance(chance, int) else 100 if kind == WON else 0
            values: Row = {"pipeline": pipeline, "name_en": name or "-", "kind": kind, "probability": percent}
            values |= {"position": percent, "live": 1, "created": FIRST}
            self.found.parts.append(Part("stages", stage, {}, values))
            self.stages[key] = (stage, pipeline)
        return self.stages[key]

    def _outside(self, customer: str, texts: Mapping[str, str]) -> str | None:
        """What a deal is known by: its number there, else customer and name; None for one that the file had before.

        A number that the file gives to several deals stays with the first of them.
        """
        named = fixed_id("import_deal_name", customer, fold(texts["name"]))
        number = texts.get("outside") or named
        if number in self.met and self.met[number] != named:
            number = fixed_id("import_deal_again", number, named)
        if number in self.met:
            return None
        self.met[number] = named
        return number

    def _deal(self, place: int, row: SaleRow, chances: Mapping[str, object]) -> None:
        reader, texts = self.plan.reader, row.texts
        for needed in ("customer", "name"):
            if needed not in texts:
                self.found.rejected.append(reader.refuse(row, needed, t("must not be empty")))
                return
        try:
            customer = self.customers.of(texts["customer"], row.place)
        except ValueError as error:
            self.found.rejected.append(reader.refuse(row, "customer", str(error)))
            return
        stage, pipeline = self._stage(texts.get("stage", ""), chances)
        outside = self._outside(customer, texts)
        if outside is None:
            self.found.repeated.append(row.place)
            return
        ident, before, since = self.known.get(outside, (fixed_id("import_deal", outside), None, None))
        began = str(row.values.get("began") or self.plan.today.isoformat())
        at = datetime.combine(date.fromisoformat(began), time(12), UTC)
        if before not in (None, stage):
            since = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        values: Row = {
            **{"customer": customer, "name": texts["name"], "pipeline": pipeline, "stage": stage},
            **{"amount": row.values.get("amount"), "close_day": row.values.get("close_day")},
            **{name: texts.get(name) for name in ("source", "competitor", "note")},
            "owner": self.people.get(fold(texts.get("person", ""))),
        }
        values["currency"] = row.values["currency"] if values["amount"] is not None else None
        brought = {name: value for name, value in values.items() if value is not None}
        values["brought"] = json.dumps(brought, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        values["staged"] = since or at.strftime("%Y-%m-%dT%H:%M:%SZ")
        fixed: Row = {
            **{"created": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "outside": outside, "live": 1},
            **{"number": texts.get("outside"), "place": arriving(int(at.timestamp() * 1000), place)},
        }
        self.found.parts.append(Part("deals", ident, values, fixed, [row.place]))
        log: Row = {"deal": ident, "at": values["staged"], "to_stage": stage, "live": 1, "created": fixed["created"]}
        log |= {"amount": values["amount"], "currency": values["currency"], "from_stage": before}
        self.found.parts.append(Part("stage_moves", fixed_id("import_move", ident, stage), {}, log))


def _words(kind: str) -> tuple[str, ...]:
    return {WON: _WON, LOST: _LOST}.get(kind, ())
