"""The customer list: which columns there are, how they are read, sorted and shown.

This module is on the way to the first painted row: it imports neither records nor services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_tui.store.windows import Listing, Value
from crm_tui.store.windows import Row as Stored
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.when import since, until
from crm_tui.words import language, t

Shown = tuple[str, Role]
Local = Callable[[str], datetime]


@dataclass(frozen=True)
class ListColumn:
    """One column that the list can show.

    Attributes:
        name: in the settings.
        en: its title.
        sql: reads it.
        column: its place on the screen.
        sort: the stored column that the list can be sorted by, if it is one with an index.
    """

    name: str
    en: str
    sql: str
    column: Column
    sort: str | None = None


def _first(table: str, column: str) -> str:
    mine = f"{table}.customer = customers.id AND {table}.live AND {table}.{column} IS NOT NULL"
    return f"(SELECT {table}.{column} FROM {table} WHERE {mine} ORDER BY {table}.id LIMIT 1)"


_WAITS = (
    "SELECT 1 FROM conflict x WHERE x.row = r.n UNION ALL "
    "SELECT 1 FROM issue i WHERE i.kind = 'disputed' AND i.row = r.n"
)
_HANGING = ("phones", "emails", "contacts", "addresses")
_TORN = (
    # Two looks at indexes where nobody disagrees on anything; a few more for each row in sight where somebody does.
    "(EXISTS(SELECT 1 FROM conflict) OR EXISTS(SELECT 1 FROM issue WHERE kind = 'disputed')) AND ("
    f"EXISTS(SELECT 1 FROM row r WHERE r.id = customers.id AND EXISTS({_WAITS})) OR "
    + " OR ".join(
        f"EXISTS(SELECT 1 FROM {noun} h CROSS JOIN row r ON r.id = h.id "
        f"WHERE h.customer = customers.id AND EXISTS({_WAITS}))"
        for noun in _HANGING
    )
    + ")"
)
"""Tells whether machines disagree on a customer, or on what its row in the list is made of."""

TORN = "? "
"""Stands before the name of a customer on which machines disagree."""

_CITY = f"coalesce({_first('addresses', 'city')}, customers.region)"
_OWNER = "(SELECT name FROM people WHERE people.id = owner)"
_ALL = (
    ListColumn("name", "Name", "customers.name", Column("", flex=3, least=14), "sort_key"),
    ListColumn("phone", "Phone", _first("phones", "number"), Column("", 16, from_width=32)),
    ListColumn("city", "City", _CITY, Column("", flex=1, from_width=56, least=6)),
    ListColumn("grade", "Grade", "customers.grade", Column("", 6, from_width=74)),
    ListColumn("owner", "Owner", _OWNER, Column("", flex=1, from_width=84, least=7)),
    ListColumn("last_contact", "Last", "customers.last_contact", Column("", 6, align="right"), "last_contact"),
    ListColumn("next_due", "Next", "customers.next_due", Column("", 11, from_width=46), "next_due"),
    ListColumn("kind", "Kind", "customers.kind", Column("", 12)),
    ListColumn("number", "Number", "customers.number", Column("", 10)),
    ListColumn("region", "Region", "customers.region", Column("", 10)),
    ListColumn("industry", "Industry", "customers.industry", Column("", 12)),
    ListColumn("source", "Source", "customers.source", Column("", 12)),
    ListColumn("email", "E-mail", _first("emails", "address"), Column("", 22)),
    ListColumn("tags", "Tags", "(SELECT group_concat(name, ' ') FROM tags WHERE customer = customers.id AND tags.live)",
               Column("", flex=2)),
    ListColumn("changed", "Changed", "customers.changed", Column("", 8, align="right"), "changed"),
)  # fmt: skip
COLUMNS = {column.name: column for column in _ALL}
"""Every column, by name."""

SORTS = {column.name: column.sort for column in _ALL if column.sort}
"""What the list can be sorted by, at any length."""

KINDS = {"organisation": ("Organisation", "单位"), "person": ("Person", "个人"), "household": ("Household", "家庭")}
"""Kinds of customer; the records say the same, and a test compares them."""


def listing(names: Sequence[str], sort: str, where: str = "", params: Sequence[Value] = ()) -> Listing:
    """The list in the store: columns by name, sorted ("-last_contact" turns it round), narrowed by SQL."""
    shown = [COLUMNS[name] for name in names if name in COLUMNS] or [COLUMNS["name"]]
    key = SORTS.get(sort.lstrip("-")) or "sort_key"
    return Listing(
        "customers",
        (*(column.sql for column in shown), _TORN),
        sort=key,
        descending=sort.startswith("-"),
        where=f"live AND ({where})" if where else "live",
        params=tuple(params),
    )


def found(names: Sequence[str], ids: Sequence[str], where: str = "", params: Sequence[Value] = ()) -> Listing:
    """The customers that a search found, in its order, narrowed by SQL."""
    return replace(listing(names, "name", where, params), ids=tuple(ids))


def headers(names: Sequence[str], sort: str, why: bool) -> list[Column]:
    """The columns on the screen; the sorted one has a mark, and a search adds why each row answers."""
    shown = []
    for name in names:
        if name in COLUMNS:
            column = COLUMNS[name]
            mark = "" if sort.lstrip("-") != name or name == "name" else (" v" if sort.startswith("-") else " ^")
            # While searching, room goes to the reason: what is wide and says little then needs a wider list.
            wider = column.column.from_width + 24 if why and column.column.from_width else column.column.from_width
            shown.append(replace(column.column, title=t(column.en) + mark, from_width=wider))
    if why:
        shown.append(Column(t("Why"), flex=2, role="muted"))
    return shown


def plain_phone(number: str) -> str:
    """A number grouped where that needs no library: Chinese mobiles."""
    return f"{number[3:6]} {number[6:10]} {number[10:]}" if number.startswith("+861") and len(number) == 14 else number


def presenter(
    names: Sequence[str],
    local: Local,
    now: datetime,
    why: Mapping[str, str],
    phones: Callable[[str], str] = plain_phone,
) -> Callable[[Stored], Row]:
    """What makes a stored row one for the screen.

    Args:
        names: of the columns.
        local: puts an instant into the local zone.
        now: the present, local.
        why: why a row answers to a search, by id.
        phones: writes a number for reading.
    """
    known = [name for name in names if name in COLUMNS] or ["name"]

    def present(stored: Stored) -> Row:
        cells: list[Shown] = []
        for name, value in zip(known, stored[1:-1], strict=True):
            said: Shown = (phones(str(value)), "") if name == "phone" and value else cell(name, value, local, now)
            cells.append((TORN + said[0], "warn") if name == "name" and stored[-1] else said)
        reason = why.get(str(stored[0]), "")
        return Row(str(stored[0]), (*(text for text, _ in cells), reason), roles=tuple(role for _, role in cells))

    return present


def cell(name: str, value: Value, local: Local, now: datetime) -> Shown:
    """One value as the list shows it."""
    if value is None:
        return "", ""
    if name in ("last_contact", "changed"):
        return since(local(str(value)), now), "muted"
    if name == "next_due":
        return until(local(str(value)), now)
    if name == "kind" and value in KINDS:
        return KINDS[str(value)][language() == "zh"], ""
    return str(value), ""


def name_of(row: Row) -> str:
    """The first cell of a row without the mark."""
    return row.cells[0].removeprefix(TORN)
