"""Connected accounts and what the networks can do, as the API writes them. Credentials go in and never out."""

from dataclasses import fields
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from desk.actions.inboxes.inboxes import webhook_address
from desk.actions.inboxes.standing import health
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import LANGUAGES, TeamSerializer
from desk.api.forms.reply_files import MediaSerializer
from desk.inboxes.gateway import options_of
from desk.inboxes.models import Inbox, StreamState
from desk.inboxes.words import told


class StreamSerializer(serializers.Serializer[StreamState]):
    """One feed of an account, with a cursor of its own."""

    name = serializers.CharField()
    last_poll_at = MomentField(allow_null=True)
    next_poll_at = MomentField(allow_null=True)
    rate_limit = serializers.IntegerField(allow_null=True)
    rate_remaining = serializers.IntegerField(allow_null=True)
    rate_reset_at = MomentField(allow_null=True)
    denied = serializers.SerializerMethodField(help_text="Why the credentials may not read it; empty: they may.")

    def get_denied(self, stream: StreamState) -> str:
        return told(stream.denied)


class CallBudgetSerializer(serializers.Serializer[Any]):
    """What is left of one kind of call, as the network told it last, less what has been asked for since."""

    kind = serializers.CharField(help_text="A stream, or what is written; empty: all calls of the account together.")
    used = serializers.IntegerField()
    limit = serializers.IntegerField(help_text="100 where the network tells per cent.")
    remaining = serializers.IntegerField()
    reset_at = MomentField(allow_null=True, help_text="Null where the network does not say.")


class HealthSerializer(serializers.Serializer[Any]):
    """What really happened, not what is configured."""

    state = serializers.ChoiceField(choices=Inbox.State.values)
    last_poll_at = MomentField(allow_null=True)
    last_event_at = MomentField(allow_null=True, help_text="When an event last really reached the desk.")
    last_webhook_at = MomentField(allow_null=True)
    lag_ms = serializers.IntegerField(allow_null=True, help_text="Receipt of the last event minus the network's time.")
    streams = StreamSerializer(many=True)
    last_error = serializers.CharField(help_text="In plain words; empty where all is well.")
    last_error_code = serializers.CharField()
    last_error_at = MomentField(allow_null=True)
    blind_since = MomentField(allow_null=True, help_text="Since when messages may be missing.")
    blind_because = serializers.CharField(help_text="outage, rate_limit, token, quota, paused, history; or empty.")
    unreadable = serializers.IntegerField(help_text="Entries of the network that could not be read, counted to 100.")
    cost_total = serializers.FloatField(help_text="US dollars.")
    cost_month = serializers.FloatField(help_text="US dollars, in this calendar month (UTC).")
    reads_month = serializers.IntegerField(help_text="Entries read in this calendar month that count by the plan.")
    reads_allowed = serializers.IntegerField(allow_null=True, help_text="By the plan, in a month; null: no end.")
    budgets = CallBudgetSerializer(many=True)
    slowed = serializers.BooleanField(
        help_text="More money, or of what the plan lets read, is gone than the month's time allows: reading is slower."
    )
    money_until = MomentField(allow_null=True, help_text="When the budget is gone if it goes on like this.")
    circuit = serializers.ChoiceField(
        choices=("closed", "open", "half_open"),
        help_text="open: the network did not answer several times, and the account rests; half_open: it is tried.",
    )
    rests_until = MomentField(allow_null=True)
    credentials_end_at = MomentField(allow_null=True, help_text="As far as the network tells.")
    credentials_days = serializers.IntegerField(
        allow_null=True, help_text="Whole days until then, where they are fewer than 14."
    )


class InboxSerializer(serializers.Serializer[Any]):
    """A connected account. `state` says whether it is read."""

    id = serializers.IntegerField()
    network = serializers.CharField()
    name = serializers.CharField()
    base_url = serializers.CharField(help_text="Empty: the network's own server.")
    own_id = serializers.CharField()
    handle = serializers.CharField()
    drill = serializers.BooleanField(help_text="For drills: it leads to the sandbox and nowhere else.")
    state = serializers.ChoiceField(choices=Inbox.State.values)
    team = TeamSerializer(allow_null=True)
    brand = serializers.CharField(help_text="By which a rulebook may differ; empty where the company has one.")
    language = serializers.CharField()
    poll_seconds = serializers.IntegerField()
    conversation_window_hours = serializers.IntegerField()
    monthly_budget = serializers.IntegerField(
        allow_null=True, help_text="US dollars; reading stops at it, answers go on. Null: no limit."
    )
    options = serializers.DictField(
        child=serializers.CharField(), help_text="What its owner chose, by the names of `networks/`: `options`."
    )
    webhook_url = serializers.CharField(help_text="To paste into the network's own settings.")
    created_at = MomentField()


