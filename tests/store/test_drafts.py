"""Drafts survive the sudden end of the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from crm_tui.store.drafts import Drafts


def test_a_draft_survives_kill_9(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from crm_tui.store.drafts import Drafts\n"
        "Drafts(Path(sys.argv[1])).keep('customers.new', {'name': '王芳'}, '2026-11-24T02:05:00Z')\n"
        "print('kept', flush=True); time.sleep(60)\n"
    )
    path = tmp_path / "crm.db"
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "kept\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    drafts = Drafts(path)
    assert drafts.get("customers.new") == {"name": "王芳"}
    assert drafts.all() == [("customers.new", "2026-11-24T02:05:00Z")]
    drafts.drop("customers.new")
    assert drafts.get("customers.new") is None
    drafts.close()


def test_a_task_whose_process_died_is_told_once(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from crm_tui.store.drafts import Drafts\n"
        "Drafts(Path(sys.argv[1])).begin('import of a.csv', '2026-11-24T02:05:00Z'); os.kill(os.getpid(), 9)\n"
    )
    path = tmp_path / "crm.db"
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    drafts = Drafts(path)
    drafts.end(drafts.begin("one that ended", "2026-11-24T02:05:00Z"))
    assert drafts.interrupted() == [("import of a.csv", "2026-11-24T02:05:00Z")]
    assert drafts.interrupted() == []
    drafts.close()
