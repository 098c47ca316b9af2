"""The whole content of a database as JSON, one record a line, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from crm_tui.errors import BadFile
from crm_tui.exchange.files import readable_size
from crm_tui.exchange.replacing import replacing
from crm_tui.words import t

FORMAT = "crm-tui-export"
VERSION = 1
Stored = str | int | None
Record = dict[str, Stored]


def write_json(path: str | Path, nouns: Mapping[str, Iterable[Mapping[str, Stored]]]) -> int:
    """Write all nouns with all their records; return the number of records.

    Records are drawn one by one, so they may be generators.

    Raises:
        BadFile: the file cannot be written; an older one stays as it was.
    """
    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f'{{"format": "{FORMAT}", "version": {VERSION}, "nouns": {{')
        for place, (noun, rows) in enumerate(nouns.items()):
            stream.write(f"{',' if place else ''}\n{json.dumps(noun)}: [")
            for number, row in enumerate(rows):
                stream.write(",\n" if number else "\n")
                stream.write(json.dumps(dict(row), ensure_ascii=False, separators=(",", ":")))
                count += 1
            stream.write("\n]")
        stream.write("\n}}\n")
    return count


def read_json(path: str | Path) -> dict[str, list[Record]]:
    """The nouns and records of a whole-file export.

    Raises:
        BadFile: not JSON, not an export of ours, one of a newer version, or damaged.
    """
    path = Path(path)
    readable_size(path)
    with path.open("rb") as stream:
        head = stream.read(4096)
        if FORMAT.encode() not in head:
            raise BadFile(_foreign(path))
        try:
            content = json.loads(head + stream.read())
        except (ValueError, RecursionError) as error:
            raise BadFile(
                t("{file} is damaged or was cut off: export it again ({reason}).", file=path, reason=error)
            ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadFile(_foreign(path))
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise BadFile(
            t("{file} was written by a newer crm-tui (version {version}): update this one.", file=path, version=version)
        )
    return _checked(path, content.get("nouns"))


def _foreign(path: Path) -> str:
    return t("{file} is no export of crm-tui: only files that “export all” has written are read.", file=path)


def _checked(path: Path, nouns: object) -> dict[str, list[Record]]:
    """The content if it has the shape nouns → list of records → field → text, integer or nothing."""
    if not isinstance(nouns, dict):
        raise BadFile(t("{file} is damaged: it holds no nouns.", file=path))
    for noun, rows in nouns.items():
        if not isinstance(rows, list):
            raise BadFile(t("{file} is damaged: “{noun}” is no list.", file=path, noun=noun))
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict) or not all(
                value is None or (isinstance(value, (str, int)) and not isinstance(value, bool))
                for value in row.values()
            ):
                raise BadFile(t("{file} is damaged: record {number} of “{noun}”.", file=path, number=number, noun=noun))
    return nouns
