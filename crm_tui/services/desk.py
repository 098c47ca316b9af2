"""The services of the desk, each loaded when it is first asked for: a start needs none of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from crm_tui.services.articles import Articles
    from crm_tui.services.callers import Callers
    from crm_tui.services.corrective_actions import CorrectiveActions
    from crm_tui.services.crm import Crm
    from crm_tui.services.grants import Grants
    from crm_tui.services.reviews import Reviews
    from crm_tui.services.service_reports import ServiceReports
    from crm_tui.services.tickets import Tickets

NOUNS_DESK = frozenset({"articles", "corrective_actions", "grants", "reviews", "tickets"})
"""The nouns whose service stands here."""


class Desk:
    """What `Crm` offers of the service desk."""

    @property
    def _agent(self) -> Crm:
        return cast("Crm", self)

    @cached_property
    def articles(self) -> Articles:
        """What the desk knows."""
        from crm_tui.services.articles import Articles

        return Articles(self._agent, "articles")

    @cached_property
    def callers(self) -> Callers:
        """Who rings."""
        from crm_tui.services.callers import Callers

        return Callers(self._agent)

    @cached_property
    def corrective_actions(self) -> CorrectiveActions:
        """What is done so that it does not happen again."""
        from crm_tui.services.corrective_actions import CorrectiveActions

        return CorrectiveActions(self._agent, "corrective_actions")

    @cached_property
    def grants(self) -> Grants:
        """What is granted within a role's limit, or by an approver."""
        from crm_tui.services.grants import Grants

        return Grants(self._agent, "grants")

    @cached_property
    def reviews(self) -> Reviews:
        """What customers said."""
        from crm_tui.services.reviews import Reviews

        return Reviews(self._agent, "reviews")

    @cached_property
    def service_reports(self) -> ServiceReports:
        """Figures of the desk."""
        from crm_tui.services.service_reports import ServiceReports

        return ServiceReports(self._agent)

    @cached_property
    def tickets(self) -> Tickets:
        """Complaints, requests, questions, suggestions, praise."""
        from crm_tui.services.tickets import Tickets

        return Tickets(self._agent, "tickets")
