"""Where every address of the desk goes."""

from django.urls import URLPattern, URLResolver, include, path

import desk.api.urls  # noqa: F401  # knows how a number is written
from desk.api.resources.crisis_report import ReportOnPaper
from desk.api.resources.digests import DigestOnPaper
from desk.api.resources.improvements import CauseOnPaper
from desk.web.views import cause_pages, customer_forms, digests, health
from desk.web.views.crisis_report import pdf_answer
from desk.web.views.webhooks import crisis_hook, webhook

handler400 = "desk.web.answers.bad_request"
handler403 = "desk.web.answers.not_permitted"
handler404 = "desk.web.answers.not_found"
handler500 = "desk.web.answers.broke"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("webhooks/<int:inbox_id>/", webhook, name="webhook"),
    path("f/<str:token>/", customer_forms.form, name="customer-form"),
    path("f/page/<str:token>/", customer_forms.page, name="customer-page"),
    path("f/page/<str:token>/files/<int:file_id>/", customer_forms.file, name="customer-file"),
    path("webhooks/crises/<int:hook_id>/", crisis_hook, name="crisis-hook"),
    path("live/", include("desk.live.urls")),
    path("api/v1/crises/<number:crisis_id>/report/pdf/", ReportOnPaper.as_view(on_paper=pdf_answer)),
    path("api/v1/causes/<number:cause_id>/pdf/", CauseOnPaper.as_view(on_paper=cause_pages.pdf_answer)),
    path("api/v1/departments/<number:department_id>/digest/pdf/", DigestOnPaper.as_view(on_paper=digests.pdf_answer)),
    path("api/", include("desk.api.urls")),
    path("", include("desk.web.urls")),
]
