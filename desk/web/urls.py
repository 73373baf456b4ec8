"""The addresses of the screens."""

from django.urls import include, path

from desk.web.views import command, home, language, preferences, wallboard

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("desk.web.workspace_urls")),
    path("administration/", include("desk.web.administration_urls")),
    path("wallboard/", wallboard.board, name="wallboard"),
    path("wallboard/figures/", wallboard.figures, name="wallboard-figures"),
    path("command/", command.find, name="command"),
    path("me/", preferences.change, name="preferences"),
    path("language/", language.choose, name="language"),
    path("accounts/", include("desk.web.door")),
]
