"""Threads between colleagues, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.threads.threads import LONGEST, MOST_PEOPLE
from desk.api.fields import IdField, MomentField
from desk.api.forms.files import KeptFileSerializer, WithFilesSerializer, file_form, left_out_field
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from desk.people.models import User
from desk.threads.models import LONGEST_SUBJECT, LONGEST_TOPIC, Thread, Word
from desk.threads.reading import LONGEST_QUERY


class ThreadSerializer(serializers.Serializer[Thread]):
    """A thread, with what its reader has to do with it."""

    id = serializers.IntegerField()
    topic = serializers.CharField()
    private = serializers.BooleanField(help_text="Only who is let in reads it.")
    ticket = serializers.IntegerField(allow_null=True)
    crisis = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField(help_text="Anything else that it is about, as “proposal 12”; or empty.")
    started_by = ColleagueSerializer(allow_null=True, help_text="Null: the desk itself.")
    created_at = MomentField()
    last_at = MomentField(help_text="Of its newest word.")
    following = serializers.BooleanField()
    unread = serializers.IntegerField(help_text="Words that you have not read, while you follow it.")
    summary = serializers.CharField()
    summary_version = serializers.IntegerField()
    summary_by = ColleagueSerializer(allow_null=True)
    summary_at = MomentField(allow_null=True)
    swarm = serializers.BooleanField(help_text="Colleagues work on its ticket or crisis together.")
    finding = serializers.CharField()
    closed_at = MomentField(allow_null=True)
    closed_by = ColleagueSerializer(allow_null=True)


class OneThreadSerializer(ThreadSerializer):
    people = ColleagueSerializer(many=True, help_text="Who is let in.")


class ThreadWordSerializer(serializers.Serializer[Word]):
    """What somebody said."""

    id = serializers.IntegerField()
    thread = serializers.IntegerField()
    author = ColleagueSerializer(allow_null=True)
    text = serializers.CharField(help_text="Empty where it was taken back or erased.")
    tickets = serializers.ListField(child=serializers.IntegerField(), help_text="That it names.")
    files = KeptFileSerializer(many=True, help_text="Their bytes are at `thread-files/{id}/`.")
    left_out = left_out_field()
    by_mail = serializers.BooleanField()
    created_at = MomentField()
    edited_at = MomentField(allow_null=True)
    deleted_at = MomentField(allow_null=True)


class ThreadQuery(PageQuery):
    show = serializers.ChoiceField(choices=("all", "followed", "unread"), default="all")
    ticket = IdField(required=False)
    crisis = IdField(required=False)
    subject = serializers.CharField(max_length=LONGEST_SUBJECT, required=False)
    q = serializers.CharField(
        max_length=LONGEST_QUERY, required=False, help_text="Words in topics, summaries, findings and what was said."
    )


class StartThreadSerializer(serializers.Serializer[Any]):
    topic = serializers.CharField(max_length=LONGEST_TOPIC)
    private = serializers.BooleanField(default=False)
    people = serializers.ListField(
        child=IdField(), max_length=MOST_PEOPLE, required=False, help_text="Who is let in, follows and hears of it."
    )
    ticket_id = IdField(required=False)
    crisis_id = IdField(required=False)
    subject = serializers.CharField(
        max_length=LONGEST_SUBJECT, required=False, help_text="It has one thread: asked for again, that is the answer."
    )


class SaySerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST)


class SayWithFilesSerializer(WithFilesSerializer):
    text = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)


class PinSummarySerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST, allow_blank=True)
    version = serializers.IntegerField(
        min_value=0, required=False, help_text="`summary_version` of what you had before you: 409 where it is old."
    )


class CloseSwarmSerializer(serializers.Serializer[Any]):
    finding = serializers.CharField(max_length=LONGEST)
    suggest = serializers.BooleanField(default=False, help_text="Suggest it as an article, without the people in it.")


class LetInSerializer(serializers.Serializer[Any]):
    people = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_PEOPLE)


class UnreadThreadsSerializer(serializers.Serializer[Any]):
    threads = serializers.IntegerField(help_text="In how many something is new for you; 100 stands for more than 99.")


def thread_form(thread: Thread, eyes: Eyes) -> dict[str, Any]:
    """It comes `with_own`."""
    return {
        "id": thread.pk,
        "topic": eyes.start(thread.topic),
        "private": thread.private,
        "ticket": thread.ticket_id,
        "crisis": thread.crisis_id,
        "subject": thread.subject,
        "started_by": colleague(thread.started_by),
        "created_at": thread.created_at,
        "last_at": thread.last_at,
        "following": getattr(thread, "following", False),
        "unread": getattr(thread, "unread", 0),
        "summary": eyes.read(thread.summary, by=thread.summary_by_id),
        "summary_version": thread.summary_version,
        "summary_by": colleague(thread.summary_by),
        "summary_at": thread.summary_at,
        "swarm": thread.swarm,
        "finding": eyes.read(thread.finding, by=thread.closed_by_id),
        "closed_at": thread.closed_at,
        "closed_by": colleague(thread.closed_by),
    }


def one_thread_form(thread: Thread, people: list[User], eyes: Eyes) -> dict[str, Any]:
    return {**thread_form(thread, eyes), "people": [colleague(one) for one in people]}


def word_form(word: Word, eyes: Eyes) -> dict[str, Any]:
    """It comes with its author, its files and the tickets that it names."""
    return {
        "id": word.pk,
        "thread": word.thread_id,
        "author": colleague(word.author),
        "text": eyes.read(word.text, by=word.author_id),
        "tickets": [ticket.pk for ticket in word.tickets.all()],
        "files": [file_form(one, eyes, word.author_id) for one in word.files.all()],
        "left_out": [eyes.read(line, by=word.author_id) for line in word.left_out],
        "by_mail": word.by_mail,
        "created_at": word.created_at,
        "edited_at": word.edited_at,
        "deleted_at": word.deleted_at,
    }
