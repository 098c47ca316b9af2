"""What the desk keeps to until the company agrees on something else: data/desk.toml, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crm_tui.paths import data_folder

Within = tuple[int, int]
"""Minutes of working time until the answer, until the solution."""


@dataclass(frozen=True)
class DeskDefaults:
    """What ships.

    Attributes:
        policies: values by name.
        standards: by tier ("" for everybody else) and severity.
        causes: names in English and Chinese by code.
    """

    policies: Mapping[str, str]
    standards: Mapping[tuple[str, str], Within]
    causes: Mapping[str, tuple[str, str]]


@lru_cache(maxsize=1)
def desk_defaults() -> DeskDefaults:
    """Read the file that ships."""
    told = tomllib.loads((data_folder() / "desk.toml").read_text(encoding="utf-8"))
    standards = {
        (tier, severity): (within[0], within[1])
        for tier, by_severity in told["standards"].items()
        for severity, within in by_severity.items()
    }
    return DeskDefaults(told["policies"], standards, {code: (en, zh) for code, (en, zh) in told["causes"].items()})
