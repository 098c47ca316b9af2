"""Random histories of shares and their returns agree with the rules in memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.store.test_merging import ram
from tests.sync.share_worlds import ShareWorld

HISTORIES = int(os.environ.get("CRM_TUI_SHARES", "400"))


def play(template: Path, seed: int, steps: int) -> None:
    """Play one history; a failure names its seed."""
    with ram() as folder:
        world = ShareWorld(folder, template, seed)
        try:
            world.run(steps)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {steps} steps: {' · '.join(world.steps)}: {error!r}") from error
        finally:
            world.close()


def test_a_return_is_as_if_the_partner_were_a_machine_of_the_company(template: Path) -> None:
    for seed in range(6):
        play(template, seed, 40)


@pytest.mark.campaign
def test_many_histories_of_shares_agree(template: Path) -> None:
    for seed in range(1000, 1000 + HISTORIES):
        play(template, seed, 20 + seed % 60)
