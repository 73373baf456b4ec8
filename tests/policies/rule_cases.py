"""For every rule texts that it must find and texts that it must leave alone, in Dutch and in English.

What a rule must mark stands between « and »; where it speaks of the whole text, nothing is marked.
"""

from collections.abc import Mapping
from typing import Any

from policies.facts import Attachment, Limit, Visibility
from policies.near_duplicates import digest
from tests.policies.rule_case import EN, NL, NOTHING, PRIVATE, Cases
from tests.policies.rule_cases_around import AROUND
from tests.policies.rule_cases_data import DATA


def _lately(text: str, times: int = 3) -> Mapping[str, Any]:
    return {"recent": (digest(text),) * times}


_DELAY_NL = "Hoi Anna, er is een storing tussen Utrecht en Zwolle. We verwachten dat het om 14:05 is opgelost."
_DELAY_EN = "Hi Anna, there is a disruption between Utrecht and Zwolle. We expect it to be solved by 14:05."

CASES: Mapping[str, Cases] = {
    "length.exceeded": Cases(
        found_nl=("Dank voor je« bericht»",),
        found_en=("Thank you fo«r your message»",),
        left_nl=("Dank je wel",),
        left_en=("Thank you",),
        facts={"length": Limit(16)},
    ),
    "length.bytes_exceeded": Cases(
        found_nl=("Dank «👍👍»",),
        found_en=("Thanks «👍»",),
        left_nl=("Dank",),
        left_en=("Ta",),
        facts={"length": Limit(300, "graphemes", 12)},
    ),
    "text.empty": Cases(
        found_nl=("", " \u200b\n"),
        found_en=("\u2060",),
        left_nl=("Hoi", "👍"),
        left_en=("Hi", ("", {"attachments": (Attachment(alt_text="A map"),)})),
    ),
    "text.unsendable": Cases(
        found_nl=("Dank«\x00» je",),
        found_en=("Thanks«\x07»",),
        left_nl=("Dank\tje\n",),
        left_en=("Thanks\r\n",),
    ),
    "text.hidden": Cases(
        found_nl=("Dank«\u202e» je",),
        found_en=("Tha«\u200f»nks",),
        left_nl=("Dank je 👨\u200d👩\u200d👧",),
        left_en=("Thanks",),
    ),
    "text.repeated": Cases(
        found_nl=((_DELAY_NL.replace("Anna", "@bert"), _lately(_DELAY_NL.replace("Anna", "@carla"))),),
        found_en=((_DELAY_EN.replace("14:05", "15:10"), _lately(_DELAY_EN)),),
        left_nl=((_DELAY_NL, _lately(_DELAY_NL, 2)), ("Dank je wel!", _lately("Dank je wel!"))),
        left_en=(
            ("Hi Ben, your refund was paid today, thank you for waiting.", _lately(_DELAY_EN)),
            (_DELAY_EN, NOTHING),
        ),
    ),
    "signature.missing": Cases(
        found_nl=(("Dank je", {"signature": ""}),),
        found_en=(("Thanks", {"signature": " "}),),
        left_nl=("Dank je",),
        left_en=("Thanks ^JK",),
    ),
    "signature.twice": Cases(
        found_nl=("Dag «^JK» en succes", "Dag «^jk»"),
        found_en=("Bye «^JK» for now",),
        left_nl=("Tot ziens ^JK", "2^JK"),
        left_en=("Bye ^JK",),
    ),
    "signature.other": Cases(
        found_nl=("Dag «^AB»",),
        found_en=("Bye «^AB»", ("Bye «~ AB»", {"signature": "~ JK"})),
        left_nl=("Tot ziens ^JK",),
        left_en=("Bye ^_^", ("a list:\n- de\n- JK", {"signature": "- JK"})),
    ),
    "phrases.banned": Cases(
        found_nl=("Dat is «ONMOGELIJK», helaas", "Neem «contact op met de fabrikant»", "«Coördinatoren» weten dat"),
        found_en=("That is «no problem»", "We «closed» it"),
        left_nl=("onmogelijkerwijs", "Neem contact. Op met de fabrikant"),
        left_en=("no. Problem solved", "no problems"),
        options={
            "phrases": ["onmogelijk", "contact op met de fabrikant", "coordinator", '"no problem"', "close"],
        },
    ),
    "phrases.promise": Cases(
        found_nl=("Dat «garandeer» ik je", "Dat «beloofde» ik"),
        found_en=("«I promise» it works", "It is «guaranteed»"),
        left_nl=("Dat hopen we",),
        left_en=("We do what we can",),
    ),
    "phrases.missing": Cases(
        found_nl=("Hoi Anna",),
        found_en=("Hi Anna",),
        left_nl=("Hoi Anna, fijne dag!",),
        left_en=("Hi Anna, FIJNE DAG as we say",),
        options={"phrases": ["fijne dag"]},
    ),
    "required.apology": Cases(
        found_nl=(("We gaan het uitzoeken", {"complaint": True}),),
        found_en=(("We will look into it", {"complaint": True}),),
        left_nl=(("Excuses, we zoeken het uit", {"complaint": True}), "We gaan het uitzoeken"),
        left_en=(("We apologised already", {"complaint": True}), "We will look into it"),
    ),
    "required.reference": Cases(
        found_nl=("We zoeken het uit",),
        found_en=("We look into it",),
        left_nl=("We zoeken VL-123456 uit", ("We zoeken het uit", {"visibility": Visibility.PUBLIC})),
        left_en=("Your case is vl-123456.",),
        facts=PRIVATE,
        options={"patterns": [r"VL-\d{6}"]},
    ),
    "language.different": Cases(
        found_nl=(("We gaan dit voor je uitzoeken en komen erop terug.", EN),),
        found_en=(("We will look into this for you and get back to you.", NL),),
        left_nl=(
            ("We gaan dit voor je uitzoeken en komen erop terug.", NL),
            ("Oké!", EN),
            ("We gaan dit voor je uitzoeken.", {"customer_language": "es"}),
        ),
        left_en=(
            ("We will look into this for you and get back to you.", EN),
            ("We will look into this for you.", NOTHING),
        ),
    ),
    "tone.shouting": Cases(
        found_nl=("Dat is «HEEL ERG JAMMER»", "Bedankt«!!!»"),
        found_en=("Please «READ THE MANUAL» now", "Really«!!!!?»"),
        left_nl=("De NS en de ANWB", "Bedankt!"),
        left_en=("Use the API of IBM", "What?!"),
    ),
    "tone.dismissive": Cases(
        found_nl=("«Stel je niet aan»", "U «overdrijft» een beetje"),
        found_en=("Please «calm down»", "Let's not «overreact»"),
        left_nl=("We begrijpen het",),
        left_en=("Whatever you need, and a calm sea",),
    ),
    "tone.blame": Cases(
        found_nl=("Dat is «uw eigen schuld»", "«Je had moeten» bellen"),
        found_en=("It is «your fault»", "«You should've» called"),
        left_nl=("Het is onze schuld",),
        left_en=("You should have received it by now, it is our fault",),
    ),
    "tone.sarcasm": Cases(
        found_nl=("Nou, «lekker dan»", "Fijn «🙄»"),
        found_en=("«Yeah, right»", "Great «/s»"),
        left_nl=("Lekker weer vandaag",),
        left_en=("100 km/s and right here",),
    ),
    "mentions.third_party": Cases(
        found_nl=("Vraag het «@prorail» even",),
        found_en=("Ask «@some.one@mastodon.example», please",),
        left_nl=(("@Anna dank je", {"free_mentions": ("anna",)}), "mail a@b.nl"),
        left_en=("We are @vlotlijn.", "meet @ 10"),
        options={"handles": ["@Vlotlijn"]},
    ),
    **DATA,
    **AROUND,
}
