"""Words that tell how somebody feels, how pressing it is and whether it is abuse, in Dutch and English.

Written for this desk. A word that ends in `*` stands for every word that begins like it. Weights: 2 strong,
1 plain, 0.5 faint. They come from the customer-service side: *late*, *stuck* and *still waiting* are bad news here,
whatever they are elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

_POSITIVE = {
    "en": (
        (2, """
            amazing awesome excellent fantastic perfect wonderful brilliant outstanding superb incredible love
            loved lovely fabulous best delighted phenomenal stellar
        """),
        (1, """
            good great nice thank thanks thx thankyou appreciate* happy glad helpful pleased impressed enjoy*
            friendly kind smooth quick fast easy recommend* kudos cheers yay woohoo cool sweet win winning
            beautiful solved fixed resolved pleasant comfortable rocks rock hero heroes props shoutout
            congrats congratulations proud fun smile smiling excited grateful
        """),
        (0.5, "better fine works ok okay hope hopefully welcome please clean safe lol haha like liked"),
    ),
    "nl": (
        (2, """
            geweldig* fantastisch* perfect* uitstekend* heerlijk* top super* prachtig* schitterend* briljant*
            subliem* voortreffelijk* hulde chapeau topper* toppers kanjer* helden held aanrader* smullen
            verrukkelijk* overheerlijk* genieten genoten lekkerste beste liefde
        """),
        (1, """
            goed goede beter bedankt dank dankje dankjewel dankuwel dankzij fijn fijne mooi mooie leuk leuke
            blij tevreden vriendelijk* behulpzaam* aardig* snel snelle vlot vlotte makkelijk* handig*
            complimenten compliment lekker lekkere netjes keurig* prettig* aangenaam* gezellig* attent*
            opgelost gelukt gelukkig* boeiend* spannend* meeslepend* interessant* ontroerend* waardeer* genoot
            enthousiast* trots prima zalig* lief lieve vers verse correct* verzorgd* verfijnd* origineel
            originele knap knappe gastvrij* sfeervol* warm hartelijk*
        """),
        (0.5, "oké ok hoop graag welkom werkt schoon veilig haha rustig* ruim ruime duidelijk*"),
    ),
}  # fmt: skip

_NEGATIVE = {
    "en": (
        (2, """
            worst terrible horrible awful disgusting disgrace* unacceptable ridiculous pathetic useless
            appalling outrage* furious nightmare hate hated hates scam fraud shambles incompetent* joke
            horrendous disaster atrocious shameful insulting abysmal rude screwed liars crap shit shitty
            bullshit wtf fuck fucking fucked fuckin sucks suck sucked fail failed failing fails failure shame
        """),
        (1, """
            bad poor late delay* cancel* cancelled canceled cancelling stuck lost broken broke wrong problem*
            issue* error* complain* disappoint* angry annoy* frustrat* upset unhappy sad slow stranded waiting
            waited ignored ignoring ignore missing missed unhelpful unprofessional mess refuse* refused denied
            overcharged stolen damaged dirty broken worse hell damn sick tired never nobody hung rebook*
            overbooked waste wasted refund* compensation crash* down unable cannot can't cant won't wont
            didn't didnt doesn't doesnt isn't isnt wasn't wasnt hasn't haven't havent unresponsive
            disconnected ruined mistreated lied lying boo ugh smh hours hrs tarmac lose losing unacceptably
            trouble impossible disrespect* misled misleading
        """),
        (0.5, """
            still why another again no not nothing without hour minutes hold sorry hard off confusing crowded
            wait wrongly yet finally supposed instead
        """),
    ),
    "nl": (
        (2, """
            waardeloos* waardeloze slecht* schandalig* schandalige schande belachelijk* verschrikkelijk* vreselijk*
            walgelijk* onacceptabel* bizar* idioot idiote idioterie ramp drama dramatisch* oplichter*
            oplichting oplichterij woedend* ziedend* afschuwelijk* nooit schofterig* bagger kut klote
            klotezooi shit fuck wtf wanprestatie hopeloos hopeloze triest* incompetent* onbeschoft* schandelijk*
            gruwelijk* prut rotzooi puinhoop farce misselijk* onverteerbaar* afrader* blunder*
        """),
        (1, """
            vertrag* vertraagd* uitgevallen uitval vervallen vervalt gestrand* kapot* stuk defect* storing*
            klacht* klagen probleem problemen fout foute fouten boos boze teleurgesteld* teleurstell*
            tegenvall* tegenviel jammer helaas irritant* irriteer* geïrriteerd* ergernis erger* vervelend*
            traag trage langzaam* gemist kwijt verloren vies vieze vuil vuile duur dure onvriendelijk*
            onbehulpzaam* onbereikbaar* ongelofelijk* ongelooflijk* onbegrijpelijk* onzin saai saaie saaiheid
            langdradig* oppervlakkig* cliché* zonde spijt balen baal baalt vastgelopen werkeloos
            onduidelijk* misleid* geweigerd* weigert weigeren niemand koud koude droog taai flauw vet zout
            aangebrand verbrand lawaai* rumoer* schamel* matig* middelmatig* ondermaats* mager* kinderachtig*
            ongeloofwaardig* vermoeiend* voorspelbaar* minder wachten wachttijd* gewacht wachtten onbeleefd*
            arrogant* chagrijnig* nors zeur* gedoe misgegaan misloopt onveilig* gevaarlijk* schade lijden leugen* liegen
            gelogen faalt falen gefaald mislukt crisis zorgwekkend* onverantwoord* onterecht* schamen
        """),
        (0.5, """
            niet geen niets niks zonder waarom alweer opnieuw steeds weer nog uur uren helemaal sorry moeilijk*
            druk echter maar enkel zielig eindelijk
        """),
    ),
}  # fmt: skip

_NEGATORS = {
    "en": """
            not no never n't don't dont didn't didnt isn't isnt wasn't wasnt doesn't doesnt can't cant cannot
            won't wont without hardly nothing neither nor ain't couldn't wouldn't shouldn't haven't hasn't
        """,
    "nl": "niet geen nooit niets niks nergens zonder nauwelijks noch allesbehalve",
}

_BOOSTERS = {
    "en": "very so really extremely absolutely totally completely super incredibly too utterly truly most",
    "nl": "heel erg zeer echt super ontzettend enorm totaal compleet absoluut zo veel ongelofelijk bijzonder uiterst",
}

_URGENT = {
    "en": """
            urgent urgently emergency asap immediately stranded stuck danger dangerous unsafe unwell injured
            injury accident ambulance hospital fire smoke police threat threaten threatening harass harassed
            harassment assault assaulted fainted collapse collapsed bleeding trapped evacuat* wheelchair
            insulin medication medicine lawyer lawsuit solicitor ombudsman hacked scammed fraud theft robbed
            suicide sos
        """,
    "nl": """
            dringend* spoed spoedgeval noodgeval nood noodrem onmiddellijk direct! gestrand* vastgelopen
            opgesloten gevaar gevaarlijk* onveilig* onwel gewond* ongeluk ongeval ambulance ziekenhuis brand
            rook politie bedreig* bedreigd lastiggevallen intimidatie aangerand mishandeld* flauwgevallen
            bloedt bewusteloos ontruim* rolstoel* insuline medicijn* medicatie advocaat rechtszaak ombudsman
            geschillencommissie gehackt opgelicht fraude diefstal gestolen beroofd zelfmoord help! sos 112 acm
        """,
}  # fmt: skip

_ABUSIVE = {
    "en": """
            idiot idiots moron morons imbecile* asshole* arsehole* bastard bastards bitch bitches cunt cunts
            dickhead* retard retards retarded scum scumbag* twat twats wanker* motherfuck* prick pricks
            dumbass* douche* slut sluts whore* stfu kys faggot* nigger niggers nigga niggas tosser* fuckwit*
            bellend*
        """,
    "nl": """
            idioot idioten klootzak* eikel eikels hoer hoeren hoerenzoon kankerlijer* kankerzooi kankerbedrijf
            kankerhoer* kutwijf* kutbedrijf kuthoer* kutzooi tyfuslijer* tyfusbedrijf tyfushoer* tyfuszooi
            teringlijer* teringbedrijf teringzooi teringhoer* mongool mongolen debiel debielen achterlijk*
            sukkel sukkels flikker flikkers mafkees mafkezen trut trutten teef lul lullen hufter* oelewapper*
            randdebiel* tuig schoft schoften eikelbijter rotzak* slet sletten oplazer* opkanker* optief*
            optyf* neger negers makak*
        """,
}

_SHARED_WITH_DUTCH = (
    (2, "amazing awesome love perfect best", "worst fail epicfail wtf fuck fucking shit crap bullshit omfg"),
    (1, "great nice cool thanks thnx thx tnx yes kudos", "bad sorry omg delay ffs"),
)

EMOJI: Mapping[str, float] = {
    **dict.fromkeys("😀😃😄😁😊🙂😍🥰😘👍👏🙌💪🎉❤💙💚💛🧡💜💯🙏😎🤗🥳✨⭐🌟👌😇", 1.0),
    **dict.fromkeys("😂🤣😉😅", 0.3),
    **dict.fromkeys("😡😠🤬👎😤😭😢😞😔😒🙄😩😫😖😣🤮🤢💔😰😨😱🤦🖕💩😕🙁☹😑", -1.0),
}

HARD_TO_READ_AS_PRAISE = -1.0  # one plain grievance in a text: thanks beside it is courtesy or sarcasm, not joy


class WordList:
    """Words and beginnings of words, each with a weight.

    `weight(word)` is the weight of a word in lower case, 0 where it is not listed. Texts use few words often, so what
    was looked up is kept.
    """

    def __init__(self, rows: tuple[tuple[float, str], ...]) -> None:
        self._words: dict[str, float] = {}
        self._stems: dict[str, list[tuple[str, float]]] = {}
        for weight, words in rows:
            for word in words.split():
                if word.endswith("*"):
                    self._stems.setdefault(word[:3], []).append((word[:-1], weight))
                else:
                    self._words[word] = weight
        self.weight: Callable[[str], float] = lru_cache(maxsize=4_096)(self._look_up)

    def _look_up(self, word: str) -> float:
        exact = self._words.get(word)
        if exact is not None:
            return exact
        for stem, weight in self._stems.get(word[:3], ()):
            if word.startswith(stem):
                return weight
        return 0.0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of the words of one language. `feelings` is positive for good news and negative for bad."""

    feelings: WordList
    negators: frozenset[str]
    boosters: frozenset[str]
    urgent: WordList
    abusive: WordList


@cache
def lexicon_for(language: str) -> Lexicon:
    """The word lists for an ISO 639-1 code. A language without its own gets what is said everywhere."""
    shared = tuple((weight, good) for weight, good, _ in _SHARED_WITH_DUTCH)
    shared += tuple((-weight, bad) for weight, _, bad in _SHARED_WITH_DUTCH)
    good = tuple((float(weight), words) for weight, words in _POSITIVE.get(language, ()))
    bad = tuple((-float(weight), words) for weight, words in _NEGATIVE.get(language, ()))
    everywhere = language if language in _URGENT else "en"
    abuse = dict.fromkeys((language, "en"))
    return Lexicon(
        feelings=WordList((() if language == "en" else shared) + good + bad),
        negators=frozenset(_NEGATORS.get(language, "").split()),
        boosters=frozenset(_BOOSTERS.get(language, "").split()),
        urgent=WordList(((1.0, _URGENT[everywhere]),)),
        abusive=WordList(tuple((1.0, _ABUSIVE[code]) for code in abuse if code in _ABUSIVE)),
    )
