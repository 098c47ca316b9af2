"""The grammar of vCard 2.1, 3.0 and 4.0: cards, folded lines, parameters and encoded values."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BEGIN = re.compile(rb"(?:[\w-]+\.)?BEGIN\s*:\s*VCARD\s*", re.IGNORECASE)
_END = re.compile(rb"(?:[\w-]+\.)?END\s*:\s*VCARD\s*", re.IGNORECASE)
_AGENT = re.compile(rb"(?:[\w-]+\.)?AGENT\b[^:]*:\s*", re.IGNORECASE)
_NAME = re.compile(r"(?:([\w-]+)\.)?([A-Za-z][\w-]*)\s*")
_BASE64 = re.compile(rb";\s*(?:ENCODING\s*=\s*)?\"?(?:B|BASE64)\"?\s*(?:;|$)", re.IGNORECASE)
_BASE64_TEXT = re.compile(rb"[A-Za-z0-9+/=]+")
_ENCODINGS = frozenset(("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"))
_STRUCTURED = frozenset(("N", "ORG", "ADR"))
_FREE_TEXT = (b"NOTE", b"LABEL", b"ADR")


@dataclass(slots=True)
class Chunk:
    """The lines between BEGIN and END of one card.

    Attributes:
        line: number of its first line in the file, from 1.
        lines: as they stand, without their ends.
        problem: why this is no whole card ("begin", "end" or "cut"), empty if it is one.
    """

    line: int
    lines: list[bytes]
    problem: str = ""


@dataclass(slots=True)
class Property:
    """One unfolded line.

    Attributes:
        line: number of its first line in the file.
        group: "item1" of "item1.TEL", lower case.
        name: upper case.
        params: values by upper-case key; bare words of vCard 2.1 count as TYPE or ENCODING.
        text: decoded value, still escaped; empty for base64 data.
        binary: whether the value was base64 data, which is left out.
        lossy: whether some bytes could not be decoded.
    """

    line: int
    group: str
    name: str
    params: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""
    binary: bool = False
    lossy: bool = False


def split_cards(lines: list[bytes]) -> tuple[list[Chunk], list[int]]:
    """Cut the file into cards, broken ones too, and name the lines that belong to none."""
    chunks: list[Chunk] = []
    outside: list[int] = []
    stray: list[bytes] = []
    current: Chunk | None = None
    depth, before = 0, b""
    for number, line in enumerate(lines, 1):
        if _BEGIN.fullmatch(line if current else line.lstrip(b"\xef\xbb\xbf \t")):
            if current and _AGENT.fullmatch(before):
                depth += 1
                current.lines.append(line)
                continue
            if current:
                chunks.append(Chunk(current.line, current.lines, "end"))
            current, depth, stray = Chunk(number, [line]), 1, []
        elif current:
            current.lines.append(line)
            if _END.fullmatch(line):
                depth -= 1
                if depth == 0:
                    chunks.append(current)
                    current = None
        elif _END.fullmatch(line.lstrip()) and any(b":" in text for text in stray):
            chunks.append(Chunk(outside[-len(stray)], [*stray, line], "begin"))
            del outside[-len(stray) :]
            stray = []
        elif line.strip():
            outside.append(number)
            stray.append(line)
        if line.strip():
            before = line
    if current:
        chunks.append(Chunk(current.line, current.lines, "cut"))
    return chunks, outside


def unfold(chunk: Chunk) -> Iterator[tuple[int, bytes]]:
    """The content lines of a card as (line number, bytes); nested cards (AGENT) are left out."""
    lines, count, at, depth = chunk.lines, len(chunk.lines), 0, 0
    while at < count:
        line, number = lines[at], chunk.line + at
        at += 1
        if not line.strip():
            continue
        if _BEGIN.fullmatch(line):
            depth += 1
            continue
        if _END.fullmatch(line):
            depth -= 1
            continue
        if depth > 1:
            continue
        head = line.partition(b":")[0]
        quoted = b":" in line and b"QUOTED-PRINTABLE" in head.upper()
        while quoted and line.rstrip(b" \t").endswith(b"=") and at < count and not _END.fullmatch(lines[at]):
            line = line.rstrip(b" \t")[:-1] + lines[at]
            at += 1
        pieces = [line]
        while at < count and lines[at][:1] in (b" ", b"\t"):
            pieces.append(lines[at][1:])
            at += 1
        if _BASE64.search(head):
            while at < count and _BASE64_TEXT.fullmatch(lines[at].strip()):
                at += 1
        yield number, b"".join(pieces)


def properties(chunk: Chunk, encoding: str, forced: bool) -> tuple[list[Property], list[tuple[int, str]]]:
    """The properties of a card, and the lines that are none as (number, text).

    Args:
        chunk: the card.
        encoding: the file's codec.
        forced: whether a person chose it, so that it goes before what the card says of itself.
    """
    found: list[Property] = []
    bad: list[tuple[int, str]] = []
    for number, line in unfold(chunk):
        one = parse_line(number, line, encoding, forced)
        if one is not None:
            found.append(one)
        elif found and found[-1].name.encode() in _FREE_TEXT:
            found[-1].text += "\\n" + decode(line, "", encoding, forced)[0]
        else:
            bad.append((number, decode(line, "", encoding, forced)[0]))
    return found, bad


def parse_line(number: int, line: bytes, encoding: str, forced: bool = False) -> Property | None:
    """One content line, or None if it is none."""
    at = _colon(line)
    if at < 0:
        return None
    first, *rest = _split(decode(line[:at], "", encoding, forced)[0], ";")
    named = _NAME.fullmatch(first.strip())
    if not named:
        return None
    one = Property(number, (named[1] or "").lower(), named[2].upper())
    for param in rest:
        _add_param(one, param.strip())
    code = one.params.get("ENCODING", [""])[0].upper()
    value = line[at + 1 :]
    if code in ("B", "BASE64"):
        one.binary = True
        return one
    if code == "QUOTED-PRINTABLE":
        if one.name in _STRUCTURED:  # An encoded semicolon is part of the text, a plain one parts it.
            value = value.replace(b"=5C=3B", b"\\;").replace(b"=3B", b"\\;").replace(b"=3b", b"\\;")
        value = quopri.decodestring(value)
    text, one.lossy = decode(value, one.params.get("CHARSET", [""])[0], encoding, forced)
    one.text = text.replace("\r\n", "\n").replace("\r", "\n")
    return one


def _colon(line: bytes) -> int:
    """Where the value begins: the first colon outside double quotes, else the first at all."""
    at = line.find(b":")
    if at < 0 or b'"' not in line[:at]:
        return at
    inside = False
    for place, sign in enumerate(line):
        if sign == 0x22:
            inside = not inside
        elif sign == 0x3A and not inside:
            return place
    return at


def _split(text: str, mark: str) -> list[str]:
    """Cut at `mark` outside double quotes."""
    if '"' not in text:
        return text.split(mark)
    parts, start, inside = [], 0, False
    for place, sign in enumerate(text):
        if sign == '"':
            inside = not inside
        elif sign == mark and not inside:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _add_param(one: Property, param: str) -> None:
    key, equals, value = param.partition("=")
    if not equals:
        key, value = ("ENCODING" if key.upper() in _ENCODINGS else "TYPE"), key
    key = key.strip().upper()
    # RFC 6868: ^n, ^' and ^^ inside parameter values.
    values = [
        part.strip().strip('"').replace("^n", "\n").replace("^'", '"').replace("^^", "^") for part in _split(value, ",")
    ]
    if key == "TYPE":
        values = [word.strip() for part in values for word in part.split(",")]
    one.params.setdefault(key, []).extend(part for part in values if part)


def decode(data: bytes, charset: str, encoding: str, forced: bool) -> tuple[str, bool]:
    """Bytes as text and whether something was lost.

    UTF-8 goes before the declared charset, because hardly any other text passes as UTF-8 by chance.
    """
    if data.isascii():
        return data.decode("ascii"), False
    declared = "gb18030" if charset.upper().startswith("GB") else charset
    for codec in (encoding, declared) if forced else ("utf-8", declared, encoding, "gb18030"):
        if codec:
            try:
                return data.decode(codec), False
            except (UnicodeError, LookupError):
                continue
    return data.decode(encoding if forced else "utf-8", "replace"), True


def cut(text: str, mark: str = ";") -> list[str]:
    """Cut a value at unescaped marks; the pieces keep their escapes."""
    if "\\" not in text:
        return text.split(mark)
    parts: list[str] = []
    start = at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == mark:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def split_value(text: str, mark: str = ";") -> list[str]:
    """Cut a value at unescaped marks and take the escapes away."""
    return [unescape(part) for part in cut(text, mark)]


def unescape(text: str) -> str:
    """Take the backslashes of a value away; one before an ordinary letter stays."""
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", _plain, text, flags=re.DOTALL)


def _plain(found: re.Match[str]) -> str:
    sign = found[1]
    if sign in "nN":
        return "\n"
    return sign if sign in "\\,;:\"'" else found[0]
