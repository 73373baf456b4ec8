"""Whether the customer is answered in their own language."""

from collections.abc import Iterator

from policies.facts import ReplyFacts
from policies.findings import Severity
from policies.language import LANGUAGES, detect_language, language_name, shows_language
from policies.registry import Spot, rule


@rule("language.different", Severity.WARN, params=("written", "customer"))
def another_language(facts: ReplyFacts) -> Iterator[Spot]:
    """A customer is answered in the language that they wrote in."""
    customer = facts.customer_language[:2].lower()
    if customer not in LANGUAGES or not facts.words or shows_language(facts.text, customer):
        return
    written = detect_language(facts.text, network_says=customer, account_default=customer)
    if written != customer:
        names = {"written": language_name(written, facts.say_in), "customer": language_name(customer, facts.say_in)}
        yield Spot(params=names)
