"""The addresses of what the company knows."""

from django.urls import URLPattern, path

from desk.web.views import articles, suggestions

urlpatterns: list[URLPattern] = [
    path("", articles.overview, name="knowledge"),
    path("new/", articles.add, name="article-new"),
    path("suggestions/", suggestions.overview, name="suggestions"),
    path("suggestions/<int:suggestion_id>/", suggestions.change, name="suggestion"),
    path("suggestions/<int:suggestion_id>/approve/", suggestions.approve, name="suggestion-approve"),
    path("suggestions/<int:suggestion_id>/reject/", suggestions.reject, name="suggestion-reject"),
    path("gaps/", articles.gaps, name="knowledge-gaps"),
    path("preview/", articles.preview, name="article-preview"),
    path("<int:article_id>/", articles.one, name="article"),
    path("<int:article_id>/helped/", articles.rate, name="article-helped"),
    path("<int:article_id>/canned/", articles.canned, name="article-canned"),
    path("<int:article_id>/edit/", articles.edit, name="article-edit"),
    path("<int:article_id>/delete/", articles.delete, name="article-delete"),
    path("<int:article_id>/versions/<int:number>/", articles.version, name="article-version"),
    path("<int:article_id>/versions/<int:number>/restore/", articles.restore, name="article-restore"),
]
