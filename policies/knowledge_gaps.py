"""What many ask about and nothing is written of: words of many messages, questions and searches that no article has."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

FEWEST = 3  # people who ask
MOST = 12  # gaps that are told
SHORTEST = 4  # letters of a word that says what it is about
EDGES = ".,;:!?\"'()[]“”‘’…-–"  # that are no part of a word
ENDS = ".!?:…"  # of a sentence: the next word has a capital anyway
# Words that many messages have, whatever they are about: how people ask, thank, complain, and say when and how much.
NO_TOPIC = {
    "nl": """
        jullie alweer zoveel hoeveel waarom wanneer waar welke hallo hoi goedemorgen goedemiddag goedenavond dank
        bedankt dankjewel graag alstublieft sorry fijn mooi goed beter best slecht gewoon gewone echt eindelijk helaas
        misschien natuurlijk eigenlijk helemaal terwijl sinds vanaf volgens binnen buiten zonder tegen voorbij opeens
        komt komen gaat gaan staat staan stond zegt zeggen gezegd vraag vragen vroeg weten weet denk denken kijk kijken
        krijg krijgen gekregen doen gedaan maken gemaakt laten zitten liggen ligt hangt loopt werkt werken lukt moeten
        mogen willen kunnen wordt worden gezien vinden gevonden horen gehoord blijft blijven eindigt begint
        iemand niemand iedereen mensen allemaal alles niets niks iets elke elkaar anders andere zelfde hetzelfde nieuw
        nieuwe oude laatste eerste volgende twee drie vier vijf tien keer soms altijd nooit weer nog later eerder
        vandaag gisteren morgen vanochtend vanmiddag vanavond ochtend middag avond week weken maand maanden jaar dagen
        minuten minuut uren kwartier maandag dinsdag woensdag donderdag vrijdag zaterdag zondag weekend
        januari februari maart april juni juli augustus september oktober november december euro cent
    """,
    "en": """
        hello thanks thank please sorry hope want need know think like love hate good great best better late long time
        times today yesterday tomorrow morning afternoon evening night week weeks month months year years hour hours
        minute minutes second seconds moment monday tuesday wednesday thursday friday saturday sunday weekend
        january february march april june july august september october november december euro euros pounds dollars
        anybody nobody somebody anyone someone everyone people something nothing anything everything thing things
        another other others same different still again always never ever every already really actually finally maybe
        says said tell told asked asking seen shows show made make makes does doing done gets getting goes going gone
        comes coming came left works working worked tried trying says call calls help helped keep keeps move
        moves find found look looks since until while without about around across next last first three four five
        furious ridiculous unacceptable disgrace disgusting appalling fantastic amazing lovely
    """,
}
TOGETHER = 0.5  # of the tickets of two words that are the same: then it is one gap
ANSWERED = 0.5  # of what a ticket asks that stands in an article: then it is no gap


@dataclass(frozen=True, slots=True)
class Asked:
    """A word by its stem: how much it weighs, and where it was said: tickets, questions, searches."""

    word: str
    weight: float
    said_in: frozenset[Hashable]


@dataclass(slots=True)
class Gap:
    """Words that were said in the same places, the first the one that says most."""

    words: list[str]
    said_in: set[Hashable] = field(default_factory=set)


def gaps(asked: Iterable[Asked], written: Collection[str]) -> list[Gap]:
    """What was asked about most comes first, rare words before common ones. `written` are stems of articles."""
    said = (
        one
        for one in asked
        if one.word.isalpha() and len(one.word) >= SHORTEST and one.word not in written and len(one.said_in) >= FEWEST
    )
    found: list[Gap] = []
    for one in sorted(said, key=lambda one: (-len(one.said_in) * one.weight, one.word)):
        same = next((gap for gap in found if _share(gap.said_in, one.said_in) >= TOGETHER), None)
        if same is not None:
            same.words.append(one.word)
        elif len(found) < 2 * MOST:
            found.append(Gap([one.word], set(one.said_in)))
    return found


def topic_words(text: str) -> list[str]:
    """The words of a text that can say what it is about, in small letters, each once; no numbers and no addresses."""
    words = (part.strip(EDGES).lower() for part in text.split())
    return list(dict.fromkeys(one for one in words if len(one) >= SHORTEST and one.replace("-", "").isalpha()))


def as_written(word: str, texts: Iterable[str]) -> str:
    """How customers write what this is the stem of: the shortest word that begins with it, else the stem."""
    start = word[: max(SHORTEST, len(word) - 2)]
    forms = {"".join(filter(str.isalpha, part)).lower() for text in texts for part in text.split()}
    return min((form for form in forms if form.startswith(start)), key=lambda form: (len(form), form), default=word)


def is_name(word: str, texts: Iterable[str]) -> bool:
    """Whether customers write what this is the stem of with a capital wherever a sentence does not ask for one: then
    it is what a place, a person or a product is called, which alone is nothing to write about.
    """
    start = word[: max(SHORTEST, len(word) - 2)]
    inside = [
        part
        for text in texts
        for before, part in pairwise(text.split())
        if part.strip(EDGES).lower().startswith(start) and before[-1] not in ENDS and not before.startswith("@")
    ]
    return bool(inside) and all(part.strip(EDGES)[:1].isupper() for part in inside)


def _share(one: set[Hashable], other: frozenset[Hashable]) -> float:
    return len(one & other) / len(one | other)
