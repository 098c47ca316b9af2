"""General festivals: which come soon, and whom by language or country they concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_tui.rules.days import next_occurrence
from crm_tui.words import t

CHINESE, WESTERN = "chinese", "western"


@dataclass(frozen=True, slots=True)
class Festival:
    """A day on which one greets.

    Attributes:
        key: its name in ids.
        month, day: solar, or lunar if `lunar`.
        lunar: whether it is a day of the lunar calendar.
        of: whom it concerns; everybody if empty.
    """

    key: str
    month: int
    day: int
    lunar: bool
    of: str


FESTIVALS = (
    Festival("new_year", 1, 1, False, ""),
    Festival("spring_festival", 1, 1, True, CHINESE),
    Festival("dragon_boat", 5, 5, True, CHINESE),
    Festival("mid_autumn", 8, 15, True, CHINESE),
    Festival("christmas", 12, 25, False, WESTERN),
)

_CHINESE_PLACES = "cn hk mo tw china 中国 中华人民共和国 香港 澳门 台湾 hong_kong macao taiwan"
_WESTERN_PLACES = (
    "us usa gb uk ca au nz ie de at ch fr nl be lu it es pt se no dk fi is pl cz sk hu si hr ee lv lt mt "
    "germany austria switzerland france netherlands belgium italy spain portugal sweden norway denmark finland poland "
    "ireland canada australia england scotland britain united_states united_kingdom great_britain new_zealand "
    "美国 英国 加拿大 澳大利亚 新西兰 德国 奥地利 瑞士 法国 荷兰 比利时 意大利 西班牙 葡萄牙 瑞典 挪威 丹麦 芬兰 爱尔兰"
)
_CHINESE, _WESTERN = (
    frozenset(place.replace("_", " ") for place in places.split()) for places in (_CHINESE_PLACES, _WESTERN_PLACES)
)


def coming(today: date, ahead: int) -> list[tuple[Festival, date]]:
    """The festivals from today to so many days later, soonest first."""
    found = []
    for one in FESTIVALS:
        on = next_occurrence(None, one.month, one.day, one.lunar, today)
        if on is not None and (on - today).days <= ahead:
            found.append((one, on))
    return sorted(found, key=lambda pair: pair[1])


def culture(language: str | None, country: str | None, home: str) -> str:
    """Whose festivals somebody keeps, by country, else by language, else by the country that we are in.

    Args:
        language: a code such as zh or en.
        country: of the address, as people write it.
        home: two letters of our own country.

    Returns:
        CHINESE, WESTERN, or "" where we do not know: then only festivals of everybody are greeted.
    """
    for place in (country, None if language else home):
        said = (place or "").strip().casefold()
        if said:
            return CHINESE if said in _CHINESE else WESTERN if said in _WESTERN else ""
    code = (language or "").casefold()[:2]
    return CHINESE if code == "zh" else WESTERN if code == "en" else ""


def concerns(festival: Festival, whose: str) -> bool:
    """Whether who keeps the festivals of `whose` is greeted on this one."""
    return festival.of in ("", whose)


def label(key: str) -> str:
    """The name of a festival in the language that is spoken."""
    said = {
        "new_year": t("New Year"), "spring_festival": t("Spring Festival"), "christmas": t("Christmas"),
        "dragon_boat": t("Dragon Boat Festival"), "mid_autumn": t("Mid-Autumn Festival"),
    }  # fmt: skip
    return said[key]
