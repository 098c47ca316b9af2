from __future__ import annotations

import sys
import time
from pathlib import Path

from crm_tui.ui.failures import told, write_log
from tests.bench.terminal import Terminal
from tests.conftest import NOW

PROGRAM = """
import sys
from pathlib import Path
from crm_tui.ui.app import CrmApp
from crm_tui.ui import app
from crm_tui.ui.options import Options

def broken(self):
    secret = "customer's own words"
    raise ZeroDivisionError("nobody foresaw this")

CrmApp.action_help = broken
code = app.run(Options(Path(sys.argv[1]), log_file=Path(sys.argv[2]), language="zh"))
print(f"code {code}.")
"""


def test_an_unforeseen_error_gives_the_terminal_back_with_one_sentence(db_file: Path, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "crm-tui.log"
    argv = [sys.executable, "-c", PROGRAM, str(db_file), str(log)]
    with Terminal(argv, 200, 30, cwd=Path(__file__).parents[2]) as terminal:
        terminal.wait_for("今日")
        terminal.settle()
        terminal.painted.clear()
        terminal.type(b"?")
        terminal.wait_for("code 1.", time.perf_counter() - terminal.started + 20)
        left = terminal.painted.decode("utf-8", "replace")
    assert "Traceback" not in left
    assert "own words" not in left
    assert "ZeroDivisionError" in left
    assert str(log) in left
    assert "\x1b[?1049l" in left
    assert "\x1b[?25h" in left
    assert "nobody foresaw this" in log.read_text("utf-8")


def test_where_no_log_can_be_written_the_sentence_says_what_happened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert write_log(tmp_path / "file" / "log", LookupError("gone"), NOW) is None
    said = str(told(LookupError("gone"), None, NOW))
    assert "LookupError: gone" in said
    assert "\n" not in said
