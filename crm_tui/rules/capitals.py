"""人民币大写: an amount in the capitals that contracts, receipts and cheques carry, so that nobody can add a stroke.

Source: 正确填写票据和结算凭证的基本规定, annex one of 支付结算办法 (People's Bank of China, 银发〔1997〕393号): 整
after 元 and 角, none after 分; one 零 for zeros between, and where 角 is missing before 分.
"""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capitals(fen: int) -> str:
    """An amount of whole 分 in capitals: 10789 is "壹佰零柒元捌角玖分".

    Raises:
        ValueError: from 10^16 元 on, for which there are no characters in use.
    """
    if fen < 0:
        return "负" + capitals(-fen)
    yuan, rest = divmod(fen, 100)
    jiao, cent = divmod(rest, 10)
    if not fen:
        return "零元整"
    said = _whole(yuan) + "元" if yuan else ""
    if jiao:
        # 元 that ends in zero before 角: the rule leaves 零 to the writer; with it nothing can be put in.
        said += ("零" if yuan and yuan % 10 == 0 else "") + _DIGITS[jiao] + "角"
    if cent:
        said += ("零" if yuan and not jiao else "") + _DIGITS[cent] + "分"
        return said
    return said + "整"


def _whole(number: int) -> str:
    groups = []
    rest = number
    while rest:
        rest, group = divmod(rest, 10_000)
        groups.append(group)
    if len(groups) > len(_GROUPS):
        raise ValueError("too large")
    said = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(said)
            # 壹万亿 needs its 亿 also where the group of 亿 itself is empty.
            if place == 2 and len(groups) == 4 and said:
                said += "亿"
            continue
        if said and (gap or group < 1000):
            said += "零"
        said += _group(group) + ("万" if place == 3 else _GROUPS[place])
        gap = False
    return said


def _group(group: int) -> str:
    said = ""
    gap = False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return said
