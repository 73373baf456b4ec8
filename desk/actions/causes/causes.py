"""The tree of causes: whoever manages it adds, renames, moves, merges and archives. No ticket ever loses its cause."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.causes.asking import asked_anew
from desk.causes.models import Cause, CauseAsking, Department
from desk.causes.tree import DEEPEST, MOST_CAUSES, Tree
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require


@dataclass(frozen=True, slots=True)
class CauseWish:
    """What a cause should be. `parent`, `department` and `owner` are ids; None: at the top, and as the one above it."""

    name_nl: str
    name_en: str
    parent: int | None = None
    department: int | None = None
    owner: int | None = None


def create(actor: User | None, wish: CauseWish, *, now: datetime | None = None) -> Cause:
    """A new cause. Raises Invalid."""
    if actor is not None:
        require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        tree = _alone()
        if len(tree.places()) >= MOST_CAUSES:
            raise Invalid(
                _("There are at most %(count)d causes. Archive or merge some first.") % {"count": MOST_CAUSES}
            )
        cause = Cause(created_at=now or timezone.now())
        _apply(tree, cause, wish)
        audit(actor, "cause_created", cause, **told(cause))
    return cause


def change(actor: User | None, cause_id: int, wish: CauseWish) -> Cause:
    """Rename it, move it below another, or give it to somebody else. Its tickets go along. Raises Invalid, Missing."""
    if actor is not None:
        require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        tree = _alone()
        cause = _living(tree, cause_id)
        before = told(cause)
        _apply(tree, cause, wish)
        after = told(cause)
        if changed := [name for name in after if before[name] != after[name]]:
            was, now = ({name: values[name] for name in changed} for values in (before, after))
            audit(actor, "cause_changed", cause, before=was, after=now)
    return cause


def archive(actor: User, cause_id: int, *, now: datetime | None = None) -> Cause:
    """It is not offered any more, nor is what lies below it; its tickets keep it. Raises Missing."""
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        cause = _living(_alone(), cause_id)
        if cause.archived_at is None:
            cause.archived_at = now or timezone.now()
            cause.save(update_fields=["archived_at"])
            audit(actor, "cause_archived", cause)
    return cause


def restore(actor: User, cause_id: int) -> Cause:
    """Offer an archived cause again. Raises Conflict where another took its name, Missing."""
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        cause = _living(_alone(), cause_id)
        if cause.archived_at is not None:
            cause.archived_at = None
            _save(cause)
            audit(actor, "cause_restored", cause)
    return cause


def merge(actor: User, cause_id: int, into_id: int) -> Cause:
    """Count a cause as another one from now on, in the past too; what lay below it lies below the other.

    `part` takes it back, because each ticket keeps the very cause that was chosen. Raises Conflict, Invalid, Missing.
    """
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        tree = _alone()
        cause, into = _living(tree, cause_id), _living(tree, into_id)
        if cause in tree.path(into):
            raise Invalid(_("A cause can't be merged into itself or into one below it."))
        if into.archived_at is not None and cause.archived_at is None:
            raise Conflict(_("The other cause is archived. Restore it first."))
        cause.merged_into = into
        cause.save(update_fields=["merged_into"])
        if _too_deep(Tree()):
            raise Invalid(_("Causes go at most %(count)d levels deep.") % {"count": DEEPEST})
        audit(actor, "cause_merged", cause, into=into.pk)
    return into


def part(actor: User, cause_id: int) -> Cause:
    """Take a merge back: its own tickets are counted for it again, and what lay below it is there again.

    Raises Conflict where another took its name, Missing.
    """
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        tree = _alone()
        if cause_id not in tree:
            raise Missing(_("There is no such cause."))
        cause = tree[cause_id]
        if cause.merged_into_id is not None:
            was, cause.merged_into = cause.merged_into_id, None
            _save(cause)
            if _too_deep(Tree()):
                raise Invalid(_("Causes go at most %(count)d levels deep.") % {"count": DEEPEST})
            audit(actor, "cause_parted", cause, **{"from": was})
    return cause


def set_asking(actor: User, asked: str) -> CauseAsking:
    """Whether a cause is asked for when a ticket is resolved. Raises Invalid."""
    require(actor, Permission.MANAGE_CAUSES)
    if asked not in CauseAsking.Asked.values:
        raise Invalid(_("Choose one of the three."), errors={"asked": [_("Choose one of the three.")]})
    with transaction.atomic():
        kept, _made = CauseAsking.objects.select_for_update().get_or_create(pk=1)
        if kept.asked != asked:
            before, kept.asked = kept.asked, asked
            kept.save()
            audit(actor, "cause_asking_changed", kept, before=before, after=asked)
            asked_anew()
    return kept


def create_department(actor: User, name: str) -> Department:
    """Raises Invalid."""
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        department = _named(Department(), name)
        audit(actor, "department_created", department, name=department.name)
    return department


def rename_department(actor: User, department_id: int, name: str) -> Department:
    """Raises Invalid, Missing."""
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        department = _department(department_id)
        before = department.name
        if _named(department, name).name != before:
            audit(actor, "department_changed", department, name=[before, department.name])
    return department


def delete_department(actor: User, department_id: int) -> None:
    """Raises Conflict while a cause belongs to it, Missing."""
    require(actor, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        _alone()
        department = _department(department_id)
        if department.causes.exists():
            raise Conflict(_("Causes belong to this department. Give them to another one first."))
        audit(actor, "department_deleted", department, name=department.name)
        department.delete()


# ── steps that the verbs share ───────────────────────────────────────────────
def _alone() -> Tree:
    """The tree, while nobody else changes it: two moves at once could make a ring."""
    CauseAsking.objects.get_or_create(pk=1)
    CauseAsking.objects.select_for_update().get(pk=1)
    return Tree()


def _living(tree: Tree, cause_id: int) -> Cause:
    if cause_id not in tree:
        raise Missing(_("There is no such cause."))
    cause = tree[cause_id]
    if cause.merged_into_id is not None:
        raise Conflict(_("This cause was merged into another one. Take that back first."))
    return cause


def _apply(tree: Tree, cause: Cause, wish: CauseWish) -> None:
    cause.name_nl, cause.name_en = (" ".join(name.split()) for name in (wish.name_nl, wish.name_en))
    cause.parent = _parent(tree, cause, wish.parent)
    cause.department = _department(wish.department) if wish.department is not None else None
    cause.owner = _owner(cause, wish.owner)
    try:
        cause.clean_fields(exclude={field.name for field in cause._meta.fields} - {"name_nl", "name_en"})
    except ValidationError as refused:
        raise _refused(refused) from None
    _save(cause)
    if _too_deep(Tree()):
        words = _("Causes go at most %(count)d levels deep.") % {"count": DEEPEST}
        raise Invalid(words, errors={"parent": [words]})


def _save(cause: Cause) -> None:
    """Raises Invalid where its neighbours already have one of that name."""
    try:
        with transaction.atomic():
            cause.save()
    except IntegrityError:
        words = _("There is already a cause of this name here.")
        raise Invalid(words, errors={"name_en": [words]}) from None


def _parent(tree: Tree, cause: Cause, parent_id: int | None) -> Cause | None:
    if parent_id is None:
        return None
    if parent_id not in tree or tree[parent_id].merged_into_id is not None:
        raise Invalid(_("There is no such cause."), errors={"parent": [_("There is no such cause.")]})
    parent = tree[parent_id]
    if cause in tree.path(parent):
        words = _("A cause can't lie below itself.")
        raise Invalid(words, errors={"parent": [words]})
    return parent


def _too_deep(tree: Tree) -> bool:
    return any(place.depth >= DEEPEST for place in tree.places(archived=True))


def _owner(cause: Cause, user_id: int | None) -> User | None:
    if user_id is None:
        return None
    person = User.objects.filter(pk=user_id).first()
    if person is None or (not person.is_active and person.pk != cause.owner_id):
        raise Invalid(_("There is no such colleague."), errors={"owner": [_("There is no such colleague.")]})
    return person


def _department(department_id: int) -> Department:
    department = Department.objects.filter(pk=department_id).first()
    if department is None:
        raise Missing(_("There is no such department."))
    return department


def _named(department: Department, name: str) -> Department:
    department.name = " ".join(name.split())
    try:
        department.full_clean()
    except ValidationError as refused:
        raise _refused(refused) from None
    department.save()
    return department


def _refused(refused: ValidationError) -> Invalid:
    errors = {name: list(words) for name, words in refused.message_dict.items()}
    return Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors)


def told(cause: Cause) -> dict[str, Any]:
    """What it is, by the names of a wish."""
    return {
        "name_nl": cause.name_nl,
        "name_en": cause.name_en,
        "parent": cause.parent_id,
        "department": cause.department_id,
        "owner": cause.owner_id,
    }
