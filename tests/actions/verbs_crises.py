"""What is done with a crisis and its plan."""

from django.utils import timezone

from desk.actions.crises import (
    crises,
    crisis_hooks,
    crisis_plans,
    crisis_report,
    crisis_team,
    crisis_tickets,
    escalation,
)
from desk.actions.people import rotas
from desk.actions.signals import signal_backtest, signal_rules, signal_streams, signals
from desk.actions.statements import (
    batch_answers,
    batch_approval,
    next_updates,
    statement_answers,
    statement_texts,
    statements,
)
from desk.people.permissions import Permission
from policies.signals import Settings
from tests.actions.scene import Verb

VERBS: dict[str, Verb] = {
    "crisis_hooks.create_hook": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_hooks.create_hook(me, name="Bewaking"), ["crisis_hook_created"]
    ),
    "crisis_hooks.rotate_hook": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_hooks.rotate_hook(me, s.hook().pk), ["crisis_hook_rotated"]
    ),
    "crisis_hooks.revoke_hook": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_hooks.revoke_hook(me, s.hook().pk), ["crisis_hook_revoked"]
    ),
    "signals.start_crisis": Verb(
        Permission.MANAGE_CRISES, lambda me, s: signals.start_crisis(me, s.signal().pk),
        ["crisis_started", "signal_crisis"],
    ),
    "signals.dismiss": Verb(
        Permission.MANAGE_CRISES, lambda me, s: signals.dismiss(me, s.signal().pk, reason="Een actie van ons"),
        ["signal_dismissed", "crisis_dismissed"],
    ),
    "signal_streams.create": Verb(
        Permission.MANAGE_CRISES, lambda me, s: signal_streams.create(me, signal_streams.Wish(name="Alles op X")),
        ["signal_stream_created"],
    ),
    "signal_streams.change": Verb(
        Permission.MANAGE_CRISES, lambda me, s: signal_streams.change(me, s.stream().pk, signal_streams.Wish(floor=30)),
        ["signal_stream_changed"],
    ),
    "signal_streams.delete": Verb(
        Permission.MANAGE_CRISES, lambda me, s: signal_streams.delete(me, s.stream().pk), ["signal_stream_deleted"]
    ),
    "signal_rules.change": Verb(
        Permission.MANAGE_CRISES, lambda me, s: signal_rules.change(me, words=["*lek"]), ["signal_rules_changed"]
    ),
    "signal_backtest.backtest": Verb(
        Permission.SEE_CRISES, lambda me, s: signal_backtest.backtest(me, settings=Settings()), []
    ),
    "batch_answers.prepare": Verb(
        Permission.ANSWER_IN_BATCHES,
        lambda me, s: batch_answers.prepare(me, s.part_of(s.other).pk, texts=[{"language": "nl", "text": "We komen"}]),
        ["answers_prepared"],
    ),
    "batch_answers.start": Verb(
        Permission.ANSWER_IN_BATCHES, lambda me, s: batch_answers.start(me, s.batch(me, "ready").pk),
        ["crisis_batch_started"],
    ),
    "batch_approval.approve_batch": Verb(
        Permission.APPROVE,
        lambda me, s: batch_approval.approve_batch(me, s.batch_that_asks().pk, words="0-0"),
        ["crisis_batch_approved"],
    ),
    "statement_answers.answer_with_statement": Verb(
        Permission.ANSWER_IN_BATCHES,
        lambda me, s: statement_answers.answer_with_statement(me, s.part_of(s.other).pk, s.statement().pk),
        ["answers_prepared"],
    ),
    "statement_answers.publish_and_answer": Verb(
        Permission.MANAGE_CRISES,
        lambda me, s: statement_answers.publish_and_answer(
            me, s.part_of(s.other).pk, posts=[statements.Wish(s.inbox.pk, "nl", "Wij zoeken het uit.")],
            idempotency_key="1",
        ),
        ["crisis_published", "answers_prepared"],
    ),
    "crisis_report.write_worked": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.write_worked(me, s.crisis().pk, "De bussen waren er"),
        ["crisis_worked"],
    ),
    "batch_answers.pause": Verb(
        Permission.ANSWER_IN_BATCHES, lambda me, s: batch_answers.pause(me, s.batch(me, "running").pk),
        ["crisis_batch_paused"],
    ),
    "batch_answers.resume": Verb(
        Permission.ANSWER_IN_BATCHES, lambda me, s: batch_answers.resume(me, s.batch(me, "paused").pk),
        ["crisis_batch_resumed"],
    ),
    "batch_answers.stop": Verb(
        Permission.ANSWER_IN_BATCHES, lambda me, s: batch_answers.stop(me, s.batch(me, "ready").pk),
        ["crisis_batch_stopped"],
    ),
    "batch_answers.take_out": Verb(
        Permission.ANSWER_IN_BATCHES, lambda me, s: batch_answers.take_out(me, s.line(me)), ["answer_taken_out"]
    ),
    "crisis_team.give_roles": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_team.give_roles(me, s.crisis().pk, {"lead": me.pk}),
        ["crisis_roles"],
    ),
    "statements.publish": Verb(
        Permission.MANAGE_CRISES,
        lambda me, s: statements.publish(
            me, s.crisis().pk, posts=[statements.Wish(s.inbox.pk, "nl", "Wij zoeken het uit.")], idempotency_key="1"
        ),
        ["crisis_published"],
    ),
    "statements.approve_post": Verb(
        Permission.APPROVE, lambda me, s: statements.approve_post(me, s.own_post(s.colleague).pk),
        ["crisis_post_approved"],
    ),
    "statements.reject_post": Verb(
        Permission.APPROVE, lambda me, s: statements.reject_post(me, s.own_post(s.colleague).pk, reason="Te vaag"),
        ["crisis_post_rejected"],
    ),
    "statements.withdraw_post": Verb(
        Permission.MANAGE_CRISES, lambda me, s: statements.withdraw_post(me, s.own_post(s.colleague).pk),
        ["crisis_post_withdrawn"],
    ),
    "statements.repeat_post": Verb(
        Permission.MANAGE_CRISES, lambda me, s: statements.repeat_post(me, s.own_post(me, "failed", "transient").pk),
        ["crisis_post_again"],
    ),
    "statements.confirm_post": Verb(
        Permission.MANAGE_CRISES, lambda me, s: statements.confirm_post(me, s.own_post(me, "unknown", "").pk),
        ["crisis_post_sent"],
    ),
    "statement_texts.may_publish": Verb(
        Permission.MANAGE_CRISES, lambda me, s: statement_texts.may_publish(me, s.crisis())
    ),
    "statement_texts.approve_statement": Verb(
        Permission.APPROVE, lambda me, s: statement_texts.approve_statement(me, s.statement().pk),
        ["statement_approved"],
    ),
    "next_updates.withdraw_update": Verb(
        Permission.MANAGE_CRISES, lambda me, s: next_updates.withdraw_update(me, s.promised().pk, reason="Al verteld"),
        ["crisis_update_withdrawn"],
    ),
    "crisis_team.tick": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_team.tick(me, s.crisis().pk, "look"), ["crisis_ticked"]
    ),
    "crisis_plans.write_draft": Verb(
        Permission.WRITE_CRISIS_PLAN, lambda me, s: crisis_plans.write_draft(me), ["crisis_plan_drafted"]
    ),
    "crisis_plans.change_draft": Verb(
        Permission.WRITE_CRISIS_PLAN,
        lambda me, s: crisis_plans.change_draft(me, s.crisis_plan("draft"), document={}),
        ["crisis_plan_changed"],
    ),
    "crisis_plans.hand_in": Verb(
        Permission.WRITE_CRISIS_PLAN, lambda me, s: crisis_plans.hand_in(me, s.crisis_plan("draft")),
        ["crisis_plan_handed_in"],
    ),
    "crisis_plans.give_back": Verb(
        Permission.REVIEW_CRISIS_PLAN, lambda me, s: crisis_plans.give_back(me, s.crisis_plan("in_review"), reason="x"),
        ["crisis_plan_given_back"],
    ),
    "crisis_plans.switch_on": Verb(
        Permission.REVIEW_CRISIS_PLAN, lambda me, s: crisis_plans.switch_on(me, s.crisis_plan("in_review")),
        ["crisis_plan_switched_on"],
    ),
    "crisis_plans.roll_back": Verb(
        Permission.REVIEW_CRISIS_PLAN,
        lambda me, s: crisis_plans.roll_back(me, s.crisis_plan("retired", activated_at=timezone.now())),
        ["crisis_plan_rolled_back"],
    ),
    "crisis_plans.discard": Verb(
        Permission.WRITE_CRISIS_PLAN, lambda me, s: crisis_plans.discard(me, s.crisis_plan("draft")),
        ["crisis_plan_discarded"],
    ),
    "crises.start": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.start(me, reason="De trein staat stil"), ["crisis_started"]
    ),
    "crises.set_level": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.set_level(me, s.crisis().pk, 1, reason="Minder"),
        ["crisis_level"],
    ),
    "crises.confirm": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.confirm(me, s.crisis(3).pk), ["crisis_confirmed"]
    ),
    "crises.change_scope": Verb(
        Permission.MANAGE_CRISES,
        lambda me, s: crises.change_scope(me, s.crisis().pk, {"networks": ["x"]}, reason="Alleen daar"),
        ["crisis_scope"],
    ),
    "crises.hand_over": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.hand_over(me, s.crisis().pk, me.pk), ["crisis_owner"]
    ),
    "crises.note": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.note(me, s.crisis().pk, "Geen interviews"), ["crisis_note"]
    ),
    "crises.stand_down": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.stand_down(me, s.crisis().pk, reason="Hij rijdt"),
        ["crisis_stood_down"],
    ),
    "crises.dismiss": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.dismiss(me, s.crisis().pk, reason="Loos alarm"),
        ["crisis_dismissed"],
    ),
    "crises.review": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.review(me, s.over().pk, conclusion="Sneller bellen"),
        ["crisis_reviewed"],
    ),
    "crises.preview_renewal": Verb(
        Permission.RENEW_PROMISES, lambda me, s: crises.preview_renewal(me, s.crisis().pk)
    ),
    "crises.renew_clocks": Verb(
        Permission.RENEW_PROMISES, lambda me, s: crises.renew_clocks(me, s.crisis().pk), ["crisis_clocks"]
    ),
    "crisis_report.write_summary": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.write_summary(me, s.crisis().pk, "x"), ["crisis_summary"]
    ),
    "crisis_report.add_action": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.add_action(me, s.crisis().pk, "x"), ["crisis_action"]
    ),
    "crisis_report.finish_action": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.finish_action(me, *s.action()), ["crisis_action_done"]
    ),
    "crisis_tickets.put_in": Verb(
        Permission.WORK_TICKETS, lambda me, s: crisis_tickets.put_in(me, s.ticket.pk, s.crisis().pk),
        ["crisis_ticket_put_in"],
    ),
    "crisis_tickets.take_out": Verb(
        Permission.WORK_TICKETS, lambda me, s: crisis_tickets.take_out(me, s.ticket.pk, s.part_of().pk),
        ["crisis_ticket_taken_out"],
    ),
    "escalation.acknowledge": Verb(
        Permission.MANAGE_CRISES, lambda me, s: escalation.acknowledge(me, s.calling().pk), ["crisis_acknowledged"]
    ),
    "escalation.answer_call_up": Verb(
        None, lambda me, s: escalation.answer_call_up(me, s.called_up(me).pk, comes=True), ["crisis_call_up_answered"]
    ),
    "rotas.create_rota": Verb(
        Permission.MANAGE_ROTAS, lambda me, s: rotas.create_rota(me, name="x", members=[me.pk], **s.rota_facts),
        ["rota_created"],
    ),
    "rotas.change_rota": Verb(
        Permission.MANAGE_ROTAS, lambda me, s: rotas.change_rota(me, s.rota().pk, days=1), ["rota_changed"]
    ),
    "rotas.delete_rota": Verb(
        Permission.MANAGE_ROTAS, lambda me, s: rotas.delete_rota(me, s.rota().pk), ["rota_deleted"]
    ),
    "rotas.swap": Verb(
        Permission.MANAGE_ROTAS, lambda me, s: rotas.swap(me, s.rota().pk, user_id=me.pk, **s.an_hour), ["rota_swapped"]
    ),
    "rotas.end_swap": Verb(
        Permission.MANAGE_ROTAS, lambda me, s: rotas.end_swap(me, *s.stood_in()), ["rota_swap_ended"]
    ),
}  # fmt: skip
