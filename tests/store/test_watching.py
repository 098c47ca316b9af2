from __future__ import annotations

from crm_tui.services.crm import Crm
from crm_tui.store.watching import Watcher


def test_what_was_written_is_noticed_once(crm: Crm) -> None:
    watcher = Watcher(crm.store.path)
    assert not watcher.moved()
    crm.customers.create({"name": "王芳"})
    assert watcher.moved()
    assert not watcher.moved()
    watcher.close()
