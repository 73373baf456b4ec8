"""Signals and the streams that they come from: what is watched, what was told, and what people say of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from rest_framework.request import Request

from desk.actions.intake import sentiment
from desk.actions.signals import signal_rules, signal_streams, signals
from desk.actions.signals.signal_backtest import PERIODS, backtest
from desk.actions.signals.signal_streams import Wish
from desk.api.forms.crises import CrisisSerializer, crisis_form
from desk.api.forms.signals import (
    BacktestSerializer,
    BacktestWishSerializer,
    ChangeSignalRulesSerializer,
    ChangeSignalStreamSerializer,
    CorrectSentimentSerializer,
    CreateSignalStreamSerializer,
    DismissSignalSerializer,
    SignalQuery,
    SignalRulesSerializer,
    SignalSerializer,
    SignalStreamSerializer,
    SoundsSerializer,
    StartFromSignalSerializer,
    backtest_form,
    signal_form,
    stream_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.signals.models import Signal, Stream
from policies.signals import Sensitivity


class Signals(Resource):
    reads = Permission.SEE_CRISES

    @operation("signals_list", "List signals", asks=SignalQuery, gives=SignalSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Newest first."""
        rows = Signal.objects.select_related("judged_by")
        if "verdict" in query:
            rows = rows.filter(verdict="" if query["verdict"] == "open" else query["verdict"])
        if "kind" in query:
            rows = rows.filter(kind=query["kind"])
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True), each(signal_form))


class OneSignal(Resource):
    reads = Permission.SEE_CRISES

    @operation("signals_read", "Read a signal", gives=SignalSerializer)
    def get(self, request: Request, signal_id: int) -> Any:
        return signal_form(signals.known_signal(signal_id))


class DismissSignal(Resource):
    @operation("signals_dismiss", "Say that it is no crisis", takes=DismissSignalSerializer, gives=SignalSerializer)
    def post(self, request: Request, signal_id: int, wish: dict[str, Any]) -> Any:
        """Its stream is quiet for longer after its next alerts. A crisis that only this signal made suspect falls."""
        return signal_form(signals.dismiss(self.person, signal_id, **wish))


class StartFromSignal(Resource):
    @operation(
        "signals_start", "Start a crisis from it", takes=StartFromSignalSerializer, gives=CrisisSerializer, status=201
    )
    def post(self, request: Request, signal_id: int, wish: dict[str, Any]) -> Any:
        crisis = signals.start_crisis(self.person, signal_id, **wish)
        return crisis_form(known_crisis(crisis.pk), crisis.level_since or crisis.created_at)


class SignalStreams(Resource):
    reads = Permission.SEE_CRISES

    @operation("signal_streams_list", "List what is watched", asks=PageQuery, gives=SignalStreamSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        rows = Stream.objects.filter(deleted_at=None)
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), each(stream_form))

    @operation(
        "signal_streams_create",
        "Watch one more",
        takes=CreateSignalStreamSerializer,
        gives=SignalStreamSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """It knows what was normal from what was counted before."""
        return stream_form(signal_streams.create(self.person, Wish(**wish)))


class OneSignalStream(Resource):
    reads = Permission.SEE_CRISES

    @operation("signal_streams_read", "Read a stream", gives=SignalStreamSerializer)
    def get(self, request: Request, stream_id: int) -> Any:
        return stream_form(signal_streams.known_stream(stream_id))

    @operation(
        "signal_streams_change", "Change a stream", takes=ChangeSignalStreamSerializer, gives=SignalStreamSerializer
    )
    def patch(self, request: Request, stream_id: int, wish: dict[str, Any]) -> Any:
        return stream_form(signal_streams.change(self.person, stream_id, Wish(**wish)))

    @operation("signal_streams_delete", "Delete a stream", status=204)
    def delete(self, request: Request, stream_id: int) -> None:
        """Its signals stay. The stream of an inbox can only be switched off."""
        signal_streams.delete(self.person, stream_id)


class BacktestOfStream(Resource):
    reads = Permission.SEE_CRISES

    @operation(
        "signal_streams_backtest_read", "What it would have told", asks=BacktestWishSerializer, gives=BacktestSerializer
    )
    def get(self, request: Request, stream_id: int, query: dict[str, Any]) -> Any:
        """Of the company's own past, with other settings too. Read row by row, with no more than was known then."""
        stream = signal_streams.known_stream(stream_id)
        settings = stream.settings
        if "sensitivity" in query:
            settings = replace(settings, sensitivity=Sensitivity(query["sensitivity"]))
        settings = replace(settings, **{name: query[name] for name in ("floor", "reach_floor") if name in query})
        if "cooldown_hours" in query:
            settings = replace(settings, cooldown=timedelta(hours=query["cooldown_hours"]))
        period = PERIODS[str(query["days"])]
        return backtest_form(backtest(self.person, stream=stream, settings=settings, period=period))


class SentimentOfMessage(Resource):
    @operation("message_sentiment_read", "What a message sounds like", gives=SoundsSerializer)
    def get(self, request: Request, message_id: int) -> Any:
        return SoundsSerializer(sentiment.sounds(sentiment.said_by_customer(self.person, message_id))).data

    @operation("message_sentiment", "Correct it", takes=CorrectSentimentSerializer, gives=SoundsSerializer)
    def post(self, request: Request, message_id: int, wish: dict[str, Any]) -> Any:
        """The desk learns from it, in its own data only."""
        return SoundsSerializer(sentiment.correct(self.person, message_id, wish["sentiment"])).data


class SignalRules(Resource):
    reads = Permission.SEE_CRISES

    @operation("signal_rules_read", "Read the words that are told", gives=SignalRulesSerializer)
    def get(self, request: Request) -> Any:
        return SignalRulesSerializer(signal_rules.current()).data

    @operation(
        "signal_rules_change",
        "Change the words that are told",
        takes=ChangeSignalRulesSerializer,
        gives=SignalRulesSerializer,
    )
    def patch(self, request: Request, wish: dict[str, Any]) -> Any:
        return SignalRulesSerializer(signal_rules.change(self.person, **wish)).data
