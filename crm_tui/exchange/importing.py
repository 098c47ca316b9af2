"""Import of a file as a whole: read by content, mapped, planned, applied, rejects written, all of it reported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Refused
from crm_tui.exchange.files import kind_of
from crm_tui.exchange.rejected import first_rejected, write_rejected
from crm_tui.exchange.rejects import is_reason
from crm_tui.rules import sale_headers
from crm_tui.rules.headers import TARGETS, Target, guess_kind, normalise_header, read_target, recognise
from crm_tui.services.exports import ID_COLUMN, own_targets
from crm_tui.services.import_whole import WholePlan
from crm_tui.services.imports import Plan, SalePlan, Source
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    import threading

    from crm_tui.exchange.vcard_model import CardFile
    from crm_tui.services.crm import Crm
    from crm_tui.services.import_parts import Progress

POSSIBLE = ("customers", *sale_headers.KINDS)
KINDS = (*POSSIBLE, "events")
SAMPLE = 200
_NAMES = frozenset({"name", "contact.name", "contact.given", "contact.family"})
_EXTRA = frozenset({"extra", "custom", "自定义"})
_IGNORE = frozenset({"ignore", "skip", "-", ""})


@dataclass
class Opened:
    """A file that was read, before anything is matched.

    Attributes:
        format: csv, tsv, xlsx, xls, ods, vcard or json.
        encoding: codec of a text file, None for a workbook.
        delimiter: what stands between the cells of a text table, else None.
        kind: what its rows are.
        header: the columns' names; empty for cards.
        rows: cells by record; `lines` where each stands in the file.
        targets: where each column goes; None makes a custom field of it. May be changed before planning.
        notes: sentences about the reading.
        guessed_name: the column that was taken as the name because none is known as one.
    """

    path: Path
    format: str
    encoding: str | None
    kind: str
    delimiter: str | None = None
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    targets: list[Target | None] = field(default_factory=list)
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    guessed_name: str | None = None
    cards: CardFile | None = None
    whole: dict[str, list[dict[str, Any]]] | None = None

    @property
    def is_table(self) -> bool:
        """Whether the file has columns that can be mapped."""
        return self.cards is None and self.whole is None

    def map(self, column: str, target: str) -> None:
        """Send a column elsewhere, as `--map COLUMN=FIELD` says it.

        Raises:
            Refused: if there is no such column or field; the sentence names those that there are.
        """
        place = self._place(column)
        chosen = _target(target, self.kind)
        if chosen is not None and not chosen.many and chosen.name != "ignore":
            # One column a field: the one that had it becomes a custom field.
            self.targets = [None if there == chosen else there for there in self.targets]
        self.targets[place] = chosen

    def _place(self, column: str) -> int:
        if column in self.header:
            return self.header.index(column)
        wanted = normalise_header(column)
        for place, name in enumerate(self.header):
            if wanted and normalise_header(name) == wanted:
                return place
        raise Refused(
            t("there is no column “{column}”; the file has: {known}", column=column, known=", ".join(self.header))
        )

    def layout(self) -> str:
        """The same for all files with these columns; mappings are kept under it."""
        words = [*map(normalise_header, self.header), *([self.kind] if self.kind in sale_headers.KINDS else [])]
        return hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).hexdigest()

    def source(self) -> Source:
        """What the rows are kept under: the numbering, if a column holds numbers, else the file's own name."""
        name = "vcard" if self.cards is not None else self.path.stem
        for wanted in ("number", "outside_number"):
            for header, target in zip(self.header, self.targets, strict=True):
                if target is not None and target.name == wanted:
                    name = normalise_header(header) or header
        exported = next((at for header in self.header if (at := _exported(header)) is not None), None)
        if exported is not None:
            return Source(self.path.name, "crm-tui", "crm-tui", exported)
        return Source(self.path.name, name, name if self.cards is not None else f"{name} · {self.path.stem}")


def _exported(header: str) -> int | None:
    """The instant that the id column of our own exports names, in milliseconds since 1970."""
    if not header.startswith(ID_COLUMN):
        return None
    try:
        moment = datetime.fromisoformat(header.removeprefix(ID_COLUMN).strip())
    except ValueError:
        return None
    return int(moment.timestamp() * 1000) if moment.tzinfo is not None else None


