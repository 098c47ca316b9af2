"""Commands about what machines disagree on: conflicts, resolve."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import Refused
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.conflicts import Conflict, Side
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Value
    from crm_tui.ui.syncing.reading import Case

_TRASH = {"trash": "trashed", "trashed": "trashed", "keep": None, "restore": None}


@command("conflicts")
@option("--limit", type=click.IntRange(1), default=500, help="At most so many.")
def conflicts_command(session: Session, limit: int) -> None:
    """List what machines disagree on, with who wrote what; settle one with: crm-tui resolve N."""
    crm = session.crm()
    found = crm.conflicts.rows(limit)
    issues = crm.conflicts.issues()
    if not found and not issues:
        session.say(t("no conflicts"))
    session.put(
        {
            "count": crm.conflicts.count(),
            "conflicts": [_plain(one) for one in found],
            "issues": [vars(one) for one in issues],
        },
        lambda: "\n\n".join(filter(None, (*(_block(crm, one) for one in found), _issues(issues)))),
    )


def _issues(issues: list[Any]) -> str:
    from crm_tui.cli.shown import noun_label, table

    return table((noun_label(one.noun), one.record, one.text) for one in issues)


def _plain(one: Conflict) -> dict[str, Any]:
    names = ("number", "noun", "row", "record", "customer", "field", "label", "before")
    return {**{name: getattr(one, name) for name in names}, "sides": [_side(side) for side in one.sides]}


def _side(side: Side) -> dict[str, Any]:
    names = ("value", "machine", "person", "mine", "shown", "title")
    return {**{name: getattr(side, name) for name in names}, "at": f"{side.at:%Y-%m-%dT%H:%M:%SZ}"}


def _local(crm: Crm) -> Callable[[str], datetime]:
    zone = crm.local_now().tzinfo
    return lambda instant: datetime.fromisoformat(instant).astimezone(zone)


def _block(crm: Crm, one: Conflict) -> str:
    from crm_tui.cli.shown import table
    from crm_tui.ui.syncing.reading import read_case

    case = read_case(crm, one, _local(crm))
    lines = [f"{one.number}  {case.who} · {case.what}"]
    if case.before is not None:
        lines.append("  " + t("before") + "  " + (case.before.replace("\n", " ") or t("(empty)")))
    rows = _deeds(crm, case) if case.of_trash else _sides(crm, case)
    return "\n".join([*lines, *("  " + line for line in table(rows).splitlines())])


def _sides(crm: Crm, case: Case) -> list[tuple[str, ...]]:
    zone = crm.local_now().tzinfo
    return [
        (
            "*" if one.side.shown else "",
            t("mine") if one.side.mine else t("theirs"),
            f"{one.side.at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.side.person or one.side.machine,
            one.text.replace("\n", " ") or t("(empty)"),
        )
        for one in case.versions
    ]


def _deeds(crm: Crm, case: Case) -> list[tuple[str, ...]]:
    from crm_tui.ui.syncing.compare import deed_text

    return [(deed_text(one, case, crm.local_now()),) for one in case.deeds]


@command("resolve")
@argument("number", type=int)
@option("--keep", required=True, metavar="mine|theirs|both|VALUE", help="What stands from now on.")
def resolve_command(session: Session, number: int, keep: str) -> None:
    """Settle a conflict for everybody; about the trash, VALUE is trash or keep."""
    crm = session.crm()
    conflict = crm.conflicts.get(number)
    if keep in ("mine", "theirs", "both"):
        changes = crm.conflicts.resolve(number, keep)  # type: ignore[arg-type]  # one of the three
    else:
        changes = crm.conflicts.resolve(number, "value", _typed(crm, conflict, keep))
    left = crm.conflicts.count()
    session.put(
        {"number": number, "kept": keep, "action": changes.action, "left": left},
        t("Settled {field} of {name}", field=conflict.label, name=conflict.record),
    )


def _typed(crm: Crm, conflict: Conflict, text: str) -> Value:
    """A typed value as it is stored.

    Raises:
        Refused, Invalid, NotFound: it cannot be.
    """
    from crm_tui.cli.values import assignments

    name = conflict.field
    if name == "deleted":
        if text not in _TRASH:
            raise Refused(t("about the trash say mine, theirs, trash or keep"))
        return _TRASH[text]
    group = crm.store.catalogue.nouns[conflict.noun].members(name)
    if group:
        return _grouped(crm, conflict.noun, list(group), text)
    values = assignments(crm, conflict.noun, [f"{name}={text}"], conflict.row)
    value: Value = values["extra"][name.removeprefix("extra.")] if name.startswith("extra.") else values[name]
    return value


def _grouped(crm: Crm, noun: str, group: list[str], text: str) -> Value:
    """Several fields that make sense only together, as JSON: a list in their order."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, list) or len(given) != len(group):
        names = ", ".join(group)
        raise Refused(t("give these together, as a JSON list: {names}", names=names))
    cleaned = crm.noun(noun).noun.clean(dict(zip(group, given, strict=True)))
    return json.dumps([cleaned.get(one) for one in group], ensure_ascii=False, separators=(",", ":"))