class InboxWithHealthSerializer(InboxSerializer):
    """A connected account, with its health and the times of its streams."""

    health = HealthSerializer()


class CredentialsField(serializers.DictField):
    """By name, as `networks/` lists them. Kept encrypted, shown to nobody."""

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=5_000, allow_blank=True)
        super().__init__(child=child, write_only=True, allow_empty=False, **options)


class OptionsField(serializers.DictField):
    """By name, as `networks/` lists them; whatever is left out or empty is as usual."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=5_000, allow_blank=True), **options)


class TestAccountSerializer(serializers.Serializer[Any]):
    network = serializers.CharField(max_length=40)
    base_url = serializers.CharField(max_length=300, allow_blank=True, default="")
    credentials = CredentialsField()


class CreateInboxSerializer(TestAccountSerializer):
    name = serializers.CharField(max_length=80)
    poll_seconds = serializers.IntegerField(min_value=1, max_value=86_400, default=60)
    team = IdField(allow_null=True, default=None)
    brand = serializers.CharField(max_length=80, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=LANGUAGES, default="nl")
    options = OptionsField(default=dict)


class ChangeInboxSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    base_url = serializers.CharField(max_length=300, allow_blank=True, required=False)
    poll_seconds = serializers.IntegerField(min_value=1, max_value=86_400, required=False)
    team = IdField(allow_null=True, required=False)
    brand = serializers.CharField(max_length=80, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    conversation_window_hours = serializers.IntegerField(min_value=1, max_value=24 * 365, required=False)
    monthly_budget = serializers.IntegerField(min_value=1, max_value=1_000_000, allow_null=True, required=False)
    options = OptionsField(required=False)


class CredentialsSerializer(serializers.Serializer[Any]):
    credentials = CredentialsField()


class AccountSerializer(serializers.Serializer[Any]):
    """What the network says of an account. `problems` say what to mend; empty when all is well."""

    own_id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    problems = serializers.ListField(child=serializers.CharField())


class CredentialFieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    help = serializers.CharField()
    secret = serializers.BooleanField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field of this name, as the framework allows


class OptionChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows


class OptionFieldSerializer(serializers.Serializer[Any]):
    """What the owner of an account chooses; the first of `choices` is the usual one, without any it is a text."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    help = serializers.CharField()
    choices = OptionChoiceSerializer(many=True)
    longest = serializers.IntegerField(help_text="Characters of a text.")


class LengthRuleSerializer(serializers.Serializer[Any]):
    """How long a text may be, as the network counts."""

    limit = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=("weighted", "characters", "bytes", "graphemes", "mastodon"))
    max_bytes = serializers.IntegerField(allow_null=True)


class NetworkStreamSerializer(serializers.Serializer[Any]):
    """One feed, and how far back it can be read."""

    name = serializers.CharField()
    private = serializers.BooleanField()
    min_seconds = serializers.FloatField(help_text="Between two polls, at least.")
    hinted = serializers.BooleanField(help_text="The network says at once that there is something new.")
    history_days = serializers.IntegerField(allow_null=True, help_text="Null: no stated end.")
    history_items = serializers.IntegerField(allow_null=True, help_text="The newest so many; null: no stated end.")
    item_cost = serializers.FloatField(help_text="US dollars for reading one entry with its author, at most.")


