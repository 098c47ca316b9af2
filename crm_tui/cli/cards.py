"""The card of a customer as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crm_tui.cli.shown import label, moment, noun_label, pairs, pick, shown_value, table
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_FIELDS = (
    *("number", "kind", "parent", "owner", "branch", "grade", "industry", "size", "region", "source"),
    *("sales_channel", "language", "website", "value_proposition", "instructions", "culture", "note"),
)
_PLACE = ("country", "region", "city", "district", "street", "postcode")


def card_text(crm: Crm, card: dict[str, Any]) -> str:
    """Everything on a card, in blocks."""
    blocks = [_head(crm, card), *(block for block in _blocks(crm, card) if block)]
    return "\n\n".join(blocks)


def _head(crm: Crm, card: dict[str, Any]) -> str:
    rows: list[tuple[str, object]] = [
        (label("customers", name), shown_value(crm, "customers", name, card[name])) for name in _FIELDS
    ]
    customs = {field["key"]: field for field in crm.custom_fields.for_noun("customers")}
    for key, value in card["custom"].items():
        field = customs.get(key)
        rows.append((pick(field["label_en"], field["label_zh"]) if field else key, value))
    rows.append((noun_label("phones"), ", ".join(_phone(row) for row in card["phones"] if not row["contact"])))
    rows.append((noun_label("emails"), ", ".join(str(r["address"]) for r in card["emails"] if not r["contact"])))
    rows += [(noun_label("addresses"), " ".join(str(r[n]) for n in _PLACE if r[n])) for r in card["addresses"]]
    rows.append((noun_label("tags"), ", ".join(str(row["name"]) for row in card["tags"])))
    rows.append(
        (noun_label("parties"), ", ".join(shown_value(crm, "parties", "role", r["role"]) for r in card["parties"]))
    )
    rows.append((t("Last contact"), moment(card["last_contact"], crm.zone)))
    rows.append((t("Next step"), _plan(crm, card["next_step"])))
    rows.append((t("Merged into it"), ", ".join(str(row["name"]) for row in card["merged"])))
    rows.append((t("Id"), card["id"]))
    trashed = f"  ({t('in the trash')})" if card["deleted"] else ""
    return f"{card['name']}{trashed}\n" + pairs(rows)


def _blocks(crm: Crm, card: dict[str, Any]) -> Iterator[str]:
    yield _block(noun_label("contacts"), [_contact(crm, card, row) for row in card["contacts"]])
    needs = [(n["text"], n["product_line"], *_choices(crm, "needs", n, "urgency", "status")) for n in card["needs"]]
    yield _block(noun_label("needs"), needs)
    yield _block(noun_label("key_dates"), [_date(crm, row) for row in card["key_dates"]])
    relations = [(*_choices(crm, "relations", row, "kind", "other"), row["note"]) for row in card["relations"]]
    yield _block(noun_label("relations"), relations)
    plans = [
        (moment(p["planned_start"], crm.zone), *_choices(crm, "visits", p, "kind"), p["topic"]) for p in card["plans"]
    ]
    yield _block(t("Plans"), plans)
    done = [
        (
            moment(row["started"], crm.zone),
            *_choices(crm, "visits", row, "kind", "outcome", "person"),
            " ".join(str(row["summary"] or "").split()),
        )
        for row in card["timeline"]
    ]
    shown, count = len(card["timeline"]), card["timeline_count"]
    title = noun_label("visits") + (f" ({shown}/{count})" if count > shown else f" ({count})")
    yield _block(title, done)


def _block(title: str, rows: list[tuple[Any, ...]]) -> str:
    return f"{title}\n{table(rows)}" if rows else ""


def _choices(crm: Crm, noun: str, row: dict[str, Any], *names: str) -> list[str]:
    return [shown_value(crm, noun, name, row[name]) for name in names]


def _phone(row: dict[str, Any]) -> str:
    said = str(row["number"]) + (f" x{row['extension']}" if row["extension"] else "")
    return f"{said} ({row['label']})" if row["label"] else said


def _contact(crm: Crm, card: dict[str, Any], row: dict[str, Any]) -> tuple[Any, ...]:
    phones = ", ".join(_phone(phone) for phone in card["phones"] if phone["contact"] == row["id"])
    emails = ", ".join(str(email["address"]) for email in card["emails"] if email["contact"] == row["id"])
    return (row["name"], row["title"], *_choices(crm, "contacts", row, "decision_role"), phones, emails)


def _date(crm: Crm, row: dict[str, Any]) -> tuple[Any, ...]:
    parts = [str(row[name]).zfill(2) for name in ("year", "month", "day") if row[name]]
    said = "-".join(parts) if row["month"] else t("day {n} of each month", n=row["day"])
    lunar = t("lunar") if row["lunar"] else ""
    return (*_choices(crm, "key_dates", row, "kind"), said, lunar, row["label"])


def _plan(crm: Crm, plan: dict[str, Any] | None) -> str:
    if plan is None:
        return ""
    what = plan["topic"] or shown_value(crm, "visits", "kind", plan["kind"])
    return f"{moment(plan['planned_start'], crm.zone)} {what}"
