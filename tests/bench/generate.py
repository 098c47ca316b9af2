"""Deterministic customers in Chinese and English, as plain dicts with the fields of our nouns.

Growing: customer i is the same for every n > i, so that a file of 1,000,000 begins with the file of 100,000.
Skewed as life is: a few owners, cities and grades hold most; a few customers have most of the contact log.
Derived fields (`sort_key`, `last_contact`, `next_due`, `digits`) are given as the store would compute them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Fields = dict[str, Any]

START = datetime(2023, 1, 1, tzinfo=UTC)
NOW = "2026-11-24T09:00:00Z"
_DAYS = 1420


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _parts(text: str) -> list[list[str]]:
    return [part.split("|") for part in _list(text)]


_SURNAMES = _parts(
    """
    王|wang,李|li,张|zhang,刘|liu,陈|chen,杨|yang,黄|huang,赵|zhao,吴|wu,周|zhou,徐|xu,孙|sun,马|ma,朱|zhu,胡|hu,郭|guo,
    何|he,林|lin,高|gao,罗|luo,郑|zheng,梁|liang,谢|xie,宋|song,唐|tang,许|xu,邓|deng,韩|han,冯|feng,曹|cao,曾|zeng,单|shan
    """
)
_GIVEN = _parts(
    """
    芳|fang,伟|wei,娜|na,敏|min,静|jing,丽|li,强|qiang,磊|lei,军|jun,洋|yang,勇|yong,艳|yan,杰|jie,娟|juan,涛|tao,明|ming,
    超|chao,秀英|xiuying,霞|xia,平|ping,刚|gang,桂英|guiying,建国|jianguo,晓东|xiaodong,雨桐|yutong,子涵|zihan,
    浩然|haoran,欣怡|xinyi,志强|zhiqiang,海燕|haiyan,文博|wenbo,思远|siyuan
    """
)
_TRADES = _parts(
    """
    贸易|maoyi,科技|keji,五金|wujin,食品|shipin,物流|wuliu,医疗器械|yiliaoqixie,建材|jiancai,服装|fuzhuang,
    机电|jidian,农业|nongye,教育|jiaoyu,装饰|zhuangshi,汽车配件|qichepeijian,印刷|yinshua,餐饮|canyin,环保|huanbao
    """
)
_FORMS = [("有限公司", "youxiangongsi"), ("股份有限公司", "gufenyouxiangongsi"), ("店", "dian"), ("工厂", "gongchang")]
_CITIES = _parts(
    """
    上海|shanghai|上海市|021|Shanghai,北京|beijing|北京市|010|Beijing,苏州|suzhou|江苏省|0512|Suzhou,
    杭州|hangzhou|浙江省|0571|Hangzhou,深圳|shenzhen|广东省|0755|Shenzhen,广州|guangzhou|广东省|020|Guangzhou,
    成都|chengdu|四川省|028|Chengdu,重庆|chongqing|重庆市|023|Chongqing,武汉|wuhan|湖北省|027|Wuhan,
    南京|nanjing|江苏省|025|Nanjing,西安|xian|陕西省|029|Xi'an,青岛|qingdao|山东省|0532|Qingdao
    """
)
_WORDS = _list(
    """
    Northwind,Acme,Globex,Contoso,Fabrikam,Initech,Umbrella,Stark,Wayne,Tyrell,Cyberdyne,Aperture,Vandelay,Hooli,Massive,
    Pied,Bluth,Dunder,Sterling,Oscorp,Harbour,Summit,Evergreen,Silverline,Redwood,Bluebird,Granite,Beacon,Atlas,Pioneer
    """
)
_KINDS_EN = _list(
    "Trading,Logistics,Foods,Hardware,Systems,Partners,Medical,Interiors,Machinery,Textiles,Farms,Printing"
)
_FORMS_EN = ("Ltd", "Limited", "Inc.", "GmbH", "LLC", "Co., Ltd")
_FIRST = _list(
    """
    James,Mary,Robert,Linda,Michael,Susan,David,Karen,Thomas,Nancy,Daniel,Lisa,Paul,Emma,Mark,Anna,Chloé,Zoë,Jürgen,Ana
    """
)
_LAST = _list(
    "Smith,Jones,Brown,Miller,Wilson,Moore,Taylor,Clark,Lewis,Walker,Young,King,Wright,Hill,Green,Baker,Núñez"
)
_INDUSTRIES = ("trade", "retail", "manufacturing", "catering", "logistics", "health", "education", "building")
_SOURCES = ("referral", "展会", "website", "cold call", "老客户介绍", "import", "walk-in")
_TAGS = ("VIP", "展会", "月结", "key account", "样品", "cash only", "冷链", "new shop")
_TOPICS = (
    ("回访", "客户对上次交货满意，要求下月加量 5%"),
    ("报价", "已发报价单，等待采购部门答复"),
    ("quote", "quote sent, decision expected after the board meeting"),
    ("visit", "monthly visit, took 3 boxes, asked for a later payment date"),
    ("complaint", "complained about a late delivery, solved on the phone"),
    ("样品", "送样品两份，王经理试用后给反馈"),
    ("demo", "showed the new line; they want prices for 200 pieces"),
    ("电话", "电话无人接听，改天再联系"),
)
_OUTCOMES = ("good", "neutral", "good", "bad", "unreached", "good", "declined", "neutral")
_VISIT_KINDS = ("visit", "call", "call", "message", "email", "meeting", "call", "visit")
_ROLES = ("decider", "influencer", "user", "payer")
_TITLES = ("经理", "采购", "老板", "Buyer", "Director", "会计", "Owner", "Engineer")
_MOBILE = ("138", "139", "136", "150", "158", "186", "188", "177")
PEOPLE = 200


def _ident(noun: int, number: int, bits: int) -> str:
    """A UUIDv7-like id: time-ordered by `number`, a space of its own for each noun, the rest from `bits`."""
    return f"{0x0185_0000_0000 + number:012x}7{noun:x}{number & 0xFF:02x}8{bits & 0xFFFFFFFFFFFFFFF:015x}"


def people(n: int = PEOPLE, seed: int = 1) -> Iterator[Fields]:
    """Yield the company's `n` people; customers' owners are among the first 200."""
    dice = random.Random(f"people {seed}")
    for number in range(n):
        surname, given = dice.choice(_SURNAMES), dice.choice(_GIVEN)
        chinese = number % 3 != 0
        name = surname[0] + given[0] if chinese else f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
        yield {
            "id": person_id(number),
            "name": name,
            "role": "supervisor" if number % 20 == 0 else "salesperson",
            "team": ("华东", "华南", "North", "Key accounts")[number % 4],
            "phone": f"+86139{number:08d}",
            "email": f"p{number}@example.com",
            "active": 1,
        }


def person_id(number: int) -> str:
    """The id of the company's person `number`."""
    return _ident(1, number, number * 0x9E3779B97F4A7C15)


