"""Knowledge: articles and cases, found while a complaint is typed; questions that wait for the engineer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Refused
from crm_tui.rules.alike_texts import alike, pieces
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import t

LOOKED_AT = 5_000
"""The newest articles; the search reads them all."""


class Articles(NounService):
    """What the desk knows."""

    def find(self, text: str, limit: int = 5) -> list[Row]:
        """Articles that may help with what is typed, the best first; those that wait for an answer left out."""
        typed = pieces(text)
        if not typed:
            return []
        rows = self.store.reader().execute(
            "SELECT id, coalesce(symptom, '') || ' ' || coalesce(product, '') || ' ' || coalesce(cause, '') "
            "FROM articles WHERE live AND kind <> 'asked' ORDER BY id DESC LIMIT ?",
            (LOOKED_AT,),
        )
        return [self.get(ident) for ident in alike(typed, rows, limit)]

    def write(self, values: Mapping[str, Any]) -> Changes:
        """Write an article, in one's own name."""
        me = self.crm.people.me()
        return self.add({"person": me and me["id"], **values})

    def from_ticket(self, ticket: str, kind: str = "article") -> Changes:
        """Make an article or a case of a closed complaint: what it was about, what helped.

        Raises:
            Refused: it is not closed, or nothing is written about what helped.
        """
        row = self.crm.tickets.get(ticket)
        if row["state"] != "closed":
            raise Refused(t("only a closed ticket becomes an article"))
        if not row["solution"]:
            raise Refused(t("write down first what helped (e, Solution)"))
        symptom = str(row["text"]).splitlines()[0][:200]
        values = {"symptom": symptom, "product": row["product"], "cause": row["cause"], "fix": row["solution"]}
        return self.write({**values, "kind": kind, "ticket": ticket})

    def ask(self, ticket: str) -> Changes:
        """Ask the engineer about a ticket."""
        row = self.crm.tickets.get(ticket)
        symptom = str(row["text"]).splitlines()[0][:200]
        return self.write({"symptom": symptom, "product": row["product"], "kind": "asked", "ticket": ticket})

    def answer(self, article: str, fix: str) -> Changes:
        """Answer what was asked; it is an article from then on."""
        me = self.crm.people.me()
        return self.edit(article, {"fix": fix, "kind": "article", "person": me and me["id"]})

    def asked(self) -> list[Row]:
        """What waits for the engineer, the oldest first."""
        return self._rows("live AND kind = 'asked' ORDER BY created, id")
