"""Exams on rows of our own making, who sits them, and their marks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge.exam.copying import copied
from edge.exam.engines import Both, Neighbour, Pocket
from edge.exam.heard import Hearing, can_be_said, hear
from edge.exam.marks import OTHER, Score, by_domain, confusions, score
from edge.exam.questions import Answer, Question, our_exam, out_of_scope, read_exam, sample
from edge.exam.sitting import sit
from models.asr import Heard, Partial
from models.pocket.annotated import Row, example_of
from models.pocket.copying import Case, copying_cases
from models.pocket.frames import ASK, NOTHING, SEVERAL, Call, Effort, Understanding
from models.pocket.lessons import Lesson, is_exam

ROWS = (
    ("calendar_set", "meet [person : priya] on [date : friday]"),
    ("iot_hue_lightoff", "lights off in the [house_place : cellar]"),
    ("iot_coffee", "make coffee"),
    ("general_joke", "tell me a joke about owls"),
    ("set", "set it"),
)


def rows_file(folder: Path, rows: Sequence[tuple[str, str]] = ROWS, source: str = "ours", name: str = "rows") -> Path:
    path = folder / f"{name}.jsonl"
    lines = [{"text": text, "annotation": text, "intent": intent, "source": source} for intent, text in rows]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def question(tool: str, domain: str = "home", **arguments: str) -> Question:
    return Question("zorp", domain, Call(tool, tuple(arguments.items())))


def answer(tool: str, confidence: float = 1.0, **arguments: str) -> Answer:
    return Answer((Call(tool, tuple(arguments.items())),), confidence)


def mark(questions: Sequence[Question], answers: Sequence[Answer]) -> Score:
    return score(questions, answers, 0.5, with_arguments=True)


def nothing_told(share: float) -> None:
    assert 0 < share <= 1


def test_rows_become_questions_and_unknown_intents_are_counted(tmp_path: Path) -> None:
    exam = read_exam(rows_file(tmp_path))
    assert [one.domain for one in exam.questions] == ["calendar", "iot", "iot", "general"]
    assert exam.questions[0] == Question(
        "meet priya on friday", "calendar", Call("create_event", (("who", "priya"), ("when", "friday")))
    )
    assert exam.unknown == (("set", 1),)
    assert exam.notes == ()


def test_of_clinc_only_the_rows_that_train_nothing_are_asked(tmp_path: Path) -> None:
    rows = [("oos", f"how deep is lake {letter}") for letter in "abcdefghij"] + [("yes", "yes")]
    exam = read_exam(rows_file(tmp_path, rows, "clinc-oos"))
    held_out = [text for intent, text in rows if is_exam(Row(text, intent, source="clinc-oos"))]
    assert [one.text for one in exam.questions] == held_out
    assert {one.domain for one in exam.questions} <= {ASK, "confirm"}
    assert not any(one.knows_arguments for one in exam.questions)
    assert len(exam.notes) == 1


def test_out_of_scope_keeps_what_asks_for_nothing(tmp_path: Path) -> None:
    assert [one.right.tool for one in out_of_scope(read_exam(rows_file(tmp_path))).questions] == [ASK]


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n")
    with pytest.raises(ValueError, match="no rows"):
        read_exam(path)


def test_our_own_sentences_are_the_same_each_time_and_said_to_be_ours() -> None:
    exam = our_exam(("anna",), ("shopping",))
    assert exam == our_exam(("anna",), ("shopping",))
    assert len(exam.questions) > 900
    assert "not independent" in exam.notes[0]


def test_a_sample_keeps_the_order() -> None:
    taken = sample(range(100), 10)
    assert len(set(taken)) == 10
    assert list(taken) == sorted(taken) != list(range(10))
    assert sample(range(3), None) == sample(range(3), 9) == (0, 1, 2)


def test_right_tools_and_exact_calls_are_counted() -> None:
    right = [question("call", to="ben"), question("call", to="anna"), question("weather"), question("help")]
    given = [answer("call", to="ben"), answer("call", to="an"), answer("news"), Answer((), 0.0)]
    marked = mark(right, given)
    assert (marked.rows, marked.tool_percent, marked.exact_percent) == (4, 50, 25)
    assert marked.argument_f1_percent == pytest.approx(100 * 2 * 1 / 4)
    assert marked.abstained == 1


def test_arguments_count_only_where_they_are_known() -> None:
    only_tool = Question("zorp", "call", Call("call"), knows_arguments=False)
    marked = mark([only_tool, question("help")], [answer("call", to="ben"), answer("help")])
    assert (marked.tool_percent, marked.exact_percent, marked.argument_f1_percent) == (100, 100, None)
    assert mark([only_tool], [answer("call", to="ben")]).exact_percent is None
    assert score([question("help")], [answer("help")], 0.5, with_arguments=False).exact_percent is None


def test_two_commands_read_out_of_one_are_not_the_one() -> None:
    both = Answer((Call("help"), Call("stop")), 1.0)
    assert both.call == Call(SEVERAL)
    assert mark([question("help")], [both]).tool_percent == 0


@pytest.mark.parametrize(
    ("given", "is_false"),
    [
        (answer("call", 0.5), True),
        (answer("call", 0.49), False),
        (answer("weather"), False),
        (answer(ASK), False),
        (Answer((Call("weather"), Call("call")), 1.0), True),
        (Answer((), 0.0), False),
    ],
)
def test_an_action_is_false_where_nothing_was_asked(given: Answer, is_false: bool) -> None:
    marked = mark([question(ASK), question(NOTHING), question("stop")], [given, answer(NOTHING), answer("call")])
    assert (marked.nothing_asked, marked.false_actions) == (2, int(is_false))


def test_to_abstain_is_to_be_less_sure_than_the_least() -> None:
    given = [answer("help", 0.5), answer("help", 0.49), Answer((), 1.0)]
    marked = mark([question("help"), question("stop"), question("stop")], given)
    assert (marked.abstained, marked.answered_percent) == (2, 100)
    assert mark([question("help")], given[1:2]).answered_percent is None


def test_domains_are_marked_apart_the_small_ones_together() -> None:
    questions = [question("help", "iot")] * 5 + [question("help", "mail")] * 4 + [question("help", "alarm")] * 6
    marked = by_domain(questions, [answer("help")] * 9 + [answer("call")] * 6, 0.5, with_arguments=True)
    assert [(name, one.rows, one.tool_percent) for name, one in marked.items()] == [
        ("alarm", 6, 0),
        ("iot", 5, 100),
        (OTHER, 4, 100),
    ]


def test_confusions_are_counted_and_right_ones_are_none() -> None:
    found = confusions([question("help")] * 4, [answer("call"), answer("call"), Answer((), 0.0), answer("help")])
    assert [(one.right, one.given, one.rows) for one in found] == [("help", "call", 2), ("help", "", 1)]


class Parrot:
    """A pocket model that knows a few sentences, and how sure it is."""

    name = "parrot"

    def __init__(self, **confidence: float) -> None:
        self._confidence = confidence

    def understand(self, text: str, *, asked: bool = False, known: Sequence[str] = ()) -> Understanding | None:
        if text not in self._confidence:
            return None
        call = Call("search", (("query", text),))
        return Understanding((call,), (text,), confidence=self._confidence[text], values=1.0, effort=Effort(2, 7))


def test_of_several_readings_the_first_that_is_sure_counts_else_the_surest() -> None:
    pocket = Pocket(Parrot(low=0.2, middle=0.6, high=0.9, higher=0.95))
    assert pocket.answer(["low", "middle"]).call.value("query") == "middle"
    assert pocket.answer(["middle", "high", "higher"]).call.value("query") == "high"
    assert pocket.answer(["middle", "zorp", "low"]).call.value("query") == "middle"
    assert pocket.answer(["zorp"]) == Answer((), 0.0)


def test_all_that_was_read_is_counted() -> None:
    sat = sit(Pocket(Parrot(low=0.2, high=0.9)), [["low", "high"], ["high"]], nothing_told)
    cost = sat.cost(memory_mb=1.0)
    assert (cost.evaluations, cost.tokens_read, cost.generated_tokens) == (3, 10.5, 0)
    assert 0 <= cost.p50_ms <= cost.p95_ms


def test_the_second_engine_is_asked_what_the_first_does_not_know() -> None:
    both = Both(Pocket(Parrot(low=0.2)), Pocket(Parrot(low=0.9, high=0.9)))
    assert both.answer(["low"]).confidence == 0.2
    assert both.answer(["high"]).confidence == 0.9


class Copier:
    """Understands every case but the first."""

    name = "copier"
    gives_arguments = True

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = {case.text: case for case in cases}
        self._spoilt = cases[0].text

    def answer(self, readings: Sequence[str]) -> Answer:
        case = self._cases[readings[0]]
        value = "zorp" if case.text == self._spoilt else case.value
        return Answer((Call(case.tool, ((case.argument, value),)),), 1.0)


def test_copies_are_counted_and_misses_shown() -> None:
    result = copied(Copier(list(copying_cases(20, seed=1))), nothing_told, count=20)
    assert (result.copied, result.messages, result.items) == (95, 90, 100)
    assert [miss.given for miss in result.misses] == ["send_message text: zorp"]


class Deaf:
    """A recogniser that hears one word, and has doubts."""

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence

    def start(self) -> None:
        pass

    def feed(self, pcm: bytes) -> Partial | None:
        return None

    def reread(self) -> str:
        """Find nothing."""
        return ""

    def finish(self, sensible: str = "") -> Heard:
        return Heard("what", self._confidence, ("zorp",))


class Mute:
    """A voice of silence."""

    def speak(self, sentence: str) -> bytes:
        return bytes(640)


@pytest.mark.parametrize(("confidence", "believed"), [(0.5, True), (0.4, False)])
def test_what_was_heard_has_readings_and_is_believed_or_not(confidence: float, believed: bool) -> None:
    asked = Question("say what", "home", Call("repeat"))
    hearing = hear(Deaf(confidence), [Mute()], [asked, asked], nothing_told)
    assert list(hearing.readings) == [("what", "zorp")] * 2
    assert list(hearing.believed) == [believed] * 2
    assert hearing.word_error_percent == 50


def test_signs_alone_cannot_be_said() -> None:
    assert not can_be_said(Question("::", "home", Call("repeat")))
    assert Hearing(()).word_error_percent == 0


def test_the_neighbour_sits_like_any_engine(tmp_path: Path) -> None:
    examples = [example_of(Row(text, intent, text)) for intent, text in ROWS]
    neighbour = Neighbour([Lesson(one, 1.0) for one in examples if one])
    exam = read_exam(rows_file(tmp_path))
    sat = sit(neighbour, [[one.text] for one in exam.questions], nothing_told)
    assert mark(exam.questions, sat.answers).exact_percent == 100
