"""The whole of `earrand bench understand`, on rows of our own making and random weights."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress
from typer.testing import CliRunner

from edge.benches.commands import bench_app
from edge.benches.understand import Heard, Report, measure
from edge.config import Config
from edge.exam import tables
from edge.exam.wish import Wish, training_folder
from tests.tiny_pocket import write_tiny_pocket
from tests.unit.test_exam import ROWS, rows_file


def report_on(wish: Wish) -> Report:
    with Progress(console=Console(file=StringIO())) as progress:
        return measure(wish, Config(), progress)


def printed(report: Report) -> str:
    console = Console(file=StringIO(), width=100)
    tables.show(report, console, with_confusions=True)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_pocket(tmp_path_factory.mktemp("pocket"))


def test_a_report_has_all_rows_and_says_what_is_left_out(tmp_path: Path, weights: Path) -> None:
    data, idle = rows_file(tmp_path), rows_file(tmp_path, name="idle")
    report = report_on(Wish("pocket", weights, 0.5, data, idle=idle, copying=True))
    (result,) = report.results
    assert (report.rows, result.score.rows, dict(report.unknown_intents)) == (4, 4, {"set": 1})
    assert result.idle is not None
    assert result.idle.rows == result.idle.nothing_asked == 1
    assert result.cost.evaluations >= 1
    text = printed(report)
    assert "left out, because the table does not know their intents: 1 rows (set 1)" in text
    assert "No baselines" in text
    assert "of 500 values" in text


def test_the_fast_path_is_compared_by_tools_alone(tmp_path: Path, weights: Path) -> None:
    rows = [("iot_coffee", "make me a coffee"), ("general_joke", "zorp")]
    for engine, name in (("fast-path", "fast-path"), ("both", "fast-path, then pocket")):
        report = report_on(Wish(engine, weights, 0.5, rows_file(tmp_path, rows)))  # type: ignore[arg-type]  # literals
        (result,) = report.results
        assert (result.engine, result.score.exact_percent) == (name, None)
        assert f"of {name} the tool alone can be compared" in printed(report)
    assert report.results[0].cost.evaluations > 0


def test_what_was_heard_stands_beside_what_was_written(tmp_path: Path, weights: Path) -> None:
    report = report_on(Wish("pocket", weights, 0.5, rows_file(tmp_path)))
    clean = replace(report.results[0].score, tool_percent=90.0, exact_percent=70.0, argument_f1_percent=None)
    heard = replace(clean, tool_percent=82.5, exact_percent=66.0)
    result = replace(report.results[0], score=clean, heard=heard)
    lines = printed(replace(report, results=[result], heard=Heard(12.5, 3))).splitlines()
    assert "12.5% of the words wrong" in " ".join(lines)
    (lost,) = (line.split() for line in lines if "points lost" in line)
    assert lost == ["points", "lost", "7.5", "4.0", "-"]


def test_without_data_our_own_sentences_are_asked(weights: Path) -> None:
    report = report_on(Wish("pocket", weights, 0.5, limit=50))
    assert report.rows == report.results[0].score.rows == 50
    assert "not independent" in printed(report)


def test_missing_training_data_is_named_when_it_was_asked_for(tmp_path: Path, weights: Path) -> None:
    rows_file(tmp_path, name="nlu_train")
    with pytest.raises(ValueError, match=r"has no snips_train\.jsonl, clinc_train\.jsonl, hass_sentences\.jsonl"):
        training_folder(Wish("pocket", weights, 0.5, train=tmp_path))


def test_the_command_prints_one_json_object(tmp_path: Path, weights: Path) -> None:
    options = ["--data", str(rows_file(tmp_path)), "--weights", str(weights), "--json"]
    result = CliRunner().invoke(bench_app, ["understand", *options])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["results"][0]["cost"]["generated_tokens"] == 0


@pytest.mark.parametrize("line", ['{"text": "call ben"', '{"intent": "call"}', "[]"])
def test_a_malformed_line_is_one_line_of_complaint(tmp_path: Path, weights: Path, line: str) -> None:
    path = rows_file(tmp_path)
    path.write_text(f"{path.read_text()}\n{line}\n")
    result = CliRunner().invoke(bench_app, ["understand", "--data", str(path), "--weights", str(weights)])
    assert result.exit_code == 1
    assert f"earrand: {path}, line {len(ROWS) + 1}: " in result.stderr


def test_a_file_that_is_not_there_is_one_line_of_complaint(tmp_path: Path) -> None:
    result = CliRunner().invoke(bench_app, ["understand", "--data", str(tmp_path / "rows.jsonl")])
    assert result.exit_code == 2
    assert "does not exist" in result.stderr
