"""What rules of attachments, of the customer and of approval find and leave alone."""

from collections.abc import Mapping
from dataclasses import replace

from policies.facts import Attachment
from tests.policies.rule_case import FILM, MAP, NOW, PRIVATE, Cases, Media

AROUND: Mapping[str, Cases] = {
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
