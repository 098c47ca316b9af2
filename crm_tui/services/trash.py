"""The trash: what was deleted, and whether anything was written on it since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_tui.errors import NotFound
from crm_tui.records.nouns import NOUNS
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Trashed:
    """One row in the trash: its noun, id, what people call it, and since when (text, UTC)."""

    noun: str
    id: str
    title: str
    since: str


class Trash:
    """All nouns' trash together."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def rows(self, limit: int = 500) -> list[Trashed]:
        """What is in the trash, newest first."""
        db = self.crm.store.reader()
        found = []
        for name, noun in NOUNS.items():
            column = noun.title or "id"
            query = f"SELECT id, {column}, changed FROM {name} WHERE deleted = 'trashed' ORDER BY changed DESC LIMIT ?"
            found += [
                Trashed(name, row, str(title or row), since or "") for row, title, since in db.execute(query, (limit,))
            ]
        return sorted(found, key=lambda row: row.since, reverse=True)[:limit]

    def noun_of(self, row: str) -> str:
        """The noun that an id belongs to.

        Raises:
            NotFound: if no record has this id.
        """
        query = "SELECT n.name FROM row r JOIN noun n ON n.k = r.noun WHERE r.id = ?"
        found = self.crm.store.reader().execute(query, (row,)).fetchone()
        if found is None:
            raise NotFound(t("there is no record {id}", id=row))
        return str(found[0])

    def restore(self, row: str) -> Changes:
        """Take one row out of the trash.

        Raises:
            NotFound, Refused: if it is not there.
        """
        return self.crm.noun(self.noun_of(row)).restore(row)
