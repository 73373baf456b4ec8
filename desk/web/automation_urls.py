"""The addresses of automation's pages."""

from django.urls import path

from desk.web.views import automation as views

urlpatterns = [
    path("", views.overview, name="administration-automations"),
    path("new/", views.add, name="administration-automation-new"),
    path("log/", views.firings, name="administration-firings"),
    path("<int:number>/", views.one, name="administration-automation"),
    path("<int:number>/document/", views.document, name="administration-automation-document"),
    path("<int:number>/trial/", views.try_it, name="administration-automation-try"),
    path("trials/<int:trial_id>/", views.trial, name="administration-automation-trial"),
    path("<int:number>/rules/<slug:key>/", views.rule, name="administration-automation-rule"),
    path("<int:number>/rules/<slug:key>/arrange/", views.arrange, name="administration-automation-arrange"),
    path("<int:number>/automation.yaml", views.export, {"form": "yaml"}, name="administration-automation-yaml"),
    path("<int:number>/automation.json", views.export, {"form": "json"}, name="administration-automation-json"),
    path("<int:number>/<slug:name>/", views.step, name="administration-automation-step"),
]
