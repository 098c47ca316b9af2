"""Stages: the columns of a pipeline, and which fields they show and require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.records.nouns import NOUNS
from crm_tui.rules.pipeline import LOST, OPEN, WON, StageOf, names_of
from crm_tui.services.noun import NounService, Row
from crm_tui.services.pipelines import shown_name
from crm_tui.services.stale import Look
from crm_tui.store.database import Changes
from crm_tui.words import t

ASKED = frozenset(
    name
    for name, field in NOUNS["deals"].fields.items()
    if field.about.form or name in ("lost_reason", "lost_to", "price_gap", "try_again", "grade")
)
"""Fields of a deal that a stage may require or show."""
_ORDER = "CASE kind WHEN 'open' THEN 0 WHEN 'won' THEN 1 ELSE 2 END, position, id"


class Stages(NounService):
    """What a deal goes through."""

    def of_pipeline(self, pipeline: str) -> list[Row]:
        """The stages of a pipeline: open ones in order, then won, then lost."""
        return self._rows(f"pipeline = ? AND live ORDER BY {_ORDER}", (pipeline,))

    def all(self) -> list[Row]:
        """All stages of the pipelines that are shown."""
        return self._rows(f"live AND pipeline IN (SELECT id FROM pipelines WHERE live) ORDER BY pipeline, {_ORDER}")

    def find(self, text: str, pipeline: str | None = None) -> Row:
        """The stage with this id or name in either language; "won" and "lost" are found by kind too.

        Raises:
            NotFound: naming those that there are.
        """
        wanted = text.strip().casefold()
        rows = self.of_pipeline(pipeline) if pipeline else self.all()
        found = [
            row for row in rows if wanted in (row["id"], str(row["name_en"]).casefold(), str(row["name_zh"]).casefold())
        ] or [row for row in rows if row["kind"] != OPEN and row["kind"] == wanted]
        if found:
            return found[0]
        known = ", ".join(shown_name(row) for row in rows) or "-"
        raise NotFound(t("there is no stage “{name}”; known are: {known}", name=text, known=known))

    def title_of(self, row: Mapping[str, Any]) -> str:
        """Its name in the language that is spoken."""
        return shown_name(row)

    def trash(self, *rows: str, opened: Look | None = None) -> Changes:
        """Put stages into the trash; not one that deals stand in.

        Raises:
            Refused: if one does.
        """
        for row in rows:
            query = "SELECT count(*) FROM (SELECT 1 FROM deals WHERE stage = ? AND live LIMIT 1000)"
            (count,) = self.store.reader().execute(query, (row,)).fetchone()
            if count:
                name = self.title_of(self.get(row))
                raise Refused(t("{n} deals stand at “{stage}”: move them first", n=count, stage=name))
        return super().trash(*rows, opened=opened)

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse percentages and days that make no sense, and fields that no deal has."""
        super().check(row, own)
        chance, days = row.get("probability"), row.get("rotting_days")
        if chance is not None and not 0 <= int(chance) <= 100:
            raise Invalid({"probability": t("must be a whole number from {low} to {high}", low=0, high=100)})
        if days is not None and int(days) < 0:
            raise Invalid({"rotting_days": t("must not be below zero")})
        for column in ("required", "shown"):
            for name in names_of(row.get(column)):
                if name not in ASKED:
                    known = ", ".join(sorted(ASKED))
                    raise Invalid({column: t("no such field: {name}; known are: {known}", name=name, known=known)})


def rule_of(row: Mapping[str, Any]) -> StageOf:
    """A stage as the rules take it."""
    return StageOf(
        str(row["id"]),
        str(row["kind"] or OPEN),
        int(row["position"] or 0),
        int(row["probability"] or 0),
        None if row["rotting_days"] is None else int(row["rotting_days"]),
        names_of(row["required"]),
    )


__all__ = ["LOST", "OPEN", "WON", "Stages", "rule_of"]
