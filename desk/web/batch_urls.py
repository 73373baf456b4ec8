"""The pages of answers in batches, below the crisis whose tickets they answer."""

from django.urls import path

from desk.web.views import batches

urlpatterns = [
    path("", batches.overview, name="batches"),
    path("new/", batches.add, name="batch-new"),
    path("<int:batch_id>/", batches.one, name="batch"),
    path("<int:batch_id>/out/<int:line_id>/", batches.take_out, name="batch-take-out"),
    path("<int:batch_id>/approve/", batches.approve, name="batch-approve"),
    path("<int:batch_id>/<slug:name>/", batches.step, name="batch-step"),
]
