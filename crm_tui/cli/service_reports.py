"""The command of the supervisor's figures: service-report."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crm_tui.cli.program import command, option
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.service_report import Interval
    from crm_tui.services.service_reports import ServiceReport, Times


@command("service-report")
@option("--from", "first", metavar="DAY", help="The first day; 90 days are told if nothing is said.")
@option("--to", "last", metavar="DAY", help="The last day; today if not told.")
def service_report_command(session: Session, first: str | None, last: str | None) -> None:
    """Causes, times against the standards, reopened, recurrence, satisfaction and cost of a period."""
    from crm_tui.cli.schedule import day_of

    crm = session.crm()
    told = crm.service_reports.of(day_of(crm, first) if first else None, day_of(crm, last) if last else None)
    names = dict(crm.corrective_actions.causes())
    session.put(as_json(told), lambda: _text(told, names))


def as_json(told: ServiceReport) -> dict[str, Any]:
    """A report for JSON; what was measured on nothing is null."""
    found = asdict(told)
    found |= {"first": told.first.isoformat(), "last": told.last.isoformat()}
    mean, n = told.satisfaction
    found["satisfaction"] = {"mean": mean, "n": n}
    for name in ("response", "resolution"):
        found[name]["percentiles"] = {str(key): value for key, value in found[name]["percentiles"].items()}
    return found


def _text(told: ServiceReport, names: dict[str, str]) -> str:
    from crm_tui.cli.shown import pairs, table

    mean, n = told.satisfaction
    head = pairs(
        [
            (t("Period"), f"{told.first} … {told.last}"),
            (t("Tickets"), f"{told.tickets} · {t('{n} open', n=told.open)}"),
            (t("Response"), _times(told.response)),
            (t("Solution"), _times(told.resolution)),
            (t("Reopened"), share_text(told.reopened)),
            (t("Recurrence"), share_text(told.recurrence)),
            (t("Bought again"), share_text(told.repurchase)),
            (t("Satisfaction"), "?" if mean is None else f"{mean:.2f} (n {n})"),
            (t("Net score"), score_text(told.net_score.score)),
            (t("Born in service"), told.opportunities),
        ]
    )  # fmt: skip
    causes = table(
        (
            (
                names.get(one.cause, one.cause) or t("not noted"),
                one.count,
                f"{one.cost / 100:,.2f}",
                f"{one.cumulative:.0f} %",
            )
            for one in told.causes
        ),
        (t("Cause"), t("How many"), t("Cost"), t("Cumulative")),
        (1, 2, 3),
    )
    return "\n\n".join(filter(None, (head, causes)))


def _times(times: Times) -> str:
    from crm_tui.services.ticket_clocks import span_text

    said = " · ".join(
        f"{percent} % {span_text(round(value))}" for percent, value in times.percentiles.items() if value is not None
    )
    return f"{said} · {t('in time')} {share_text(times.within)}" if said else "?"


def share_text(share: Interval | None) -> str:
    """A share with its interval; a question mark where nothing was measured."""
    if share is None:
        return "?"
    return f"{100 * share.value:.0f} % ({100 * share.low:.0f} … {100 * share.high:.0f}, n {share.n})"


def score_text(score: Interval | None) -> str:
    """A net score with its interval; a question mark where nobody was asked."""
    if score is None:
        return "?"
    return f"{score.value:+.0f} ({score.low:+.0f} … {score.high:+.0f}, n {score.n})"
