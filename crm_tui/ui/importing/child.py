"""An import in a process of its own: the command itself, so that no key ever waits for it."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.errors import CrmError
from crm_tui.words import language, t

_LINE = 1 << 24
"""The longest line, in bytes, that a child may print: its whole report is one text."""


@dataclass(frozen=True)
class Order:
    """What is to be imported and how.

    Attributes:
        db: the file that takes it in.
        file: what is read.
        mapping: field by column.
        encoding: codec of a text file, if it is not to be found out.
        sheet: sheet of a workbook, if not the first.
        delimiter: what stands between the cells of a text file, if it is not to be found out.
        person: id of who works, if known.
        zone: name of the local time zone.
        home: folder of the person's data and settings, if one was named.
    """

    db: Path
    file: Path
    mapping: Mapping[str, str]
    encoding: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    person: str | None = None
    zone: str | None = None
    home: Path | None = None

    def command(self, *, dry_run: bool, verdicts: Path | None = None) -> list[str]:
        """The command line; `verdicts` is the file that gets a line for each row."""
        words = [sys.executable, "-m", "crm_tui", "--db", str(self.db), "--lang", language()]
        for name, value in (("--as", self.person), ("--zone", self.zone), ("--home", self.home)):
            words += [name, str(value)] if value else []
        words += ["import", "--progress", "--json"]
        words += ["--dry-run"] if dry_run else []
        words += ["--verdicts", str(verdicts)] if verdicts is not None else []
        for name, value in (
            *(("--encoding", self.encoding), ("--sheet", self.sheet)),
            ("--delimiter", self.delimiter),
        ):
            words += [f"{name}={value}"] if value else []
        for column, field in self.mapping.items():
            words += ["--map", f"{column}={field}"]
        return [*words, "--", str(self.file)]


Tell = Callable[[str, int, int], object]


class Child:
    """One run of the command; `stop` asks it to end, and then nothing is changed."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self.stopped = False

    async def run(self, tell: Tell) -> dict[str, Any]:
        """Run it to its end; `tell` gets phase, done and total.

        Raises:
            CrmError: with the sentence that the command ended with.
        """
        if self.stopped:
            raise CrmError(t("cancelled; nothing was changed"))
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE,
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            said, printed = await asyncio.gather(self._listen(process, tell), process.stdout.read())
            await process.wait()
        finally:
            if process.returncode is None:
                self.stop()
        if process.returncode == 0:
            report: dict[str, Any] = json.loads(printed)
            return report
        if self.stopped:
            raise CrmError(t("cancelled; nothing was changed"))
        raise CrmError(said or t("the import ended with code {n}", n=process.returncode))

    async def _listen(self, process: asyncio.subprocess.Process, tell: Tell) -> str:
        """Pass progress on; give back the last other line, which says what went wrong."""
        assert process.stderr is not None
        said = ""
        async for raw in process.stderr:
            line = raw.decode("utf-8", "replace").strip()
            if line.startswith('{"phase"'):
                step = json.loads(line)
                tell(str(step["phase"]), int(step["done"]), int(step["total"]))
            elif line:
                said = line.removeprefix("crm-tui: ")
        return said

    def stop(self) -> None:
        """Ask it to end at its next step."""
        self.stopped = True
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
