"""The grammar of iCalendar: components, folded lines and parameters, where a broken line costs only itself."""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass, field

_LINE_END = re.compile(rb"\r*\n|\r")
_MARK = re.compile(rb"(BEGIN|END)\s*:\s*([\w-]+)\s*", re.IGNORECASE)
_DATES = re.compile(r"([\w-]+)((?:;.*)?):\s*(\d{8}(?:T\d{6}Z?)?)\s*", re.IGNORECASE)
_ZONE = re.compile(r";\s*TZID\s*=\s*\"?([^;\"]*)", re.IGNORECASE)
_CONTENT = re.compile(r"\s*(?:\w+\.)?([A-Za-z0-9-]+)\s*((?:;(?:\"[^\"]*\"|[^\";:])*)*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r";([^\";:=]+)(?:=((?:\"[^\"]*\"|[^\";:])*))?")
_UNSEEN = frozenset(map(chr, [*range(32), 127, 0xFEFF]))
_CARET = {"^n": "\n", "^'": '"', "^^": "^"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DATED = {"DTSTART", "DTEND", "EXDATE", "RDATE", "RECURRENCE-ID", "DUE"}
_LADDER = ("utf-8", "gb18030", "cp1252")


@dataclass(slots=True)
class Line:
    """One unfolded line.

    Attributes:
        number: of its first line in the file, from 1.
        name: upper case; empty if the line is none of the grammar.
        params: values by upper-case key.
        value: still escaped.
    """

    number: int
    name: str
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value without escapes and control characters."""
        return clean(_ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value))


@dataclass(slots=True)
class Block:
    """A component with its lines and the components inside.

    Attributes:
        name: "VEVENT" …, upper case.
        number: line of its BEGIN.
        raw: its unfolded lines as text, nested ones too.
        whole: whether its own END was found.
    """

    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    inner: list[Block] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    whole: bool = False

    def first(self, name: str) -> Line | None:
        """The first line of a name."""
        return next((line for line in self.lines if line.name == name), None)

    def text(self, name: str) -> str:
        """The text of the first line of a name, empty without one."""
        line = self.first(name)
        return line.text.strip() if line else ""


def clean(text: str) -> str:
    """Text with plain newlines and without other control characters, byte order marks and halves of characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or not (sign in _UNSEEN or "\ud800" <= sign <= "\udfff"))


def read_blocks(data: bytes, codec: str, forced: bool = False) -> list[Block]:
    """The outermost components of a file; a component that is never closed ends where its parent does.

    Args:
        data: the file in an encoding that keeps ASCII.
        codec: tried first on each line; a line that it does not know is tried in others. Lines that are all UTF-8 once
            they are unfolded are read as that.
        forced: whether a person chose the codec, so that it is never doubted.
    """
    found: list[Block] = []
    stack: list[Block] = []
    unfolded = _unfolded(data)
    if not forced and all(_is_utf8(raw) for _, raw in unfolded):
        codec = "utf-8"
    for number, raw in unfolded:
        mark = _MARK.fullmatch(raw.strip())
        name = mark[2].decode("ascii").upper() if mark and mark[2].isascii() else ""
        text = _decoded(raw, codec)
        if mark and mark[1].upper() == b"BEGIN":
            # A second event cannot stand inside an event: the END of the first one is missing.
            while stack and (name == "VCALENDAR" or (name == stack[-1].name != "VALARM")):
                stack.pop()
            block = Block(name, number, raw=[text])
            (stack[-1].inner if stack else found).append(block)
            for outer in stack:
                outer.raw.append(text)
            stack.append(block)
            continue
        for outer in stack:
            outer.raw.append(text)
        if mark:
            if any(block.name == name for block in stack):
                while stack[-1].name != name:
                    stack.pop()
                stack.pop().whole = True
        elif stack and text.strip():
            stack[-1].lines.append(_parsed(number, text))
    return found


def _unfolded(data: bytes) -> list[tuple[int, bytes]]:
    """The lines with their numbers; joined as bytes, because folding may cut a character in two."""
    found: list[tuple[int, list[bytes]]] = []
    quoted = False
    for number, line in enumerate(_LINE_END.split(data.removeprefix(b"\xef\xbb\xbf")), 1):
        if not line.strip():
            continue
        if found and line[:1] in (b" ", b"\t"):
            found[-1][1].append(line[1:])
        elif found and quoted:
            found[-1][1][-1] = found[-1][1][-1].rstrip()[:-1]
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            quoted = False
        head = found[-1][1][0]
        quoted = b"QUOTED-PRINTABLE" in head.partition(b":")[0].upper() and line.rstrip().endswith(b"=")
    return [(number, b"".join(pieces).replace(b"\x00", b"")) for number, pieces in found]


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeError:
        return False
    return True


def _decoded(raw: bytes, codec: str) -> str:
    for name in (codec, *_LADDER):
        try:
            return raw.decode(name)
        except UnicodeError:
            continue
    return raw.decode("utf-8", "replace")


def _parsed(number: int, text: str) -> Line:
    found = _CONTENT.fullmatch(text)
    if found:
        params = {name.strip().upper(): _parameter(value) for name, value in _PARAMETER.findall(found[2])}
        line = Line(number, found[1].upper(), params, found[3])
    else:
        line = Line(number, "", {}, text)
    if line.name in _DATED or not line.name:
        dated = _DATES.fullmatch(text.strip())
        if dated and dated[1].upper() in _DATED and dated[3] != line.value.strip():
            # Some programs leave a zone's name unquoted though it holds a colon: "TZID=(UTC+08:00) Beijing:2024…".
            zone = _ZONE.search(dated[2])
            return Line(number, dated[1].upper(), {"TZID": zone[1]} if zone else {}, dated[3])
    if line.params.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        charset = line.params.get("CHARSET", "utf-8")
        plain = quopri.decodestring(line.value.encode("utf-8", "replace"))
        try:
            line.value = plain.decode(charset)
        except (UnicodeError, LookupError):
            line.value = _decoded(plain, "utf-8")
    return line


def _parameter(value: str) -> str:
    return re.sub(r"\^[n'^]", lambda found: _CARET[found[0]], value.replace('"', "").strip())
