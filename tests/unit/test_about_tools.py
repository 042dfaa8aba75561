from __future__ import annotations

from edge.battery import Charge
from edge.phrasebook import Phrases
from edge.tools import AboutTools
from firmware_bridge.errands import Errand, State
from tests.wearable_fakes import FakeBattery, FakeDesk, FakeTime


def about(desk: FakeDesk | None = None, charge: Charge | None = None) -> AboutTools:
    """Give these tools on a desk and a battery."""
    return AboutTools(desk or FakeDesk(), FakeBattery(charge), Phrases(FakeTime().now))


def errand(item: str, state: State = State.WORKING) -> Errand:
    """Give an errand that puts something on a list."""
    return Errand(item, "notes.add_to_list", {"item": item, "list_name": "shopping"}, 0.0, state)


def test_the_battery_is_told_honestly() -> None:
    assert about(charge=Charge(42, False)).battery().say == "My battery is at forty two percent."
    assert about(charge=Charge(42, True)).battery().say == "My battery is at forty two percent, and on power."
    assert "no battery" in about().battery().say


def test_the_phone_and_the_errands_are_told() -> None:
    assert about().status().say == "Your phone is connected. No errand is running."
    away = about(FakeDesk([errand("milk")], here=False)).status().say
    assert away == "Your phone is not connected. What you ask of it waits until it is back. One errand is running."


def test_what_runs_is_told_and_the_rest_counted() -> None:
    assert about().errand_status().say == "No errand is running."
    desk = FakeDesk([errand("milk"), errand("eggs", State.QUEUED), *map(errand, "abc")])
    assert about(desk).errand_status().say == (
        "Your phone was asked to put milk on your shopping list. "
        "Your phone has still to put eggs on your shopping list. "
        "Your phone was asked to put a on your shopping list. And two more."
    )


def test_an_errand_is_said_to_be_cancelled_only_when_it_is() -> None:
    desk = FakeDesk([errand("milk")])
    assert about(desk).cancel_errand().say == "Asking your phone not to put milk on your shopping list."
    desk.cancelled_becomes = State.CANCELLED
    assert about(desk).cancel_errand("list").say == "I will not put milk on your shopping list."
    desk.cancelled_becomes = State.COMPLETED
    assert about(desk).cancel_errand().say == "It has ended already. Milk is on your shopping list."


def test_an_errand_that_is_not_there_is_not_cancelled() -> None:
    assert about().cancel_errand("taxi").say == "No errand is running."
    said = about(FakeDesk([errand("milk")])).cancel_errand("taxi").say
    assert said == "I find no errand like that. Your phone was asked to put milk on your shopping list."


def test_small_talk() -> None:
    tools = about()
    said = [tools.help().say, tools.confirm().say, tools.deny().say, tools.thanks().say]
    assert len(set(said)) == 4
    assert all(said)
