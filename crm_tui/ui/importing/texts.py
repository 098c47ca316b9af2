"""What the wizard says: where a column goes, the counts that add up, how long it will take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.rules.headers import Target


def target_text(target: Target | None, kind: str = "customers") -> str:
    """A column's target as people read it; of orders, payments and products there are no custom fields."""
    if target is None and kind == "customers":
        return t("custom field")
    if target is None or target.name == "ignore":
        return t("leave out")
    labels = _targets(kind).get(target.name, (target.name, target.name))
    return labels[language() == "zh"] + (f" ({target.label})" if target.label else "")


def targets_to_choose(kind: str = "customers") -> list[tuple[str, str, str]]:
    """Every target: what `--map` calls it, its name, and its name in the other language."""
    zh = language() == "zh"
    found = [("extra", t("custom field"), "")] if kind == "customers" else []
    found.append(("ignore", t("leave out"), ""))
    found += [(name, labels[zh], labels[not zh]) for name, labels in _targets(kind).items() if name != "ignore"]
    return found


def _targets(kind: str) -> Mapping[str, tuple[str, str]]:
    from crm_tui.rules import headers, sale_headers

    return sale_headers.TARGETS.get(kind, headers.TARGETS)


def first_values(rows: Sequence[Sequence[str]], place: int) -> str:
    """The first unlike values of a column, so that one sees what it holds."""
    found: dict[str, None] = {}
    for row in rows[:2000]:
        if place < len(row) and (value := row[place].strip()):
            found[value] = None
            if len(found) == 6:
                break
    return " · ".join(found) or t("(empty)")


def counts_text(report: Mapping[str, Any]) -> str:
    """Rows, and what becomes of them; the parts are the whole."""
    parts = [
        "+ " + t("{n} created", n=f"{report['created']:,}"),
        "~ " + t("{n} updated", n=f"{report['updated']:,}"),
        "= " + t("{n} unchanged", n=f"{report['unchanged']:,}"),
        "x " + t("{n} rejected", n=f"{report['rejected']:,}"),
    ]
    return t("{n} rows", n=f"{report['rows']:,}") + "   " + "   ".join(parts)


def left_text(seconds: float) -> str:
    """How long something will take, roughly."""
    if seconds < 60:
        return t("about {n} s left", n=max(1, round(seconds)))
    return t("about {n} min left", n=round(seconds / 60))


def bar(done: int, total: int, cells: int) -> str:
    """A bar of `cells` cells, in eighths."""
    eighths = cells * 8 * min(done, total) // total if total else 0
    full, rest = divmod(eighths, 8)
    part = "▏▎▍▌▋▊▉"[rest - 1] if rest else ""
    return ("█" * full + part).ljust(cells, "░")


def rejected_lines(report: Mapping[str, Any], most: int) -> list[str]:
    """The first rows that were not taken, each with its reason; the rest as a number."""
    first = report["first_rejected"][:most]
    lines, colon = [], "：" if language() == "zh" else ": "
    for one in first:
        where = t("line {n}", n=one["line"]) if one["line"] else ""
        why = f"{one['column']}{colon}{one['reason']}" if one["column"] else one["reason"]
        lines.append("x " + "  ".join(filter(None, (where, why))))
    more = report["rejected"] - len(first)
    return lines + ([t("… and {n} more", n=f"{more:,}")] if first and more > 0 else [])


def before_text(report: Mapping[str, Any], most: int) -> str:
    """What would happen, in at most `most` lines or so."""
    notes = [f"~ {note}" for note in report["notes"][:3]]
    if report["guessed_name"]:
        notes.append("~ " + t("If another column holds the names, Enter on that column sends it there."))
    return "\n".join([counts_text(report), *rejected_lines(report, max(1, most - len(notes))), *notes])


def done_text(report: Mapping[str, Any], taken_back: bool) -> str:
    """What happened, what was refused and why, what was kept."""
    from crm_tui.services.conflicts import left_alone

    lines = [counts_text(report), ""]
    if taken_back:
        lines.insert(0, t("Taken back: nothing of this import stands any more.") + "\n")
    if report["rejects_file"]:
        lines += [*rejected_lines(report, 10), ""]
        lines.append(t("Rejected rows, each with its reason, to be mended and imported again:"))
        lines += ["  " + report["rejects_file"], ""]
    left = left_alone(int(report.get("skipped", 0)))
    lines += ["? " + left, ""] if left else []
    lines += [f"~ {note}" for note in report["notes"][:8]]
    for kept in report["kept_yours"][:6]:
        lines.append("  " + t("kept yours: {name}, {field}: {yours} (the file says {theirs})", **kept))
    return "\n".join(lines)
