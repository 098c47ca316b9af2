"""No history of copies, moves, put-backs, crashes and restores of real files gives two changes one number."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.file_histories import Forked, Step, World, shrunk, steps_of


@pytest.fixture
def ram(template: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with an empty file `template.db` in it; in memory where the system has such a folder."""
    fast = Path("/dev/shm")
    folder = (fast if fast.is_dir() else tmp_path) / f"histories-{os.getpid()}"
    folder.mkdir()
    shutil.copyfile(template, folder / "template.db")
    yield folder
    shutil.rmtree(folder)


def history(ram: Path, steps: list[Step], *, memories: bool = True) -> World:
    folder = ram / "world"
    folder.mkdir()
    world = World(folder, ram / "template.db", memories=memories)
    try:
        world.run(steps)
    finally:
        world.end()
        shutil.rmtree(folder)
    return world


def fork(ram: Path, steps: list[Step], **how: bool) -> bool:
    try:
        history(ram, steps, **how)
    except Forked:
        return True
    return False


def histories(ram: Path, seeds: range) -> None:
    for seed in seeds:
        steps = steps_of(seed, 40)
        if fork(ram, steps):
            pytest.fail(f"seed {seed}: {shrunk(steps, lambda some: fork(ram, some))}")


def test_no_history_of_files_gives_two_changes_one_number(ram: Path) -> None:
    histories(ram, range(10))


def test_the_histories_would_find_forks(ram: Path) -> None:
    assert any(fork(ram, steps_of(seed, 40), memories=False) for seed in range(10))


@pytest.mark.campaign
def test_two_thousand_histories(ram: Path) -> None:
    histories(ram, range(10_000, 12_000))
