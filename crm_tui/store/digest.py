"""One number for all that people know: equal digests mean equal content, whatever the order of rows."""

from __future__ import annotations

import hashlib
import json
import sqlite3

from crm_tui.store.catalogue import Catalogue, NounIn


def digest(db: sqlite3.Connection, catalogue: Catalogue) -> str:
    """The digest (32 hex signs) over every noun, trash included; undone rows and derived values are left out."""
    total = 0
    for noun in catalogue.nouns.values():
        total += _sum(db, noun)
    return f"{total % 2**128:032x}"


def _sum(db: sqlite3.Connection, noun: NounIn) -> int:
    columns = [name for name in noun.kept if name != "extra"]
    total = 0
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    query = f"SELECT extra, {', '.join(columns)} FROM {noun.name} WHERE deleted IS NOT 'undone'"
    for extra, *values in db.execute(query):
        known = [(name, value) for name, value in zip(columns, values, strict=True) if value is not None]
        if extra not in (None, "{}"):
            known.append(("extra", sorted(json.loads(extra).items())))
        text = noun.name + dump(known)
        total += int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")
    return total
