"""The customers of the demo and what hangs on them, as rows by noun; the same for the same day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from crm_tui.rules.ids import new_id
from crm_tui.services.demo_names import Firm, Names, Place, listed

Row = dict[str, Any]

MIX = (
    # team, language, kind, how many, owners, branch, days since the list was brought in, its file
    ("shop", "zh", "person", 112, ("chen", "liu"), "rice", 745, "粮油店老客户.xlsx"),
    ("shop", "zh", "household", 34, ("chen", "liu"), "rice", 745, "粮油店老客户.xlsx"),
    ("shop", "zh", "organisation", 30, ("chen",), "rice", 745, "粮油店老客户.xlsx"),
    ("shop", "en", "person", 74, ("sarah",), "harbour", 742, "harbour-street-loyalty.csv"),
    ("shop", "en", "household", 22, ("sarah",), "harbour", 742, "harbour-street-loyalty.csv"),
    ("projects", "zh", "organisation", 108, ("lina", "zhang"), "projects", 730, "工程客户2024.xlsx"),
    ("projects", "en", "organisation", 112, ("emma", "james"), "london", 728, "uk-accounts.csv"),
    ("desk", "zh", "organisation", 52, ("zhou",), "desk", 720, "服务台设备台账.xlsx"),
    ("desk", "en", "organisation", 46, ("daniel",), "desk", 718, "installed-base-uk.csv"),
)
DOUBLES = 13


@dataclass
class Actor:
    """One customer: its row, its team and language, when it came into the file, and its rows by noun."""

    id: str
    team: str
    language: str
    owner: str
    born: datetime
    file: str
    row: Row
    place: Place
    parts: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, noun: str, chance: Random, **values: Any) -> Row:
        """Hang a row on the customer."""
        row = {"id": new_id(ms(self.born), chance.randbytes(10)), "customer": self.id, **values}
        self.parts.setdefault(noun, []).append(row)
        return row


def ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)


class Cast:
    """Makes all customers.

    Args:
        chance: where every choice comes from.
        names: the names to draw from.
        world: the demo's world.toml.
        ids: ids of branches and people by key.
        today: midnight of the demo's day, local.
    """

    def __init__(self, chance: Random, names: Names, world: Row, ids: dict[str, str], today: datetime) -> None:
        self.chance = chance
        self.names = names
        self.world = world
        self.ids = ids
        self.today = today
        self.actors: list[Actor] = []

    def make(self) -> list[Actor]:
        """All customers, oldest first."""
        for team, language, kind, count, owners, branch, days, file in MIX:
            for number in range(count):
                old = number < count * 0.68
                born = self._morning(days) if old else self._morning(self.chance.randint(4, days - 30))
                owner = self.chance.choice(owners)
                self._one(team, language, kind, owner, branch, born, file if old else "")
        self._doubles()
        self._families()
        self._relations()
        return sorted(self.actors, key=lambda actor: actor.born)

    def _morning(self, days: int) -> datetime:
        return self.today - timedelta(days=days) + timedelta(hours=9, minutes=self.chance.randint(0, 400))

    def _one(self, team: str, lang: str, kind: str, owner: str, branch: str, born: datetime, file: str) -> None:
        place = self.names.place(lang)
        firm = self._firm(team, lang, kind, place)
        name = firm.name if firm else self._private(lang, kind, place)
        row: Row = {"name": name, "kind": kind, "language": lang, "owner": self.ids[owner], "branch": self.ids[branch]}
        actor = Actor(new_id(ms(born), self.chance.randbytes(10)), team, lang, owner, born, file, row, place)
        self.actors.append(actor)
        self._master(actor, firm)
        self._reach(actor, firm)
        self._marks(actor)
        if firm:
            self._people(actor, firm)
        else:
            self._home(actor)

    def _firm(self, team: str, lang: str, kind: str, place: Place) -> Firm | None:
        if kind != "organisation":
            return None
        if team == "shop" and lang == "zh":
            return self.names.small_shop(place.district)
        return self.names.firm(lang, place.city)

    def _private(self, lang: str, kind: str, place: Place) -> str:
        name = self.names.person(lang)
        if kind == "person":
            return name
        return f"{name}家（{place.street}）" if lang == "zh" else f"{name.split(' ')[-1]} family, {place.street}"

    def _some(self, share: float) -> bool:
        return self.chance.random() < share

    def _said(self, name: str, lang: str) -> str:
        """One of the world's phrases in a language."""
        phrases = self.world[f"{name}_{lang}"]
        return str(self.chance.choice(phrases if isinstance(phrases, list) else listed(phrases, ",")))

    def _master(self, actor: Actor, firm: Firm | None) -> None:
        row, lang, chance = actor.row, actor.language, self.chance
        row["region"] = actor.place.city
        row["number"] = f"{actor.team[0].upper()}{len(self.actors):04d}" if self._some(0.8) else None
        row["source"] = self._said("sources", lang) if self._some(0.85) else None
        row["sales_channel"] = self._said("channels", lang) if self._some(0.6) else None
        grades = listed(self.world[f"grades_{lang}"][actor.team], ",")
        row["grade"] = chance.choice(grades) if self._some(0.85) else None
        extra: Row = {}
        if firm:
            row["industry"] = firm.industry
            row["size"] = chance.choice(listed(self.world["sizes"], ",")) if self._some(0.8) else None
            row["website"] = f"https://www.{firm.domain}.example" if self._some(0.5) else None
            for name, share in (("values", 0.35), ("instructions", 0.3), ("culture", 0.25)):
                field_name = "value_proposition" if name == "values" else name
                row[field_name] = self._said(name, lang) if self._some(share) else None
            extra["payment_terms"] = chance.choice(("现结 Cash", "月结 Monthly", "30天 30 days", "60天 60 days"))
            if actor.team != "shop" and self._some(0.6):
                extra["equipment"] = self._said("equipment", lang)
        else:
            extra["household_size"] = chance.randint(1, 6)
            extra["monthly_rice"] = extra["household_size"] * chance.randint(3, 8)
        if actor.team == "desk":
            extra["next_service"] = (self.today.date() + timedelta(days=chance.randint(-10, 90))).isoformat()
        row["extra"] = extra

    def _reach(self, actor: Actor, firm: Firm | None) -> None:
        chance, place, lang = self.chance, actor.place, actor.language
        first, second = ("手机", "公司") if lang == "zh" else ("mobile", "office")
        if firm:
            actor.add("phones", chance, number=self.names.landline(place), label=second)
            actor.add("emails", chance, address=f"info@{firm.domain}.example")
        else:
            actor.add("phones", chance, number=self.names.mobile(lang), label=first)
            if self._some(0.35):
                domain = "post" if lang == "en" else "youxiang"
                actor.add("emails", chance, address=self.names.mailbox(actor.row["name"], domain))
        if self._some(0.9):
            where = {name: getattr(place, name) for name in ("country", "region", "city", "district", "street")}
            actor.add("addresses", chance, **where, postcode=place.postcode)

    def _marks(self, actor: Actor) -> None:
        chance, lang = self.chance, actor.language
        tags = listed(self.world[f"tags_{lang}"][actor.team], ",")
        for tag in chance.sample(tags, chance.choice((0, 1, 1, 2, 2, 3))):
            actor.add("tags", chance, name=tag)
        if self._some(0.4):
            text, line, urgency = str(chance.choice(self.world[f"needs_{lang}"][actor.team])).split("|")
            found = max(actor.born.date(), self.today.date() - timedelta(days=chance.randint(3, 300)))
            status = chance.choice(("open", "open", "open", "met", "declined"))
            given = {"text": text, "product_line": line, "urgency": urgency, "status": status}
            actor.add("needs", chance, **given, found_on=found.isoformat())
        if actor.team == "projects":
            role = chance.choices(("end", "dealer", "distributor", "agent", "supplier"), (60, 15, 8, 6, 4))[0]
            actor.add("parties", chance, role=role)
            if self._some(0.12):
                actor.add("parties", chance, role="partner")
        elif actor.row["kind"] == "organisation":
            actor.add("parties", chance, role="end" if actor.team == "desk" else "retailer")

    def _people(self, actor: Actor, firm: Firm) -> None:
        """Contact persons of a firm: the first decides, the others report to him or her."""
        chance, lang, boss = self.chance, actor.language, None
        for place in range(chance.choice((1, 1, 2, 2, 3, 4)) if actor.team != "shop" else 1):
            zh, en, role = str(chance.choice(self.world_titles)).split("|")
            name = self.names.person(lang)
            given: Row = {"name": name, "title": zh if lang == "zh" else en, "decision_role": role}
            given["channel"] = chance.choice(
                ("phone", "wechat", "email") if lang == "zh" else ("phone", "email", "person")
            )
            if place == 0:
                given["decision_role"] = "decider"
            elif self._some(0.7):
                given["reports_to"] = boss
            if lang == "zh" and self._some(0.4):
                given["extra"] = {"wechat": f"wx_{chance.randint(10000, 99999)}"}
            row = actor.add("contacts", chance, **given)
            boss = boss or row["id"]
            label = "手机" if lang == "zh" else "mobile"
            actor.add("phones", chance, number=self.names.mobile(lang), label=label, contact=row["id"])
            if self._some(0.6):
                actor.add("emails", chance, address=self.names.mailbox(name, firm.domain), contact=row["id"])
            if self._some(0.12):
                self._birthday(actor, lunar=lang == "zh" and self._some(0.4), contact=row["id"])
        if actor.team == "desk" or self._some(0.2):
            end = self.today.date() + timedelta(days=chance.randint(-20, 400))
            label = "保养合同" if lang == "zh" else "Service contract"
            when = {"year": end.year, "month": end.month, "day": end.day, "lunar": 0}
            actor.add("key_dates", chance, kind="contract", label=label, **when, lead_days=7)

    @property
    def world_titles(self) -> list[str]:
        """Job titles in both languages with the part in decisions that goes with them."""
        return list(self.names.data["titles"])

    def _home(self, actor: Actor) -> None:
        """A private customer's dates: birthday, payday."""
        chance, lang = self.chance, actor.language
        if actor.row["kind"] == "household":
            name = self.names.person(lang)
            actor.add("contacts", chance, name=name, title="女主人" if lang == "zh" else "Runs the kitchen")
        if self._some(0.35):
            self._birthday(actor, lunar=lang == "zh" and self._some(0.5))
        if self._some(0.4):
            label = "工资" if lang == "zh" else "Salary"
            given = {"kind": "payday", "label": label, "lunar": 0, "lead_days": 1}
            actor.add("key_dates", chance, **given, day=chance.choice((1, 5, 8, 10, 15, 20, 28)))

    def _birthday(self, actor: Actor, *, lunar: bool, contact: str | None = None, on: date | None = None) -> None:
        chance = self.chance
        day = on or date(2000, 1, 1) + timedelta(days=chance.randint(0, 365))
        month, number = _lunar(day) if lunar else (day.month, day.day)
        year = chance.randint(1948, 2001) if self._some(0.6) else None
        given = {"kind": "birthday", "year": year, "month": month, "day": number, "lunar": int(lunar)}
        actor.add("key_dates", chance, **given, contact=contact)

    def near_birthdays(self, actors: list[Actor]) -> None:
        """Let some customers have a birthday within the next days, so that Today has something to show."""
        for place, actor in enumerate(actors):
            actor.parts.pop("key_dates", None)
            day = self.today.date() + timedelta(days=place % 8)
            self._birthday(actor, lunar=actor.language == "zh" and place % 3 == 0, on=day)

    def _doubles(self) -> None:
        """Customers that somebody typed again: the same phone, the name a little different."""
        firms = [a for a in self.actors if a.row["kind"] != "household" and a.file]
        for actor in self.chance.sample(firms, DOUBLES):
            born = self._morning(self.chance.randint(20, 300))
            again = Actor(
                new_id(ms(born), self.chance.randbytes(10)), actor.team, actor.language, actor.owner, born, "",
                {**actor.row, "name": _again(str(actor.row["name"])), "number": None, "grade": None, "extra": {}},
                actor.place,
            )  # fmt: skip
            phone = actor.parts["phones"][0]
            again.add("phones", self.chance, number=phone["number"], label=phone["label"])
            self.actors.append(again)

    def _families(self) -> None:
        """Firms that belong to a group."""
        for team in ("projects", "desk"):
            firms = sorted((a for a in self.actors if a.team == team and a.file), key=lambda a: a.born)
            groups = [a for a in firms if "集团" in a.row["name"] or a.row["name"].endswith("Group")][:6]
            for group in groups:
                mates = [
                    a for a in firms if a.language == group.language and a not in groups and not a.row.get("parent")
                ]
                for actor in self.chance.sample(mates, min(3, len(mates))):
                    actor.row["parent"] = group.id

    def _relations(self) -> None:
        kinds = {
            "shop": ("referred_by", "family", "friend"),
            "projects": ("referred_by", "supplier_of", "dealer_of", "competitor"),
            "desk": ("referred_by", "partner"),
        }
        for actor in self.chance.sample(self.actors, 110):
            mates = [
                a for a in self.actors if a.team == actor.team and a.language == actor.language and a.born <= actor.born
            ]
            other = self.chance.choice(mates)
            if other is not actor:
                actor.add("relations", self.chance, kind=self.chance.choice(kinds[actor.team]), other=other.id)


def _again(name: str) -> str:
    """A name as somebody else types it."""
    for old, new in (
        ("股份有限公司", "股份"), ("有限公司", ""), (" Limited", " Ltd"), (" Ltd", " Limited"),
        (" & Sons", " and Sons"), ("（", "("), (" PLC", ""), (" LLP", ""), (" Group", " Grp"),
    ):  # fmt: skip
        if old in name:
            return name.replace(old, new).replace("）", ")")
    first, _, last = name.partition(" ")
    return f"{last}, {first}" if last else f"{name} 先生"


def _lunar(day: date) -> tuple[int, int]:
    """Month and day of a solar day in the lunar calendar; leap months count as the ordinary one."""
    from lunar_python import Solar

    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    return abs(int(lunar.getMonth())), int(lunar.getDay())
