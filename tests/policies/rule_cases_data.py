"""What rules of personal data and links find and leave alone."""

from collections.abc import Mapping

from tests.policies.rule_case import OUR_PAGES, PRIVATE, Cases

DATA: Mapping[str, Cases] = {
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
}
