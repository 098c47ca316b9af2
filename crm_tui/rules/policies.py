"""What a company can agree on, with what holds until it does, and how what a person types is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crm_tui.errors import Invalid, Refused
from crm_tui.words import t

HOURS, CAPACITY, TRAVEL = "working_hours", "contacts_a_day", "travel_minutes"
COUNTRY, CALLBACKS_AFTER = "calendar_country", "callbacks_after"
GREETINGS, FREEZER = "festival_greetings", "weekly_freeze"
DUE, QUOTE_DAYS = "payment_terms", "quote_days"
DISCOUNTS, CREDIT, HOUR_COST = "discount_limits", "credit_limit", "cost_of_an_hour"
CURRENCY, LEAD_ANSWER = "currency", "lead_answer_minutes"
DESK_HOURS, DESK_ZONE, DESK_FLOW = "desk_hours", "desk_zone", "desk_flow"
DESK_ESCALATION, DESK_RECURRENCE = "desk_escalation", "desk_recurrence_days"
DESK_LIMITS, DESK_MINUTE_COST = "desk_limits", "desk_minute_cost"

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Agreement:
    """One thing to agree on.

    Attributes:
        shipped: the value that holds until somebody sets another.
        clean: what is typed as it is kept; raises ValueError or Refused with a sentence.
    """

    shipped: str
    clean: Callable[[str], str]


def _hours(text: str) -> str:
    from crm_tui.rules.working_time import format_hours, parse_hours

    return format_hours(parse_hours(text))


def _zone(text: str) -> str:
    from crm_tui.rules.local_time import zone_of

    return zone_of(text.strip()).key


def _flow(text: str) -> str:
    from crm_tui.rules.ticket_states import format_flow, parse_flow

    return format_flow(parse_flow(text))


def _as_shipped(clean: Callable[[str], str]) -> Callable[[str], str]:
    """Nothing typed means what data/desk.toml says."""
    return lambda text: clean(text) if text.strip() else ""


def _percents(text: str) -> str:
    parts = [part for part in text.replace("，", ",").replace("%", "").replace(" ", ",").split(",") if part]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 1000 for part in parts):
        raise ValueError(t("must be percents such as 80,100"))
    return ",".join(map(str, sorted({int(part) for part in parts})))


def limits_of(text: str) -> dict[str, int]:
    """What each role may grant, in whole units of money, from text like "desk=200, supervisor=5000".

    Raises:
        ValueError: a part is not understood.
    """
    found = {}
    for part in text.replace("，", ",").replace("、", ",").split(","):
        role, equals, amount = (one.strip() for one in part.partition("="))
        if not equals or not role or not amount.isascii() or not amount.isdigit():
            raise ValueError(t("must be like desk=200, supervisor=5000"))
        found[role] = int(amount)
    return found


def _limits(text: str) -> str:
    return ", ".join(f"{role}={amount}" for role, amount in limits_of(text).items())


def _number(low: int, high: int) -> Callable[[str], str]:
    def clean(text: str) -> str:
        said = text.strip()
        if not said.isascii() or not said.isdigit() or not low <= int(said) <= high:
            raise ValueError(t("must be a whole number from {low} to {high}", low=low, high=high))
        return str(int(said))

    return clean


def _days(text: str) -> str:
    parts = [part for part in text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",") if part]
    if parts in (["off"], ["none"], ["关"], ["无"]):
        return ""
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= MOST_DAYS for part in parts):
        raise ValueError(t("must be days such as 3,30, or off"))
    return ",".join(map(str, sorted({int(part) for part in parts})))


def _switch(text: str) -> str:
    said = text.strip().casefold()
    if said in ("on", "yes", "1", "true", "开", "是"):
        return "on"
    if said in ("off", "no", "0", "false", "关", "否"):
        return "off"
    raise ValueError(t("must be on or off"))


def _country(text: str) -> str:
    said = text.strip().upper()
    if said and not (len(said) == 2 and said.isascii() and said.isalpha()):
        raise ValueError(t("must be two letters such as CN"))
    return said


def _currency(text: str) -> str:
    from crm_tui.rules.amounts import clean_currency

    return clean_currency(text)


def _due(text: str) -> str:
    from crm_tui.rules.dues import parse_due

    return parse_due(text).text


def _discounts(text: str) -> str:
    from crm_tui.rules.discounts import limits_text, parse_limits

    return limits_text(parse_limits(text))


def _line(text: str) -> str:
    return " ".join(text.split())[:80]


AGREEMENTS: dict[str, Agreement] = {
    HOURS: Agreement("09:00-12:00 13:00-18:00", _hours),
    CAPACITY: Agreement("8", _number(1, 200)),
    TRAVEL: Agreement("15", _number(0, 600)),
    CALLBACKS_AFTER: Agreement("3,30", _days),
    GREETINGS: Agreement("off", _switch),
    FREEZER: Agreement("", _line),
    COUNTRY: Agreement("", _country),
    CURRENCY: Agreement("CNY", _currency),
    DUE: Agreement("30 days", _due),
    QUOTE_DAYS: Agreement("30", _number(1, 3650)),
    DISCOUNTS: Agreement("salesperson 5, manager 15, supervisor 30, admin 100", _discounts),
    CREDIT: Agreement("0", _number(0, 10**9)),
    HOUR_COST: Agreement("0", _number(0, 10**6)),
    LEAD_ANSWER: Agreement("60", _number(1, 10_000)),
    DESK_HOURS: Agreement("", _as_shipped(_hours)),
    DESK_ZONE: Agreement("", _as_shipped(_zone)),
    DESK_ESCALATION: Agreement("", _as_shipped(_percents)),
    DESK_RECURRENCE: Agreement("", _as_shipped(_number(1, 3650))),
    DESK_LIMITS: Agreement("", _as_shipped(_limits)),
    DESK_MINUTE_COST: Agreement("", _as_shipped(_number(0, 1_000_000))),
    DESK_FLOW: Agreement("", _as_shipped(_flow)),
}
"""By name, in the order in which they are shown. An empty country is that of the phone numbers; weekly_freeze names
the machine that freezes the plans of each week: empty for whichever starts first, off for none. What ships for the
desk stands in data/desk.toml; see `Policies.shipped`. Credit limit and cost of an hour are whole units of the
currency, 0 for none."""


def clean(name: str, text: str) -> str:
    """What is typed for an agreement, as it is kept.

    Raises:
        Invalid: there is no such agreement, or the text makes no sense for it.
    """
    if name not in AGREEMENTS:
        raise Invalid({name: t("no such rule; known are: {known}", known=", ".join(AGREEMENTS))})
    try:
        return AGREEMENTS[name].clean(text)
    except (ValueError, Refused) as error:
        raise Invalid({name: str(error)}) from None


def label(name: str) -> str:
    """What people call an agreement, in the language that is spoken."""
    said = {
        HOURS: t("Working hours"), CAPACITY: t("Contacts a day"), TRAVEL: t("Minutes of travel between two"),
        CALLBACKS_AFTER: t("Calls after a delivery, days"), GREETINGS: t("Greetings on festivals"),
        FREEZER: t("Machine that freezes the week"), COUNTRY: t("Country of the holidays"),
        DUE: t("Payment, unless agreed otherwise"), QUOTE_DAYS: t("Days a quote holds"),
        DISCOUNTS: t("Discounts by role, %"), CREDIT: t("Credit limit of a customer"),
        HOUR_COST: t("Cost of an hour with customers"),
        CURRENCY: t("Currency where none is said"), LEAD_ANSWER: t("Working minutes until a lead is answered"),
        DESK_HOURS: t("Hours of the desk"), DESK_ZONE: t("Time zone of the desk"), DESK_FLOW: t("Steps of a ticket"),
        DESK_ESCALATION: t("Escalation of tickets, %"), DESK_RECURRENCE: t("Recurrence of a cause, days"),
        DESK_LIMITS: t("What a role may grant"), DESK_MINUTE_COST: t("Cost of a minute of service, cents"),
    }  # fmt: skip
    return said.get(name, name)
