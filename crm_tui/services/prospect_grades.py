"""Prospect grades: how soon somebody means to decide; each change of a deal's grade is kept with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import NounService, Row
from crm_tui.services.pipelines import shipped
from crm_tui.services.policies import FIRST
from crm_tui.store.database import Changes, Work
from crm_tui.words import language, t


class ProspectGrades(NounService):
    """The template of grades, and what deals have of them."""

    def all(self) -> list[Row]:
        """All grades, the soonest first."""
        return self._rows("live ORDER BY position, horizon_days, id")

    def adopt_inside(self, work: Work) -> None:
        """Take the grades that ship, inside an action."""
        for n, line in enumerate(shipped()["grades"], 1):
            ident = fixed_id("prospect_grades", line["code"])
            found = work.db.execute("SELECT deleted FROM prospect_grades WHERE id = ?", (ident,)).fetchone()
            if found is None:
                work.insert(self.name, self.noun.validate({"id": ident, "created": FIRST, **line, "position": n}))
            elif found[0] == "undone":
                work.write(self.name, [ident], "deleted", None)

    def find(self, text: str) -> Row:
        """The grade with this code or id.

        Raises:
            NotFound: naming those that there are.
        """
        wanted = text.strip().casefold()
        for row in self.all():
            if wanted in (row["id"], str(row["code"]).casefold()):
                return row
        known = ", ".join(str(row["code"]) for row in self.all()) or "-"
        raise NotFound(t("there is no grade “{name}”; known are: {known}", name=text, known=known))

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a horizon below one day."""
        super().check(row, own)
        if int(row.get("horizon_days") or 0) < 1:
            raise Invalid({"horizon_days": t("must be at least one day")})

    def grade(self, deal: str, grade: str | None, reason: str) -> Changes:
        """Give a deal a grade from today on, or take it away; the same grade again renews its horizon.

        Args:
            deal: its id.
            grade: id of the grade, None for none.
            reason: why; must be said.

        Raises:
            Refused: without a reason.
        """
        if not reason.strip():
            raise Refused(t("say in one line why the grade changes"))
        row = self.crm.deals.get(deal)
        code = str(self.get(grade)["code"]) if grade else "-"
        today = self.crm.local_now().date().isoformat()
        me = self.crm.people.me()
        log = self.crm.noun("grade_moves").noun.validate(
            {
                **{"id": "0" * 32, "deal": deal, "day": today, "from_grade": row["grade"], "to_grade": grade},
                **{"reason": reason, "person": me and me["id"]},
            }
        )
        log.pop("id")
        with self.store.action("Graded {name}: {grade}", noun="deals", name=row["name"], grade=code) as work:
            work.update("deals", deal, {"grade": grade, "graded": today if grade else None})
            work.insert("grade_moves", log)
        return work.changes

    def log(self, deal: str) -> list[Row]:
        """Every change of a deal's grade, oldest first, with the codes instead of the ids."""
        codes = {row["id"]: row["code"] for row in self._rows("1")}
        columns = ("day", "from_grade", "to_grade", "reason", "person")
        rows = self.store.reader().execute(
            f"SELECT {', '.join(columns)} FROM grade_moves WHERE deal = ? AND live ORDER BY day, id", (deal,)
        )
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        return [{**row, **{n: codes.get(row[n]) for n in ("from_grade", "to_grade")}} for row in found]


def meaning(row: Mapping[str, Any]) -> str:
    """What a grade means, in the language that is spoken."""
    first, second = ("label_zh", "label_en") if language() == "zh" else ("label_en", "label_zh")
    return str(row[first] or row[second] or "")
