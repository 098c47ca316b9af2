"""How much is known of a customer, and what to ask next time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Weights = Mapping[str, Mapping[str, int]]

DEFAULT_WEIGHTS: Weights = {
    "organisation": {
        "name": 10, "phones": 15, "contacts": 15, "addresses": 10, "owner": 10, "industry": 10, "emails": 8, "needs": 7,
        "source": 5, "size": 5, "region": 5,
    },
    "person": {
        "name": 15, "phones": 25, "birthday": 15, "addresses": 10, "source": 10, "owner": 10, "needs": 10, "emails": 5,
    },
    "household": {
        "name": 15, "phones": 25, "addresses": 20, "contacts": 15, "birthday": 10, "needs": 10, "source": 5,
    },
}  # fmt: skip
"""What counts how much, by kind of customer: a proposal, the person's own table comes as a parameter."""


def completeness(kind: str, have: Collection[str], weights: Weights = DEFAULT_WEIGHTS) -> tuple[int, list[str]]:
    """Say how complete a customer is (0 to 100 percent) and what is missing, the weightiest first.

    Args:
        kind: organisation, person or household; another kind counts as organisation.
        have: the fields and lists that are filled ("owner", "phones", "birthday").
        weights: points by field by kind; a kind that asks for nothing is complete.
    """
    wanted = weights.get(kind) or weights.get("organisation") or {}
    total = sum(weight for weight in wanted.values() if weight > 0)
    missing = [field for field, weight in wanted.items() if weight > 0 and field not in have]
    missing.sort(key=lambda field: -wanted[field])
    if not total:
        return 100, []
    return (100 * (total - sum(wanted[field] for field in missing))) // total, missing
