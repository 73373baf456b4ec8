"""For every rule texts that it must find and texts that it must leave alone, in Dutch and in English.

What a rule must mark stands between « and »; where it speaks of the whole text, nothing is marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from policies.facts import Attachment, Limit, Visibility
from policies.near_duplicates import digest

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PRIVATE = {"visibility": Visibility.PRIVATE}
OUR_PAGES = {"own_links": ("https://balie.nl/f/",)}
NL, EN = {"customer_language": "nl"}, {"customer_language": "en"}
NOTHING: Mapping[str, Any] = {}

Said = tuple[str, Mapping[str, Any]]  # a text, and what else the reply is


@dataclass(frozen=True)
class Cases:
    """One rule's texts; `facts` hold for all of them, `options` are the rulebook's."""

    found_nl: tuple[str | Said, ...]
    found_en: tuple[str | Said, ...]
    left_nl: tuple[str | Said, ...]
    left_en: tuple[str | Said, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Media:
    """A network that takes two small PNGs along."""

    most: int = 2
    max_bytes: Mapping[str, int] = field(default_factory=lambda: {"image/png": 1024})
    longest_alt: int = 20
    alone: frozenset[str] = frozenset()
    captions: int = 0


MAP = Attachment("image", "A map", "image/png", 100)
FILM = Attachment("video", "A train", "video/mp4", 1_000)


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
    "personal_data.iban": Cases(
        found_nl=(
            "Stort op «NL91 ABNA 0417 1643 00» a.u.b.",
            "Stort op «nl91abna0417164300».",
            "«ＮＬ９１ＡＢＮＡ０４１７１６４３００»",
        ),
        found_en=("Pay to «GB82 WEST 1234 5698 7654 32» please", "Pay to «BE68-5390-0754-7034» thanks"),
        left_nl=("NL91 ABNA 0417 1643 01", ("NL91 ABNA 0417 1643 00", PRIVATE)),
        left_en=("ZZ91 ABNA 0417 1643 00", ("GB82 WEST 1234 5698 7654 32", {"own": ("gb82west12345698765432",)})),
    ),
    "personal_data.bsn": Cases(
        found_nl=("BSN «123456782»", "BSN «1234.56.782» klopt"),
        found_en=("citizen number «111222333»!",),
        left_nl=("order 123456789", "meldnummer 1234567820"),
        left_en=("A123456782", ("number 123456782", PRIVATE)),
    ),
    "personal_data.card": Cases(
        found_nl=("kaart «4111 1111 1111 1111»", "kaart «٤١١١١١١١١١١١١١١١»"),
        found_en=("card «5500-0000-0000-0004».", "amex «378282246310005»", "jcb «180051662803027»"),
        left_nl=("kaart 4111 1111 1111 1112",),
        left_en=("number 9111 1111 1111 1111",),
    ),
    "personal_data.email": Cases(
        found_nl=("mail «jan.de-vries+ov@voorbeeld.nl» even",),
        found_en=("mail «ann@example.co.uk» please",),
        left_nl=("@vlotlijn op X", ("mail klantenservice@vlotlijn.nl", {"own": ("@vlotlijn.nl",)})),
        left_en=("meet me @ 10", ("mail Help@Vlotlijn.nl", {"own": ("help@vlotlijn.nl",)})),
    ),
    "personal_data.phone": Cases(
        found_nl=(
            "bel «06-12345678»",
            "bel «+31 6 12 34 56 78»!",
            "mobiel: «0494 92 82 32»",
            "mijn nummer is «13812345678»",
        ),
        found_en=(
            "call «+44 20 7946 0958»",
            "it is «541-714-1388», right?",
            "call me on «9472 7916»?",
            "«(415) 555-0132»",
            "my new number is «090-1234-5678»",
        ),
        left_nl=(
            "bel 0800-1234 of 0900-9292",
            ("bel 030-7515155", {"own": ("+31 30 751 51 55",)}),
            "trein 3512 van 14:05 op 12-11-2026 spoor 5",
            "het ip-adres is 36.160.14.148",
            "bestelling 9472 7916 is onderweg",
            "je ordernummer is 541-714-1388",
            "mijn lidnummer is 13812345678",
            "op Windows Mobile 10.0.15252.0",
        ),
        left_en=(
            "call us on 1-800-356-9377",
            "order 541 714 1388",
            "call me on 12-11-2026",
            "between 2019-2026 1234567",
            "my train number is 1381 2345 678",
        ),
    ),
    "personal_data.postcode": Cases(
        found_nl=("woont op «1234 AB 56»", "woont op «1234ab, nr. 56a»", "«Kerkstraat 12, 1234 AB» Utrecht"),
        found_en=("lives at «1234 AB no 56»", "«Kerkstraat 12, 1856 KB»"),
        left_nl=("postcode 1234 AB", "nog 1500 km 3 uur rijden", "van de 12 nu 1000 MB"),
        left_en=("used 1000 MB 5 times", "in 2026 it is 3"),
    ),
    "personal_data.passport": Cases(
        found_nl=("paspoortnummer «NWE45TN71» klopt", "ID-kaart: «SPECI2014»"),
        found_en=("passport no. «533380006»", "my passport is «C01X00T47»", "«L898902C36UTO7408122F1204159»"),
        left_nl=("bestelling NWE45TN71", "je paspoort ligt klaar"),
        left_en=("tracking 533380006", "bring your passport at 10:30"),
    ),
    "personal_data.reference": Cases(
        found_nl=("order «VL-123456» is onderweg", "«boek2026 AB»"),
        found_en=("booking «vl-654321».",),
        left_nl=("order XVL-123456", ("order VL-123456", PRIVATE)),
        left_en=("booking VL-12345", "VL-1234567"),
        options={"patterns": [r"VL-\d{6}", r"boek\d{4}( [A-Z]{2})?"]},
    ),
    "personal_data.asked": Cases(
        found_nl=("Wat is je «ordernummer»?", "Kun je ons uw «e-mailadres» sturen?", "Mogen we je «geboortedatum»?"),
        found_en=("Can you send us your «email address»?", "What's your «booking reference»?"),
        left_nl=(
            "Kun je ons je ordernummer via DM sturen?",
            "Geef nooit je wachtwoord door!",
            "Je adres is aangepast.",
            ("Wat is je ordernummer?", PRIVATE),
        ),
        left_en=(
            "Please send us your phone number in a direct message.",
            "Never share your password.",
            "Address changed.",
        ),
    ),
    "links.cost": Cases(
        found_nl=("Kijk op «vlotlijn.nl» voor meer",),
        found_en=("See «https://vlotlijn.nl/en» and b.nl",),
        left_nl=(("Kijk op vlotlijn.nl", {"network": "mastodon"}), ("Kijk op vlotlijn.nl", PRIVATE)),
        left_en=("Wait...please. Then so.",),
    ),
    "links.not_allowed": Cases(
        found_nl=("Kijk op «https://elders.nl/x»", "Kijk op «nietvlotlijn.nl»"),
        found_en=("See «vlotlijn.nl.example.com»", ("See «https://balie.nl/x/f/»", OUR_PAGES)),
        left_nl=("Kijk op www.vlotlijn.nl of https://vlotlijn.nl/reis", ("Zie https://balie.nl/f/1.ab/", OUR_PAGES)),
        left_en=("See help.Vlotlijn.NL",),
        options={"hosts": ["vlotlijn.nl"]},
    ),
    "links.shortener": Cases(
        found_nl=("Kijk op «https://bit.ly/abc»",),
        found_en=("See «t.co/abc»",),
        left_nl=("https://vlotlijn.nl/bit.ly",),
        left_en=("See notbit.ly-fans.com",),
    ),
    "links.tracking": Cases(
        found_nl=("Kijk op «https://vlotlijn.nl/x?a=1&utm_source=mail»",),
        found_en=("See «https://vlotlijn.nl/?FBCLID=abc»",),
        left_nl=("Kijk op https://vlotlijn.nl/x?van=utm_source",),
        left_en=("See https://vlotlijn.nl/utm_source/?a=1",),
    ),
    "links.lookalike": Cases(
        found_nl=("Kijk op «https://xn--vltlijn-bqf.nl»",),
        found_en=("See «https://xn--80ak6aa92e.com»",),
        left_nl=("Kijk op https://café.nl", "Kijk op vlotlijn.nl"),
        left_en=("See https://münchen.de",),
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
    "attachments.not_here": Cases(
        found_nl=(("Zie de kaart", {"attachments": (Attachment(),)}),),
        found_en=(("See the map", {"attachments": (Attachment(),), "media": Media(most=0)}),),
        left_nl=("Dank je", ("Zie de kaart", {"attachments": (Attachment(),), "media": Media()})),
        left_en=("Thanks",),
    ),
    "attachments.too_many": Cases(
        found_nl=(("Zie de kaarten", {"attachments": (MAP,) * 3}),),
        found_en=(("See the maps", {"attachments": (MAP,) * 5}),),
        left_nl=(("Zie de kaarten", {"attachments": (MAP,) * 2}),),
        left_en=(("See the map", {"attachments": (MAP,)}),),
        facts={"media": Media()},
    ),
    "attachments.alone": Cases(
        found_nl=(("Zie de film", {"attachments": (FILM, MAP)}),),
        found_en=(("See the films", {"attachments": (FILM, FILM)}),),
        left_nl=(("Zie de film", {"attachments": (FILM,)}),),
        left_en=(("See the maps", {"attachments": (MAP, MAP)}),),
        facts={"media": Media(alone=frozenset({"video/mp4"}))},
    ),
    "attachments.captions_too_long": Cases(
        found_nl=(("Zie de film", {"attachments": (replace(FILM, caption_bytes=101),)}),),
        found_en=(("See the film", {"attachments": (MAP, replace(FILM, caption_bytes=9_000))}),),
        left_nl=(("Zie de film", {"attachments": (replace(FILM, caption_bytes=100),)}),),
        left_en=(("See the film", {"attachments": (replace(FILM, caption_bytes=101),), "media": Media()}),),
        facts={"media": Media(captions=100)},
    ),
    "attachments.no_captions": Cases(
        found_nl=(("Zie de film", {"attachments": (FILM,)}),),
        found_en=(("See the film", {"attachments": (MAP, FILM)}),),
        left_nl=(("Zie de film", {"attachments": (replace(FILM, captions="Hallo"),)}),),
        left_en=(
            ("See the film", {"attachments": (FILM,), "media": Media()}),
            ("See the map", {"attachments": (MAP,)}),
        ),
        facts={"media": Media(captions=100)},
    ),
    "attachments.kind": Cases(
        found_nl=(("Zie de film", {"attachments": (Attachment("video", "", "video/mp4"),)}),),
        found_en=(("See the sheet", {"attachments": (Attachment("file", "", "application/pdf"),)}),),
        left_nl=(("Zie de kaart", {"attachments": (MAP,)}),),
        left_en=(("See the map", {"attachments": (MAP,)}),),
        facts={"media": Media()},
    ),
    "attachments.too_large": Cases(
        found_nl=(("Zie de kaart", {"attachments": (replace(MAP, size=1025),)}),),
        found_en=(("See the map", {"attachments": (replace(MAP, size=90_000_000),)}),),
        left_nl=(("Zie de kaart", {"attachments": (replace(MAP, size=1024),)}),),
        left_en=(("See the map", {"attachments": (MAP,)}),),
        facts={"media": Media()},
    ),
    "attachments.alt_too_long": Cases(
        found_nl=(("Zie de kaart", {"attachments": (replace(MAP, alt_text="x" * 21),)}),),
        found_en=(("See the map", {"attachments": (replace(MAP, alt_text="x" * 900),)}),),
        left_nl=(("Zie de kaart", {"attachments": (replace(MAP, alt_text="x" * 20),)}),),
        left_en=(("See the map", {"attachments": (replace(MAP, alt_text="x" * 21),), "media": Media(longest_alt=0)}),),
        facts={"media": Media()},
    ),
    "attachments.no_alt_text": Cases(
        found_nl=(("Zie de kaart", {"attachments": (Attachment(),)}),),
        found_en=(("See the map", {"attachments": (MAP, Attachment(alt_text=" "))}),),
        left_nl=(("Zie de kaart", {"attachments": (Attachment(alt_text="Een kaart"),)}),),
        left_en=(
            "See the map",
            ("See the file", {"attachments": (Attachment(kind="file"),)}),
            ("See the map", {"attachments": (Attachment(),), "media": Media(longest_alt=0)}),
        ),
    ),
    "customer.erased": Cases(
        found_nl=(("Hoi", {"customer_erased": True}),),
        found_en=(("Hi", {"customer_erased": True}),),
        left_nl=("Hoi",),
        left_en=("Hi",),
    ),
    "customer.blocked": Cases(
        found_nl=(("Hoi", {"customer_blocked": True}),),
        found_en=(("Hi", {"customer_blocked": True}),),
        left_nl=("Hoi",),
        left_en=("Hi",),
    ),
    "window.closed": Cases(
        found_nl=(("Hoi", {**PRIVATE, "window_closes_at": NOW}),),
        found_en=(("Hi", {**PRIVATE, "window_closes_at": NOW}),),
        left_nl=(("Hoi", {**PRIVATE, "window_closes_at": NOW.replace(second=1)}),),
        left_en=(("Hi", {"window_closes_at": NOW}), ("Hi", PRIVATE)),
    ),
    "reply.not_allowed": Cases(
        found_nl=(("Hoi", {"reply_allowed": False}),),
        found_en=(("Hi", {"reply_allowed": False}),),
        left_nl=("Hoi",),
        left_en=(("Hi", {**PRIVATE, "reply_allowed": False}),),
    ),
    "original.deleted": Cases(
        found_nl=(("Hoi", {"original_deleted": True}),),
        found_en=(("Hi", {"original_deleted": True}),),
        left_nl=("Hoi",),
        left_en=(("Hi", {**PRIVATE, "original_deleted": True}),),
    ),
    "approval.role": Cases(
        found_nl=(("Hoi", {"roles": ("agent", "trainee")}),),
        found_en=(("Hi", {"roles": ("trainee",)}),),
        left_nl=(("Hoi", {"roles": ("agent",)}),),
        left_en=("Hi",),
        options={"roles": ["trainee"]},
    ),
    "approval.crisis": Cases(
        found_nl=(("Hoi", {"crisis_level": 2}),),
        found_en=(("Hi", {"crisis_level": 3}),),
        left_nl=(("Hoi", {"crisis_level": 1}),),
        left_en=(("Hi", {**PRIVATE, "crisis_level": 3}), "Hi"),
        options={"level": 2},
    ),
}