def _target(text: str, kind: str) -> Target | None:
    plain = text.strip()
    if kind in sale_headers.KINDS:
        found = sale_headers.read_sale_target(kind, plain)
        if found is None and plain.casefold() not in _IGNORE | _EXTRA:
            known = ", ".join(sale_headers.TARGETS[kind])
            raise Refused(t("there is no field “{field}”; there are: {known}, ignore", field=text, known=known))
        return found or Target("ignore")
    if plain.casefold() in _EXTRA:
        return None
    if plain.casefold() in _IGNORE:
        return Target("ignore")
    if found := read_target(plain):
        return found
    for name, labels in TARGETS.items():
        if plain.casefold() in (label.casefold() for label in labels):
            return Target(name)
    raise Refused(t("there is no field “{field}”; there are: {known}, extra", field=text, known=", ".join(TARGETS)))


def open_file(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    kind: str | None = None,
) -> Opened:
    """Read a file and guess where its columns go.

    Args:
        crm: the open file; mappings that were saved for these columns are found in it.
        path: what to read; its content decides what it is.
        mapping: field by column, above what is guessed or saved.
        encoding: codec of a text file instead of the one found.
        sheet: sheet of a workbook instead of the first with content.
        delimiter: one character between the cells of a text table, instead of the one found.
        kind: what the rows are, instead of the guess.

    Raises:
        BadFile: with a sentence that says what the file is.
        Refused: unknown columns or fields in `mapping`, or a kind of rows that cannot be imported now.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        raise Refused(t("there is no kind “{kind}”; there are: {known}", kind=kind, known=", ".join(KINDS)))
    found = kind_of(path)
    if found == "vcard":
        opened = _cards(path, encoding)
    elif found == "json":
        from crm_tui.exchange.whole_files import read_json

        opened = Opened(path, "json", "utf-8", "customers", whole=read_json(path))
    else:
        opened = _table(path, encoding, sheet, delimiter)
    opened.kind = kind or opened.kind
    if opened.kind not in POSSIBLE:
        raise Refused(
            t(
                "{file} holds {kind}; only these can be imported now: {known}. If its rows are customers, add: "
                "--kind customers",
                file=path,
                kind=opened.kind,
                known=", ".join(POSSIBLE),
            )
        )
    if opened.is_table:
        _choose_targets(crm, opened, mapping or {})
    elif mapping:
        raise Refused(t("{file} has no columns to map", file=path))
    return opened


def _cards(path: Path, encoding: str | None) -> Opened:
    from crm_tui.exchange.vcards import read_cards

    cards = read_cards(path, encoding)
    return Opened(path, "vcard", cards.encoding, "customers", notes=list(cards.notes), cards=cards)


def _table(path: Path, encoding: str | None, sheet: str | None, delimiter: str | None) -> Opened:
    from crm_tui.exchange.tables import read_table

    table = read_table(path, encoding, sheet, delimiter)
    return Opened(
        path,
        table.format,
        table.encoding,
        guess_kind(table.header),
        table.delimiter,
        table.header,
        table.rows,
        table.first_line,
        sheet=table.sheet,
        sheets=table.sheets,
        notes=list(table.notes),
    )


def _choose_targets(crm: Crm, opened: Opened, mapping: Mapping[str, str]) -> None:
    """Guess, then what was saved for these columns, then what is asked for now."""
    if opened.kind in sale_headers.KINDS:
        opened.targets = sale_headers.recognise_sales(opened.kind, opened.header)
        _remembered(crm, opened, mapping)
        return
    targets = recognise(opened.header, opened.rows[:SAMPLE])
    own = own_targets() if any(name.startswith(ID_COLUMN) for name in opened.header) else {}
    for place, name in enumerate(opened.header):
        if own and name.startswith(ID_COLUMN):
            targets[place] = Target("own")
        elif own:
            targets[place] = own.get(name)
        elif is_reason(name):
            targets[place] = Target("ignore")
    opened.targets = targets
    _remembered(crm, opened, mapping)
    if not any(target is not None and target.name in _NAMES for target in opened.targets):
        _name_somehow(opened)


def _remembered(crm: Crm, opened: Opened, mapping: Mapping[str, str]) -> None:
    """Put what was saved for these columns, and what is asked for now, above the guess."""
    saved = crm.store.setting(f"mapping:{opened.layout()}")
    for column, target in (json.loads(saved) if saved else {}).items():
        opened.map(column, target)
    for column, target in mapping.items():
        opened.map(column, target)


def _name_somehow(opened: Opened) -> None:
    """Take the first column of texts as the name where no column is known as one."""
    free = [place for place, target in enumerate(opened.targets) if target is None]
    if not free or not opened.rows:
        return

    def texts(place: int) -> int:
        return sum(any(sign.isalpha() for sign in row[place]) for row in opened.rows[:SAMPLE])

    best = next((place for place in free if texts(place) * 2 > len(opened.rows[:SAMPLE])), free[0])
    opened.targets[best], opened.guessed_name = Target("name"), opened.header[best]
    opened.notes.append(t("No column is known as the name: “{column}” was taken", column=opened.header[best]))


def save_mapping(crm: Crm, opened: Opened) -> None:
    """Keep where the columns go, for the next file with the same columns."""
    told = {
        name: "extra" if target is None else str(target)
        for name, target in zip(opened.header, opened.targets, strict=True)
        if target is None or target.name in TARGETS or opened.kind in sale_headers.KINDS
    }
    crm.store.set_setting(f"mapping:{opened.layout()}", json.dumps(told, ensure_ascii=False))


def make_plan(
    crm: Crm, opened: Opened, *, progress: Progress | None = None, cancel: threading.Event | None = None
) -> Plan | WholePlan | SalePlan:
    """Find out what importing the file would do; nothing is changed.

    Raises:
        Cancelled: if it was stopped.
    """
    if opened.whole is not None:
        return crm.imports.prepare_whole(opened.whole, opened.path.name, progress=progress, cancel=cancel)
    if opened.cards is not None:
        from crm_tui.exchange.card_rows import entry_of

        entries = [entry_of(card) for card in opened.cards.cards]
        return crm.imports.prepare_cards(entries, opened.source(), progress=progress, cancel=cancel)
    rows = zip(opened.lines, opened.rows, strict=True)
    if opened.kind in sale_headers.KINDS:
        about = (opened.kind, opened.header, opened.targets, rows, opened.path.name)
        return crm.imports.prepare_sales(*about, progress=progress, cancel=cancel)
    columns = crm.imports.columns(opened.header, opened.targets)
    return crm.imports.prepare(columns, rows, opened.source(), progress=progress, cancel=cancel)


def import_file(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    kind: str | None = None,
    dry_run: bool = False,
    rejects: str | Path | None = None,
    verdicts: Path | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Import a file; with `dry_run` only find out what it would do.

    What is read and how is told as to `open_file`, what is written as to `finish`; the file `verdicts` gets a line for
    each row, see `exchange.verdicts`.

    Returns:
        The report, see `finish`.

    Raises:
        BadFile, Refused, Cancelled, Locked: with a sentence; nothing is changed then.
    """
    opened = open_file(crm, path, mapping=mapping, encoding=encoding, sheet=sheet, delimiter=delimiter, kind=kind)
    keep = bool(mapping)
    with nullcontext() if dry_run else crm.task(t("Import of {file}", file=opened.path.name)):
        plan = make_plan(crm, opened, progress=progress, cancel=cancel)
        if verdicts is not None:
            from crm_tui.exchange.verdicts import write_verdicts

            write_verdicts(verdicts, opened, plan)
        return finish(
            crm, opened, plan, dry_run=dry_run, rejects=rejects, keep_mapping=keep, progress=progress, cancel=cancel
        )


