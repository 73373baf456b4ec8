"""Where every address of the desk goes."""

from django.urls import URLPattern, URLResolver, include, path

from desk.web.views import health
from desk.web.views.webhooks import webhook

handler400 = "desk.web.answers.bad_request"
handler403 = "desk.web.answers.not_permitted"
handler404 = "desk.web.answers.not_found"
handler500 = "desk.web.answers.broke"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("webhooks/<int:inbox_id>/", webhook, name="webhook"),
    path("live/", include("desk.live.urls")),
    path("api/", include("desk.api.urls")),
    path("", include("desk.web.urls")),
]
