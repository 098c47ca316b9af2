"""The encoding of a text file, found by a ladder of strict tries, and its lines within memory bounds."""

from __future__ import annotations

import codecs
import io
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from crm_tui.errors import BadFile
from crm_tui.words import t

BLOCK = 1 << 20
LINE_LIMIT = 8 << 20
"""Longest line, in bytes on reading and in characters on decoding; a longer one is not a table."""
SAMPLE = 1 << 16

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PICKER = (
    ("utf-8", "UTF-8"),
    ("gb18030", "简体中文 GB18030 / GBK"),
    ("big5hkscs", "繁體中文 Big5"),
    ("cp932", "日本語 Shift-JIS"),
    ("euc_kr", "한국어 EUC-KR"),
    ("cp1252", "Western cp1252"),
    ("cp1250", "Central European cp1250"),
    ("cp1251", "Кириллица cp1251"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16 LE"),
    ("utf-16-be", "UTF-16 BE"),
)
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})


def encodings_to_try() -> list[tuple[str, str]]:
    """What an encoding picker offers: (codec name, what a person reads), likeliest first."""
    return list(_PICKER)


def known_encoding(name: str) -> str:
    """The codec's own name for what a person typed ("UTF8", "gbk", "Big5").

    Raises:
        BadFile: no such text encoding.
    """
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)
    except (LookupError, ValueError, UnicodeError):
        offered = ", ".join(code for code, _ in _PICKER)
        raise BadFile(t("There is no encoding “{name}”: try one of {offered}.", name=name, offered=offered)) from None
    return codec.name


def detect_encoding(path: Path, last: str | None = None) -> str:
    """The codec that reads the whole file without one error: BOM, NUL pattern, UTF-8, GB18030, cp1252.

    The file is read in blocks and refused as soon as it is known not to be text of lines.

    Args:
        path: a plain file, not empty.
        last: the codec to name where none reads everything (a file of several encodings, or with damaged places).

    Raises:
        BadFile: binary data, or a line without end.
    """
    with path.open("rb") as stream:
        return detect_stream(stream, str(path), last)


def detect_stream(stream: BinaryIO, name: str, last: str | None = None) -> str:
    """The ladder on an open binary stream; `name` stands in the sentences."""
    sample = stream.read(SAMPLE)
    for mark, codec in _BOMS:
        if sample.startswith(mark):
            if codec == "utf-16" and (wider := _four_bytes(sample[2:])):
                return _only(stream, name, wider)
            if codec == "utf-8-sig" and last:
                return codec if _decodes(stream, name, codec) else last
            return _only(stream, name, codec)
    wide = _four_bytes(sample) or _nul_pattern(sample)
    if wide:
        return _only(stream, name, wide)
    if not last and (b"\x00" in sample or _rubbish(sample)):
        raise BadFile(_binary(name))
    for codec in ("utf-8", "gb18030", "cp1252"):
        if _decodes(stream, name, codec):
            return codec
    if last:
        return last
    raise BadFile(_binary(name))


def _only(stream: BinaryIO, name: str, codec: str) -> str:
    if not _decodes(stream, name, codec):
        raise BadFile(
            t("{file} starts as {encoding} but is damaged further on: export it again.", file=name, encoding=codec)
        )
    return codec


def _binary(name: str) -> str:
    return t("{file} is not text but binary data: export the data as CSV or XLSX first.", file=name)


def _nul_pattern(sample: bytes) -> str | None:
    """UTF-16 without a mark: Latin letters, digits and separators leave zeros at one side of the byte pairs."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if sample.isascii() and (even + odd) * 5 < len(sample) * 2:
        return None  # Latin text with stray zeros: real UTF-16 of Latin text is half zeros.
    if odd * 100 >= len(sample) and even * 20 <= odd and _reads(sample, "utf-16-le"):
        return "utf-16-le"
    if even * 100 >= len(sample) and odd * 20 <= even and _reads(sample, "utf-16-be"):
        return "utf-16-be"
    return None


def _four_bytes(sample: bytes) -> str | None:
    """UTF-32 without its own mark (some exporters put that of UTF-16 before it): two or three zeros in each four."""
    groups = len(sample) // 4
    zeros = [sample[place : groups * 4 : 4].count(0) for place in range(4)]
    if groups and zeros[3] == groups and zeros[2] * 20 >= groups * 19 and zeros[0] * 20 <= groups:
        return "utf-32-le"
    if groups and zeros[0] == groups and zeros[1] * 20 >= groups * 19 and zeros[3] * 20 <= groups:
        return "utf-32-be"
    return None


def _start(stream: BinaryIO, codec: str) -> None:
    """Go to the first byte of text: behind a UTF-16 mark that stands before UTF-32, else to the beginning."""
    stream.seek(0)
    head = stream.read(4)
    marked = codec in ("utf-32-le", "utf-32-be") and head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    stream.seek(2 if marked and head != codecs.BOM_UTF32_LE else 0)


def _reads(sample: bytes, codec: str) -> bool:
    """Whether the sample is plausible text in a two-byte encoding: it decodes and hardly holds odd signs."""
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    odd = sum(1 for sign in text if not (sign.isprintable() or sign.isspace()))
    return bool(text) and odd * 50 <= len(text) and any(sign in text for sign in "\r\n,;\t 0123456789")


def _rubbish(sample: bytes) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls * 200 > len(sample)


def _decodes(stream: BinaryIO, name: str, codec: str) -> bool:
    """Whether the codec reads everything; one pass in blocks, stopping at the first byte it does not know."""
    _start(stream, codec)
    decoder = codecs.getincrementaldecoder(codec)("strict")
    run = 0
    while True:
        block = stream.read(BLOCK)
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        run = run + len(block) if last < 0 else len(block) - last
        if run > LINE_LIMIT:
            raise BadFile(long_line(name))
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            return False
        if not block:
            return True


def long_line(name: str) -> str:
    """The sentence for a file of one endless line."""
    return t(
        "{file} holds a line of more than {limit} million characters, so it is no table: export it again with one "
        "record a line.",
        file=name,
        limit=LINE_LIMIT >> 20,
    )


def text_lines(path: Path, encoding: str) -> Generator[str, None, None]:
    """The lines of a text file with their own ends (CR, LF or CRLF), read in blocks.

    A first BOM and stray NUL characters are left out.

    Raises:
        BadFile: a byte that the encoding does not know (with its line), or a line without end.
    """
    with path.open("rb") as binary:
        _start(binary, encoding)
        with io.TextIOWrapper(binary, encoding, newline="") as stream:
            yield from _lines(stream, str(path), encoding)


def _lines(stream: TextIO, name: str, encoding: str) -> Iterator[str]:
    tail, count, first = "", 0, True
    while True:
        try:
            block = stream.read(BLOCK)
        except UnicodeError as error:
            raise BadFile(
                t(
                    "{file} cannot be read as {encoding} after line {line}: choose another encoding ({reason}).",
                    file=name,
                    encoding=encoding,
                    line=count,
                    reason=getattr(error, "reason", error),
                )
            ) from None
        if first:
            block, first = block.removeprefix("\ufeff"), False
            if not block:
                return
        if not block:
            break
        text = tail + block.replace("\x00", "")
        lines = list(io.StringIO(text, newline=""))
        # The last piece waits for its end: the rest of the line, or the LF of a CRLF, comes with the next block.
        tail = lines.pop() if lines else ""
        if len(tail) > LINE_LIMIT:
            raise BadFile(long_line(name))
        count += len(lines)
        yield from lines
    if tail:
        yield from io.StringIO(tail, newline="")