def finish(
    crm: Crm,
    opened: Opened,
    plan: Plan | WholePlan | SalePlan,
    *,
    dry_run: bool = False,
    rejects: str | Path | None = None,
    keep_mapping: bool = False,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Apply a plan and write the rejected rows into a file of their own, if there are any.

    Returns:
        file, format, encoding, kind, rows, created, updated, unchanged, rejected (rows is the sum of these four),
        first_rejected (line, column and reason of the first ten), rejects_file, action (None if nothing was changed),
        skipped (fields left alone, because machines disagree on them),
        notes, kept_yours (line, name, field, yours, theirs), duplicates (how many new customers may be there already),
        guessed_name (the column that was taken as the name because none is known as one, else None).
    """
    broken = len(opened.cards.broken) if opened.cards is not None else 0
    written: Path | None = None
    done = Changes(None)
    if not dry_run:
        # The rejects come first: if their file cannot be written, nothing is imported either.
        written = write_rejected(opened, plan, rejects)
        try:
            done = crm.imports.apply(plan, progress=progress, cancel=cancel)
        except BaseException:
            if written is not None:
                written.unlink(missing_ok=True)
            raise
        if keep_mapping and opened.is_table:
            save_mapping(crm, opened)
    counts = dict(plan.counts)
    counts["rows"] += broken
    counts["rejected"] += broken
    return {
        "file": str(opened.path),
        "format": opened.format,
        "encoding": opened.encoding,
        "kind": opened.kind,
        **counts,
        "first_rejected": first_rejected(opened, plan),
        "rejects_file": str(written) if written is not None else None,
        "action": done.action,
        "skipped": done.skipped,
        "notes": [*opened.notes, *plan.notes],
        "kept_yours": [kept._asdict() for kept in plan.kept],
        "duplicates": plan.duplicates,
        "guessed_name": opened.guessed_name,
    }
