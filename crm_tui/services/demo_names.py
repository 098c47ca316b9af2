"""Invented people, firms and addresses for the demo, each combination once, the same for the same chance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Any


def listed(text: str, sign: str | None = None) -> list[str]:
    """The words of a text block, by `sign` or by blanks."""
    return [part.strip() for part in text.split(sign) if part.strip()]


@dataclass(frozen=True)
class Firm:
    """An invented firm: name, industry, and the word that its e-mail addresses are made of."""

    name: str
    industry: str
    domain: str


@dataclass(frozen=True)
class Place:
    """An invented address, and the beginning of the phone numbers there."""

    country: str
    region: str
    city: str
    district: str
    street: str
    postcode: str
    dial: str


class Names:
    """Draws names without drawing one twice.

    Args:
        chance: where the drawing comes from.
        data: the demo's names.toml.
    """

    def __init__(self, chance: Random, data: dict[str, Any]) -> None:
        self.chance = chance
        self.data = data
        self._used: set[str] = set()
        self._mobiles = 0

    def _fresh(self, *, lists: tuple[list[str], ...], sign: str) -> str:
        for _ in range(200):
            name = sign.join(self.chance.choice(words) for words in lists)
            if name not in self._used:
                self._used.add(name)
                return name
        raise RuntimeError("the demo has more people than names")

    def person(self, language: str) -> str:
        """A full name."""
        if language == "zh":
            return self._fresh(lists=(listed(self.data["surnames"]), listed(self.data["given_zh"])), sign="")
        return self._fresh(lists=(listed(self.data["first_en"]), listed(self.data["last_en"])), sign=" ")

    def firm(self, language: str, city: str) -> Firm:
        """A firm in a city."""
        chance = self.chance
        for _ in range(400):
            house = chance.choice(listed(self.data[f"house_{language}"]))
            trade, industry = str(chance.choice(self.data[f"trades_{language}"])).split("|")
            form = str(chance.choice(self.data[f"forms_{language}"]))
            if language == "zh":
                name = f"{city}{house}{trade}{form}" if chance.random() < 0.75 else f"{house}{trade}（{city}）{form}"
            else:
                name = f"{house} {trade} {form}"
            key = house + trade
            if key not in self._used:
                self._used.add(key)
                return Firm(name, industry, self._domain(house, trade, language))
        raise RuntimeError("the demo has more firms than names")

    def small_shop(self, district: str) -> Firm:
        """A small Chinese eating house or school, called after a person or a house."""
        kind = str(self.chance.choice(self.data["shops_zh"]))
        house = self._fresh(lists=(listed(self.data["house_zh"]), [kind]), sign="")
        return Firm(f"{house}（{district}）", "餐饮", self._domain(house, "", "zh"))

    def _domain(self, house: str, trade: str, language: str) -> str:
        if language == "en":
            return re.sub(r"[^a-z]", "", (house + trade.split(" ")[0]).lower())
        from crm_tui.rules.pinyin import sort_key

        return re.sub(r"[^a-z]", "", sort_key(house).lower()) or "kehu"

    def place(self, language: str) -> Place:
        """An address."""
        chance = self.chance
        city, region, dial, districts = str(chance.choice(self.data[f"cities_{language}"])).split("|")
        district = chance.choice(districts.split(","))
        number = chance.randint(2, 320)
        if language == "zh":
            street = f"{chance.choice(listed(self.data['streets_zh']))}{number}号"
            code = f"{chance.randint(200, 330)}{chance.randint(0, 999):03d}"
            return Place("中国", region, city, district, street, code, dial)
        street = f"{number} {chance.choice(listed(self.data['streets_en'], ','))}"
        inward = "".join(chance.choices("ABDEFHJLN", k=2))
        code = f"{city[0]}{chance.randint(1, 20)} {chance.randint(1, 9)}{inward}"
        return Place("United Kingdom", region, city, district, street, code, dial)

    def mobile(self, language: str) -> str:
        """A mobile number of a range that is nobody's, or nearly so."""
        self._mobiles += 1
        if language == "zh":
            return f"{self.chance.choice(('138', '139', '136', '158', '186'))}0000{2000 + self._mobiles}"
        return f"+44 7700 900{self._mobiles % 1000:03d}"

    def landline(self, place: Place) -> str:
        """A number of a city's range for films and examples."""
        if place.dial.startswith("+"):
            return f"{place.dial}{self.chance.randint(100, 999)}"
        return f"{place.dial}-6500{self.chance.randint(1000, 9999)}"

    def mailbox(self, name: str, domain: str) -> str:
        """An e-mail address of a person at a firm."""
        from crm_tui.rules.pinyin import sort_key
        from crm_tui.rules.text import fold

        words = re.findall(r"[a-z]+", fold(sort_key(name)))
        return f"{'.'.join(words) or 'info'}@{domain}.example"
