"""Becoming a machine of a company by its first bundle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.errors import Refused
from crm_tui.store import merging
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.sync.bundles import Bundles, Imported


def may_join(bundles: Bundles) -> bool:
    """Whether this file has met no other machine yet, and so can become one of another company."""
    query = "SELECT EXISTS(SELECT 1 FROM peer) OR EXISTS(SELECT 1 FROM seen)"
    return not bundles.store.reader().execute(query).fetchone()[0]


def join(
    bundles: Bundles,
    path: Path,
    *,
    accept_key: str | None = None,
    passphrase: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> Imported:
    """Make this file one of the company that a bundle comes from; what it holds already comes along.

    Args:
        bundles: of the open file.
        path: the bundle.
        accept_key: the code of its sender, as its owner reads it out, or "any".
        passphrase: opens it.
        progress: is told how many changes were verified or read.
        stop: ends it before anything is written.

    Raises:
        UnknownKey: its sender was never met.
        Refused: if this file has met other machines already.
        BadFile, WrongKey, Cancelled: with a sentence; nothing is changed.
    """
    store = bundles.store
    alone, before = may_join(bundles), store.setting("workspace")
    if (known := bundles.recognised(path)) is not None:
        return known
    with bundles.reading(path, passphrase, progress, stop) as bundle:
        if not alone and bundle.manifest.workspace != before:
            raise Refused(t("this file works with other machines already; join with a new one: --db FILE"))
        store.set_setting("workspace", bundle.manifest.workspace)
        try:
            done = bundles._take(path, bundle, accept_key, progress=progress, stop=stop)
        except BaseException:
            store.set_setting("workspace", before)
            raise
    merging.index(store, stop)
    return done