def _day(number: int) -> str:
    return (START + timedelta(days=number)).strftime("%Y-%m-%d")


_DATES = [_day(number) for number in range(_DAYS + 60)]


def _instant(day: int, minute: int) -> str:
    """The `minute`-th minute of working hours (08:00 to 18:00) on `day`."""
    hour, rest = divmod(minute % 600, 60)
    return f"{_DATES[day]}T{8 + hour:02d}:{rest:02d}:00Z"


def _skewed(bits: int, n: int) -> int:
    """A number below `n`, small ones much more often (density falls as 1/sqrt)."""
    share = (bits & 0xFFFF) / 0x10000
    return int(share * share * n)


def _name(bits: int) -> tuple[str, str, str, bool]:
    """A customer's kind, name and sort key, and whether it is Chinese."""
    city, trade = _CITIES[_skewed(bits, 12)], _TRADES[bits >> 16 & 15]
    surname, given = _SURNAMES[_skewed(bits >> 20, 32)], _GIVEN[bits >> 36 & 31]
    shape = bits >> 41 & 15
    if shape < 5:
        form = _FORMS[_skewed(bits >> 45, 4)]
        name = f"{city[0]}{surname[0]}{given[0]}{trade[0]}{form[0]}"
        return "organisation", name, f"{city[1]} {surname[1]} {given[1]} {trade[1]} {form[1]}", True
    if shape < 8:
        return "person", surname[0] + given[0], f"{surname[1]} {given[1]}", True
    if shape < 9:
        return "household", f"{surname[0]}家", f"{surname[1]} jia", True
    if shape < 14:
        number = bits >> 61 & 0x3FF
        name = f"{_WORDS[(bits >> 47 & 0x7F) % 30]} {_KINDS_EN[(bits >> 54 & 0x7F) % 12]} {number}"
        name += f" {_FORMS_EN[(bits >> 71 & 0x7F) % 6]}"
        return "organisation", name, name.casefold(), False
    name = f"{_FIRST[(bits >> 47 & 0x7F) % 20]} {_LAST[(bits >> 54 & 0x7F) % 17]}"
    return "person", name, name.casefold(), False


