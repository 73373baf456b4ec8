"""Whether a text asks for personal data, so that the customer would answer where everybody reads it."""

from collections.abc import Iterator

from policies.phrases import Phrases
from policies.words import Word, is_one_thought

_DATA = Phrases(
    (
        # Dutch
        "rekeningnummer", "bankrekeningnummer", '"iban"', "burgerservicenummer", '"bsn"', "geboortedatum",
        "adres", "adresgegevens", "woonadres", "postcode", "huisnummer", "telefoonnummer", "06-nummer",
        "mobiele nummer",
        "mailadres", "e-mailadres", "emailadres", "mail adres", "klantnummer", "ordernummer", "bestelnummer",
        "boekingsnummer", "reserveringsnummer", "polisnummer", "factuurnummer", "paspoortnummer", "kaartnummer",
        "pasnummer", "ov-chipkaartnummer", "creditcardnummer", "wachtwoord", "pincode", "persoonsgegevens",
        "contactgegevens", "klantgegevens", "kenteken",
        # English
        "account number", "bank details", "date of birth", "birthday", "home address", "postal address", "address",
        "zip code", "phone number", "telephone number", "mobile number", "contact number", "e-mail", "email",
        "email address", "e-mail address", "customer number", "order number", "booking number", "booking reference",
        "reservation number", "confirmation number", "tracking number", "policy number", "invoice number",
        "passport number", "card number", "card details", "credit card", "password", '"pin"', "pin code",
        "social security number", "personal details", "contact details", "licence plate", "license plate",
    )
)  # fmt: skip
_REQUESTS = Phrases(
    (
        '"wat is"', '"wat zijn"', '"stuur"', "sturen", '"geef"', "geven", "doorgeven", '"door geven"', '"laat weten"',
        '"laten weten"', '"delen"', '"deel"', '"mag ik"', '"mogen we"', '"mogen wij"', '"vermeld"', "vermelden",
        '"noem"', '"reageer met"', '"antwoord met"', '"heb je"', '"heeft u"', '"hebben we nodig"', '"heb ik nodig"',
        '"what is"', '"what\'s"', '"what are"', "send", "share", "provide", "give", '"tell us"', '"tell me"',
        '"let us know"', '"let me know"', "confirm", '"may i have"', '"can i have"', '"could i have"', '"can i get"',
        '"can we get"', '"could i get"', '"can we have"', '"could we have"', '"reply with"', '"we need"', '"i need"',
        '"do you have"',
    )
)  # fmt: skip
_IN_PRIVATE = Phrases(
    (
        '"dm"', '"dms"', '"pm"', '"pb"', '"prive"', '"privebericht"', "privebericht", '"prive bericht"', '"private"',
        '"privately"', '"direct message"', '"direct messages"', '"private message"', '"direct bericht"', '"inbox"',
        '"messenger"', '"whatsapp"', '"chat"', "formulier", '"form"', '"bel ons"', '"call us"', '"mail ons"',
        '"mail us"', '"email us"', '"e-mail us"', '"per mail"', '"by email"', '"by e-mail"', '"inloggen"', '"log in"',
    )
)  # fmt: skip
_NOT_ASKED = frozenset(["nooit", "niet", "geen", "never", "not", "don't", "no", "zonder", "without"])
_YOURS = frozenset(
    ["je", "jouw", "jullie", "uw", "your", "ur", "het", "een", "welk", "welke", "the", "an", "a", "which"]
)
_NEAR = 4  # words between “your” and what it is


def asked_data(words: tuple[Word, ...], text: str) -> Iterator[tuple[int, int]]:
    """Where a text asks for personal data; nothing where it says that the answer goes by a private way."""
    wanted = list(_DATA.found(words, text))
    if not wanted or next(_IN_PRIVATE.found(words, text), None):
        return
    for sentence in _sentences(words, text):
        start, end = sentence[0].start, sentence[-1].end
        found = [one for one in wanted if start <= one.start < end]
        if not found or not _NOT_ASKED.isdisjoint(word.folded for word in sentence):
            continue
        if next(_REQUESTS.found(sentence, text), None):
            yield from ((one.start, one.end) for one in found if _is_theirs(one.start, sentence))


def _is_theirs(start: int, sentence: tuple[Word, ...]) -> bool:
    place = next(place for place, word in enumerate(sentence) if word.start >= start)
    return any(word.folded in _YOURS for word in sentence[max(place - _NEAR, 0) : place])


def _sentences(words: tuple[Word, ...], text: str) -> Iterator[tuple[Word, ...]]:
    begun = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or not is_one_thought(text[words[place - 1].end : words[place].start]):
            yield words[begun:place]
            begun = place
