"""What is done with the company: inboxes, people, wallboards."""

from desk.actions.customers import customer_export, erasure, retention
from desk.actions.inboxes import inboxes, reconcile
from desk.actions.people import people
from desk.actions.reports import wallboards
from desk.inboxes.models import Inbox
from desk.people.permissions import Permission
from tests.actions.builders import an_inbox
from tests.actions.scene import PASSWORD, Verb

VERBS: dict[str, Verb] = {
    "inboxes.create_inbox": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.create_inbox(me, network="x", name="Nog een", **s.account),
        ["inbox_created"],
    ),
    "inboxes.change_inbox": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.change_inbox(me, s.inbox.pk, name="y"), ["inbox_changed"]
    ),
    "inboxes.reauthorise": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.reauthorise(me, s.inbox.pk, s.account["credentials"]),
        ["inbox_reauthorised"],
    ),
    "inboxes.pause": Verb(Permission.MANAGE_INBOXES, lambda me, s: inboxes.pause(me, s.inbox.pk), ["inbox_paused"]),
    "inboxes.resume": Verb(
        Permission.MANAGE_INBOXES,
        lambda me, s: (Inbox.objects.update(state="paused"), inboxes.resume(me, s.inbox.pk)),
        ["inbox_resumed"],
    ),
    "inboxes.delete_inbox": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.delete_inbox(me, an_inbox(own_id="9").pk), ["inbox_deleted"]
    ),
    "inboxes.test_connection": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.test_connection(me, network="x", **s.account)
    ),
    "inboxes.test_inbox": Verb(Permission.MANAGE_INBOXES, lambda me, s: inboxes.test_inbox(me, s.inbox.pk)),
    "reconcile.ask": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: reconcile.ask(me, s.inbox.pk, days=1), ["inbox_compared"]
    ),
    "people.create_user": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.create_user(me, username="x", password=PASSWORD),
        ["user_created"],
    ),
    "people.change_user": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.change_user(me, s.colleague.pk, role="comms"), ["user_changed"]
    ),
    "people.set_password": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.set_password(me, s.colleague.pk, PASSWORD), ["password_set"]
    ),
    "people.reset_second_factor": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.reset_second_factor(me, s.colleague.pk),
        ["second_factor_reset"],
    ),
    "people.change_own": Verb(None, lambda me, s: people.change_own(me, theme="dark"), ["preferences_changed"]),
    "people.change_own_password": Verb(
        None, lambda me, s: people.change_own_password(me, PASSWORD), ["own_password_changed"]
    ),
    "people.note_second_factor": Verb(
        None, lambda me, s: people.note_second_factor(me, "added", "totp"), ["second_factor_added"]
    ),
    "people.issue_token": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.issue_token(me, s.colleague), ["token_issued"]
    ),
    "people.revoke_token": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.revoke_token(me, s.token().pk), ["token_revoked"]
    ),
    "people.create_team": Verb(Permission.MANAGE_PEOPLE, lambda me, s: people.create_team(me, "x"), ["team_created"]),
    "people.change_team": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.change_team(me, s.team.pk, member_ids=[s.colleague.pk]),
        ["team_changed"],
    ),
    "people.delete_team": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.delete_team(me, s.team.pk), ["team_deleted"]
    ),
    "erasure.preview": Verb(
        Permission.ERASE_CUSTOMERS, lambda me, s: erasure.preview(me, s.ticket.customer_id)
    ),
    "erasure.erase": Verb(
        Permission.ERASE_CUSTOMERS,
        lambda me, s: erasure.erase(me, s.ticket.customer_id, handle="marit", ground="request"),
        ["customer_erased"],
    ),
    "erasure.one": Verb(Permission.ERASE_CUSTOMERS, lambda me, s: erasure.one(me, s.erasure())),
    "customer_export.export": Verb(
        Permission.EXPORT_CUSTOMERS, lambda me, s: customer_export.export(me, s.ticket.customer_id),
        ["customer_exported"],
    ),
    "retention.preview": Verb(
        Permission.ERASE_CUSTOMERS, lambda me, s: retention.preview(me, retention.Rules(private_days=1))
    ),
    "retention.change": Verb(
        Permission.ERASE_CUSTOMERS, lambda me, s: retention.change(me, retention.Rules(private_days=30)),
        ["retention_changed"],
    ),
    "wallboards.boards": Verb(Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.boards(me)),
    "wallboards.create": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.create(me, name="x"), ["wallboard_created"]
    ),
    "wallboards.change": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.change(me, s.board().pk, name="y"), ["wallboard_changed"]
    ),
    "wallboards.new_code": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.new_code(me, s.board().pk), ["wallboard_code_given"]
    ),
    "wallboards.revoke": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.revoke(me, s.board().pk), ["wallboard_revoked"]
    ),
}  # fmt: skip
