"""What the wizard says: where a column goes, the counts that add up, how long it will take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.rules.headers import Target


def target_text(target: Target | None) -> str:
    """A column's target as people read it."""
    from crm_tui.rules.headers import TARGETS

    if target is None:
        return t("custom field")
    if target.name == "ignore":
        return t("leave out")
    labels = TARGETS.get(target.name, (target.name, target.name))
    return labels[language() == "zh"] + (f" ({target.label})" if target.label else "")


def targets_to_choose() -> list[tuple[str, str, str]]:
    """Every target: what `--map` calls it, its name, and its name in the other language."""
    from crm_tui.rules.headers import TARGETS

    zh = language() == "zh"
    found = [("extra", t("custom field"), ""), ("ignore", t("leave out"), "")]
    found += [(name, labels[zh], labels[not zh]) for name, labels in TARGETS.items() if name != "ignore"]
    return found


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
