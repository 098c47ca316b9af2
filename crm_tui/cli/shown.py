"""Results as quiet text: aligned tables measured in cells, values in the reader's language and time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_tui.cli.session import cells_across
from crm_tui.ui.text import cut, fit, safe, width
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

GAP = "  "


def table(rows: Iterable[Sequence[object]], titles: Sequence[str] = (), right: Iterable[int] = ()) -> str:
    """An aligned table; on a terminal the last column is cut so that no line breaks.

    Args:
        rows: texts and numbers by column; None is an empty cell.
        titles: headers; a column that is empty in every row is left out.
        right: places of columns that stand right.
    """
    texts = [["" if cell is None else safe(str(cell)) for cell in row] for row in rows]
    if not texts:
        return ""
    kept = [place for place in range(len(texts[0])) if any(row[place] for row in texts)]
    lines = [[row[place] for place in kept] for row in texts]
    if titles:
        lines.insert(0, [titles[place] for place in kept])
    sides = set(right)
    widths = [max(width(line[column]) for line in lines) for column in range(len(kept))]
    total = cells_across()
    said = []
    for line in lines:
        cells = [
            fit(text, widths[column], "right" if kept[column] in sides else "left") for column, text in enumerate(line)
        ]
        whole = GAP.join(cells).rstrip()
        said.append(cut(whole, total) if total else whole)
    return "\n".join(said)


def pairs(rows: Iterable[tuple[str, object]]) -> str:
    """Labels and values below each other; an empty value is left out, a long text keeps its lines."""
    shown = [(label, str(value)) for label, value in rows if value not in (None, "")]
    side = max((width(label) for label, _ in shown), default=0)
    lines = []
    for label, value in shown:
        first, *more = value.splitlines() or [""]
        lines.append(fit(label, side) + GAP + safe(first))
        lines += [" " * side + GAP + safe(line) for line in more]
    return "\n".join(lines)


def moment(instant: str | None, zone: str) -> str:
    """A stored instant as local date and time."""
    if not instant:
        return ""
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def pick(en: str | None, zh: str | None) -> str:
    """The one of two labels that the reader understands."""
    return (zh or en or "") if language() == "zh" else (en or zh or "")


def shown_value(crm: Crm, noun: str, name: str, value: object) -> str:
    """A stored value as people read it: choices by label, links by name, instants in local time."""
    from crm_tui.records.nouns import NOUNS

    if value in (None, ""):
        return ""
    about = NOUNS[noun].fields[name].about
    if about.kind == "choice":
        return next((pick(c.en, c.zh) for c in about.choices if c.code == value), str(value))
    if about.kind == "link" and about.link:
        title = NOUNS[about.link].title or "id"
        row = crm.store.reader().execute(f"SELECT {title} FROM {about.link} WHERE id = ?", (value,)).fetchone()
        return str(row[0]) if row else str(value)
    if about.kind == "instant":
        return moment(str(value), crm.zone)
    if about.kind == "flag":
        return t("yes") if value else t("no")
    return str(value)


def label(noun: str, name: str) -> str:
    """A field's label in the reader's language."""
    from crm_tui.records.nouns import NOUNS

    field = NOUNS[noun].fields.get(name)
    return pick(field.about.en, field.about.zh) if field else name


def noun_label(noun: str) -> str:
    """A noun's label in the reader's language."""
    from crm_tui.records.nouns import NOUNS

    return pick(NOUNS[noun].en, NOUNS[noun].zh) if noun in NOUNS else noun


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for JSON: custom fields as an object, rows inside it likewise, nothing that is only bookkeeping."""
    said: dict[str, Any] = {}
    for name, value in row.items():
        if name == "live":
            continue
        if name == "extra":
            said[name] = json.loads(value) if value else {}
        elif isinstance(value, Mapping):
            said[name] = plain(value)
        elif isinstance(value, list | tuple | set):
            said[name] = [plain(item) if isinstance(item, Mapping) else item for item in value]
        else:
            said[name] = value
    return said
