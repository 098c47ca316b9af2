"""Times of day and lengths as people type them inside a line: 3pm, 14:30, 下午两点半, 2点到4点, 1.5h, 半小时后.

An hour from 1 to 7 without a word for its half of the day ("3点", "3:00") could be morning or afternoon and is unclear;
"03:00" and 8 to 23 are read on the clock of 24 hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crm_tui.rules.typed_words import COUNT, END, ENGLISH_COUNT, START, Around, Unclear, number
from crm_tui.words import t

PARTS = {
    "凌晨": "night", "清晨": "morning", "早晨": "morning", "早上": "morning", "上午": "morning", "中午": "noon",
    "午后": "afternoon", "下午": "afternoon", "傍晚": "evening", "晚上": "evening", "晚间": "evening", "夜里": "night",
    "半夜": "night", "morning": "morning", "lunchtime": "noon", "afternoon": "afternoon", "evening": "evening",
}  # fmt: skip
PART_HOURS = {"night": (0, 6), "morning": (5, 12), "noon": (11, 14), "afternoon": (12, 19), "evening": (17, 24)}
"""The hours, first and end, that a part of the day can mean."""


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour and minute as typed.

    Attributes:
        hour: 0 to 99, not yet checked.
        minute: 0 to 99.
        half: the word that says which half of the day: am, pm, or a part of the day.
        sure: whether the writing is that of a clock of 24 hours (03:00).
    """

    hour: int
    minute: int
    half: str | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """From one time to another."""

    first: Clock
    last: Clock


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day: night, morning, noon, afternoon, evening."""

    name: str
    today: bool = False


@dataclass(frozen=True, slots=True)
class Length:
    """How long, in minutes."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Offset:
    """So many minutes from now; negative is before."""

    minutes: int


Timed = Clock | Range | Part | Length | Offset | Unclear | None
Reader = Callable[[re.Match[str], Around], Timed]

_HALF = f"(?:{'|'.join(word for word in PARTS if not word.isascii())}|早|晚)"
_AMPM = r"(?:\s?(?:am|pm|a\.m\.|p\.m\.))"
_CHINESE_CLOCK = (
    rf"(?:{COUNT}\s?[点點时時](?![半刻]?[间候代])(?:钟|整|半|[一三]刻|\d{{1,2}}(?:分(?!钟)|(?![\d个小天]))"
    rf"|零?{COUNT}(?:分(?!钟)|(?![个小天])))?)"
)
_DIGITAL = r"(?:\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))"
_ONE = rf"(?:{_DIGITAL}{_AMPM}?|\d{{1,2}}(?:\.\d\d)?{_AMPM}|{_CHINESE_CLOCK})"
_MINUTES = r"(?:分钟?|minutes?|mins?\.?)"
_HOURS = r"(?:个?小时|个?钟头|hours?|hrs?\.?|h)"
_NUMBER = rf"(?:\d{{1,3}}(?:\.\d+)?|{COUNT})"
_LENGTHS = (
    rf"(?P<hours>{_NUMBER})\s*{_HOURS}(?:(?P<minutes>\s*{COUNT}\s*(?:{_MINUTES}|m(?!\w))|\d{{1,2}}(?![\d:.])))?"
    rf"(?:(?P<half>半)|(?P<quarter>一刻钟?))?",
    rf"(?P<hours>{COUNT})个(?P<half>半)(?:小时|钟头)",
    rf"(?P<minutes>{COUNT})\s*(?:{_MINUTES})",
    r"(?P<half>半)个?(?:小时|钟头)",
    r"(?P<quarters>[一三])刻钟",
    r"(?P<half>half\s+an?\s+hour|half-hour|half\s+hour)",
    rf"(?P<hours>{ENGLISH_COUNT})\s+hours?(?:\s+and\s+(?:(?P<half>a\s+half)|(?P<minutes>{ENGLISH_COUNT})\s+min"
    rf"(?:ute)?s?))?",
    rf"(?P<hours>{ENGLISH_COUNT})\s+and\s+a\s+(?P<half>half)\s+hours?",
    r"(?P<quarters>a\s+quarter\s+of\s+an)\s+hour",
    rf"(?P<minutes>{ENGLISH_COUNT})\s+min(?:ute)?s?",
)
_LENGTH_PATTERNS = tuple(re.compile(length) for length in _LENGTHS)
_LENGTH = f"(?:{'|'.join(re.sub('[?]P<[a-z]+>', '?:', length) for length in _LENGTHS)})"


