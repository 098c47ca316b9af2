"""Commands about what is owed: arrears, collections."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.cli.money import shown, sums
from crm_tui.cli.program import command, option
from crm_tui.cli.schedule import day_of
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.arrears import Day, Expected


@command("arrears")
@option("--at", metavar="DAY", help="As it stood on this day; today if not told.")
@option("--customer", metavar="NAME", help="Only this customer's.")
@option("--owner", metavar="NAME", help="Only this person's customers.")
def arrears_command(session: Session, at: str | None, customer: str | None, owner: str | None) -> None:
    """Who owes what by age, counted from the agreed due day; waiting for payday is not overdue."""
    from crm_tui.cli.shown import table
    from crm_tui.rules.money import add_up
    from crm_tui.rules.receivables import BUCKETS

    crm = session.crm()
    day = day_of(crm, at) if at else crm.local_now().date()
    who = crm.customers.resolve(customer) if customer else None
    person = str(crm.people.find(owner)["id"]) if owner else None
    found = crm.arrears.owed(day, customer=who, person=person)
    items = [
        {
            **{"customer": one.customer, "name": one.name, "owner": one.owner, "currency": one.currency},
            **{"balance": one.ages.balance, "overdue": one.ages.overdue, "buckets": dict(one.ages.buckets)},
            **{"oldest": one.oldest.isoformat() if one.oldest else None, "orders": one.orders},
        }
        for one in found
    ]
    totals = {
        "balance": add_up((one.ages.balance, one.currency) for one in found),
        "overdue": add_up((one.ages.overdue, one.currency) for one in found),
    }
    if not items:
        session.say(t("nobody owes anything"))
    titles = (t("Customer"), t("Owner"), *bucket_titles(), t("Balance"), t("Oldest"))

    def text() -> str:
        body = table(
            (
                (
                    one.name,
                    one.owner,
                    *(shown(one.ages.buckets[name] or None, one.currency) for name in BUCKETS),
                    shown(one.ages.balance, one.currency),
                    one.oldest.isoformat() if one.oldest else "",
                )
                for one in found
            ),
            titles,
            range(2, 10),
        )
        said = t("owed {balance}, overdue {overdue}", balance=sums(totals["balance"]), overdue=sums(totals["overdue"]))
        return f"{body}\n{said}" if body else ""

    session.put({"at": day.isoformat(), "count": len(items), "totals": totals, "items": items}, text)


def bucket_titles() -> tuple[str, ...]:
    """The names of the ages, as `rules.receivables.BUCKETS` orders them."""
    return (t("Not delivered"), t("Not due"), "0–30", "31–60", "61–90", "90+", t("Credit"))


@command("collections")
@option("--from", "first", metavar="DAY", help="The first day; today if not told.")
@option("--to", "last", metavar="DAY", help="The last day; two weeks later if not told.")
@option("--owner", metavar="NAME", help="Only this person's customers.")
def collections_command(session: Session, first: str | None, last: str | None, owner: str | None) -> None:
    """What is expected and what came, day by day; what was missed is carried to today and keeps its day."""
    crm = session.crm()
    start = day_of(crm, first) if first else crm.local_now().date()
    end = day_of(crm, last) if last else start + timedelta(days=13)
    person = str(crm.people.find(owner)["id"]) if owner else None
    days = crm.arrears.collections(start, end, person)
    data = {"from": start.isoformat(), "to": end.isoformat(), "days": [_data(one) for one in days]}
    session.put(data, lambda: "\n".join(line for one in days for line in _lines(one)))


def _data(one: Day) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "expected": [_expected(part) for part in one.expected],
        "carried": [_expected(part) for part in one.carried],
        "received": [vars(came) for came in one.received],
        "totals": totals_of(one),
    }


def totals_of(one: Day) -> dict[str, dict[str, int]]:
    """Sums of a day by currency: expected, carried, received."""
    from crm_tui.rules.money import add_up

    return {
        "expected": add_up((part.amount, part.currency) for part in one.expected),
        "carried": add_up((part.amount, part.currency) for part in one.carried),
        "received": add_up((came.amount, came.currency) for came in one.received),
    }


def _expected(part: Expected) -> dict[str, Any]:
    return {**vars(part), "due": part.due.isoformat()}


def _lines(one: Day) -> list[str]:
    if not (one.expected or one.carried or one.received):
        return []
    totals = totals_of(one)
    said = [t("expected {sum}", sum=sums(totals["expected"]))] if one.expected else []
    said += [t("missed before {sum}", sum=sums(totals["carried"]))] if one.carried else []
    said += [t("received {sum}", sum=sums(totals["received"]))] if one.received else []
    lines = [f"{one.day:%Y-%m-%d}  {', '.join(said)}"]
    lines += [_part("*", part, one.day) for part in one.expected]
    lines += [_part("!", part, one.day) for part in one.carried]
    lines += [f"  + {came.name}  {shown(came.amount, came.currency)}  {came.number}" for came in one.received]
    return lines


def _part(mark: str, part: Expected, day: date) -> str:
    late = t("due {day}", day=part.due.isoformat()) if part.due != day else ""
    return f"  {mark} {part.name}  {shown(part.amount, part.currency)}  {part.number}  {late}".rstrip()
