"""What a file is, judged by its first bytes and never by its name alone."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path

from crm_tui.errors import BadFile
from crm_tui.words import t

SAMPLE = 1 << 16
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED_LIMIT = 4 << 30
"""Bytes that a workbook may hold unpacked; a zip that claims more is refused unread."""

_BINARIES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\x00", "a database"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"\xfd7zXZ", "a compressed archive"),
    (b"\x28\xb5\x2f\xfd", "a compressed archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"age-encryption.org/", "an encrypted file"),
)


def readable_size(path: Path) -> int:
    """The size in bytes of a plain, readable, non-empty file; anything else is refused with a sentence.

    Raises:
        BadFile: missing, a folder, a device or pipe, not permitted, or empty.
    """
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise BadFile(t("{file} is a folder: name one file inside it.", file=path))
        if not stat.S_ISREG(about.st_mode):
            raise BadFile(t("{file} is a device or a pipe, not a file: save its content to a file first.", file=path))
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise BadFile(t("{file} does not exist: check the name and the folder.", file=path)) from None
    except PermissionError:
        raise BadFile(t("{file} may not be read: ask its owner for permission, or copy it.", file=path)) from None
    except (OSError, ValueError) as error:
        raise BadFile(t("{file} cannot be read: {reason}.", file=path, reason=error)) from None
    if about.st_size == 0:
        raise BadFile(t("{file} is empty: there is nothing to read in it.", file=path))
    return about.st_size


def kind_of(path: Path) -> str:
    """What the file holds: "text", "xlsx", "xls", "ods", "vcard", "json" or "ical".

    Raises:
        BadFile: the file cannot be read, or it is something that no reader here understands.
    """
    readable_size(path)
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
    if sample.startswith((ZIP, b"PK\x05\x06")):
        return _kind_of_zip(path, sample)
    if sample.startswith(OLE):
        return _kind_of_ole(path)
    for magic, name in _BINARIES:
        if sample.startswith(magic):
            raise BadFile(_not_a_table(path, name))
    return _kind_of_text(path, sample)


def _not_a_table(path: Path, name: str) -> str:
    what = {
        "a PDF document": t("a PDF document"),
        "a database": t("a database"),
        "a text document (RTF)": t("a text document (RTF)"),
        "a compressed archive": t("a compressed archive"),
        "a picture": t("a picture"),
        "a program": t("a program"),
        "an encrypted file": t("an encrypted file"),
        "a text document": t("a text document"),
        "a presentation": t("a presentation"),
    }[name]
    return t(
        "{file} is {what}, not a table: export the data as CSV or XLSX from the program that holds it.",
        file=path,
        what=what,
    )


def _kind_of_zip(path: Path, sample: bytes) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(item.file_size for item in archive.infolist())
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, zlib.error):
        raise BadFile(
            t("{file} is damaged or was cut off: fetch or save the workbook again and try once more.", file=path)
        ) from None
    if unpacked > UNPACKED_LIMIT:
        raise BadFile(t("{file} unpacks to more than 4 GB: split it into smaller files.", file=path))
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "xlsx"
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    if any(name.endswith(".iwa") or name in ("Index.zip", "index.apxl") for name in names):
        raise BadFile(t("{file} is a Numbers document: in Numbers choose File, Export To, Excel or CSV.", file=path))
    if "word/document.xml" in names or b"opendocument.text" in kind:
        raise BadFile(_not_a_table(path, "a text document"))
    if "ppt/presentation.xml" in names or b"opendocument.presentation" in kind:
        raise BadFile(_not_a_table(path, "a presentation"))
    if any(name.lower().startswith("xl/") for name in names):
        raise BadFile(t("{file} is a damaged workbook: open it in a spreadsheet and save it again.", file=path))
    raise BadFile(t("{file} is a zip archive, not a workbook: unpack it and name the file inside.", file=path))


def _kind_of_ole(path: Path) -> str:
    """Old Office container: the names of its streams, UTF-16 with zero bytes between, tell what is inside."""
    found: set[str] = set()
    names = ("EncryptedPackage", "Workbook", "Book", "WordDocument", "PowerPoint Document")
    marks = {name: name.encode("utf-16-le") for name in names}
    with path.open("rb") as stream:
        tail = b""
        while block := stream.read(1 << 20):
            text = tail + block
            found.update(name for name, mark in marks.items() if mark in text)
            tail = block[-80:]
    if "EncryptedPackage" in found:
        raise BadFile(locked_workbook(path))
    if found & {"Workbook", "Book"}:
        return "xls"
    if "WordDocument" in found:
        raise BadFile(_not_a_table(path, "a text document"))
    if "PowerPoint Document" in found:
        raise BadFile(_not_a_table(path, "a presentation"))
    raise BadFile(t("{file} is damaged or was cut off: fetch or save the workbook again and try once more.", file=path))


def locked_workbook(path: Path) -> str:
    """The sentence for a workbook that has a password."""
    return t(
        "{file} is protected with a password: open it in the spreadsheet, remove the password and save a copy.",
        file=path,
    )


def _kind_of_text(path: Path, sample: bytes) -> str:
    start = sample.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")):
        raise BadFile(
            t("{file} is a web page, whatever its name says: open it in a spreadsheet and save it as XLSX.", file=path)
        )
    if start.startswith((b"<?xml", b"<workbook")):
        if b"<html" in start:
            return _kind_of_text(path, start[start.index(b"<html") :])
        raise BadFile(
            t("{file} is XML, whatever its name says: open it in a spreadsheet and save it as XLSX.", file=path)
        )
    if start.startswith(b"begin:vcard"):
        return "vcard"
    if start.startswith(b"begin:vcalendar"):
        return "ical"
    if path.suffix.lower() in (".vcf", ".vcard") and b"begin:vcard" in start:
        return "vcard"
    if start.startswith((b"{", b"[")) and (path.suffix.lower() == ".json" or b'"crm-tui-export"' in start):
        return "json"
    return "text"
