"""Which words are a day: one table of patterns, each with its reader; what names no single day is marked."""

from __future__ import annotations

import re
from dataclasses import replace

from crm_tui.rules import typed_days as days
from crm_tui.rules import typed_nths as nths
from crm_tui.rules.typed_days import Day, Read, Reader
from crm_tui.rules.typed_words import CHINESE_WEEK, COUNT, END, ENGLISH_COUNT, START, WEEKDAY, Around, Unclear
from crm_tui.rules.written_days import MONTH_NAMES
from crm_tui.words import t

_LUNAR = r"(?:农历|阴历|旧历)?\s*(?:(?:今年|明年)的?)?"
_YEAR = r"(?P<year>\d{4}年|[〇零一二三四五六七八九]{4}年|前年|去年|今年|明年|后年)?的?\s*"
_MONTH = f"(?P<month>{MONTH_NAMES})"
_WHICH = r"(?P<which>this|next|last|the)"
_UNIT = r"(?P<unit>days?|weeks?|fortnights?|months?|years?|d|w)"
_CHINESE_UNIT = r"(?P<unit>天|日|周|个?星期|个?礼拜|个月|年)"
_ENGLISH_NTH = rf"(?:the\s+)?(?P<nth>{nths.ORDINAL})\s+(?P<unit>{WEEKDAY}|(?:working|work|business)\s*day|day)"
_CHINESE_NTH = rf"(?P<nth>{nths.CHINESE_ORDINAL})的?(?P<unit>{CHINESE_WEEK}[一二三四五六日天]|工作日|天)"
_ORDINAL_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)"
_NO_PLACE = r"(?!\s+(?:floor|street|avenue|ave|st|road|time|year|anniversary|order|visit|call))"
_GOES_ON = "(?=$|[^\u3400-\u9fff]|[送拜回打去给和跟约上下早晚中前后到至祝问]|当天|那天|节)"
_FESTIVALS = {
    "元旦": (1, 1), "new year's day": (1, 1), "情人节": (2, 14), "valentine's day": (2, 14), "妇女节": (3, 8),
    "三八节": (3, 8), "五一": (5, 1), "劳动节": (5, 1), "儿童节": (6, 1), "六一": (6, 1), "教师节": (9, 10),
    "国庆": (10, 1), "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "平安夜": (12, 24),
    "christmas eve": (12, 24), "圣诞": (12, 25), "christmas": (12, 25), "new year's eve": (12, 31), "跨年夜": (12, 31),
}  # fmt: skip
_LUNAR_FESTIVALS = {
    "春节": (1, 1), "大年初一": (1, 1), "年初一": (1, 1), "正月初一": (1, 1), "元宵": (1, 15), "端午": (5, 5),
    "七夕": (7, 7), "中秋": (8, 15), "重阳": (9, 9), "腊八": (12, 8), "除夕": (12, 30), "大年三十": (12, 30),
    "大年初二": (1, 2), "大年初三": (1, 3), "大年初四": (1, 4), "大年初五": (1, 5), "大年初六": (1, 6),
    "大年初七": (1, 7), "大年初八": (1, 8),
    "年三十": (12, 30), "spring festival": (1, 1), "chinese new year": (1, 1), "mid-autumn": (8, 15),
}  # fmt: skip
_ALL_FESTIVALS = "|".join(sorted([*_FESTIVALS, *_LUNAR_FESTIVALS], key=len, reverse=True))


def _festival(match: re.Match[str], around: Around) -> Read:
    name = match["name"]
    lunar = name in _LUNAR_FESTIVALS
    month, day = _LUNAR_FESTIVALS[name] if lunar else _FESTIVALS[name]
    found = days.lunar(month, day, around) if lunar else days.month_day(month, day, around)
    return replace(found, weak=True) if isinstance(found, Day) else found


def _which_day(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("which day?"), soft=True)


def _several(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("several days: one line for each, please"))


def _reckoned(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("type the day itself: it is not reckoned from another"))


def _same_time(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("a time? type it as 15:00 or 3pm"))


def _no_hour(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("no certain time"))


def _vague(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("no certain day"), soft=True)


def _two_ways(match: re.Match[str], around: Around) -> Read:
    """3-5 and 5.12 may be a day or a quantity: only asked about where the line has no other day."""
    first, second = int(match["first"]), int(match["second"])
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return None
    return Unclear(t("a day or a number?"), soft=True)


