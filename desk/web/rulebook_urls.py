"""The addresses of the rulebook's pages."""

from django.urls import path

from desk.web.views import rulebook_editor, rulebook_files, rulebooks

urlpatterns = [
    path("", rulebooks.overview, name="administration-rulebooks"),
    path("new/", rulebooks.add, name="administration-rulebook-new"),
    path("import/", rulebook_files.bring_in, name="administration-rulebook-import"),
    path("<int:number>/rulebook.yaml", rulebook_files.export, {"form": "yaml"}, name="administration-rulebook-yaml"),
    path("<int:number>/rulebook.json", rulebook_files.export, {"form": "json"}, name="administration-rulebook-json"),
    path("<int:number>/", rulebooks.one, name="administration-rulebook"),
    path("<int:number>/try/", rulebooks.try_out, name="administration-rulebook-try"),
    path("<int:number>/rules/<str:code>/", rulebook_editor.rule, name="administration-rulebook-rule"),
    path("<int:number>/frame/", rulebook_editor.frame, name="administration-rulebook-frame"),
    path("<int:number>/document/", rulebook_editor.document, name="administration-rulebook-document"),
    path("<int:number>/examples/", rulebooks.examples, name="administration-rulebook-examples"),
    path("<int:number>/examples/new/", rulebook_editor.example, name="administration-rulebook-example-new"),
    path("<int:number>/examples/<int:place>/", rulebook_editor.example, name="administration-rulebook-example"),
    path("<int:number>/<slug:name>/", rulebooks.step, name="administration-rulebook-step"),
]
