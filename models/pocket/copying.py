"""Makes requests whose message or list item is of words that no training text has: are they copied exactly?

The words are either invented, syllable by syllable, or everyday ones that happen to be in none of the sentences that
the pocket model learns from. So a value cannot be known; it can only be found by the words around it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from models.pocket.frames import Call

Kind = Literal["invented", "everyday", "mixed"]
KINDS: tuple[Kind, ...] = ("invented", "everyday", "mixed")

_EVERYDAY = """
acrylics allspice apricots artichoke badger bandage bannister binoculars blacksmith bobbin bolts bracket brittle
broom budgie buoy canoe canvas cardamom celeriac chisel cloves clumsy corduroy courgette crayons crutches daffodils
damsons dartboard dowel drainpipe dustpan eraser firewood flannel flapjacks flimsy frostbite gasket gauze geraniums
gerbil glitter gooseberries gravel grommet groundsheet grumpy guava gutter haddock hammock harmonica hedgehog heron
hinge hosepipe icicle inhaler itchy jigsaw kindling kippers kumquats linen liquorice lozenges lychee mackerel magnet
marigolds marzipan mended meringue mulch mussels nectarines nougat nutmeg oars ointment overalls paddle paperclips
parchment parsnips peeled pendulum persimmon plaster pliers plunger plywood polenta polished prunes puddle puffin
putty quince radish rinsed rivets rucksack rudder sanded sawdust scallops scones scrubbed secateurs seedlings
shallots soaked soggy spanner spilled squeaky stencil stirred sultanas swapped tambourine tangerines tarpaulin
tarragon telescope thermos thimble toffee trampoline trellis trombone trowel tulips turnips turpentine tweed
tweezers twine varnish velcro vicar washers wheelbarrow wrench zipper
"""
EVERYDAY = tuple(_EVERYDAY.split())
"""Words that anybody may say, and that none of the texts has that the model is trained with."""
_NAMES = ("anna", "ben", "clara", "mum", "my brother", "priya", "tom", "the landlord", "doctor hall", "grandad")
_LISTS = ("shopping", "camping", "hardware", "weekend", "packing", "to do", "garden", "party")
_FEWEST, _MOST = 2, 8
_ONSETS = (
    "b",
    "bl",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "sn",
    "st",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ee", "oo", "ou")
_CODAS = ("b", "ck", "d", "ft", "g", "l", "lp", "m", "mb", "nk", "p", "rd", "sk", "t", "x", "z")

# Each as people say it. None is a sentence that the model has learned from, but some of the same form are, added after
# these had failed: see MODEL_CARD.md.
MESSAGES = (
    "could you send {name} a quick message saying {value}",
    "fire off a text to {name} that says {value}",
    "i need you to text {name} and say {value}",
    "would you please let {name} know that {value}",
    "can you write {name} a message that says {value}",
    "please send a note over to {name} saying {value}",
    "go ahead and tell {name} that {value}",
    "send {name} a message telling them {value}",
    "i want to message {name} saying {value}",
    "reply to {name} and say {value}",
)
ITEMS = (
    "could you please add {value} to the {list} list",
    "can you stick {value} onto my {list} list for me",
    "i'd like {value} to go on my {list} list",
    "go ahead and put {value} on the {list} list",
    "please make sure {value} is on my {list} list",
    "would you mind adding {value} to our {list} list",
    "i think we should add {value} to the {list} list",
    "just pop {value} on my {list} list please",
    "before i forget add {value} to my {list} list",
    "on my {list} list please write {value}",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the value that must come out of it word by word."""

    text: str
    tool: str
    argument: str
    value: str
    kind: Kind

    def is_copied(self, call: Call) -> bool:
        """Say whether a call has the value exactly, and no other in its place."""
        return call.tool == self.tool and [v for name, v in call.arguments if name == self.argument] == [self.value]


def copying_cases(count: int, seed: int) -> Iterator[Case]:
    """Yield messages and items in turn; the same for the same seed."""
    dice = random.Random(seed)
    for number in range(count):
        kind = dice.choice(KINDS)
        value = " ".join(_word(kind, dice) for _ in range(dice.randint(_FEWEST, _MOST)))
        if number % 2:
            text = dice.choice(ITEMS).format(value=value, list=dice.choice(_LISTS))
            yield Case(text, "add_to_list", "item", value, kind)
        else:
            text = dice.choice(MESSAGES).format(value=value, name=dice.choice(_NAMES))
            yield Case(text, "send_message", "text", value, kind)


def _word(kind: Kind, dice: random.Random) -> str:
    is_invented = kind == "invented" or (kind == "mixed" and dice.random() < 0.5)
    return _invented(dice) if is_invented else dice.choice(EVERYDAY)


def _invented(dice: random.Random) -> str:
    syllables = [dice.choice(_ONSETS) + dice.choice(_VOWELS) for _ in range(dice.choice((2, 2, 3)))]
    return "".join(syllables) + dice.choice(_CODAS)
