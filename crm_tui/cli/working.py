"""Long work in a terminal: how far it is, how it is stopped, what it asks for."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from crm_tui.errors import BadFile
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.cli.session import Session
    from crm_tui.sync.bundles import Bundles

T = TypeVar("T")
_EVERY = 0.1
"""Seconds between two progress lines."""


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM ask the work to stop at its next step; a second one stops it where it stands."""
    cancel = threading.Event()

    def stop(_signal: int, _frame: object) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    if threading.current_thread() is not threading.main_thread():
        yield cancel
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def counting() -> Iterator[Callable[[int], None]]:
    """How many changes are done, in one line on stderr that is wiped at the end; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    last = 0.0

    def tell(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > _EVERY:
            last = now
            print("\r\x1b[K" + t("{n} changes", n=f"{done:,}"), end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def bundles_of(session: Session) -> Bundles:
    """What makes and takes bundles of the session's file, with the keys of this machine."""
    from crm_tui.sync.bundles import Bundles

    return Bundles(session.crm(), session.home.data, session.home.memory)


def asks() -> bool:
    """Whether there is somebody who can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def accepting(attempt: Callable[[str | None], T], code: str | None) -> T:
    """Do what may meet an unknown machine; somebody at a terminal is asked whether its code is right.

    Args:
        attempt: gets the code that is accepted.
        code: that was given as an option.

    Raises:
        UnknownKey: nobody accepted it.
    """
    from crm_tui.sync.bundles import UnknownKey

    try:
        return attempt(code)
    except UnknownKey as unknown:
        if code is not None or not asks() or not matches(unknown.name, unknown.code):
            raise
        return attempt(unknown.code)


def matches(name: str, code: str) -> bool:
    """Ask whether the code of an unknown machine is the one that its owner reads out."""
    print(t("{name} is not known here yet. Its code is {code}.", name=name, code=code), file=sys.stderr)
    return click.confirm(t("Does its owner read the same code on its screen?"), default=False, err=True)


def passphrase(file: Path | None, bundle: Path | None = None) -> str | None:
    """The passphrase in the first line of a file; for a bundle that needs one, somebody at a terminal is asked.

    Raises:
        BadFile: the file cannot be read.
    """
    if file is not None:
        try:
            return (file.expanduser().read_text("utf-8").splitlines() or [""])[0]
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or t("it is no text")
            raise BadFile(t("{file} cannot be read: {reason}.", file=file, reason=reason)) from None
    if bundle is None or not asks() or not _wants_phrase(bundle):
        return None
    return str(click.prompt(t("Passphrase of {file}", file=bundle.name), hide_input=True, err=True))


def _wants_phrase(bundle: Path) -> bool:
    from crm_tui.sync.sealing import PHRASE

    try:
        with bundle.open("rb") as stream:
            return stream.read(len(PHRASE)) == PHRASE
    except OSError:
        return False