def part_of(word: str) -> str:
    """The part of the day of one of its words, 早 and 晚 too."""
    return {"早": "morning", "晚": "evening"}.get(word) or PARTS[word]


def clock_of(text: str) -> Clock:
    """The hour and minute of one written time, unchecked."""
    half: str | None = None
    if found := re.match(_HALF, text):
        half, text = part_of(found[0]), text[found.end() :].strip()
    if found := re.search(r"([ap])\.?m\.?$", text):
        half, text = found[1] + "m", text[: found.start()].strip()
    if found := re.fullmatch(r"(\d{1,2})(?:[:.](\d{2})(?::\d{2})?)?", text):
        return Clock(int(found[1]), int(found[2] or 0), half, sure=found[1].startswith("0"))
    hour, _, behind = re.sub("[點时時]", "点", text).partition("点")
    behind = behind.strip().removesuffix("分").removeprefix("零")
    quarter = {"": 0, "整": 0, "钟": 0, "半": 30, "一刻": 15, "三刻": 45}
    minute = quarter[behind] if behind in quarter else number(behind)
    known = number(hour)
    return Clock(99 if known is None else known, 99 if minute is None else minute, half, sure=hour.startswith("0"))


def hour_of(clock: Clock) -> int | Unclear:
    """The hour on the clock of 24 hours, or why it is none."""
    hour, half = clock.hour, clock.half
    if hour == 24 and clock.minute == 0:
        return Unclear(t("midnight of which day? type 0:00 or 23:59"))
    if hour > 23 or clock.minute > 59:
        return Unclear(t("there is no such time"))
    if half is None:
        if clock.sure or not 1 <= hour <= 7:
            return hour
        written = [f"{one:02}:{clock.minute:02}" for one in (hour, hour + 12)]
        return Unclear(t("morning or afternoon?"), tuple(written))
    if half in ("am", "pm"):
        if hour > 12 or hour == 0:
            return hour if half == "pm" and hour else Unclear(t("the hour does not fit the part of the day"))
        return hour % 12 + (12 if half == "pm" else 0)
    first, end = PART_HOURS[half]
    if hour == 0 and half != "night":
        return Unclear(t("the hour does not fit the part of the day"))
    fitting = [one for one in (hour, hour + 12) if first <= one < end and one < 24]
    if half == "night" and hour == 12:
        return Unclear(t("midnight of which day? type 0:00 or 23:59"))
    if len(fitting) != 1 or (half == "evening" and hour == 12):
        return Unclear(t("the hour does not fit the part of the day"))
    return fitting[0]


def range_of(first: Clock, last: Clock) -> tuple[int, int, int] | Unclear:
    """Hour, minute and length in minutes of a range; an end takes the half of the day that lies nearest.

    Over midnight only as two times of the clock of 24 hours, and for at most twelve hours.
    """
    start, end = hour_of(first), hour_of(last)
    if isinstance(start, Unclear) and first.half is None and first.hour < 24 and isinstance(end, int) and last.half:
        before = [hour for hour in (first.hour, first.hour + 12) if (hour, first.minute) < (end, last.minute)]
        start = before[-1] if before else start
    elif isinstance(start, int) and first.half is None and first.hour <= 12 and isinstance(end, int) and last.half:
        before = [hour for hour in (first.hour, first.hour + 12) if (hour, first.minute) < (end, last.minute)]
        start = before[-1] if before and not first.sure else start
    if isinstance(start, int) and last.half is None and not last.sure and last.hour <= 12 and last.minute < 60:
        behind = [hour for hour in (last.hour, last.hour + 12) if (hour, last.minute) > (start, first.minute)]
        end = behind[0] if behind and behind[0] < 24 else end
    if isinstance(start, Unclear):
        return start
    if isinstance(end, Unclear):
        return end
    minutes = end * 60 + last.minute - start * 60 - first.minute
    if minutes <= 0 and start >= 18:
        minutes += 24 * 60
    if not 0 < minutes <= 12 * 60:
        return Unclear(t("the end is not after the start"))
    return start, first.minute, minutes


