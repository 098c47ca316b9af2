"""Machines whose every step is a process of its own, so that it can be killed, limited and run beside others."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.cli.run import run
from crm_tui.words import set_language

FIXED = ("--now", "2026-11-24T10:05", "--zone", "Asia/Shanghai")


@dataclass(frozen=True)
class Done:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Laptop:
    """A home folder with a file, a key and a memory."""

    def __init__(self, place: Path, name: str) -> None:
        self.name, self.home = name, place / name

    def words(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "crm_tui", "--home", str(self.home), *FIXED, *map(str, words)]

    def run(self, *words: object, before: Callable[[], None] | None = None) -> Done:
        """Run a command; in a process of its own only where something is done to that first."""
        if before is None:
            return self._inside(*words)
        done = subprocess.run(
            self.words(*words), capture_output=True, text=True, check=False, timeout=120, preexec_fn=before,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def _inside(self, *words: object) -> Done:
        out, err = io.StringIO(), io.StringIO()
        handler = signal.getsignal(signal.SIGTERM)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = run(self.words(*words)[3:])
        finally:
            signal.signal(signal.SIGTERM, handler)
            set_language("en")
        return Done(code, out.getvalue(), err.getvalue())

    def ok(self, *words: object) -> Any:
        done = self.run(*words, "--json")
        assert done.code == 0, done.err
        return done.data

    def start(self, *words: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.words(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
        )

    def took(self, *words: object) -> float:
        """Seconds that a command takes."""
        start = time.monotonic()
        child = self.start(*words)
        assert child.wait() == 0, child.communicate()
        return time.monotonic() - start

    def killed(self, after: float, *words: object) -> bool:
        """Kill a command after some seconds; whether it was still running."""
        child = self.start(*words)
        time.sleep(after)
        running = child.poll() is None
        if running:
            os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        return running

    def digest(self) -> str:
        said = self.ok("check", "--digest")
        assert said["ok"], said["problems"]
        return str(said["digest"])


def limited(size: int) -> Callable[[], None]:
    """Files cannot grow beyond `size` bytes in a process that begins so, as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit
