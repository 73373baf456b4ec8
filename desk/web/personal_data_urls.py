"""The addresses of personal data: erasures, retention, and what is held about one customer."""

from django.urls import path

from desk.web.views import personal_data

urlpatterns = [
    path("", personal_data.overview, name="administration-personal-data"),
    path("retention/", personal_data.keep_rules, name="administration-retention"),
    path("erasures/<int:erasure_id>/", personal_data.erasure_page, name="administration-erasure"),
    path("customers/<int:customer_id>/", personal_data.customer, name="customer-data"),
    path("customers/<int:customer_id>/export/", personal_data.export, name="customer-export"),
]