def minutes_of(text: str) -> int | None:
    """The minutes of a written length; None if it is none."""
    found: dict[str, str | None] = {}
    for pattern in _LENGTH_PATTERNS:
        if match := pattern.fullmatch(text):
            found = match.groupdict()
            break
    if found.get("quarters"):
        return 45 if found["quarters"] == "三" else 15
    total = 30.0 if found.get("half") else 15.0 if found.get("quarter") else 0.0
    for name, worth in (("hours", 60), ("minutes", 1)):
        if found.get(name):
            written = re.sub(r"\s|分钟?|m.*", "", found[name] or "")
            known = float(written) if re.fullmatch(r"[0-9.]+", written) else number(written)
            if known is None:
                return None
            total += worth * known
    return round(total)


def _length(match: re.Match[str], _: Around) -> Timed:
    minutes = minutes_of(match["length"])
    if minutes is None:
        return None
    if not 0 < minutes <= 24 * 60:
        return Unclear(t("a length of 1 minute to 24 hours, please"))
    if minutes >= 8 * 60 and (found := re.fullmatch(r"(\d{1,2})h([0-5]\d)?", match["length"])):
        return Unclear(t("a time or a length?"), (f"{int(found[1]):02}:{found[2] or '00'}",))
    return Length(minutes)


def _after(match: re.Match[str], _: Around) -> Timed:
    minutes = minutes_of(match["length"])
    return None if minutes is None else Offset(minutes)


def _before(match: re.Match[str], _: Around) -> Timed:
    minutes = minutes_of(match["length"])
    return None if minutes is None else Offset(-minutes)


def _warning(_: re.Match[str], around: Around) -> Timed:
    return Unclear(t("how long before is not kept; type the time itself"))


def _clock(match: re.Match[str], _: Around) -> Timed:
    return clock_of(match["clock"].strip())


def _at(match: re.Match[str], around: Around) -> Timed:
    """Where "at 10" is a time; the pattern leaves "at 10 Downing Street" alone."""
    return Clock(int(match["hour"]), 0, sure=match["hour"].startswith("0"))


def _o_clock(match: re.Match[str], _: Around) -> Timed:
    hour = number(match["hour"]) or 99
    half = match["half"][0] + "m" if match["half"] else None
    return Clock(hour, 0, half)


def _past_the_hour(match: re.Match[str], _: Around) -> Timed:
    hour, minute = number(match["hour"]) or 99, {"half": 30, "quarter": 15}[match["part"]]
    if match["side"] == "to":
        hour, minute = hour - 1 or 12, 60 - minute
    return Clock(hour, minute, match["half"][0] + "m" if match["half"] else None)


def _open_range(match: re.Match[str], _: Around) -> Timed:
    """10:30-11, 2pm until 4, 10am to noon."""
    last = Clock(int(match["last"]), 0) if match["last"].isdecimal() else Clock(12, 0, sure=True)
    return Range(clock_of(match["first"].strip()), last)


def _army(match: re.Match[str], _: Around) -> Timed:
    return Clock(int(match["hour"]), int(match["minute"]), sure=True)


def _about(match: re.Match[str], _: Around) -> Timed:
    return Unclear(t("a time? type it as 15:00 or 3pm"))


def _range(match: re.Match[str], _: Around) -> Timed:
    first, last = match["first"].strip(), match["last"].strip()
    if first.isdecimal() and not re.search("[点點时時]", last):
        return Range(Clock(int(first), 0), clock_of(last))
    return Range(clock_of(first if not first.isdecimal() else first + "点"), clock_of(last))


def _part(match: re.Match[str], _: Around) -> Timed:
    return Part(part_of(match["part"] or "早"), today=bool(match.groupdict().get("this")))


def _noon(_: re.Match[str], around: Around) -> Timed:
    return Clock(12, 0, sure=True)


def _now(_: re.Match[str], around: Around) -> Timed:
    return Offset(0)


def _half(match: re.Match[str], _: Around) -> Timed:
    return Unclear(t("half past, or half before?"))


def _midnight(_: re.Match[str], around: Around) -> Timed:
    return Unclear(t("midnight of which day? type 0:00 or 23:59"))


def _odd(_: re.Match[str], around: Around) -> Timed:
    return Unclear(t("there is no such time"))


