"""Address cards (vCard 2.1, 3.0, 4.0): read with our own reader, because a broken card may cost only itself."""

from __future__ import annotations

import io
import re
from pathlib import Path

from crm_tui.errors import BadFile
from crm_tui.exchange.encoding import detect_encoding, detect_stream, known_encoding
from crm_tui.exchange.files import kind_of
from crm_tui.exchange.vcard_fields import read_card
from crm_tui.exchange.vcard_lines import Chunk, decode, properties, split_cards
from crm_tui.exchange.vcard_model import BrokenCard, Card, CardAddress, CardFile, Labelled
from crm_tui.exchange.vcard_writer import card_text, write_cards
from crm_tui.words import t

__all__ = ["BrokenCard", "Card", "CardAddress", "CardFile", "Labelled", "card_text", "read_cards", "write_cards"]

SIZE_LIMIT = 512 << 20
REASON = "X-CRM-REASON"
_LINE_END = re.compile(rb"\r*\n|\r")
"""CRLF, LF, the CR CR LF of files that were sent as text twice, and the lone CR of old Macs."""


def read_cards(source: str | Path | bytes, encoding: str | None = None) -> CardFile:
    """Read all cards of a file or of bytes.

    Args:
        source: path, or the content itself.
        encoding: codec instead of the one found; it then goes before what cards declare.

    Raises:
        BadFile: the file cannot be read, or there is no card in it.
    """
    name = "" if isinstance(source, bytes) else str(source)
    data, found = _content(source)
    stated = codec = known_encoding(encoding) if encoding else found
    if codec.startswith(("utf-16", "utf-32", "utf-8-sig")):
        data = data.decode(codec, "replace").encode("utf-8")
        codec = "utf-8"
    data = data.removeprefix(b"\xef\xbb\xbf")
    chunks, outside = split_cards(_LINE_END.split(data))
    if not chunks:
        raise BadFile(t("{file} holds no address card: a card begins with BEGIN:VCARD.", file=name or t("The text")))
    result = CardFile([], [], [], stated)
    for chunk in chunks:
        one = _card(chunk, codec, forced=encoding is not None)
        if isinstance(one, Card):
            result.cards.append(one)
        else:
            result.broken.append(one)
    if outside:
        result.notes.append(
            t(
                "Lines outside of any card left out: {count}, the first is line {line}.",
                count=len(outside),
                line=outside[0],
            )
        )
    for card in result.cards:
        result.notes.extend(t("{name}: {note}", name=card.name, note=note) for note in card.notes)
    return result


def _content(source: str | Path | bytes) -> tuple[bytes, str]:
    """The bytes and their encoding; several encodings in one file are sorted out line by line later."""
    if isinstance(source, bytes):
        if not source.strip():
            raise BadFile(t("{file} is empty: there is nothing to read in it.", file=t("The text")))
        return source, detect_stream(io.BytesIO(source), t("The text"), last="utf-8")
    path = Path(source)
    kind = kind_of(path)
    if kind not in ("vcard", "text"):
        raise BadFile(t("{file} holds no address card: a card begins with BEGIN:VCARD.", file=path))
    if path.stat().st_size > SIZE_LIMIT:
        raise BadFile(t("{file} is larger than 512 MB: split it into smaller files.", file=path))
    found = detect_encoding(path, last="utf-8")
    return path.read_bytes(), found


def _card(chunk: Chunk, codec: str, forced: bool) -> Card | BrokenCard:
    raw = _raw(chunk, codec, forced)
    if chunk.problem:
        reason = {
            "begin": t("The card has an end but no BEGIN:VCARD."),
            "end": t("The card has no END:VCARD before the next one begins."),
            "cut": t("The file ends in the middle of this card."),
        }[chunk.problem]
        return BrokenCard(raw, reason, chunk.line)
    props, bad = properties(chunk, codec, forced)
    if bad:
        number, text = bad[0]
        return BrokenCard(raw, t("Line {line} is no vCard line: “{text}”.", line=number, text=text[:40]), chunk.line)
    card = read_card([one for one in props if one.name != REASON], chunk.line)
    card.raw = raw
    if not card.name:
        return BrokenCard(raw, t("The card has neither a name nor a company, phone or e-mail."), chunk.line)
    return card


def _raw(chunk: Chunk, codec: str, forced: bool) -> str:
    """The card's text; lines in several encodings are told apart one by one."""
    try:
        return b"\n".join(chunk.lines).decode(codec if forced else "utf-8")
    except UnicodeError:
        return "\n".join(decode(line, "", codec, forced)[0] for line in chunk.lines)
