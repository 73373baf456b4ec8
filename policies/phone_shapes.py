"""Numbers that no numbering plan of the company's country confirms and that are phone numbers all the same.

Customers abroad write theirs without a country code. What tells such a number is how it is grouped (555-253-0199), or a
word beside it (“mobiel”, “call me on”). Words that announce another number (“order”, “trein”) speak against it.
"""

from collections.abc import Iterator

import regex

_AMERICAN = r"(?:1[-. ])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}"
_GROUPS = r"\(?\+?[0-9]{1,15}+(?:[ \u00a0./()-]{1,3}+[0-9]{1,9}+){0,6}+"
_SHAPE = regex.compile(rf"(?<![\w+@#&=/.,])(?:(?P<american>{_AMERICAN})|(?P<groups>{_GROUPS}))(?![\w/=]|[.,:-][0-9])")
_BEFORE = regex.compile(
    r"""\b(?:
        (?:tele)?phone | telefoon(?:nummer)? | tele? | mobile | mobiel | cell | fax | gsm | sms | whatsapp
        | (?:phone|mobile|contact|06)[ -]?(?:number|nummer)
        | bereikba(?:ar|re) | reach | messages[ ]to | registered
        | (?:call|ring|text)(?:[ ](?:me|us|someone|back|him|her|them))?(?:[ ](?:on|at))?
        | bel(?:len)?(?:[ ](?:me|mij|ons))?(?:[ ]op)?
        | (?:my|our|mijn|ons)[ ](?:[a-z]{2,12}[ ])?(?=(?:number|nummer)\b)
    )\b[^\w\n.?!]{0,3}\n?
    (?:(?:number|nummer|nr)\b\W{0,2})?(?:(?:is|op|on|at)\b\W{0,2})?$""",
    regex.IGNORECASE | regex.VERBOSE,
)
_OTHER_NUMBER = regex.compile(
    r"\b(?:order|bestel(?:ling)?|boeking|boekings|booking|reservering|reserverings|reservation|ticket|zaak|case|klant"
    r"|customer|factuur|invoice|polis|policy|tracking|serie|serial|ref|referentie|reference|artikel|item|account|rekening"
    r"|lid|member|kaart|card|pas|trein|train|vlucht|flight|stoel|seat|voucher)"
    r"(?:[ -]?(?:nummer|number|no|nr|id|code))?\b\W{0,3}(?:(?:is|van|of)\b\W{0,2})?$",
    regex.IGNORECASE,
)
_BEHIND = regex.compile(r"\s(?:office|fax|mobile|mobiel|home|work|werk|thuis)\b", regex.IGNORECASE)
_YEAR = r"(?:19|20)[0-9]{2}"
_DATE = regex.compile(
    rf"[0-9]{{1,2}}[-./ ][0-9]{{1,2}}[-./ ](?:{_YEAR}|[0-9]{{2}})|{_YEAR}[-./ ][0-9]{{1,2}}[-./ ][0-9]{{1,2}}"
)
_VERSION = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6}){0,3}\.[0-9](?:\.[0-9]{1,6}){0,3}")  # 10.0.15252.0
_FEWEST, _MOST = 7, 15  # digits (ITU-T E.164)
_LOOKED_AT = 40  # characters before


def shaped_phones(plain: str) -> Iterator[tuple[int, int]]:
    """Where such numbers stand. Linear: every place is looked at with a bounded view to both sides."""
    if sum(map(str.isdigit, plain)) < _FEWEST:
        return
    for match in _SHAPE.finditer(plain):
        digits = sum(map(str.isdigit, match[0]))
        if not _FEWEST <= digits <= _MOST or _DATE.fullmatch(match[0]) or _VERSION.fullmatch(match[0]):
            continue
        before = plain[max(match.start() - _LOOKED_AT, 0) : match.start()]
        if _OTHER_NUMBER.search(before):
            continue
        if match["american"] or _BEFORE.search(before) or _BEHIND.match(plain, match.end()):
            yield match.start(), match.end()
