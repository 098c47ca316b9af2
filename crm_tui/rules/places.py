"""The places that Chinese company names begin with or carry in brackets."""

from __future__ import annotations

import re

_PROVINCES = (
    "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海"
    " 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 中国"
)
_CITIES = (
    "北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 成都 武汉 西安 长沙 郑州 青岛 济南 大连 沈阳 宁波 厦门 福州 合肥 无锡"
    " 东莞 佛山 昆明 哈尔滨 长春 石家庄 太原 南昌 贵阳 南宁 海口 兰州 温州 常州 泉州 珠海 中山 惠州 嘉兴 绍兴 金华 烟台"
    " 潍坊 徐州 南通 扬州 镇江 台州 湖州 洛阳 唐山 保定 呼和浩特 乌鲁木齐 银川 西宁 拉萨 三亚 桂林 柳州 汕头 江门"
)
_NAMES = "|".join((_PROVINCES + " " + _CITIES).split())
_AT_START = re.compile(f"((?:(?:{_NAMES})(?:省|市)?){{1,2}})(?=.)")
_IN_BRACKETS = re.compile(f"[(（\\[]\\s*((?:{_NAMES})(?:省|市)?)\\s*[)）\\]]")


def place_at_start(name: str) -> str:
    """The place that a name begins with ("上海市", "广东深圳"), empty if none or if nothing follows it."""
    match = _AT_START.match(name)
    return match[1] if match else ""


def part_place(name: str) -> tuple[str, str]:
    """Part a name into the rest and its place, wherever it stands: "万方(上海)科技" gives ("万方科技", "上海")."""
    place = ""
    if match := _IN_BRACKETS.search(name):
        place = match[1]
        name = name[: match.start()] + name[match.end() :]
    if start := place_at_start(name):
        place = place or start
        name = name[len(start) :]
    return name, place.rstrip("省市")
