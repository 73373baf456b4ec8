"""What is done with causes."""

from datetime import date

from django.utils import timezone

from desk.actions.causes import causes, digest_mails, improvements
from desk.actions.causes.causes import CauseWish
from desk.actions.tickets import ticket_causes
from desk.causes.models import DigestSubscription
from desk.people.models import User
from desk.people.permissions import Permission
from tests.actions.causes import a_cause, a_department, an_improvement
from tests.actions.scene import Verb


def with_mail(person: User) -> User:
    person.email = f"{person.username}@vlotlijn.example"
    return person


def subscribed(person: User) -> DigestSubscription:
    now = timezone.now()
    return DigestSubscription.objects.create(
        department=a_department("Materieel"), user=person, next_at=now, created_at=now
    )


VERBS: dict[str, Verb] = {
    "causes.create": Verb(
        Permission.MANAGE_CAUSES, lambda me, s: causes.create(me, CauseWish("Storing", "Failure")), ["cause_created"]
    ),
    "causes.change": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: causes.change(me, a_cause("Storing").pk, CauseWish("Defect", "Defect")), ["cause_changed"],
    ),
    "causes.archive": Verb(
        Permission.MANAGE_CAUSES, lambda me, s: causes.archive(me, a_cause("Storing").pk), ["cause_archived"]
    ),
    "causes.restore": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: causes.restore(me, a_cause("Storing", archived=True).pk), ["cause_restored"],
    ),
    "causes.merge": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: causes.merge(me, a_cause("Storing").pk, a_cause("Vertraging").pk), ["cause_merged"],
    ),
    "causes.part": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: causes.part(me, a_cause("Storing", into=a_cause("Vertraging")).pk), ["cause_parted"],
    ),
    "causes.set_asking": Verb(
        Permission.MANAGE_CAUSES, lambda me, s: causes.set_asking(me, "required"), ["cause_asking_changed"]
    ),
    "causes.create_department": Verb(
        Permission.MANAGE_CAUSES, lambda me, s: causes.create_department(me, "Materieel"), ["department_created"]
    ),
    "causes.rename_department": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: causes.rename_department(me, a_department("Materieel").pk, "Treinen"), ["department_changed"],
    ),
    "causes.delete_department": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: causes.delete_department(me, a_department("Materieel").pk), ["department_deleted"],
    ),
    "ticket_causes.choose": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: ticket_causes.choose(me, s.ticket.pk, a_cause("Storing").pk, resolve=True),
        ["cause_chosen", "transition"],
    ),
    "ticket_causes.choose_for_many": Verb(
        Permission.BULK,
        lambda me, s: ticket_causes.choose_for_many(me, [s.ticket.pk, s.other.pk], a_cause("Storing").pk),
        ["cause_chosen", "cause_chosen"],
    ),
    "digest_mails.subscribe": Verb(
        Permission.READ_TICKETS,
        lambda me, s: digest_mails.subscribe(with_mail(me), a_department("Materieel").pk), ["digest_subscribed"],
    ),
    "digest_mails.unsubscribe": Verb(
        Permission.READ_TICKETS,
        lambda me, s: digest_mails.unsubscribe(me, subscribed(me).department_id), ["digest_unsubscribed"],
    ),
    "improvements.propose": Verb(
        Permission.READ_TICKETS,
        lambda me, s: improvements.propose(me, a_cause("Storing").pk, "Andere deuren"), ["improvement_proposed"],
    ),
    "improvements.change": Verb(
        Permission.MANAGE_CAUSES,
        lambda me, s: improvements.change(me, an_improvement().pk, "Betere deuren"), ["improvement_changed"],
    ),
    "improvements.step": Verb(
        Permission.MANAGE_CAUSES, lambda me, s: improvements.step(me, an_improvement().pk, "agree"),
        ["improvement_agree"],
    ),
    "improvements.tell": Verb(
        Permission.ANSWER_IN_BATCHES,
        lambda me, s: improvements.tell(me, an_improvement(done_on=date(2026, 3, 1)).pk, "De deuren zijn vervangen."),
        ["improvement_told"],
    ),
}  # fmt: skip
