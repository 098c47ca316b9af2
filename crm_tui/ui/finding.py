"""What the filter of the customer list finds: the first hits with their rows at once, the rest later."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_tui.store.windows import Value, Window
from crm_tui.ui import customer_list

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.readers import Readers
    from crm_tui.store.search import Found, Hit

WHYS = 60
"""For so many of the first hits the reason is read."""

REST = 0.4
"""Seconds that typing must rest before the rest of a long answer is read."""

MOST = 50_000
"""So many hits a filter shows at most."""


def first_hits(
    text: str, readers: Readers, columns: Sequence[str], where: tuple[str, tuple[Value, ...]], crm: Crm
) -> tuple[Found, Window]:
    """In a thread: find the first hits, and read their rows, so that they can be painted at once."""
    found = crm.customers.find(text, WHYS)
    ids = tuple(hit.id for hit in found.items)
    window = Window(readers, customer_list.found(columns, ids, *where))
    window.build(threading.Event())
    window.page(0, WHYS)
    return found, window


def all_ids(text: str, crm: Crm) -> tuple[str, ...]:
    """In a thread: the ids of all customers that answer, up to `MOST`."""
    from crm_tui.store.search import matching_ids

    return matching_ids(crm.store.reader(), text, MOST).ids


def reasons(found: Found) -> dict[str, str]:
    """Why each hit answers, by id."""
    return {hit.id: _reason(hit) for hit in found.items}


def _reason(hit: Hit) -> str:
    """The text that answers; nothing where the name itself does, for it says so by being there."""
    from crm_tui.rules.phones import show_phone

    field, text = hit.why
    if text == hit.name:
        return ""
    return show_phone(text) if field == "phone" else text
