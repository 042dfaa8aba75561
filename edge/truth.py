"""Keeps a model's own words from claiming an effect: "done" and its like come from terminal records only."""

from __future__ import annotations

import re

_CLAIMS = re.compile(
    r"\b(?:i(?:'ve| have)?|it(?:'s| is| has been)?|your? \w+ (?:is|was|has been)|task|all|successfully)\s+(?:\w+\s+)?"
    r"(?:done|sent|booked|added|set|scheduled|saved|created|ordered|paid|called|cancelled|canceled|deleted|removed"
    r"|completed|reminded|turned|placed|reserved)\b|^\s*(?:done|sent|booked|completed)\b",
    re.IGNORECASE,
)
_DEED = (
    "发送|发出|发布|发给|发到|预订|预定|订购|订好|下单|支付|付款|购买|添加|加到|加入|加进|设置|设定|设好|定好|保存|存好"
    "|创建|新建|安排|取消|删除|删掉|移除|拨打|拨通|打通|通知|转告|告诉|提醒|打开|关闭|关掉|关上|播放|记下|记录|写入"
    "|更新|修改|调到|调高|调低|完成|办好|办妥|搞定|处理|执行|叫好|约好|标记|寄出|提交|回复|转发"
)
_SHORT = "发|订|加|设|定|存|付|买|记|办|做|弄|约|删|关|开|叫|打|寄|写|改|调|搞"
"""Deeds of one character, which claim nothing without a 好 or 完 behind them."""
_CHINESE_CLAIMS = re.compile(
    r"我(?:已经|已|刚刚|刚才|刚|帮你|给你|为你|替你)[^,;!?。\uff0c\uff1b\uff01\uff1f]{0,14}了(?!吗|没)"
    rf"|(?:已经|已|刚刚|刚才|刚|成功地?)[^,;!?。\uff0c\uff1b\uff01\uff1f]{{0,12}}?"
    rf"(?:{_DEED}|[{_SHORT.replace('|', '')}](?:了|好|完))"
    rf"|(?:{_DEED})(?:好了|完了|成功|完毕|完成|过了|了(?!吗|没))"
    rf"|(?:{_SHORT})(?:好了|完了|成了|出去了|过去了|上了|妥了|成功)"
    rf"|(?:任务|全部|全都|都|一切)(?:已经?)?(?:完成|办好|做好|搞定|弄好|设好)(?!了?(?:吗|没))"
    r"|^\s*(?:好了|完成|搞定|办好|成功|已完成|已发送)"
)
"""Chinese marks no tense: a deed with 已, 好了, 完了, 成功 or 了 is one that happened."""

_ENDS = (".", "!", "?", "…", "。", "！", "？")  # noqa: RUF001  # those of Chinese too


class Truthful:
    """Takes what a model says piece by piece, sentences or clauses; a claim is replaced, with the rest of its sentence.

    A claim may be complete only with a later clause: so each is looked at together with those before it.
    """

    def __init__(self, instead: str) -> None:
        self._instead = instead
        self._sentence = ""
        self._is_claim = False

    def take(self, piece: str) -> str:
        """Give what may be spoken of the next piece; nothing where its sentence was replaced already."""
        if self._sentence.endswith(_ENDS):
            self._sentence, self._is_claim = "", False
        self._sentence = f"{self._sentence} {piece}".strip()
        was_claim = self._is_claim
        self._is_claim = was_claim or claims_effect(self._sentence) or claims_effect(piece)
        if not self._is_claim:
            return piece
        return "" if was_claim else self._instead


def claims_effect(sentence: str) -> bool:
    """Say whether a sentence reads as if something had been done, in English or Chinese. Errs on the side of yes."""
    return _CLAIMS.search(sentence) is not None or _CHINESE_CLAIMS.search(sentence) is not None
