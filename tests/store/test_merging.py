"""Machines that work and meet at random agree with each other, with the rules in memory, and with their own logs."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.store.machines import Machine
from tests.store.worlds import KINDS, World

PROFILES = (
    KINDS,
    "same same clash edit give send post choose undo trash custom lie",
    "merge merge clash unmerge give give undo edit trash restore insert plan plan",
    "trash restore clash edit child link give give give undo redo choose insert export late raw",
    "clash clash edit edit give give choose choose undo undo trash restore insert crash put_back keep send post",
    "any any any any clash give give undo choose link late export reopen",
)
HISTORIES = int(os.environ.get("CRM_TUI_HISTORIES", "10000"))
"""How many histories the campaign plays."""


@contextmanager
def ram() -> Iterator[Path]:
    """A folder in memory, where the system has one."""
    fast = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="crm-worlds-", dir=fast if fast.is_dir() else None) as folder:
        yield Path(folder)


def play(template: Path, seed: int, steps: int, *, last: int | None = None) -> tuple[int, int]:
    """Play one history to its end (or only its first `last` steps): steps and refused bundles.

    Raises:
        AssertionError: naming the seed and what was done.
    """
    with ram() as folder:
        world = World(folder, template, 2 + seed % 3, seed, PROFILES[seed % len(PROFILES)])
        try:
            world.run(last or steps)
            return len(world.steps), world.refused
        except Exception as error:
            raise AssertionError(f"seed {seed}, {steps} steps, after {' · '.join(world.steps)}: {error}") from error
        finally:
            world.close()


def test_histories_of_real_files_agree(template: Path) -> None:
    for seed in range(12):
        play(template, seed, 30)


def test_a_head_that_loses_its_cover_is_shown(template: Path, tmp_path: Path) -> None:
    """The change that was shown is replaced by an earlier one, whose author had not seen the second latest."""
    a, b, c = (Machine(tmp_path / f"{name}.db", template, name) for name in "abc")
    row = a.insert(name="x")
    a.give(b)
    a.skew, b.skew, c.skew = 100, 50, -1000
    a.edit(row, grade="A")
    b.edit(row, grade="B")
    a.give(c)
    c.edit(row, grade="C")
    b.give(a)
    c.give(a)
    assert (a.value(row, "grade"), a.history().value(row, "grade")) == ("B", "B")
    assert a.crm.check() == []
    for machine in (a, b, c):
        machine.crm.close()


@pytest.mark.campaign
def test_ten_thousand_histories_of_real_files_agree(template: Path, tmp_path: Path) -> None:
    calm = tmp_path / "template.db"
    shutil.copy(template, calm)
    chunks = [(calm, range(start, start + 50)) for start in range(100_000, 100_000 + HISTORIES, 50)]
    with ProcessPoolExecutor(os.cpu_count(), initializer=gc.freeze) as pool:
        failed = [text for texts in pool.map(_several, chunks) for text in texts]
    assert not failed, failed[:3]


def _several(chunk: tuple[Path, range]) -> list[str]:
    failed = []
    for seed in chunk[1]:
        try:
            play(chunk[0], seed, 15 + seed % 40)
        except AssertionError as error:
            failed.append(str(error)[:2000])
    if said := os.environ.get("CRM_TUI_HISTORIES_LOG"):
        with open(said, "a") as stream:
            stream.write("".join(f"{text}\n" for text in [*failed, f"played {chunk[1].start}-{chunk[1].stop - 1}"]))
    return failed