_TO = r"\s*(?:[-–—~〜]|到|至|to|until|till)\s*"
_TABLE: tuple[tuple[str, Reader], ...] = (
    (rf"{START}(?:for\s+)?(?P<length>{_LENGTH}){END}(?!/)", _length),
    (rf"{START}(?P<length>{_LENGTH})(?:之后|以后|后(?!天)|\s+later|\s+from\s+now){END}", _after),
    (rf"{START}(?:in|after)\s+(?P<length>{_LENGTH})(?:['’]?s?\s+time)?{END}", _after),
    (rf"再?过(?P<length>{_LENGTH}){END}(?:之后|以后|后(?!天))?", _after),
    (rf"{START}(?P<length>{_LENGTH})(?:之前|以前|前|\s+ago){END}", _before),
    (rf"提前{_LENGTH}|{START}{_LENGTH}\s+(?:before|early|earlier|ahead|beforehand){END}", _warning),
    (
        rf"{START}(?:(?:from|between)\s+)?(?P<first>{_HALF}?\s?{_ONE}|{_HALF}?\d{{1,2}})(?:{_TO}|\s+and\s+)"
        rf"(?P<last>{_HALF}?\s?{_ONE}){END}",
        _range,
    ),
    (
        rf"{START}(?:(?:from|between)\s+)?(?P<first>{_DIGITAL}{_AMPM}?|\d{{1,2}}(?:\.\d\d)?{_AMPM})(?:{_TO}|\s+and\s+)"
        rf"(?P<last>\d{{1,2}}|noon|midday)(?=\s*$|\s*[,;，；。]|\s+(?!(?:[a-z]+s|kg|g|l|people|pcs){END}))",
        _open_range,
    ),
    (rf"{START}(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\s?(?:hrs|hours){END}", _army),
    (rf"{START}(?:at\s+)?\d{{1,2}}(?:[:.]\d\d)?(?:ish|p){END}", _about),
    (rf"(?:{START}(?:at\s+|@\s*)?|(?<=\dt))(?P<clock>{_DIGITAL}{_AMPM}?){END}", _clock),
    (rf"{START}(?:at\s+|@\s*)?(?P<clock>\d{{1,2}}(?:\.\d\d)?{_AMPM}){END}", _clock),
    (
        rf"(?<![\d.第每几])(?P<clock>{_CHINESE_CLOCK})(?!\d|建议|要求|意见|问题|内容|原因|优惠|说明|注意|名)",
        _clock,
    ),
    (rf"差{COUNT}(?:分|刻)钟?{COUNT}[点點]", _odd),
    (
        rf"{START}at\s+(?P<hour>\d{{1,2}}){END}(?![:.,/]\d|\s+\w+\s+(?:street|st|road|rd|avenue|ave|lane"
        rf"|square)\b)",
        _at,
    ),
    (rf"{START}(?:at\s+)?(?P<hour>{ENGLISH_COUNT})\s*o['’]?clock(?:\s*(?P<half>am|pm))?{END}", _o_clock),
    (
        rf"{START}(?:at\s+)?(?:a\s+)?(?P<part>half|quarter)\s+(?P<side>past|to)\s+(?P<hour>{ENGLISH_COUNT})"
        rf"\s*(?P<half>am|pm)?{END}",
        _past_the_hour,
    ),
    (rf"(?P<part>{'|'.join(word for word in PARTS if not word.isascii())})", _part),
    (
        rf"{START}(?:(?:in\s+the|(?P<this>this))\s+)?(?P<part>{'|'.join(w for w in PARTS if w.isascii())}){END}",
        _part,
    ),
    (r"(?<=[一二三四五六日天末号\d])(?P<part>早|晚)(?![上间餐饭会安点辈年期])", _part),
    (r"(?P<part>早|晚)(?=\s?[\d一二两三四五六七八九十]{1,3}[点點:])|(?P<early>一大?早)", _part),
    (rf"现在|刚才|刚刚|{START}(?:just|right)\s+now{END}", _now),
    (rf"{START}half\s+\d{{1,2}}{END}(?![:.])", _half),
    (rf"{START}(?:at\s+)?(?:noon|midday){END}|正午", _noon),
    (rf"{START}(?:at\s+)?midnight{END}|午夜|零点", _midnight),
)
PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(text), reader) for text, reader in _TABLE)
