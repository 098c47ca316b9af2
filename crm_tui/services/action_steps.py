"""What one action of the history changed, row by row and field by field."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_tui.errors import NotFound
from crm_tui.store import journal
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Touched:
    """One field of one record that an action wrote.

    Attributes:
        noun: of the record.
        row: its id.
        title: what people call the record now.
        field: name of the field; None for a record that began here.
        old: what stood there.
        new: what stands there since; for a record that began, all its values by field.
    """

    noun: str
    row: str
    title: str
    field: str | None
    old: Any
    new: Any


def steps_of(crm: Crm, number: int, limit: int = 500) -> list[Touched]:
    """The changes of an action in their order, at most `limit`.

    Raises:
        NotFound: if there is no such action.
    """
    db = crm.store.reader()
    action = journal.read_action(db, "id = ?", (number,))
    if action is None:
        raise NotFound(t("there is no action {n}; see: crm-tui history", n=number))
    rows = db.execute(
        "SELECT n.name, r.id, f.name, c.old, c.value FROM change c JOIN row r ON r.n = c.row "
        "JOIN noun n ON n.k = r.noun LEFT JOIN field f ON f.k = c.field "
        "WHERE c.dev = ? AND c.seq BETWEEN ? AND ? ORDER BY c.seq LIMIT ?",
        (action.dev, action.first, action.last, limit),
    ).fetchall()
    titles: dict[str, str] = {}
    found = []
    for noun, row, field, old, new in rows:
        if row not in titles:
            titles[row] = _title(crm, noun, row)
        values = _values(new) if field is None else new
        found.append(Touched(noun, row, titles[row], field, old, values))
    return found


def _title(crm: Crm, noun: str, row: str) -> str:
    service = crm.noun(noun)
    try:
        found = service.get(row)
    except NotFound:
        return row
    said = service.title_of(found)
    owner = found.get("customer")
    if owner:
        name = crm.store.reader().execute("SELECT name FROM customers WHERE id = ?", (owner,)).fetchone()
        return f"{name[0]} · {said}" if name else said
    return said


def _values(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