def customers(n: int, seed: int = 1, visits_each: float = 2.0) -> Iterator[Fields]:
    """Yield `n` customers, each with its child rows.

    Args:
        n: how many.
        seed: another seed, another company.
        visits_each: mean length of the contact log; most have less, a few have fifty times as many.

    Yields:
        The fields of a customer, and under "contacts", "phones", "emails", "addresses", "tags" and "visits" lists of
        dicts with the fields of those nouns.
    """
    dice, log_dice = random.Random(f"customers {seed}"), random.Random(f"visits {seed}")
    owners = [person_id(number) for number in range(PEOPLE)]
    visit_number = 0
    for number in range(n):
        bits = dice.getrandbits(512)
        kind, name, sort_key, chinese = _name(bits)
        bits >>= 96
        city = _CITIES[_skewed(bits, 12)]
        ident = _ident(2, number, bits >> 200)
        day = number % 1000
        created = _instant(day, bits & 0x3FF)
        customer: Fields = {
            "id": ident,
            "created": created,
            "changed": created,
            "name": name,
            "kind": kind,
            "number": f"C-{number + 1:07d}",
            "region": city[2] if chinese else city[4],
            "industry": _INDUSTRIES[bits >> 16 & 7] if kind == "organisation" else None,
            "size": ("small", "medium", "large", None)[bits >> 19 & 3],
            "source": _SOURCES[(bits >> 21 & 0x3F) % 7],
            "owner": owners[_skewed(bits >> 27, PEOPLE)],
            "grade": ("C", "C", "C", "B", "B", "A", None, None)[bits >> 43 & 7],
            "language": "zh" if chinese else "en",
            "note": _TOPICS[bits >> 46 & 7][1] if bits >> 49 & 3 == 0 else None,
            "sort_key": sort_key,
        }
        customer |= _reachable(number, ident, name, chinese, kind, city, bits >> 64)
        log = _visits(visit_number, ident, customer, day, log_dice.getrandbits(256), visits_each)
        visit_number += len(log)
        customer["visits"] = log
        real = [one["started"] for one in log if one["status"] == "done" and one["outcome"] != "unreached"]
        customer["last_contact"] = max(real, default=None)
        customer["next_due"] = min((one["planned_start"] for one in log if one["status"] == "planned"), default=None)
        yield customer


