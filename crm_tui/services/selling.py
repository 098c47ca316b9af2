"""The services of the pipeline, each loaded when it is first asked for: a start needs none of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from crm_tui.rules.policies import CURRENCY

if TYPE_CHECKING:
    from crm_tui.services.board import Board
    from crm_tui.services.crm import Crm
    from crm_tui.services.deals import Deals
    from crm_tui.services.funnels import Funnels
    from crm_tui.services.leads import Leads
    from crm_tui.services.pipelines import Pipelines
    from crm_tui.services.prospect_grades import ProspectGrades
    from crm_tui.services.stages import Stages

NOUNS_SOLD = frozenset({"deals", "leads", "pipelines", "prospect_grades", "stages"})
"""The nouns whose service stands here."""


class Selling:
    """What `Crm` offers of leads and deals."""

    @property
    def _seller(self) -> Crm:
        return cast("Crm", self)

    @property
    def currency(self) -> str:
        """The currency that is meant where none is said."""
        return self._seller.policies.value(CURRENCY)

    @cached_property
    def board(self) -> Board:
        """Reads the columns of a pipeline."""
        from crm_tui.services.board import Board

        return Board(self._seller)

    @cached_property
    def deals(self) -> Deals:
        """Opportunities, and the stages that they go through."""
        from crm_tui.services.deals import Deals

        return Deals(self._seller, "deals")

    @cached_property
    def funnels(self) -> Funnels:
        """Funnel and forecast, now or on a past day."""
        from crm_tui.services.funnels import Funnels

        return Funnels(self._seller)

    @cached_property
    def leads(self) -> Leads:
        """The call-in and walk-in registers."""
        from crm_tui.services.leads import Leads

        return Leads(self._seller, "leads")

    @cached_property
    def pipelines(self) -> Pipelines:
        """The ways of selling."""
        from crm_tui.services.pipelines import Pipelines

        return Pipelines(self._seller, "pipelines")

    @cached_property
    def prospect_grades(self) -> ProspectGrades:
        """How soon prospects mean to decide."""
        from crm_tui.services.prospect_grades import ProspectGrades

        return ProspectGrades(self._seller, "prospect_grades")

    @cached_property
    def stages(self) -> Stages:
        """The columns of the pipelines."""
        from crm_tui.services.stages import Stages

        return Stages(self._seller, "stages")
