"""Documents with versions: written by one colleague, read and switched on by another, rolled back in one step.

The rulebook, the crisis plan and automation are three of them; their verbs stand in `rulebooks`, `crisis_plans` and
`automations`, each with a name, a permission and an entry of the audit trail of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.common.versioned import DocumentVersion
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from policies.rulebook_states import Event, State, TransitionRefused, next_state

LONGEST_SUMMARY = 200  # characters
LONGEST_REASON = 2_000
MOST_OPEN = 50  # drafts and reviews at a time

V = TypeVar("V", bound=DocumentVersion)


@dataclass(frozen=True)
class Versions(Generic[V]):
    """One kind of document. `name` begins the audit entries and is the live event of a switch.

    `kept` gives what is kept of a document and raises Invalid; `before_active` refuses a version that may not hold, and
    `once_active` does, in the same transaction, what follows from one version in the place of another. `begun` gives
    what a later version begins with of the document of an earlier one.
    """

    model: type[V]
    name: str
    write: Permission
    review: Permission
    kept: Callable[[Mapping[str, Any]], dict[str, Any]]
    missing: Promise  # with %(number)d
    before_active: Callable[[V], None] = lambda version: None
    once_active: Callable[[User, V, V, datetime], None] = lambda actor, version, before, now: None
    begun: Callable[[Mapping[str, Any]], dict[str, Any]] = dict

    def write_draft(self, actor: User, document: Mapping[str, Any] | None, summary: str, now: datetime) -> V:
        """A new version to work on; without a `document` it begins as the active one."""
        require(actor, self.write)
        with transaction.atomic():
            active = self.lock_active()
            if self.model._default_manager.filter(state__in=[State.DRAFT, State.IN_REVIEW]).count() >= MOST_OPEN:
                raise Conflict(_("There are %(count)d drafts already. Discard one first.") % {"count": MOST_OPEN})
            kept = self.begun(active.document) if document is None else self.kept(document)
            version = self._new(actor, kept, summary, active, now)
            self._audit(actor, "drafted", version, based_on=active.number)
        return version

    def change_draft(
        self,
        actor: User,
        number: int,
        document: Mapping[str, Any],
        summary: str | None,
        seen: datetime | None,
        now: datetime,
    ) -> V:
        """Other words for a draft. `seen` is the `changed_at` that the writer began from."""
        require(actor, self.write)
        kept = self.kept(document)
        with transaction.atomic():
            version = self.locked(number)
            if version.state != State.DRAFT:
                raise Conflict(_("Only a draft can be changed. Begin a new draft from this version."))
            if seen is not None and seen != version.changed_at:
                raise Conflict(_("Somebody changed this draft meanwhile. Look at it again."), code="stale")
            version.document = kept
            if summary is not None:
                version.summary = _summary(summary)
            version.author = actor  # whoever wrote last does not review
            version.changed_at = now
            version.save(update_fields=["document", "summary", "author", "changed_at"])
            self._audit(actor, "changed", version)
        return version

    def hand_in(self, actor: User, number: int, now: datetime) -> V:
        """A draft that a colleague shall read."""
        require(actor, self.write)
        with transaction.atomic():
            version = self.locked(number)
            _move(version, Event.SUBMIT)
            version.submitted_at, version.returned_because = now, ""
            version.save()
            self._audit(actor, "handed_in", version)
        return version

    def give_back(self, actor: User, number: int, reason: str) -> V:
        """The reviewer wants something else; the version is a draft again."""
        require(actor, self.review)
        words = reason.strip()
        if not 1 <= len(words) <= LONGEST_REASON:
            raise _refusal(
                "reason", _("Say in 1 to %(count)d characters what should change.") % {"count": LONGEST_REASON}
            )
        with transaction.atomic():
            version = self.locked(number)
            _move(version, Event.RETURN)
            version.reviewer, version.returned_because = actor, words
            version.save()
            self._audit(actor, "given_back", version, reason=words)
        return version

    def switch_on(self, actor: User, number: int, now: datetime) -> V:
        """It holds from now on, and what was active is retired."""
        require(actor, self.review)
        with transaction.atomic():
            active = self.lock_active()
            version = self.locked(number)
            if version.author_id == actor.pk:
                raise Conflict(_("You wrote this version, so a colleague switches it on."), code="own_version")
            self._put_in_force(actor, version, active, now)
            self._audit(actor, "switched_on", version, before=active.number)
        return version

    def roll_back(self, actor: User, number: int, now: datetime) -> V:
        """A new version with the words of one that was active before, in force at once: it was reviewed already."""
        require(actor, self.review)
        with transaction.atomic():
            active = self.lock_active()
            wanted = self.locked(number)
            if wanted.activated_at is None:
                raise Conflict(
                    _("Version %(number)d was never active, so there is no way back to it.") % {"number": number}
                )
            if wanted.pk == active.pk:
                raise Conflict(_("Version %(number)d is active now.") % {"number": number})
            summary = _("Back to version %(number)d") % {"number": wanted.number}
            version = self._new(actor, self.begun(wanted.document), summary, wanted, now)
            version.state, version.submitted_at = State.IN_REVIEW, now
            self._put_in_force(actor, version, active, now)
            self._audit(actor, "rolled_back", version, to=wanted.number, before=active.number)
        return version

    def discard(self, actor: User, number: int, now: datetime) -> V:
        """A draft or a review that nobody wants. It is kept, as retired."""
        require(actor, self.write)
        with transaction.atomic():
            version = self.locked(number)
            _move(version, Event.DISCARD)
            version.retired_at = now
            version.save()
            self._audit(actor, "discarded", version)
        return version

    def lock_active(self) -> V:
        """Whoever makes or switches on a version holds this row, so that numbers and the active one have one order."""
        for _attempt in range(3):  # it was replaced while we waited: look which one is active now
            active = self.model._default_manager.select_for_update(no_key=True).filter(state=State.ACTIVE).first()
            if active is not None:
                return active
        raise Conflict(_("Somebody was quicker and switched on another version. Look again."))

    def locked(self, number: int) -> V:
        """Raises Missing."""
        version = self.model._default_manager.select_for_update().filter(number=number).first()
        if version is None:
            raise Missing(str(self.missing) % {"number": number})
        return version

    # ── steps that the verbs share ───────────────────────────────────────────
    def _put_in_force(self, actor: User, version: V, active: V, now: datetime) -> None:
        self.before_active(version)
        _move(active, Event.REPLACE)
        active.retired_at = now
        active.save()
        _move(version, Event.ACTIVATE)
        version.reviewer, version.activated_at = actor, now
        version.save()
        self.once_active(actor, version, active, now)
        publish(self.name, {"version": version.number})

    def _new(self, actor: User, document: dict[str, Any], summary: str, based_on: V, now: datetime) -> V:
        newest = self.model._default_manager.aggregate(newest=Max("number"))["newest"]
        return self.model._default_manager.create(
            number=newest + 1,
            document=document,
            summary=_summary(summary),
            based_on=based_on,
            author=actor,
            created_at=now,
            changed_at=now,
        )

    def _audit(self, actor: User, did: str, version: V, **data: Any) -> None:
        audit(actor, f"{self.name}_{did}", version, number=version.number, **data)


def _move(version: DocumentVersion, event: Event) -> None:
    try:
        version.state = next_state(version.state, event)
    except TransitionRefused as refused:
        said = {"number": version.number, "state": DocumentVersion.States(version.state).label}
        raise Conflict(_("This is not possible now: version %(number)d is “%(state)s”.") % said) from refused


def _summary(words: str) -> str:
    summary = " ".join(words.split())
    if len(summary) > LONGEST_SUMMARY or "\x00" in summary:
        raise _refusal("summary", _("At most %(count)d characters.") % {"count": LONGEST_SUMMARY})
    return summary


def _refusal(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