_TABLE: tuple[tuple[str, Reader], ...] = (
    (rf"{START}(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})(?!\d)(?:t(?=\d))?"
     rf"(?![-/.]\d)", days.in_full),
    (r"(?<!\d)(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?(?!\d)", days.in_full),
    (rf"{START}(20\d\d)(\d\d)(\d\d){END}(?![-./])", days.compact),
    (rf"{START}\d{{1,2}}([-/.])\d{{1,2}}\1(?:\d{{4}}|\d{{2}}){END}(?![-./])", days.year_last),
    (rf"{START}(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}}){END}(?!/)", days.two_numbers),
    (r"(?<!\S)(?P<month>\d\d)-(?P<day>\d\d)(?!\S)", days.month_first),
    (r"(?<!\S)(?P<first>\d{1,2})[-.](?P<second>\d{1,2})\.?(?!\S)", _two_ways),
    (f"(?P<named>{days.CHINESE_NAMED})", days.named),
    (rf"{START}(?P<named>{days.ENGLISH_NAMED}){END}", days.named),
    (rf"(?<![\d第每隔.])(?:再?过)?(?P<count>{COUNT})\s*{_CHINESE_UNIT}(?:之后|以后|后(?!天))", days.after),
    (rf"(?<![\d第每隔.])再?过(?P<count>{COUNT})\s*{_CHINESE_UNIT}", days.after),
    (rf"(?<![\d第每隔.])(?P<count>{COUNT})\s*{_CHINESE_UNIT}(?:之前|以前|前)", days.before),
    (r"半个月(?:之后|以后|后)", lambda _, a: days.later(15, "d", a)),
    (r"半年(?:之后|以后|后)", lambda _, a: days.later(6, "m", a)),
    (rf"{START}(?:in|after)\s+(?P<count>{ENGLISH_COUNT})\s*{_UNIT}(?:['’]?s?\s+time)?{END}", days.after),
    (rf"(?<![0-9a-z_])\+\s*(?P<count>\d{{1,3}})\s*(?P<unit>days?|weeks?|months?|years?|d|w|m|y|天|周"
     rf"|个?月){END}", days.after),
    (rf"{START}(?P<count>{ENGLISH_COUNT})\s+{_UNIT}\s+(?:from\s+(?:now|today)|later|hence){END}", days.after),
    (rf"{START}(?P<count>{ENGLISH_COUNT})\s+{_UNIT}\s+ago{END}", days.before),
    (rf"(?<![\d第每隔.])(?:再?过)?(?P<count>{COUNT})个?工作日(?:之后|以后|后(?!天))", nths.working_days_on),
    (rf"{START}(?:in|after)\s+(?P<count>{ENGLISH_COUNT})\s+(?:working|business)\s+days?(?:['’]?\s+time)?{END}"
     rf"|{START}(?P<number>{ENGLISH_COUNT})\s+(?:working|business)\s+days?\s+(?:from\s+(?:now|today)"
     rf"|later|hence){END}", nths.working_days_on),
    (rf"{START}(?:(?P<which>this|next|last|past|coming)\s+|(?<!the ))(?P<weekday>{WEEKDAY})"
     rf"(?P<week>\s+week)?\.?{END}", days.english_weekday),
    (rf"{START}an?\s+week\s+(?:from|on)\s+(?P<weekday>{WEEKDAY}){END}", days.a_week_from),
    (rf"(?P<which>上上个?|上个?|下下个?|下个?|本|这个?){CHINESE_WEEK}的?\s*{CHINESE_WEEK}"
     rf"(?P<weekday>[一二三四五六日天])", days.chinese_weekday),
    (rf"{START}(?P<which>this|next|last)\s+week,?\s+(?:on\s+)?(?P<weekday>{WEEKDAY})"
     rf"(?P<week>)\.?{END}", days.english_weekday),
    (rf"{START}(?P<weekday>{WEEKDAY})(?P<week>)(?:\s+of)?\s+(?P<which>this|next"
     rf"|last)\s+week{END}", days.english_weekday),
    (rf"(?P<which>上上个?|上个?|下下个?|下个?|本|这个?)?{CHINESE_WEEK}(?P<weekday>[一二三四五六日天](?![次回])"
     rf"|[1-7](?![\d家个位次人天:.]))", days.chinese_weekday),
    (r"(?P<which>上上个?|上个?|下下个?|下个?|本|这个?)?周(?P<weekday>末)", days.chinese_weekend),
    (rf"{START}(?:at\s+)?(?:(?P<which>this|next|last|the)\s+)?weekend{END}", days.weekend),
    (rf"{START}{_ENGLISH_NTH}\s+(?:of|in)\s+(?:{_WHICH}\s+)?(?:month|{_MONTH}){END}", nths.nth),
    (rf"{START}(?!(?:the\s+)?last\s+(?!w|bus)|(?:the\s+)?last\s+wed|\S+\s+day){_ENGLISH_NTH}{END}", nths.nth),
    (rf"(?:(?:{days.WHICH_MONTH})|(?P<month>{COUNT})月(?:份|的)?)?{_CHINESE_NTH}", nths.nth),
    (rf"(?<![\d第])(?:{_YEAR})(?P<month>{COUNT})月(?:份)?\s?(?P<day>{COUNT})(?:(?P<sign>[日号])"
     rf"|{days.NOT_COUNTED})", days.chinese_month_day),
    (rf"(?<![\d第.]){days.WHICH_MONTH}?(?P<day>{COUNT}"
     rf"|廿[一二三四五六七八九])[日号]{days.NOT_A_HOUSE}", days.numbered),
    (rf"{START}{_MONTH}\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>(?:19|20)\d\d))?(?![\d:]"
     rf"|[.,]\d){END}", days.named_month),
    (rf"{START}(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]*{_MONTH}\.?(?:,?[\s-]*(?P<year>(?:19"
     rf"|20)\d\d))?{END}(?!\d?:)", days.named_month),
    (rf"{START}the\s+{_ORDINAL_DAY}{END}(?:\s+of\s+{_WHICH}\s+month)?{END}{_NO_PLACE}", days.numbered),
    (rf"{START}{_ORDINAL_DAY}\s+(?:of\s+)?{_WHICH}\s+month{END}", days.numbered),
    (rf"{START}{_WHICH}\s+month,?\s+(?:on\s+)?(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{END}"
     rf"(?![:.]\d)", days.numbered),
    (r"(?:(?P<which>上|本|这|下下|下)个?)?月(?:的)?[底末]", days.end_of_month),
    (rf"(?<![\d第])(?P<month>{COUNT})月(?:份)?[底末]", days.end_of_month),
    (rf"{START}(?:(?:at\s+)?the\s+)?end\s+of\s+(?:{_WHICH}\s+)?month{END}|{START}(?:eom"
     rf"|month[ -]end){END}", days.end_of_month),
    (r"(?:(?P<which>上|本|这|下下|下)个?)?月(?P<place>[初中])(?!旬)", days.month_begins),
    (r"(?P<year>去年|今年|明年|后年)年?[底末]|年[底末]", days.end_of_year),
    (rf"{START}(?:(?:at\s+)?the\s+)?end\s+of\s+(?:(?:the|this)\s+)?year{END}|{START}(?:eoy"
     rf"|year[ -]end){END}", days.end_of_year),
    (r"(?:(?P<which>下|本|这)个?)?季度?[底末]", days.end_of_quarter),
    (rf"{START}(?:the\s+)?end\s+of\s+(?:(?P<which>the|this|next)\s+)?quarter{END}"
     rf"|{START}eoq{END}", days.end_of_quarter),
    (rf"{_LUNAR}(?P<leap>闰)?(?P<month>[正冬腊])月(?P<day>{days.LUNAR_DAY})[日号]?", days.lunar_month_day),
    (rf"(?<![十]){_LUNAR}(?P<leap>闰)?(?P<month>{days.LUNAR_MONTH})月(?P<day>初[一二三四五六七八九十]"
     rf"|廿[一二三四五六七八九]?|卅)[日号]?", days.lunar_month_day),
    (rf"(?:农历|阴历|旧历)\s*(?P<leap>闰)?(?P<month>{days.LUNAR_MONTH}|\d{{1,2}})月(?P<day>{days.LUNAR_DAY}"
     rf"|\d{{1,2}})[日号]?", days.lunar_month_day),
    (r"(?:农历|阴历|旧历)?(?P<day>初[一二三四五六七八九十]|廿[一二三四五六七八九])"
     r"(?![中高的年级班学毕号日])", days.lunar_day_only),
    (rf"(?P<name>{_ALL_FESTIVALS})节?{_GOES_ON}", _festival),
    (
        rf"{START}(?:the\s+)?(?:week|weekend|month|{WEEKDAY})\s+after\s+next{END}"
        rf"|{START}next\s+next\s+(?:week|month|{WEEKDAY}){END}",
        _which_day,
    ),
    (rf"{START}(?:thanksgiving|easter|halloween|black\s+friday|boxing\s+day){END}", _which_day),
    (r"(?:农历)?[正冬腊]月(?![初一二三十廿卅])", _which_day),
    (r"[今明]明?后?两?[明后]天|今明两[天日]|明后两[天日]", _several),
    (r"(?:上|这|本|下)个?季度?初|季度?初|年中(?!国)|第[一二三四]季度|(?:上|这|本|下)个?季度(?![底末])", _which_day),
    (rf"{START}(?:in\s+)?q[1-4]{END}", _which_day),
    (rf"{START}{ENGLISH_COUNT}\s+{WEEKDAY}s\s+(?:from\s+(?:now|today)|later|ago){END}", _reckoned),
    (rf"{START}(?:at\s+)?(?:the\s+)?(?:same|this)\s+time\s+(?:{days.ENGLISH_NAMED}|(?:next|this)\s+week"
     rf"|(?:next\s+|on\s+)?{WEEKDAY}){END}", _same_time),
    (r"小年|清明节?|冬至|十一假期|春节假期|国庆假期|五一假期", _which_day),
    (r"(?:下下个?|下个?|本|这个?|上个?)(?:周|星期|礼拜)(?![一二三四五六日天末1-7])|(?:下下个?|下个?|这个?"
     r"|上个?)月(?![初中底末份的\d])|本月(?![初中底末\d])", _which_day),
    (rf"{START}(?:this|next|last|coming)\s+(?:week|month|quarter|year){END}|{START}(?:eow|end\s+of\s+(?:the\s+"
     rf"|this\s+|next\s+)?week){END}", _which_day),
    (rf"(?:{_YEAR})(?<![\d个第])(?P<month>{COUNT})月(?:份)?(?:[上中下]旬|初)?(?![\d后前内])", _which_day),
    (r"(?:前年|去年|明年|后年)年?初?|年初|[上中下]旬", _which_day),
    (rf"{START}(?:in\s+|early\s+|mid[ -]|late\s+|this\s+|next\s+|last\s+){_MONTH}{END}|{START}(?:january"
     rf"|february|april|june|july|august|september|october|november|december){END}", _which_day),
    (r"[早午晚]饭[前后时]|饭[前后]|晚些时候|早些时候|晚一?点儿?(?=$|[^\u3400-\u9fff\d]|再)", _no_hour),
    (rf"{START}(?:after|before|over|at)\s+(?:breakfast|lunch|dinner)(?!time){END}", _no_hour),
    (r"改天|改日|一会儿?|待会儿?|等会儿?|等一?下|下班[前后]|[午晚早]饭[前后]|晚点|稍后|稍晚|过几天|过两天|过些天"
     r"|过阵子|近期|这几天|这两天"
     r"|前几天|前两天|几天[前后]|择日|有空时?|半天|整天"
     r"|全天", _vague),
    (rf"{START}(?:eod|cob|(?:after|before)\s+(?:lunch|work)|soon|later(?!\s+than)|someday|some\s+day|sometime"
     rf"|one\s+day|asap|all\s+day|(?:in\s+)?a\s+"
     rf"(?:few|couple\s+of)\s+"
     rf"(?:days|weeks|months)(?:\s+(?:ago|later))?|(?:with)?in\s+"
     rf"(?:the\s+next\s+)?{ENGLISH_COUNT}\s+to\s+{ENGLISH_COUNT}\s+{_UNIT}|within\s+{ENGLISH_COUNT}\s+"
     rf"(?:(?:working\s+|business\s+)?days?|weeks?|months?)){END}", _vague),
    (r"(?:[一二两三四五六七八九]{2}|十[来几]|几十?|\d{1,2}\s?[-~〜到至]\s?\d{1,2})(?:天|周|个?星期|个?礼拜|个月"
     r"|年)(?:之?[后前]|以[后前]|左右)?", _vague),
    (rf"{START}(?:in\s+)?\d{{1,2}}\s?(?:-|–|or|to)\s?\d{{1,2}}\s+(?:days?|weeks?|months?)(?:\s+(?:later"
     rf"|ago))?{END}", _vague),
    (rf"(?<![\d第])(?:{COUNT})(?:天|个?工作日|周|个?星期|个?月|日)(?:之内|以内|内)", _vague),
)  # fmt: skip
PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader) for pattern, reader in _TABLE
)