def _reachable(
    number: int, ident: str, name: str, chinese: bool, kind: str, city: list[str], bits: int
) -> dict[str, list[Fields]]:
    """Contacts, phones, e-mails, addresses and tags of one customer."""
    contacts: list[Fields] = []
    for place in range((1, 1, 2, 3)[bits & 3] if kind == "organisation" else 0):
        part = bits >> 4 + place * 24
        surname, given = _SURNAMES[_skewed(part, 32)], _GIVEN[part >> 16 & 31]
        person = f"{_FIRST[(part & 0xFF) % 20]} {_LAST[(part >> 8 & 0xFF) % 17]}"
        contact = _ident(3, number * 4 + place, part * 0x9E3779B97F4A7C15)
        contacts.append(
            {
                "id": contact,
                "customer": ident,
                "name": surname[0] + given[0] if chinese else person,
                "title": _TITLES[part >> 21 & 7],
                "decision_role": _ROLES[place],
            }
        )
    mobile = f"{_MOBILE[bits >> 80 & 7]}{(bits >> 84) % 100_000_000:08d}"
    main = {"label": "mobile", "number": f"+86{mobile}", "digits": mobile}
    phones = [_child(4, number * 4, ident, contacts[0]["id"] if contacts else None, bits >> 90, main)]
    if bits >> 120 & 3 == 0:
        local = f"{city[3][1:]}{(bits >> 122) % 60_000_000 + 20_000_000}"
        desk = {"label": "work", "number": f"+86{local}", "digits": local}
        phones.append(_child(4, number * 4 + 1, ident, None, bits >> 130, desk))
    emails, addresses, tags = [], [], []
    if bits >> 150 & 3:
        mail = {
            "label": "work",
            "address": f"c{number}.{bits >> 152 & 0xFFF:03x}@{'qq.com' if chinese else 'example.com'}",
        }
        emails.append(_child(5, number * 4, ident, None, bits >> 160, mail))
    if bits >> 170 & 1:
        street = f"人民路{bits >> 171 & 0x3FF}号" if chinese else f"{bits >> 171 & 0x3FF} Harbour Street"
        place_of = {"label": "work", "country": "CN", "region": city[2], "city": city[0], "street": street}
        addresses.append(_child(6, number * 4, ident, None, bits >> 180, place_of))
    if bits >> 190 & 3 == 0:
        tags.append({"id": _ident(7, number * 4, bits >> 195), "customer": ident, "name": _TAGS[bits >> 192 & 7]})
    return {"contacts": contacts, "phones": phones, "emails": emails, "addresses": addresses, "tags": tags}


def _child(noun: int, number: int, customer: str, contact: str | None, bits: int, fields: Fields) -> Fields:
    return {"id": _ident(noun, number, bits * 0x9E3779B97F4A7C15), "customer": customer, "contact": contact, **fields}


def _visits(first: int, customer: str, owner: Fields, day: int, bits: int, each: float) -> list[Fields]:
    """A contact log: its length falls off as a power law with mean `each`; one in eight has a plan ahead."""
    share = (bits & 0xFFFF | 1) / 0x10000
    length = min(int(each * 50), int(each * 0.55 / share**0.5))
    contact = owner["contacts"][0]["id"] if owner["contacts"] else None
    log: list[Fields] = []
    room = _DAYS - day
    seed = bits >> 16 & 0xFFFFFFFF
    for place in range(length):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        roll = seed >> 24
        topic, summary = _TOPICS[roll & 7]
        started = _instant(day + (roll >> 8) % room, roll >> 20)
        log.append(
            {
                "id": _ident(8, first + place, seed),
                "customer": customer,
                "contact": contact,
                "kind": _VISIT_KINDS[roll >> 3 & 7],
                "status": "done",
                "started": started,
                "minutes": 5 + (roll >> 16 & 63),
                "zone": "Asia/Shanghai",
                "topic": topic,
                "summary": summary,
                "outcome": _OUTCOMES[roll >> 6 & 7],
                "person": owner["owner"],
            }
        )
    if bits >> 48 & 7 == 0:
        planned = _instant(_DAYS - 10 + (bits >> 51 & 31), bits >> 56)
        plan = {"planned_start": planned, "planned_minutes": 30, "planned_zone": "Asia/Shanghai"}
        log.append(
            {
                "id": _ident(8, first + length, seed ^ bits >> 64),
                "customer": customer,
                "contact": contact,
                "kind": _VISIT_KINDS[bits >> 66 & 7],
                "status": "planned",
                **plan,
                "topic": _TOPICS[bits >> 69 & 7][0],
                "person": owner["owner"],
            }
        )
    return log
