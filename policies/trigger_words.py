"""Words that a comms team wants to hear of at once when somebody with many followers writes them, in Dutch and English.

Written as topics of a crisis: all words of one must be there, a star stands for more letters. A company makes its own
list of it.
"""

from collections.abc import Iterable

from policies.crisis_scope import is_about, words_of

USUAL = (
    # somebody is hurt, or could be
    "brand", "explosie*", "ontploff*", "gewond*", "overleden", "doden", "ontruim*", "bommelding", "vergiftig*",
    "explosion*", "injured", "evacuat*", "bomb", "poison*", "died",
    # data
    "datalek*", "gehackt", "ransomware", "persoonsgegevens gelekt", "data breach", "hacked", "leaked customer*",
    # the product
    "terugroep*", "besmet*", "recall*", "contaminat*",
    # how we behave
    "discriminat*", "racis*", "misbruik", "grensoverschrijdend*", "harass*", "sexis*",
    # what becomes of it
    "boycot*", "rechtszaak", "kamervragen", "faillissement", "lawsuit", "bankrupt*", "class action",
)  # fmt: skip
USUAL_REACH = 10_000  # followers
MOST_WORDS = 300
RAISED = 2  # times the reach of what somebody called no crisis, until that is forgotten


def first_word(text: str, listed: Iterable[str]) -> str:
    """The first of the list that the text is about; "" where it is about none."""
    words = words_of(text)
    return next((word for word in listed if is_about(word, words)), "")
