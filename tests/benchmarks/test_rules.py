"""What checking a reply costs, in time of one core: while somebody types it, and for a what-if over many thousand."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from policies.check import check_reply
from policies.facts import Limit, ReplyFacts
from policies.near_duplicates import digest
from policies.rulebook import Rulebook
from policies.rulebook_form import default_rulebook, parse
from tests.benchmarks.tables import milliseconds, show

TIMES, MANY = 500, 5_000
PLAIN = ReplyFacts(
    text="",
    now=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    length=Limit(280, "weighted"),
    network="x",
    signature="^JK",
    customer_language="nl",
    complaint=True,
)
ANSWERS = [
    "Hoi Anna, wat vervelend! Trein 3512 rijdt weer vanaf 14:05. Wil je ons een privébericht sturen daarover?",
    "Hi Ben, sorry to hear that. Your parcel leaves tomorrow; see https://vlotlijn.nl/pakket?id=12 for where it is.",
    "Dank je wel voor je bericht, @klant! We zoeken dit voor je uit en komen er vandaag nog op terug. Fijne dag! 👍",
    "Bel ons op 0800-1234 of kijk op vlotlijn.nl. Je ordernummer VL-123456 ligt klaar bij de balie van Utrecht.",
]
LONGEST = (
    "Hoi Anna, bel 06-12345678 of mail jan@voorbeeld.nl, IBAN NL91 ABNA 0417 1643 00, 1234 AB 56, https://bit.ly/a 👍 "
)
LAST_PIECE = "en verder gaan we dit echt voor je uitzoeken, beloofd, want zo hoort het niet te gaan vandaag. "


def company() -> Rulebook:
    """A rulebook with what a company fills in: domains, references, a hundred phrases, overrides."""
    phrases = [f"verboden zinsdeel {number}" for number in range(100)]
    quiet = [{"when": {"network": "mastodon"}, "enabled": False}]
    return parse(
        {
            "rules": {
                "links.not_allowed": {"hosts": ["vlotlijn.nl", "ns.nl"], "overrides": quiet},
                "phrases.banned": {"phrases": phrases},
                "personal_data.reference": {"patterns": [r"VL-\d{6}", r"[A-Z]{2}\d{4,8}"]},
            }
        }
    )


def test_rules() -> None:
    recent = tuple(digest(f"{answer} {number}") for number in range(50) for answer in ANSWERS)
    facts = replace(PLAIN, text=(LONGEST + LAST_PIECE * 3)[:280], recent=recent)
    rows = []
    for name, rulebook in (("as made", default_rulebook()), ("a company's", company())):
        check_reply(replace(facts), rulebook)  # tables, model and rulebook load once
        spent = [_spent(facts, rulebook) for _ in range(TIMES)]
        rows.append((f"280 characters, rulebook {name}", "p95 20 ms", milliseconds(spent, 0.5, 0.95)))
    rulebook, findings = company(), 0
    begun = time.process_time()
    for number in range(MANY):
        text = f"{ANSWERS[number % len(ANSWERS)]} ({number})"
        findings += len(check_reply(replace(PLAIN, text=text, recent=recent[:3]), rulebook).findings)
    each = (time.process_time() - begun) / MANY
    assert findings > MANY
    rows.append(("each of many replies, as in a what-if", "0.6 ms", f"{each * 1000:.2f} ms"))
    rows.append(("100,000 replies on one core", "60 s", f"{each * 100_000:.0f} s"))
    show("Checking replies, one process", rows)


def _spent(facts: ReplyFacts, rulebook: Rulebook) -> float:
    fresh = replace(facts)  # nothing worked out yet, as for every keystroke
    begun = time.process_time()
    check_reply(fresh, rulebook)
    return time.process_time() - begun
