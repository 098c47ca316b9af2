"""Long work that did not come to its end: noted at the start, told at the next opening."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_SETTING = "unfinished"


@contextmanager
def noted(crm: Crm, file: str) -> Iterator[None]:
    """Note that `file` is being imported; a kill leaves the note behind, every other end takes it away."""
    (last,) = crm.store.reader().execute("SELECT coalesce(max(id), 0) FROM action").fetchone()
    note = {"file": file, "at": crm.local_now().strftime("%Y-%m-%d %H:%M"), "pid": os.getpid(), "last": last}
    crm.store.set_setting(_SETTING, json.dumps(note, ensure_ascii=False))
    try:
        yield
    finally:
        crm.store.set_setting(_SETTING, "")


def told(crm: Crm) -> str | None:
    """What became of an import that was cut off, in one sentence, once; None if there is nothing to tell."""
    text = crm.store.setting(_SETTING)
    if not text:
        return None
    note = json.loads(text)
    if _alive(int(note["pid"])):
        return None
    crm.store.set_setting(_SETTING, "")
    query = "SELECT id FROM action WHERE id > ? AND kind = 'import' AND json_extract(params, '$.file') = ?"
    done = crm.store.reader().execute(query, (note["last"], os.path.basename(note["file"]))).fetchone()
    if done is not None:
        return t("the import of {file} ({at}) was cut off after it had finished; everything is there", **_named(note))
    return t("the import of {file} ({at}) was cut off; nothing of it was taken in, import it again", **_named(note))


def _named(note: dict[str, str]) -> dict[str, str]:
    return {"file": note["file"], "at": note["at"]}


def _alive(pid: int) -> bool:
    """Whether a process runs; on Windows asking would end it, so none is taken to run there."""
    if os.name == "nt" or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
