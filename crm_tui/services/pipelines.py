"""Pipelines: what ships is adopted as rows when the first deal needs one, and is the company's own from then on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from crm_tui.errors import NotFound
from crm_tui.paths import data_folder
from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import NounService, Row
from crm_tui.services.policies import FIRST
from crm_tui.store.database import Work
from crm_tui.words import language, t


def shown_name(row: Mapping[str, Any]) -> str:
    """The name of a pipeline or stage in the language that is spoken."""
    first, second = ("name_zh", "name_en") if language() == "zh" else ("name_en", "name_zh")
    return str(row[first] or row[second] or "")


@cache
def shipped() -> dict[str, Any]:
    """The pipelines and grades that ship."""
    return tomllib.loads((data_folder() / "pipelines.toml").read_text(encoding="utf-8"))


class Pipelines(NounService):
    """Ways of selling."""

    def all(self) -> list[Row]:
        """All pipelines in their order."""
        return self._rows("live ORDER BY position, id")

    def ensure(self) -> list[Row]:
        """All pipelines; where there is none, what ships is taken first.

        That is no action of a person: undo passes over it, so that no deal is left without its stage. The ids are made
        from names, so that machines agree; what a person put into the trash stays there.
        """
        if not self.all():
            with self.store.action("Took the pipelines that ship", "upkeep", noun=self.name) as work:
                for n, line in enumerate(shipped()["pipelines"], 1):
                    self._adopt(work, n, line)
                self.crm.prospect_grades.adopt_inside(work)
        return self.all()

    def _adopt(self, work: Work, n: int, line: Mapping[str, Any]) -> None:
        pipeline = fixed_id("pipelines", line["key"])
        names = {"name_en": line["name_en"], "name_zh": line["name_zh"]}
        self._put(work, "pipelines", pipeline, {**names, "position": n})
        for place, stage in enumerate(line["stages"], 1):
            values = {key: value for key, value in stage.items() if key != "key"}
            ident = fixed_id("stages", line["key"], stage["key"])
            self._put(work, "stages", ident, {"kind": "open", **values, "pipeline": pipeline, "position": place})

    def _put(self, work: Work, noun: str, ident: str, values: Mapping[str, Any]) -> None:
        row = self.crm.noun(noun).noun.validate({"id": ident, "created": FIRST, **values})
        found = work.db.execute(f"SELECT deleted FROM {noun} WHERE id = ?", (ident,)).fetchone()
        if found is None:
            work.insert(noun, row)
        elif found[0] == "undone":
            work.write(noun, [ident], "deleted", None)

    def find(self, text: str) -> Row:
        """The pipeline with this id or name in either language.

        Raises:
            NotFound: naming those that there are.
        """
        wanted = text.strip().casefold()
        found = [
            row
            for row in self.all()
            if wanted in (row["id"], str(row["name_en"]).casefold(), str(row["name_zh"]).casefold())
        ]
        if len(found) == 1:
            return found[0]
        known = ", ".join(shown_name(row) for row in self.all()) or "-"
        raise NotFound(t("there is no pipeline “{name}”; known are: {known}", name=text, known=known))

    def title_of(self, row: Mapping[str, Any]) -> str:
        """Its name in the language that is spoken."""
        return shown_name(row)
