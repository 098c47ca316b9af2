"""The people of the company, and which of them sits at this screen."""

from __future__ import annotations

from crm_tui.errors import NotFound
from crm_tui.services.noun import NounService, Row
from crm_tui.words import t


class People(NounService):
    """Colleagues: add, edit, find, and "who am I"."""

    def find(self, text: str) -> Row:
        """The person with this id or name.

        Raises:
            NotFound: if there is none, or more than one.
        """
        wanted = text.strip().casefold()
        found = [p for p in self.all() if p["id"] == wanted or str(p["name"]).casefold() == wanted]
        if len(found) == 1:
            return found[0]
        known = ", ".join(str(p["name"]) for p in self.all()[:12]) or t(
            "nobody yet; add one with: crm-tui people add NAME"
        )
        if found:
            raise NotFound(t("more than one person is called “{name}”; use the id", name=text))
        raise NotFound(t("nobody is called “{name}”; known are: {known}", name=text, known=known))

    def me(self) -> Row | None:
        """The person who works at this screen, if that was said."""
        row = self.store.person or self.store.setting("me")
        found = self._rows("id = ?", (row,)) if row else []
        return found[0] if found else None

    def i_am(self, row: str) -> None:
        """Say who works at this screen; kept for the next start."""
        self.get(row)
        self.store.set_setting("me", row)
        self.store.person = row
