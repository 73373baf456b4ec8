"""The addresses of the crisis plan's pages."""

from django.urls import path

from desk.web.views import crisis_plan_chain, crisis_plan_level
from desk.web.views import crisis_plans as views

urlpatterns = [
    path("", views.overview, name="administration-crisis-plans"),
    path("new/", views.add, name="administration-crisis-plan-new"),
    path("<int:number>/", views.one, name="administration-crisis-plan"),
    path("<int:number>/document/", views.document, name="administration-crisis-plan-document"),
    path("<int:number>/chain/<int:level>/", crisis_plan_chain.one, name="administration-crisis-plan-chain"),
    path("<int:number>/level/<int:level>/", crisis_plan_level.level, name="administration-crisis-plan-level"),
    path("<int:number>/roles/", crisis_plan_level.roles, name="administration-crisis-plan-roles"),
    path("<int:number>/crisis-plan.yaml", views.export, {"form": "yaml"}, name="administration-crisis-plan-yaml"),
    path("<int:number>/crisis-plan.json", views.export, {"form": "json"}, name="administration-crisis-plan-json"),
    path("<int:number>/<slug:name>/", views.step, name="administration-crisis-plan-step"),
]
