"""Which words of a typed line say the kind of contact."""

from __future__ import annotations

import re

from crm_tui.rules.typed_words import END, START

_TABLE = {
    "visit": (
        r"上门拜访|登门拜访|拜访|走访|探访|到访|登门|看望|(?<!货)(?<!米)上门(?!回访)|上门(?=回访)",
        r"visit(?:s|ed|ing)?|drop\s+(?:by|in)|stop\s+by",
    ),
    "call": (
        r"(?:打个?|回个?|通个?|去个?|接个?)?电话(?![号费机线亭卡会簿])|致电|去电|来电|回电(?!话)|通话",
        r"(?:phone\s+)?call(?:s|ed|ing)?(?:\s+back)?|phone(?:d|s)?|phoning|ring|rang",
    ),
    "callback": (
        r"(?:总部审核|总部|审核|满意度)?回访",
        r"(?:review\s+)?call-?backs?",
    ),
    "delivery": (
        r"送货(?:上门)?|送(?=[米油水样])|配送|交货|发货|补货",
        r"deliver(?:s|ed|ing|y|ies)?|drop\s+off",
    ),
    "collection": (
        r"收(?=[货尾余欠]款)|收款|收钱|收账|收帐|催款|催付|催收|结款|讨债|要账",
        r"collect(?:s|ed|ing|ions?)?(?:\s+(?:the\s+)?(?:money|payment|cash))?",
    ),
    "greeting": (
        r"祝福|问候|拜年|祝贺|道贺",
        r"greet(?:s|ed|ing|ings)?|congratulat(?:e|ed|ions)",
    ),
    "survey": (
        r"满意度调查|问卷调查|问卷|调查(?!表)|调研",
        r"survey(?:s|ed|ing)?",
    ),
    "meeting": (
        r"开个?会|会议(?!室)|会面|会谈|面谈|见面|约见|碰头|电话会议?|视频会议?",
        r"meet(?:s|ing(?!\s+room)|ings)?|met|appointment|appt",
    ),
    "promise": (
        r"承诺|答应|保证",
        r"promis(?:e|ed|es|ing)",
    ),
    "message": (
        r"(?:发[个条封]?)?(?:微信|短信|消息)(?![号群])|留言",
        r"(?:send\s+)?(?:a\s+)?(?:wechat|sms|whatsapp|message(?:s|d)?|messaging)|(?<!\S)(?<!\S\s)text(?=\s+\S)",
    ),
    "email": (
        r"(?:发[个封]?)?(?:电子邮件|邮件|电邮)|发信",
        r"(?:send\s+)?(?:an?\s+)?(?:e-?mail(?:s|ed|ing)?|mail(?:s|ed|ing)?)",
    ),
}
_CONTENT = (
    r"(?<=[\u4e00-\u9fff])(?<![的天午上晚日号点半开末钟时一二三四五六])会议(?!室)"
    r"|周会|例会|月会|晨会|早会|夕会|年会|培训会?|评审会|standup|stand-up"
)
"""Words that say the kind (a meeting) and the content at once; they stay in the text."""
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(f"{chinese}|{START}(?:{latin}){END}"), kind) for kind, (chinese, latin) in _TABLE.items()
)
CONTENT = re.compile(_CONTENT)
