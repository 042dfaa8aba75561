from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.phrase_slots import plain
from edge.phrasebook import Phrases
from edge.tools import BadArguments, ErrandRequest, PhoneTools
from firmware_bridge.errands import Errand, State
from tests.errand_samples import ERRANDS, REASONS
from tests.wearable_fakes import FakeTime

PHRASES = Phrases(FakeTime().now)
NAMES = sorted({name for arguments, result in ERRANDS.values() for name in (*arguments, *result)})
TEXT = st.text(max_size=12) | st.sampled_from(
    ["{title}", "[x]", "2026-11-22", "2026-11-22T09:00:00Z", "9999-12-31T23:59:59-12:00"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | TEXT, inner, max_size=4),
    max_leaves=8,
)
RECORD = st.dictionaries(st.sampled_from(NAMES) | TEXT, JSON, max_size=5)
TOOL = st.sampled_from(sorted(ERRANDS)) | TEXT


@settings(deadline=None)
@given(TOOL, RECORD, st.sampled_from(State), RECORD | JSON, st.sampled_from(REASONS) | TEXT, st.booleans())
def test_any_record_has_a_sentence(
    tool: str, arguments: dict[str, Any], state: State, result: Any, reason: str | None, announce: bool
) -> None:
    errand = Errand("0" * 32, tool, arguments, 0.0, state, result, reason)
    for said in (PHRASES.ended(errand, announce), PHRASES.doing(errand), PHRASES.cancelling(errand)):
        assert said.strip()
        assert said.isprintable()
    if state is not State.COMPLETED:
        assert not PHRASES.ended(errand, announce=True).startswith("Task completed")


@settings(deadline=None)
@given(TOOL, RECORD)
def test_any_request_is_read_back_with_all_its_texts(tool: str, arguments: dict[str, Any]) -> None:
    request = ErrandRequest(tool, arguments)
    question = PHRASES.read_back(request)
    assert question.strip()
    for said in (PHRASES.acknowledge(request), PHRASES.acknowledge(request, False), PHRASES.read_back(request, True)):
        assert said.strip()
    for name, value in arguments.items():
        told_otherwise = name in ("start", "due", "day", "phone")
        if isinstance(value, str) and not told_otherwise:
            # The first letter of a sentence is written big.
            assert plain(value).casefold() in question.casefold()


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_what_will_be_sent_is_in_the_question_word_for_word(text: str, to: str) -> None:
    now = FakeTime().now
    try:
        request = PhoneTools(now, PHRASES).send_message(to, text)
    except BadArguments:
        return
    question = PHRASES.read_back(request)
    assert f"Message to {request.arguments['to']}: {request.arguments['text']}" in question


@settings(deadline=None)
@given(st.sampled_from(sorted(ERRANDS)), RECORD)
def test_no_result_makes_us_say_sent_unless_it_says_so(tool: str, result: dict[str, Any]) -> None:
    result = {name: value for name, value in result.items() if name != "how"}
    errand = Errand("0" * 32, tool, {}, 0.0, State.COMPLETED, result)
    if "sent" not in str(result):
        assert "sent" not in PHRASES.ended(errand).split()
