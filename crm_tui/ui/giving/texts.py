"""What *Shares* says: whom something was given, what it held, what was held back, what came back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.ui.fields import label_of, noun_label
from crm_tui.ui.rows import Row
from crm_tui.ui.syncing.compare import when
from crm_tui.ui.when import clock, date_text
from crm_tui.words import language, t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_tui.services.share_list import Given
    from crm_tui.ui.setup.exported import Left

COLON = {"en": ": ", "zh": "："}
COMMA = {"en": ", ", "zh": "，"}


def scope_text(scope: Mapping[str, str]) -> str:
    """By what customers were chosen."""
    labels = {"owner": t("owner"), "partner": t("partner"), "region": t("region")}
    return COMMA[language()].join(f"{labels[key]}{COLON[language()]}{text}" for key, text in scope.items())


def hidden_text(one: str) -> str:
    """What a kind of record, or a field of one, is called."""
    noun, _, field = one.partition(".")
    return f"{noun_label(noun)}{COLON[language()]}{label_of(noun, field)}" if field else noun_label(noun)


def share_row(one: Given, now: datetime) -> Row:
    """A share as a line of the list."""
    what = t("received") if one.received else scope_text(one.scope)
    back = "" if one.received else f"+ {one.back:,}" if one.back else "–"
    customers = f"{one.counts.get('customers', 0):,}"
    what = f"x {t('undone')} · {what}" if one.undone else what
    return Row(one.id, (one.name, what, moment(one.at, now), customers, back), roles=("", "muted", "muted"))


def moment(at: datetime | None, now: datetime) -> str:
    """A moment in a column."""
    if at is None:
        return ""
    at = at.astimezone(now.tzinfo)
    return clock(at, now.date()) if at.year == now.year else date_text(at.date(), now.date())


def share_facts(one: Given, now: datetime) -> str:
    """Everything about a share, and what can be done."""
    colon = COLON[language()]
    facts = [(t("came from"), one.name)] if one.received else [(t("customers of"), scope_text(one.scope))]
    if one.at is not None:
        facts.append((t("written on") if one.received else t("given on"), when(one.at, now)))
    facts += [(t("given by"), one.person), (t("file"), path_text(Path(one.file)) if one.file else "")]
    lines = [one.name, "", *(f"{label}{colon}{said}" for label, said in facts if said), ""]
    counts = sorted(one.counts.items(), key=lambda told: told[0] != "customers")
    lines += [f"  + {noun_label(noun)} {n:,}" for noun, n in counts]
    lines += [f"  x {hidden_text(hidden)}  {t('(held back)')}" for hidden in one.hidden]
    if one.received:
        lines += ["", t("You work with it as with any file. o writes what you changed into a file for them.")]
        return "\n".join(lines)
    lines.append("")
    if one.undone:
        lines += ["! " + t("Taken back in the history, but who has the file keeps it. Delete it if nobody does."), ""]
    if not one.back:
        lines.append(t("Nothing came back of it yet. i takes in what does."))
    else:
        lines.append(t("1 change came back") if one.back == 1 else t("{n} changes came back", n=f"{one.back:,}"))
        if one.last is not None:
            lines.append(t("the latest was written {when}", when=when(one.last, now)))
        if one.aside:
            lines.append("! " + t("{n} of them have no effect: they are about what was not shared", n=f"{one.aside:,}"))
    lines += ["", t("A newer share for the same name (n) knows what came back of this one.")]
    return "\n".join(lines)


def customers_text(n: int) -> str:
    """How many customers."""
    return t("1 customer") if n == 1 else t("{n} customers", n=f"{n:,}")


def path_text(path: Path) -> str:
    """A path; one in the home folder begins with ~."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def records_text(n: int) -> str:
    """How many records."""
    return t("1 record") if n == 1 else t("{n} records", n=f"{n:,}")


def kind_text(what: str) -> str:
    """What was exported."""
    said = {
        **{"customers": t("Customers"), "contacts": t("Contacts"), "all": t("Everything")},
        **{"bundle": t("Bundle"), "share": t("Share"), "schedule": t("Schedule")},
    }
    return said.get(what, what)


def left_facts(one: Left, now: datetime) -> str:
    """Everything about an export."""
    colon = COLON[language()]
    facts = (
        (t("when"), when(one.at, now)),
        (t("who"), one.who),
        (t("rows"), f"{one.rows:,}"),
        (t("file"), one.file),
    )
    return "\n".join([kind_text(one.what), "", *(f"{label}{colon}{said}" for label, said in facts if said)])
