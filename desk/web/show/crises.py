"""Crises in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from policies.crisis_states import Level

LEVEL_WORDS: Mapping[Level, Promise] = {
    Level.SUSPICION: gettext_lazy("Suspicion"),
    Level.WATCH: gettext_lazy("Level 1, watch"),
    Level.ELEVATED: gettext_lazy("Level 2, elevated"),
    Level.CRISIS: gettext_lazy("Level 3, crisis"),
}
