"""The web process: `uvicorn desk.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

django_application = get_asgi_application()

from desk.web.body_limit import BodyLimit  # noqa: E402 after the setup of Django
from desk.web.deliveries import Deliveries  # noqa: E402 which it needs

application = Deliveries(BodyLimit(django_application))
