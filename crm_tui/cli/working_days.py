"""Commands about what the company agreed on: holidays, policies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import BadFile, Invalid
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.working_days import SpecialDay
    from crm_tui.services.crm import Crm

LARGEST = 1 << 20


@command("holidays")
@argument("file", required=False, type=click.Path(path_type=Path))
@option("--year", type=click.IntRange(1900, 2100), multiple=True, help="Which year; this one and the next if not told.")
@option("--country", metavar="CODE", help="Two letters; that of the working rules if not told.")
@option("--adopt", is_flag=True, help="Put what the library proposes into force.")
def holidays_command(
    session: Session, file: Path | None, year: tuple[int, ...], country: str | None, adopt: bool
) -> None:
    """Days off and make-up working days: what is in force, else what is proposed. A FILE is put into force.

    A file says one day a line: 2026-10-01..2026-10-07 off National Day; 2026-10-10 work; 2027 final.
    """
    crm = session.crm(create=adopt or file is not None)
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid({"country": t("must be two letters such as CN")})
    code = (country or crm.calendar_days.country).upper()
    years = sorted(set(year)) or [crm.local_now().year, crm.local_now().year + 1]
    action = None
    if file is not None:
        changes = crm.calendar_days.adopt_file(read_text(file), code)
        action = changes.action
        session.say(t("{n} days changed", n=len(changes.rows.get("calendar_days", ()))))
    if adopt:
        changes = crm.calendar_days.adopt_years(years, code)
        action = changes.action
        session.say(t("{n} days changed", n=len(changes.rows.get("calendar_days", ()))))
    _show(session, crm, code, years, action)


def _show(session: Session, crm: Crm, country: str, years: list[int], action: int | None) -> None:
    from crm_tui.cli.shown import table

    there = {one.year for one in crm.calendar_days.years(country)}
    in_force = crm.calendar_days.special_days(country)
    items: list[dict[str, Any]] = []
    for year in years:
        held = year in there
        days = in_force if held else crm.calendar_days.proposed(year, country)
        items += [_item(one, held) for one in days if one.day.year == year]
    if any(not one["in_force"] for one in items):
        session.say(t("what is proposed is not in force; adopt it with: crm-tui holidays --adopt"))
    said = {"country": country, "years": years, "count": len(items), "items": items, "action": action}
    session.put(
        said,
        lambda: table(
            (
                one["day"],
                t("off") if one["state"] == "off" else t("works"),
                "" if one["in_force"] else t("proposed"),
                "~ " + t("estimated") if one["estimated"] else "",
                one["name"],
            )
            for one in items
        ),
    )


def _item(one: SpecialDay, in_force: bool) -> dict[str, Any]:
    return {
        **{"day": one.day.isoformat(), "state": "work" if one.working else "off", "name": one.name or None},
        **{"estimated": one.estimated, "in_force": in_force},
    }


def read_text(file: Path) -> str:
    """A small text file, in whatever encoding it is.

    Raises:
        BadFile: it cannot be read, or is too large for a list of holidays.
    """
    from crm_tui.exchange.encoding import detect_encoding
    from crm_tui.exchange.files import readable_size

    if readable_size(file) > LARGEST:
        raise BadFile(t("{file} is too large for a list of holidays.", file=file))
    try:
        return file.read_text(encoding=detect_encoding(file, last="utf-8"), errors="replace")
    except OSError as error:
        raise BadFile(t("{file} cannot be read: {reason}.", file=file, reason=error.strerror or error)) from None


@command("policies")
@argument("name", required=False)
@argument("value", required=False)
@option("--reset", is_flag=True, help="Back to what ships.")
def policies_command(session: Session, name: str | None, value: str | None, reset: bool) -> None:
    """What the company agreed on and every machine keeps to: working hours, contacts a day, and so on."""
    from crm_tui.cli.shown import table
    from crm_tui.rules.policies import AGREEMENTS, label

    crm = session.crm(create=value is not None)
    action = None
    if name is not None and name not in AGREEMENTS:
        raise Invalid({name: t("no such rule; known are: {known}", known=", ".join(AGREEMENTS))})
    if name is not None and reset:
        action = crm.policies.reset(name).action
    elif name is not None and value is not None:
        action = crm.policies.set(name, value).action
    items = [
        {
            **{"name": one, "value": crm.policies.value(one), "own": crm.policies.is_own(one)},
            "shipped": crm.policies.shipped(one),
        }
        for one in AGREEMENTS
        if name in (None, one)
    ]
    session.put(
        {"count": len(items), "items": items, "action": action},
        lambda: table((one["name"], one["value"] or "-", label(str(one["name"]))) for one in items),
    )
