from __future__ import annotations

import pytest

from edge.truth import Truthful, claims_effect


@pytest.mark.parametrize(
    "sentence",
    [
        "Done!",
        "I have sent your message to Anna.",
        "I've booked a table.",
        "Your message was sent.",
        "It is done.",
        "Task completed.",
        "I just added milk to your list.",
        "Successfully scheduled for nine.",
        "All set!",
    ],
)
def test_a_sentence_that_claims_a_deed_is_known(sentence: str) -> None:
    assert claims_effect(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["It is nine o'clock.", "Paris is the capital of France.", "I can ask your phone.", "What shall I send?"],
)
def test_an_answer_is_let_through(sentence: str) -> None:
    assert not claims_effect(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "已发送。",
        "已完成。",
        "订好了。",
        "消息发出去了。",
        "我已经给安娜发消息了。",
        "我帮你取消了。",
        "闹钟已经设置。",
        "搞定了!",
        "好了。",
        "提醒设好了。",
        "成功添加到日历。",
        "任务完成。",
        "牛奶已经加到购物清单。",
        "我刚刚给他打了电话。",
        "全部办好。",
    ],
)
def test_a_chinese_sentence_that_claims_a_deed_is_known(sentence: str) -> None:
    assert claims_effect(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "现在是九点。",
        "巴黎是法国的首都。",
        "我可以让手机去问。",
        "你要我发什么",
        "太阳已经落山。",
        "外面下雨了。",
        "我不能预订餐厅。",
        "消息要发给谁",
        "他生于一九四九年。",
        "任务完成了吗",
    ],
)
def test_a_chinese_answer_is_let_through(sentence: str) -> None:
    assert not claims_effect(sentence)


def test_a_claim_is_replaced_with_the_rest_of_its_sentence_also_when_clauses_come_one_by_one() -> None:
    truthful = Truthful("I cannot say.")
    pieces = ["It is sunny,", "I have", "sent your message,", "as you asked.", "Bring a hat."]
    assert [truthful.take(piece) for piece in pieces] == ["It is sunny,", "I have", "I cannot say.", "", "Bring a hat."]


def test_without_claims_every_piece_is_spoken_as_it_is() -> None:
    truthful = Truthful("I cannot say.")
    pieces = ["Paris is the capital,", "and it is large.", "Shall I ask your phone?"]
    assert [truthful.take(piece) for piece in pieces] == pieces
