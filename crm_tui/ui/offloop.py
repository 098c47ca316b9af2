"""Coroutine functions for Textual's workers.

A coroutine that was made and never awaited, because a later worker took its place first, would be complained about;
so workers get functions. Textual's types do not know functions whose coroutines are made by `async def`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, cast

P = ParamSpec("P")


def job(work: Callable[P, Coroutine[Any, Any, None]], *given: P.args, **named: P.kwargs) -> Callable[[], None]:
    """What `run_worker` takes, from an `async def` and its arguments."""
    return cast("Callable[[], None]", partial(work, *given, **named))
