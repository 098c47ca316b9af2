"""Programs in a real pseudo-terminal: what they paint is timed to the byte.

The terminal answers what a real one would be asked (device attributes, cursor, keyboard protocol, synchronised output,
colours), so that no program waits for a time-out. Machines are shared: compare only what was measured in the same,
interleaved rounds.
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import re
import select
import signal
import statistics
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

QUIET = 0.03
"""Silence, in seconds, after which a frame is taken to be complete."""

DOWN, UP, PAGE_DOWN, PAGE_UP, HOME, END = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[5~", b"\x1b[H", b"\x1b[F"


@dataclass(frozen=True, slots=True)
class Stroke:
    """The answer to one key: seconds to its first and last byte, and how many came."""

    first: float
    last: float
    size: int


class Terminal:
    """A program in a terminal of `columns` × `rows`."""

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 140,
        rows: int = 45,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        around = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "NO_COLOR"))}
        for name in ("COLUMNS", "LINES"):
            around.pop(name, None)
        around |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        around |= env or {}
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd or Path.cwd())
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.execvpe(argv[0], list(argv), around)
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)
        self._poll = select.poll()  # select() knows no numbers over 1024, which a long test run reaches
        self._poll.register(self._fd, select.POLLIN | select.POLLHUP)
        self.painted = bytearray()
        self.ended = False

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def wait_for(self, text: str, timeout: float = 60.0) -> float:
        """Read until `text` was painted; the seconds since the program's start.

        Raises:
            TimeoutError: if it was not painted in time or the program ended.
        """
        wanted = text.encode()
        while wanted not in self.painted:
            if self.ended or time.perf_counter() - self.started > timeout:
                tail = bytes(self.painted[-2000:]).decode("utf-8", "replace")
                raise TimeoutError(f"{text!r} was not painted; the last that was: {tail}")
            self._read(0.02)
        return time.perf_counter() - self.started

    def settle(self, quiet: float = 0.3, timeout: float = 20.0) -> None:
        """Read until nothing came for `quiet` seconds."""
        began = last = time.perf_counter()
        while not self.ended and time.perf_counter() - began < timeout:
            if self._read(0.01):
                last = time.perf_counter()
            elif time.perf_counter() - last > quiet:
                return

    def press(self, keys: bytes, timeout: float = 20.0, quiet: float = QUIET) -> Stroke:
        """Send `keys` and time the frame that answers them; it is complete when nothing came for `quiet` seconds.

        Raises:
            TimeoutError: if nothing was painted.
        """
        self.painted.clear()
        sent = time.perf_counter()
        os.write(self._fd, keys)
        first = last = 0.0
        size = 0
        while not self.ended and time.perf_counter() - sent < timeout:
            got = self._read(quiet)
            now = time.perf_counter() - sent
            if got:
                first, last, size = first or now, now, size + got
            elif size:
                return Stroke(first, last, size)
        raise TimeoutError(f"no frame answered {keys!r}")

    def type(self, keys: bytes) -> None:
        """Send `keys` without waiting."""
        os.write(self._fd, keys)

    def memory(self) -> float:
        """Resident memory of the program and its children in MiB."""
        return sum(_resident(pid) for pid in _family(self.pid)) / 1024

    def close(self) -> None:
        """End the program."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, sign)
            except ProcessLookupError:
                break
            until = time.monotonic() + 2
            while time.monotonic() < until:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self._fd)
                    return
                self._read(0.02)
        os.close(self._fd)

    def _read(self, timeout: float) -> int:
        if self.ended or not self._poll.poll(timeout * 1000):
            return 0
        try:
            got = os.read(self._fd, 1 << 18)
        except OSError:
            got = b""
        if not got:
            self.ended = True
            return 0
        self.painted += got
        self._answer(got)
        return len(got)

    def _answer(self, got: bytes) -> None:
        answer = b""
        if b"\x1b[c" in got or b"\x1b[0c" in got:
            answer += b"\x1b[?62;22c"
        if b"\x1b[6n" in got:
            answer += b"\x1b[1;1R"
        if b"\x1b[?u" in got:
            answer += b"\x1b[?0u"
        for mode in re.findall(rb"\x1b\[\?(\d+)\$p", got):
            answer += b"\x1b[?" + mode + b";2$y"
        for place, colour in ((b"10", b"ffff/ffff/ffff"), (b"11", b"0000/0000/0000")):
            if b"\x1b]" + place + b";?" in got:
                answer += b"\x1b]" + place + b";rgb:" + colour + b"\x07"
        if answer:
            os.write(self._fd, answer)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def rounds(cases: Mapping[str, Callable[[], float]], n: int = 7, warm: int = 1) -> dict[str, list[float]]:
    """Measure each case `n` times, all of them in each round and in a new order each time.

    Args:
        cases: each call measures once and returns seconds (or what else it measures).
        n: rounds that count.
        warm: rounds before, which fill caches and do not count.
    """
    dice = random.Random(1)
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(warm + n):
        order = list(cases)
        dice.shuffle(order)
        for name in order:
            figure = cases[name]()
            if number >= warm:
                figures[name].append(figure)
    return figures


def ratio(figures: Sequence[float], yardstick: Sequence[float]) -> float:
    """The median of the ratios of single rounds: what disturbs a round disturbs both sides of it."""
    return statistics.median(one / other for one, other in zip(figures, yardstick, strict=True))


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure below which `share` (0 to 1) of all lie."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
