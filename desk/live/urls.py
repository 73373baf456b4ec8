"""The addresses of the live line."""

from django.urls import path

from desk.live import views

urlpatterns = [
    path("", views.line, name="live"),
    path("presence/", views.say_presence, name="presence"),
]
