"""What is done in threads, with what it needs and leaves in the audit log."""

from desk.actions.crises import decisions
from desk.actions.threads import swarms, thread_words, threads
from desk.people.permissions import Permission
from tests.actions.scene import Verb

VERBS: dict[str, Verb] = {
    "threads.start": Verb(Permission.WRITE_NOTES, lambda me, s: threads.start(me, topic="Lift"), ["thread_started"]),
    "threads.let_in": Verb(
        Permission.WRITE_NOTES, lambda me, s: threads.let_in(me, s.thread().pk, [s.colleague.pk]), ["thread_let_in"]
    ),
    "threads.leave": Verb(
        Permission.READ_TICKETS, lambda me, s: threads.leave(me, s.private_thread(me).pk), ["thread_left"]
    ),
    "threads.follow": Verb(Permission.READ_TICKETS, lambda me, s: threads.follow(me, s.thread().pk)),
    "threads.unfollow": Verb(Permission.READ_TICKETS, lambda me, s: threads.unfollow(me, s.thread().pk)),
    "threads.read": Verb(Permission.READ_TICKETS, lambda me, s: threads.read(me, s.thread().pk)),
    "threads.set_summary": Verb(
        Permission.WRITE_NOTES, lambda me, s: threads.set_summary(me, s.thread().pk, "Kort"), ["thread_summary"]
    ),
    "thread_words.write": Verb(
        Permission.WRITE_NOTES, lambda me, s: thread_words.write(me, s.thread().pk, "Hoi"), ["thread_word"]
    ),
    "thread_words.begin": Verb(
        Permission.WRITE_NOTES,
        lambda me, s: thread_words.begin(me, topic="Lift", first="Hoi"),
        ["thread_started", "thread_word"],
    ),
    "thread_words.open_file": Verb(
        Permission.READ_TICKETS, lambda me, s: thread_words.open_file(me, s.file_of_a_word().pk)
    ),
    "thread_words.edit": Verb(
        Permission.WRITE_NOTES, lambda me, s: thread_words.edit(me, s.word(me).pk, "Dag"), ["thread_word_edited"]
    ),
    "thread_words.delete": Verb(
        Permission.WRITE_NOTES, lambda me, s: thread_words.delete(me, s.word(me).pk), ["thread_word_deleted"]
    ),
    "swarms.open_swarm": Verb(
        Permission.WORK_TICKETS, lambda me, s: swarms.open_swarm(me, s.ticket.pk), ["swarm_opened"]
    ),
    "swarms.close": Verb(
        Permission.WORK_TICKETS, lambda me, s: swarms.close(me, s.swarm().pk, "Gevonden"), ["swarm_closed"]
    ),
    "decisions.into_log": Verb(
        Permission.MANAGE_CRISES, lambda me, s: decisions.into_log(me, s.word_of_a_crisis().pk), ["crisis_note"]
    ),
}
