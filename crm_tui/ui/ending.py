"""Ends the app when the system tells it to: its window was closed, or the machine goes down.

That is no crash: where the file's log ends is noted first, so that the next start goes on with it.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_tui.ui.app import CrmApp

SIGNALS = ("SIGHUP", "SIGTERM")
"""What a closed window and a shutdown send, where the system knows them."""


def end_on_signals(app: CrmApp) -> None:
    """Let `app` leave its file in order when it is told to end at once; to be called in the main thread."""

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        if app.crm is not None:
            app.crm.store.leave()
        os.kill(os.getpid(), number)

    for name in SIGNALS:
        number = getattr(signal, name, None)
        # Whoever started the program so that it outlives its terminal (nohup) has said so by ignoring the signal.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
