"""How Chinese names sound: sort keys, full pinyin and initials, without tones, fast enough for a keystroke.

One reading a character comes from pypinyin's table; a phrase is looked up only where it would change a reading
(重庆, 银行). "ü" is written "v", as it is typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from crm_tui.rules.text import cjk_class, fold

_PARTS = re.compile(rf"[{cjk_class()}]|[^\W_{cjk_class()}]+")
_HANZI = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LONGEST_PHRASE = 4

# What a character sounds like in names, where pypinyin's first reading is that of running text.
_IN_NAMES = {
    "长": "chang", "長": "chang", "都": "du", "曾": "zeng", "卜": "bu", "翟": "zhai", "覃": "qin", "薄": "bo",
    "行": "xing", "和": "he", "大": "da", "会": "hui", "着": "zhe", "地": "di", "传": "chuan", "石": "shi",
    "乐": "le", "樂": "le", "俊": "jun", "茜": "qian", "洋": "yang", "盛": "sheng", "晟": "sheng", "呗": "bei",
}  # fmt: skip

_SURNAMES = {
    "单": "shan", "單": "shan", "仇": "qiu", "区": "ou", "區": "ou", "查": "zha", "解": "xie", "朴": "piao",
    "盖": "ge", "蓋": "ge", "尉": "wei", "乐": "yue", "樂": "yue", "缪": "miao", "繆": "miao", "种": "chong",
    "折": "she", "黑": "he", "员": "yun", "員": "yun", "纪": "ji", "紀": "ji", "洗": "xian", "冼": "xian",
    "繁": "po", "召": "shao", "祭": "zhai", "佴": "nai", "能": "nai", "逄": "pang", "郇": "huan", "秘": "bi",
    "莘": "shen", "谌": "chen", "諶": "chen", "隗": "wei", "宓": "mi", "郗": "xi", "哈": "ha", "那": "na",
    "过": "guo", "過": "guo", "应": "ying", "應": "ying", "任": "ren", "华": "hua", "華": "hua", "宁": "ning",
    "訾": "zi", "牟": "mou", "车": "che", "車": "che", "撒": "sa", "干": "gan", "沈": "shen", "贾": "jia",
}  # fmt: skip

_COMPOUND_SURNAMES = {
    "尉迟": ("yu", "chi"), "尉遲": ("yu", "chi"), "长孙": ("zhang", "sun"), "長孫": ("zhang", "sun"),
    "万俟": ("mo", "qi"), "单于": ("chan", "yu"), "澹台": ("tan", "tai"), "澹臺": ("tan", "tai"),
    "宰父": ("zai", "fu"), "令狐": ("ling", "hu"), "欧阳": ("ou", "yang"), "歐陽": ("ou", "yang"),
    "司马": ("si", "ma"), "上官": ("shang", "guan"), "诸葛": ("zhu", "ge"), "諸葛": ("zhu", "ge"),
    "夏侯": ("xia", "hou"), "皇甫": ("huang", "fu"), "慕容": ("mu", "rong"), "司徒": ("si", "tu"),
    "公孙": ("gong", "sun"), "宇文": ("yu", "wen"), "端木": ("duan", "mu"), "百里": ("bai", "li"),
    "东方": ("dong", "fang"), "南宫": ("nan", "gong"), "轩辕": ("xuan", "yuan"), "独孤": ("du", "gu"),
    "司空": ("si", "kong"), "钟离": ("zhong", "li"), "闻人": ("wen", "ren"), "赫连": ("he", "lian"),
    "呼延": ("hu", "yan"), "申屠": ("shen", "tu"), "太史": ("tai", "shi"), "淳于": ("chun", "yu"),
    "濮阳": ("pu", "yang"), "拓跋": ("tuo", "ba"), "西门": ("xi", "men"), "第五": ("di", "wu"),
}  # fmt: skip

# Words of company and place names that pypinyin's phrases lack.
_OWN_PHRASES = {
    "商行": "shang hang", "车行": "che hang", "洋行": "yang hang", "总行": "zong hang", "分行": "fen hang",
    "支行": "zhi hang", "琴行": "qin hang", "药行": "yao hang", "货行": "huo hang", "茶行": "cha hang",
    "银行": "yin hang", "银行卡": "yin hang ka", "行业": "hang ye", "同行": "tong hang", "五金行": "wu jin hang",
    "拍卖行": "pai mai hang", "农商行": "nong shang hang", "建行": "jian hang", "招行": "zhao hang",
    "工行": "gong hang", "农行": "nong hang", "交行": "jiao hang", "央行": "yang hang", "投行": "tou hang",
    "重庆": "chong qing", "重慶": "chong qing", "厦门": "xia men", "廈門": "xia men", "厦航": "xia hang",
    "西藏": "xi zang", "蚌埠": "beng bu", "六安": "lu an", "番禺": "pan yu", "乐清": "yue qing",
    "东阿": "dong e", "阿胶": "e jiao", "单县": "shan xian", "任县": "ren xian", "涡阳": "guo yang",
    "黄陂": "huang pi", "莘县": "shen xian", "莘庄": "xin zhuang", "铅山": "yan shan", "浚县": "xun xian",
    "尉氏": "wei shi", "尉犁": "yu li", "盖州": "gai zhou", "解放": "jie fang", "会计": "kuai ji",
    "会稽": "kuai ji", "音乐": "yin yue", "音樂": "yin yue", "乐器": "yue qi", "民乐": "min yue",
    "店长": "dian zhang", "家长": "jia zhang", "校长": "xiao zhang", "院长": "yuan zhang", "会长": "hui zhang",
    "董事长": "dong shi zhang", "行长": "hang zhang", "成长": "cheng zhang", "生长": "sheng zhang",
    "重工": "zhong gong", "重型": "zhong xing", "重机": "zhong ji", "重汽": "zhong qi", "重点": "zhong dian",
    "人参": "ren shen", "海参": "hai shen", "参茸": "shen rong", "调味": "tiao wei", "空调": "kong tiao",
    "大夫": "dai fu", "朝阳": "chao yang", "朝陽": "chao yang", "便宜": "pian yi", "宿迁": "su qian",
    "大厦": "da sha", "台州": "tai zhou", "丽水": "li shui", "柏林": "bo lin", "数据": "shu ju",
    "亳州": "bo zhou", "枞阳": "zong yang", "郫县": "pi xian", "筠连": "jun lian", "繁荣": "fan rong",
}  # fmt: skip


class Part(NamedTuple):
    """A character or word of a name and how it sounds; both are the same where nothing is Chinese."""

    written: str
    sound: str


class _Table:
    """The readings, built once when the first Chinese name is met."""

    def __init__(self) -> None:
        from pypinyin.phrases_dict import phrases_dict
        from pypinyin.pinyin_dict import pinyin_dict

        self._toned: dict[int, str] = pinyin_dict
        self._of_char: dict[str, str] = dict(_IN_NAMES)
        plain: dict[str, str] = {}
        self.phrases: dict[str, tuple[str, ...]] = {}
        for phrase, toned in phrases_dict.items():
            if len(phrase) > _LONGEST_PHRASE or len(phrase) != len(toned):
                continue
            sounds = tuple(plain.get(one[0]) or plain.setdefault(one[0], _toneless(one[0])) for one in toned)
            self._keep(phrase, sounds)
        for phrase, sound in _OWN_PHRASES.items():
            self._keep(phrase, tuple(sound.split()))
        self.deciding = {
            char
            for phrase, sounds in self.phrases.items()
            for char, sound in zip(phrase, sounds, strict=True)
            if sound != self.of_char(char)
        }

    def _keep(self, phrase: str, sounds: tuple[str, ...]) -> None:
        """Keep a phrase only where it says something else than its characters one by one."""
        self.phrases.pop(phrase, None)
        if any(sound != self.of_char(char) for char, sound in zip(phrase, sounds, strict=True)):
            self.phrases[phrase] = sounds

    def of_char(self, char: str) -> str:
        """The reading of one character alone; the character itself if it has none."""
        sound = self._of_char.get(char)
        if sound is None:
            toned = self._toned.get(ord(char), "")
            sound = self._of_char[char] = _toneless(toned.split(",")[0]) or char
        return sound


def _toneless(toned: str) -> str:
    spread = unicodedata.normalize("NFD", toned.strip().lower()).replace("u\u0308", "v")
    return "".join(char for char in spread if "a" <= char <= "z")


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


def _sounds(run: str, first: bool) -> list[str]:
    """Read a run of Chinese characters; `first` says that a surname may stand at its beginning."""
    table = _table()
    sounds = [table.of_char(char) for char in run]
    if not table.deciding.isdisjoint(run):
        at = 0
        while at < len(run) - 1:
            for length in range(min(_LONGEST_PHRASE, len(run) - at), 1, -1):
                found = table.phrases.get(run[at : at + length])
                if found:
                    sounds[at : at + length] = found
                    at += length - 1
                    break
            at += 1
    if first and len(run) <= 4:
        if run[:2] in _COMPOUND_SURNAMES and len(run) > 1:
            sounds[:2] = _COMPOUND_SURNAMES[run[:2]]
        elif len(run) <= 3 and run[0] in _SURNAMES and run[:2] not in table.phrases and run[:2] not in _OWN_PHRASES:
            sounds[0] = _SURNAMES[run[0]]
    return sounds


def parts(name: str) -> list[Part]:
    """Take a name apart into Chinese characters with their sounds and other words, folded, in order."""
    found: list[Part] = []
    run = ""
    for piece in _PARTS.findall(fold(name)):
        if len(piece) == 1 and _HANZI.match(piece):
            run += piece
            continue
        if run:
            found.extend(map(Part, run, _sounds(run, not found)))
            run = ""
        found.append(Part(piece, piece))
    if run:
        found.extend(map(Part, run, _sounds(run, not found)))
    return found


def full(name: str) -> str:
    """The whole name in letters without spaces: "王芳 Lily" gives "wangfanglily"."""
    return "".join([part.sound for part in parts(name)])


def initials(name: str) -> str:
    """The first letter of each syllable, other words whole: "上海万方" gives "shwf", "TCL集团" gives "tcljt"."""
    return "".join([part.sound if part.sound == part.written else part.sound[0] for part in parts(name)])


def sort_key(name: str) -> str:
    """A key that sorts (byte by byte) Chinese names by pinyin among the Latin ones, the same character together.

    Each Chinese character gives its sound, a space and itself; words are set apart by spaces, which come before
    every letter: "fan 范" stands before "fang 方", "wang li" before "wang 王". Punctuation does not count.
    """
    if name.isascii():
        return " ".join(_PARTS.findall(name.lower()))
    return " ".join(
        [part.sound if part.sound == part.written else f"{part.sound} {part.written}" for part in parts(name)]
    )
