"""The app lets go of its file only when no thread of it reads any longer."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from crm_tui.services.crm import Crm
from tests.ui.shown import app_on


def test_a_file_is_closed_after_the_threads_that_read_it(db_file: Path) -> None:
    app = app_on(db_file, "customers")
    reading, ended = threading.Event(), threading.Event()

    def read(crm: Crm) -> None:
        reading.set()
        # Long enough that an end which does not wait would close the connection in the middle of the statement.
        endless = (
            "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 600000) SELECT max(i) FROM n"
        )
        assert crm.store.reader().execute(endless).fetchone()[0] == 600_000
        ended.set()

    async def go() -> None:
        async with app.run_test(size=(80, 24)):
            crm = await app.opened()
            assert crm is not None
            work = asyncio.get_running_loop().run_in_executor(None, read, crm)
            await asyncio.to_thread(reading.wait)
        app.close_file()
        assert ended.is_set()
        await work

    asyncio.run(go())
    # Everything stands in the one file now, so that it can be copied alone.
    assert not db_file.with_name(db_file.name + "-wal").exists()
