"""The addresses of signals and of what is watched."""

from django.urls import path

from desk.web.views import signal_rules, signal_streams, signals

urlpatterns = [
    path("", signals.overview, name="signals"),
    path("<int:signal_id>/", signals.one, name="signal"),
    path("<int:signal_id>/start/", signals.start, name="signal-start"),
    path("<int:signal_id>/dismiss/", signals.dismiss, name="signal-dismiss"),
    path("words/", signal_rules.page, name="signal-rules"),
    path("streams/", signal_streams.overview, name="signal-streams"),
    path("streams/new/", signal_streams.add, name="signal-stream-new"),
    path("streams/try/", signal_streams.try_out, name="signal-stream-try"),
    path("streams/<int:stream_id>/", signal_streams.one, name="signal-stream"),
    path("streams/<int:stream_id>/delete/", signal_streams.delete, name="signal-stream-delete"),
]
