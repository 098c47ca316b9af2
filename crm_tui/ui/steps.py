"""What an action changed, as rows of a list: which record, which field, what before, what since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from crm_tui.services.action_steps import Touched
from crm_tui.ui.fields import choice_text, label_of, noun_label
from crm_tui.ui.rows import Column, Row
from crm_tui.words import language, t

_QUIET = ("id", "created", "customer", "sort_key", "live", "changed", "extra")


def step_columns() -> list[Column]:
    """The columns, in the language that is spoken."""
    return [
        Column(t("Record"), flex=3),
        Column(t("Field"), 10, role="muted"),
        Column(t("Before"), flex=2, role="muted", from_width=56),
        Column(t("After"), flex=3),
    ]


def one_label(noun: str) -> str:
    """What one record of a kind is called, in the language that is spoken."""
    from crm_tui.records.nouns import NOUNS

    return noun_label(noun) if language() == "zh" else NOUNS[noun].one


def step_rows(steps: Sequence[Touched]) -> list[Row]:
    """One row a field; a record that began is told by its first values."""
    rows: list[Row] = []
    shown = ""
    for number, step in enumerate(steps):
        name = f"{one_label(step.noun)}: {step.title}" if step.row != shown else ""
        shown = step.row
        if step.field is None:
            cells = (name, "+ " + t("new"), "", _summary(step))
        else:
            field = label_of(step.noun, step.field)
            cells = (name, field, _said(step, step.old), _said(step, step.new) or t("(empty)"))
        rows.append(Row(str(number), cells))
    return rows


def _said(step: Touched, value: Any) -> str:
    if isinstance(value, str) and value.startswith("["):
        try:
            parts = json.loads(value)
        except ValueError:
            return value
        return " ".join(str(part) for part in parts if part is not None) if isinstance(parts, list) else value
    return choice_text(step.noun, step.field or "", value)


def _summary(step: Touched) -> str:
    values: Mapping[str, Any] = step.new if isinstance(step.new, Mapping) else {}
    told = [
        f"{label_of(step.noun, name)} {choice_text(step.noun, name, value)}"
        for name, value in values.items()
        if name not in _QUIET and value is not None and not _is_id(value)
    ]
    return " · ".join(told)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 32 and all(char in "0123456789abcdef" for char in value)
