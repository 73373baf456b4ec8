"""The addresses of the page of everything that can be changed, and of proposals."""

from django.urls import path

from desk.web.views import change_forms, changes, proposals

urlpatterns = [
    path("", changes.overview, name="changes"),
    path("proposals/", proposals.overview, name="proposals"),
    path("proposals/<int:change_id>/", proposals.one, name="change"),
    path("proposals/<int:change_id>/preview/", proposals.preview, name="change-preview"),
    path("proposals/<int:change_id>/edit/", change_forms.edit, name="change-edit"),
    path("proposals/<int:change_id>/remark/", proposals.remark, name="change-remark"),
    path("proposals/<int:change_id>/<slug:name>/", proposals.step, name="change-step"),
    path("<slug:kind>/", changes.things, name="change-things"),
    path("<slug:kind>/propose/", change_forms.propose, name="change-new"),
    path("<slug:kind>/plan/", changes.plan_version, name="change-plan-version"),
    path("<slug:kind>/<int:thing>/", changes.thing, name="change-thing"),
    path("<slug:kind>/<int:thing>/propose/", change_forms.propose, name="change-propose"),
    path("<slug:kind>/<int:thing>/versions/", changes.versions, name="change-versions"),
    path("<slug:kind>/<int:thing>/log/", changes.log, name="change-log"),
    path("<slug:kind>/<int:thing>/roll-back/", changes.roll_back, name="change-roll-back"),
]
