"""Runs commands as a person would, inside this process or as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crm_tui.cli.run import run

FIXED = ("--now", "2026-11-24T10:05", "--zone", "Asia/Shanghai")


@dataclass
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.out)


Call = Callable[..., Said]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run a command in this process on a home of its own: `call("find", "wf")`."""
    before = signal.getsignal(signal.SIGTERM)

    def go(*words: object, home: Path | None = None) -> Said:
        capsys.readouterr()
        code = run(["--home", str(home or tmp_path / "home"), *FIXED, *map(str, words)])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield go
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def spawn(tmp_path: Path) -> Call:
    """Run a command as a process of its own."""

    def go(*words: object, **options: Any) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "crm_tui", "--home", str(tmp_path / "home"), *FIXED, *map(str, words)],
            capture_output=True, text=True, encoding="utf-8", env={**os.environ}, check=False, timeout=60, **options,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    return go
