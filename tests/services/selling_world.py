"""A few deals on a board, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_tui.services.crm import Crm
from tests.conftest import NOW


class Ticking:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = NOW - timedelta(days=90)

    def __call__(self) -> Any:
        return self.at

    def forward(self, **span: int) -> None:
        self.at += timedelta(**span)


def stage(crm: Crm, name: str) -> str:
    crm.pipelines.ensure()
    return str(crm.stages.find(name)["id"])


def deal(crm: Crm, customer: str, name: str = "Cold store", **values: Any) -> str:
    return crm.deals.add({"customer": customer, "name": name, **values}).ids[0]
