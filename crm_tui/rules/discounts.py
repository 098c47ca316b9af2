"""Who may give which discount: a limit for each role, and one approver above it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from crm_tui.rules.money import BASIS, parse_percent, percent
from crm_tui.words import t

ROLES = ("salesperson", "desk", "technician", "manager", "supervisor", "admin", "partner")
_PART = re.compile(r"([a-z]+)\s*[:=]?\s*([\d.]+)\s*%?")


def parse_limits(text: str) -> dict[str, int]:
    """Basis points by role from "salesperson 5, manager 15"; a role that is not named may give none.

    Raises:
        ValueError: with a sentence.
    """
    found = {}
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    for part in filter(None, (one.strip() for one in re.split(r"[,;、]", said))):
        match = _PART.fullmatch(part)
        if match is None or match[1] not in ROLES:
            raise ValueError(t("must be roles and percentages such as: salesperson 5, manager 15, supervisor 30"))
        found[match[1]] = parse_percent(match[2])
    return found


def limits_text(limits: Mapping[str, int]) -> str:
    """As it is stored: roles from the lowest limit to the highest."""
    ordered = sorted(limits.items(), key=lambda one: (one[1], ROLES.index(one[0])))
    return ", ".join(f"{role} {percent(limit).removesuffix(' %')}" for role, limit in ordered)


def discount_of(price: int, discount: int, listed: int | None) -> int:
    """The discount that a line really gives, in basis points: also through a price below the list's, rounded up."""
    if not listed or listed <= 0:
        return discount
    paid = price * (BASIS - discount) // listed  # basis points of the list price; what is given away is rounded up
    return max(discount, BASIS - paid)


def approvers(needed: int, people: Iterable[tuple[str, str]], limits: Mapping[str, int]) -> list[str]:
    """Who may give a discount, those with the lowest sufficient limit first.

    Args:
        needed: basis points.
        people: name and role of each.
        limits: basis points by role.
    """
    able = [(limits.get(role, 0), name) for name, role in people if limits.get(role, 0) >= needed]
    return [name for _, name in sorted(able)]
