from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.consent import ANSWER_WITHIN, Answer, Approved, Consent, Question, Verdict
from edge.tools.tool import ErrandRequest
from firmware_bridge.consent import digest

STEP = st.floats(0.01, 6.0)


class AnyConversation(RuleBasedStateMachine):
    """Does everything in any order; keeps its own simple account of which yes may count."""

    def __init__(self) -> None:
        super().__init__()
        self.consent = Consent()
        self.now = 0.0
        self.reading: Question | None = None
        """The reading that plays or played last."""
        self.playing = False
        self.heard_at: float | None = None
        """When the present reading was heard to its end."""

    @rule(step=STEP)
    def time_passes(self, step: float) -> None:
        self.now += step
        verdict = self.consent.tick(self.now)
        if verdict is not None:
            assert self.reading is not None
            self._over()

    @rule(text=st.text(max_size=5), to=st.sampled_from(["anna", "bob"]))
    def something_is_asked(self, text: str, to: str) -> None:
        self._reads(self.consent.ask(ErrandRequest("messages.send_message", {"to": to, "text": text})))

    @rule(whole=st.booleans())
    def the_reading_ends(self, whole: bool) -> None:
        if self.reading is None or not self.playing:
            return
        self.playing = False
        if whole:
            self.consent.asked(self.reading.number, self.now)
            self.heard_at = self.now
        else:
            self.consent.cut(self.reading.number, self.now)

    @rule(number=st.integers(0, 30))
    def an_old_reading_is_reported_late(self, number: int) -> None:
        if self.reading is None or number < self.reading.number:
            self.consent.asked(number, self.now)

    @rule(answer=st.sampled_from(Answer), ago=st.floats(0.0, 12.0))
    def something_is_heard(self, answer: Answer, ago: float) -> None:
        started = self.now - ago
        self._judge(self.consent.hear(answer, started), answer, started)

    @rule()
    def the_question_is_given_up(self) -> None:
        self.consent.drop()
        self._over()

    def _judge(self, verdict: Verdict | None, answer: Answer, started: float) -> None:
        match verdict:
            case Approved(request, said):
                assert answer is Answer.YES
                assert self.reading is not None
                assert request == self.reading.request
                assert said == digest(request.tool, request.arguments)
                assert self.heard_at is not None
                assert self.heard_at < started <= self.heard_at + ANSWER_WITHIN
                self._over()
            case Question():
                assert answer is not Answer.NO
                assert self.reading is not None
                assert verdict.again
                assert not self.reading.again
                self._reads(verdict)
            case None:
                assert self.reading is None
            case _:
                self._over()

    def _reads(self, question: Question) -> None:
        self.reading, self.playing, self.heard_at = question, True, None

    def _over(self) -> None:
        self.reading, self.playing, self.heard_at = None, False, None

    @invariant()
    def the_accounts_agree(self) -> None:
        assert self.consent.open == self.reading


AnyConversation.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=30)
TestNoPathApprovesWithoutAMatchingYes = AnyConversation.TestCase
