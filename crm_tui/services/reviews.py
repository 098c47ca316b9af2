"""What customers said: the latest, the mean of twelve months, with date and source; unknown is a state of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_tui.errors import Invalid
from crm_tui.rules.service_report import NetScore, net_score
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import t

RANGES = {"attitude": (1, 5), "score": (1, 5), "recommend": (0, 10)}
YEAR = 365


@dataclass(frozen=True)
class Satisfaction:
    """How satisfied a customer is, as far as it is known.

    Attributes:
        latest: 1 to 5, None if nobody ever asked; `at` and `source` belong to it.
        mean: of the scores of twelve months, of `n` answers; None without any.
        recommend: the latest recommendation, 0 to 10; None if unknown.
    """

    latest: int | None
    at: str | None
    source: str | None
    mean: float | None
    n: int
    recommend: int | None


class Reviews(NounService):
    """Satisfaction and recommendation."""

    def validated(self, values: Mapping[str, Any]) -> Row:
        """A row as it is stored.

        Raises:
            Invalid: an answer out of its range.
        """
        row = self.noun.validate({**values, "id": "0" * 32})
        row.pop("id")
        wrong = {
            name: t("must be from {low} to {high}", low=low, high=high)
            for name, (low, high) in RANGES.items()
            if row[name] is not None and not low <= int(str(row[name])) <= high
        }
        if wrong:
            raise Invalid(wrong)
        return row

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse answers out of their range."""
        super().check(row, own)
        known = {name: value for name, value in row.items() if name in self.noun.fields and name not in _DERIVED}
        self.validated(known)

    def tell(self, customer: str, values: Mapping[str, Any]) -> Changes:
        """Note what a customer said, outside of a ticket.

        Raises:
            Invalid: an answer out of its range, or none at all.
        """
        me = self.crm.people.me()
        row = self.validated(
            {"customer": customer, "at": self.store.now(), "person": me and me["id"], "source": "survey", **values}
        )
        if row["score"] is None and row["recommend"] is None and row["attitude"] is None and not row["text"]:
            raise Invalid({"score": t("say what was answered")})
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Satisfaction of {name}", noun=self.name, name=name) as work:
            work.insert(self.name, row)
        return work.changes

    def of_customer(self, customer: str) -> Satisfaction:
        """What is known of a customer."""
        rows = self._rows(f"{OWNER} ORDER BY at DESC, id DESC LIMIT 500", (customer, customer))
        scored = [row for row in rows if row["score"] is not None]
        since = self.crm.days_ago(YEAR)
        year = [int(row["score"]) for row in scored if (row["at"] or "") >= since]
        recommend = next((int(row["recommend"]) for row in rows if row["recommend"] is not None), None)
        last = scored[0] if scored else None
        return Satisfaction(
            int(last["score"]) if last else None,
            last["at"] if last else None,
            last["source"] if last else None,
            sum(year) / len(year) if year else None,
            len(year),
            recommend,
        )

    def of_ticket(self, ticket: str) -> list[Row]:
        """What a customer said of a ticket, oldest first."""
        return self._rows("ticket = ? AND live ORDER BY at, id", (ticket,))

    def net_score(self, since: str, until: str) -> NetScore:
        """The net score of the answers from one instant up to another."""
        rows = self.store.reader().execute(
            "SELECT recommend, count(*) FROM reviews WHERE live AND at >= ? AND at < ? AND recommend BETWEEN 0 AND 10 "
            "GROUP BY 1",
            (since, until),
        )
        return net_score(dict(rows.fetchall()))


_DERIVED = ("changed", "live")
