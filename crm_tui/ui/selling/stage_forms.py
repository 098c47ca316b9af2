"""The company's own pipeline: its stages, what each requires and shows, and its prospect grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.rules.pipeline import OPEN
from crm_tui.services.pipelines import shown_name
from crm_tui.services.prospect_grades import meaning
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.dialogs.edit import edit_row, open_form, plan_add
from crm_tui.ui.dialogs.form import FormPlan
from crm_tui.ui.fields import choice_text
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Line = tuple[str, str, str]


def ask_stages(screen: WorkingScreen[Any], pipeline: str | None) -> None:
    """List stages and grades: Enter changes one, n adds a stage, g a grade, d puts one into the trash."""

    def show(found: tuple[str, list[Line]]) -> None:
        way, rows = found
        keys = (("n", t("new stage")), ("g", t("new grade")), ("d", t("to the trash")))
        title = t("Stages and grades")
        screen.app.push_screen(Choose(title, rows, None, keys), partial(_chosen, screen, way))

    screen.load(lambda crm: read_lines(crm, pipeline), show, group="stages")


def read_lines(crm: Crm, pipeline: str | None) -> tuple[str, list[Line]]:
    """The pipeline and a line for each of its stages and each grade, in a thread."""
    rows = crm.pipelines.ensure()
    way = next((str(row["id"]) for row in rows if row["id"] == pipeline), str(rows[0]["id"]))
    lines = []
    for row in crm.stages.of_pipeline(way):
        parts = [choice_text("stages", "kind", row["kind"])]
        if row["kind"] == OPEN:
            parts = [f"{row['probability'] or 0} %"]
            parts += [] if row["rotting_days"] is None else [t("{n} d", n=row["rotting_days"])]
        lines.append((f"stages:{row['id']}", shown_name(row), " · ".join(parts)))
    for row in crm.prospect_grades.all():
        hint = t("{n} d", n=row["horizon_days"])
        lines.append((f"prospect_grades:{row['id']}", f"{row['code']}  {meaning(row)}", hint))
    return way, lines


def _chosen(screen: WorkingScreen[Any], pipeline: str, answer: str | None) -> None:
    if answer is None:
        return
    key, _, rest = answer.partition(":")
    if key == "n":
        open_form(screen, partial(plan_stage, pipeline=pipeline))
    elif key == "g":
        open_form(screen, partial(plan_add, noun="prospect_grades"))
    elif key == "d":
        noun, _, row = rest.partition(":")
        said = t("{n} to the trash. u takes it back", n=1)
        screen.change(lambda crm: crm.noun(noun).trash(row), lambda _: screen.toast(said))
    else:
        edit_row(screen, key, rest)


def plan_stage(crm: Crm, pipeline: str) -> FormPlan:
    """What a new stage is asked; it comes last among the open ones unless a position is said."""
    plan = plan_add(crm, "stages")
    last = max((row["position"] or 0 for row in crm.stages.of_pipeline(pipeline) if row["kind"] == "open"), default=0)
    values = {**plan.values, "position": last + 1}
    return replace(plan, key=f"stages.add:{pipeline}", save=partial(_save_stage, pipeline), values=values)


def _save_stage(pipeline: str, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    return crm.stages.add({**values, "pipeline": pipeline})