class NetworkSerializer(serializers.Serializer[Any]):
    """A network that the desk can speak to, and what it can do there."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    default_base_url = serializers.CharField()
    credential_fields = CredentialFieldSerializer(many=True)
    options = serializers.SerializerMethodField()
    reply_public = serializers.BooleanField(source="capabilities.reply_public")
    reply_private = serializers.BooleanField(source="capabilities.reply_private")
    private_from_public = serializers.BooleanField(
        source="capabilities.private_from_public", help_text="A private message may be opened from a public post."
    )
    private_window_hours = serializers.IntegerField(source="capabilities.private_window_hours", allow_null=True)
    private_extended_hours = serializers.IntegerField(
        source="capabilities.private_extended_hours", allow_null=True, help_text="For an answer that a person writes."
    )
    public_length = LengthRuleSerializer(source="capabilities.public_length")
    private_length = LengthRuleSerializer(source="capabilities.private_length")
    post_length = LengthRuleSerializer(source="capabilities.post_length", allow_null=True)
    public_media = MediaSerializer(source="capabilities.public_media", allow_null=True)
    private_media = MediaSerializer(source="capabilities.private_media", allow_null=True)
    public_per_hour = serializers.IntegerField(source="capabilities.public_per_hour", allow_null=True)
    private_per_hour = serializers.IntegerField(source="capabilities.private_per_hour", allow_null=True)
    one_answer = serializers.BooleanField(
        source="capabilities.one_answer", help_text="A second public answer takes the place of the first."
    )
    edits_seen = serializers.BooleanField(source="capabilities.edits_seen")
    deletions_seen = serializers.BooleanField(source="capabilities.deletions_seen")
    webhook = serializers.BooleanField(source="capabilities.webhook")
    separate_limits = serializers.BooleanField(
        source="capabilities.separate_limits", help_text="Each kind of call has a limit of its own."
    )
    charges = serializers.BooleanField(source="capabilities.charges")
    blocks = serializers.BooleanField(source="capabilities.blocks", help_text="People can be shut out there.")
    hides_own_threads = serializers.BooleanField(
        source="capabilities.hides_own_threads", help_text="`hide` is for what stands below our own posts alone."
    )
    reads_per_month = serializers.IntegerField(
        source="capabilities.reads_per_month", allow_null=True, help_text="By the usual plan; null: no end."
    )
    private_once = serializers.BooleanField(
        source="capabilities.private_once", help_text="One private message to a public post, until it is answered."
    )
    tells_read = serializers.BooleanField(
        source="capabilities.tells_read", help_text="It tells that a customer has read what we wrote in private."
    )
    marks_read = serializers.BooleanField(
        source="capabilities.marks_read", help_text="Customers see that we have read what they wrote in private."
    )
    hands_over = serializers.BooleanField(
        source="capabilities.hands_over", help_text="Other apps of the company may have a private conversation."
    )
    tells_when_credentials_end = serializers.SerializerMethodField()
    streams = NetworkStreamSerializer(many=True)
    own_post = serializers.SerializerMethodField(help_text="Whether statements can be posted there.")
    actions = serializers.SerializerMethodField(help_text="What can be done to a message.")
    deletes_theirs = serializers.BooleanField(
        source="capabilities.deletes_theirs", help_text="`delete` is for what others wrote, too, not our words alone."
    )

    @extend_schema_field(OptionFieldSerializer(many=True))
    def get_options(self, network: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "label": one.label,
                "help": one.help,
                "choices": [{"value": value, "label": label} for value, label in one.choices],
                "longest": one.longest,
            }
            for one in options_of(network)
        ]

    def get_tells_when_credentials_end(self, network: Any) -> bool:
        return callable(getattr(network, "credentials_end", None))

    def get_own_post(self, network: Any) -> bool:
        return network.capabilities.post_length is not None

    def get_actions(self, network: Any) -> list[str]:
        return sorted(network.capabilities.actions)


def inbox_form(inbox: Inbox) -> dict[str, Any]:
    """Needs the team at hand."""
    return {
        "id": inbox.pk,
        "network": inbox.network,
        "name": inbox.name,
        "base_url": inbox.base_url,
        "own_id": inbox.own_id,
        "handle": inbox.handle,
        "drill": inbox.drill,
        "state": inbox.state,
        "team": {"id": inbox.team.pk, "name": inbox.team.name} if inbox.team else None,
        "brand": inbox.brand,
        "language": inbox.language,
        "poll_seconds": inbox.poll_seconds,
        "conversation_window_hours": inbox.conversation_window_hours,
        "monthly_budget": inbox.monthly_budget,
        "options": inbox.options,
        "webhook_url": webhook_address(inbox),
        "created_at": inbox.created_at,
    }


def inbox_with_health_form(inbox: Inbox) -> dict[str, Any]:
    """Three small queries."""
    found = health(inbox)
    gap = found.open_gap
    plain = {field.name: getattr(found, field.name) for field in fields(found)}
    shown = {**plain, "blind_since": gap.started_at if gap else None, "blind_because": gap.reason if gap else ""}
    return {**inbox_form(inbox), "health": HealthSerializer(shown).data}
