"""All settings in one file. What differs between deployments comes from `desk.environment`, nothing else does."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from desk.environment import Environment

env = Environment.read()

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.debug
SECRET_KEY = env.secret_key
CREDENTIAL_KEYS = env.credential_keys  # Fernet keys, newest first; `rotate_keys` seals everything with the first
ALLOWED_HOSTS = list(env.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(env.csrf_trusted_origins)
WEB_URL = env.web_url  # where browsers and networks reach the desk; webhook addresses start with it
SANDBOX_URL = env.sandbox_url  # the sandbox networks, "" where there are none
ALLOW_PRIVATE_NETWORKS = env.allow_private_networks

INSTALLED_APPS = [
    "desk.operations",
    "desk.web",
    "desk.api",
    "desk.live",
    "desk.actions",
    "desk.drills",
    "desk.replies",
    "desk.reports",
    "desk.sla",
    "desk.wallboards",
    "desk.crises",
    "desk.signals",
    "desk.privacy",
    "desk.causes",
    "desk.changes",
    "desk.questions",
    "desk.threads",
    "desk.forms",
    "desk.statements",
    "desk.knowledge",
    "desk.automation",
    "desk.alerts",
    "desk.rulebooks",
    "desk.tickets",
    "desk.inboxes",
    "desk.people",
    "desk.common",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "desk.web.middleware.PersonLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "desk.web.middleware.RefusalMiddleware",  # last and synchronous, so that the whole chain runs in one thread
]

ROOT_URLCONF = "desk.urls"
ASGI_APPLICATION = "desk.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["desk.web.templatetags.dates"],  # months as the reader's language writes them
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    """A libpq address as Django's settings; what Django has no name for stays a connection option."""
    parts: dict[str, object] = dict(conninfo_to_dict(url))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections; Django hands them back after each request and task
        "OPTIONS": {"pool": {"min_size": 1, "max_size": env.database_pool_size, "timeout": 10}, **parts},
    }


DATABASES = {"default": _database(env.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.redis_url
CACHES = {
    "default": {
        "BACKEND": "desk.common.cache.SpareCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},  # seconds: a page can do without
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Celery: a lost task costs seconds, because each sweep looks in the database; so nothing is kept for results.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 5}
CELERY_TASK_PUBLISH_RETRY = False  # a web request never waits for a broker that is away; the sweep comes by
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "desk.tasks.poll_*": {"queue": "fetch"},
    "desk.tasks.fetch_*": {"queue": "fetch"},
    "desk.tasks.process_*": {"queue": "ingest"},
    "desk.tasks.send_*": {"queue": "send"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # each entry expires before the next: a queue that was stuck is not flooded by old ticks
    "claim due inboxes": {"task": "desk.tasks.claim_due_inboxes", "schedule": 1.0, "options": {"expires": 1.0}},
    "sweep reconciliations": {
        "task": "desk.tasks.sweep_reconciliations",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "ask when credentials end": {
        "task": "desk.tasks.fetch_credential_ends",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "keep up streams": {"task": "desk.tasks.keep_up_streams", "schedule": 300.0, "options": {"expires": 300.0}},
    "sweep raw items": {"task": "desk.tasks.sweep_raw_items", "schedule": 5.0, "options": {"expires": 5.0}},
    "sweep outbox": {"task": "desk.tasks.sweep_outbox", "schedule": 1.0, "options": {"expires": 1.0}},
    "sweep posts": {"task": "desk.tasks.sweep_posts", "schedule": 2.0, "options": {"expires": 2.0}},
    "switch on planned changes": {
        "task": "desk.tasks.switch_on_planned_changes",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "remind of updates": {"task": "desk.tasks.remind_of_updates", "schedule": 5.0, "options": {"expires": 5.0}},
    "sweep approvals": {"task": "desk.tasks.sweep_approvals", "schedule": 2.0, "options": {"expires": 2.0}},
    "sweep questions": {"task": "desk.tasks.sweep_questions", "schedule": 10.0, "options": {"expires": 10.0}},
    "sweep answers": {"task": "desk.tasks.sweep_answers", "schedule": 1.0, "options": {"expires": 1.0}},
    "lapse crises": {"task": "desk.tasks.lapse_crises", "schedule": 5.0, "options": {"expires": 5.0}},
    "search for crises": {"task": "desk.tasks.search_for_crises", "schedule": 5.0, "options": {"expires": 5.0}},
    "play drill": {"task": "desk.tasks.play_drill", "schedule": 1.0, "options": {"expires": 1.0}},
    "sweep drills": {"task": "desk.tasks.sweep_drills", "schedule": 5.0, "options": {"expires": 5.0}},
    # three times a minute: a minute is read 20 to 40 seconds after it is over
    "watch streams": {"task": "desk.tasks.watch_streams", "schedule": 20.0, "options": {"expires": 20.0}},
    "forget old counts": {"task": "desk.tasks.forget_counts", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "sweep clocks": {"task": "desk.tasks.sweep_clocks", "schedule": 2.0, "options": {"expires": 2.0}},
    "wake snoozed tickets": {"task": "desk.tasks.wake_snoozed", "schedule": 5.0, "options": {"expires": 5.0}},
    "sweep assignment": {"task": "desk.tasks.sweep_assignment", "schedule": 5.0, "options": {"expires": 5.0}},
    "renew open clocks": {"task": "desk.tasks.renew_open_clocks", "schedule": 2.0, "options": {"expires": 2.0}},
    "route crisis tickets": {"task": "desk.tasks.route_crisis_tickets", "schedule": 2.0, "options": {"expires": 2.0}},
    "run escalations": {"task": "desk.tasks.run_escalations", "schedule": 1.0, "options": {"expires": 1.0}},
    "sweep crisis messages": {
        "task": "desk.tasks.sweep_crisis_messages",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "sweep mails": {"task": "desk.tasks.sweep_mails", "schedule": 5.0, "options": {"expires": 5.0}},
    "forget old notices": {"task": "desk.tasks.forget_notices", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "sweep article reviews": {
        "task": "desk.tasks.sweep_article_reviews",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "suggest articles": {"task": "desk.tasks.suggest_articles", "schedule": 20.0, "options": {"expires": 20.0}},
    "find gaps": {"task": "desk.tasks.find_gaps", "schedule": 900.0, "options": {"expires": 900.0}},
    "count words": {"task": "desk.tasks.count_words", "schedule": 600.0, "options": {"expires": 600.0}},
    "sweep canned reviews": {
        "task": "desk.tasks.sweep_canned_reviews",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "sweep attachments": {"task": "desk.tasks.sweep_attachments", "schedule": 30.0, "options": {"expires": 30.0}},
    "forget unsent files": {
        "task": "desk.tasks.forget_unsent_files",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "run automation": {"task": "desk.tasks.run_automation", "schedule": 3.0, "options": {"expires": 3.0}},
    "forget old firings": {"task": "desk.tasks.forget_firings", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "count reports": {"task": "desk.tasks.count_reports", "schedule": 5.0, "options": {"expires": 5.0}},
    "sweep report mails": {"task": "desk.tasks.sweep_report_mails", "schedule": 10.0, "options": {"expires": 10.0}},
    "sweep what-ifs": {"task": "desk.tasks.sweep_what_ifs", "schedule": 10.0, "options": {"expires": 10.0}},
    "forget old what-ifs": {"task": "desk.tasks.forget_what_ifs", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "sweep trials": {"task": "desk.tasks.sweep_trials", "schedule": 10.0, "options": {"expires": 10.0}},
    "forget old trials": {"task": "desk.tasks.forget_trials", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "sweep erasures": {"task": "desk.tasks.sweep_erasures", "schedule": 10.0, "options": {"expires": 10.0}},
    "apply retention": {"task": "desk.tasks.apply_retention", "schedule": 60.0, "options": {"expires": 60.0}},
    "heartbeat": {"task": "desk.tasks.heartbeat", "schedule": 3.0, "options": {"expires": 3.0}},
}

# E-mail
MAIL_IS_SENT = env.smtp is not None
EMAIL_TIMEOUT = 15  # seconds for each word of the mail server
DEFAULT_FROM_EMAIL = env.mail_from
if env.smtp is not None:
    EMAIL_HOST, EMAIL_PORT = env.smtp.host, env.smtp.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.smtp.user, env.smtp.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = env.smtp.starttls, env.smtp.tls

# Text messages: sent where there is a gateway
TEXT_GATEWAY_URL, TEXT_GATEWAY_TOKEN, TEXT_FROM = env.text_gateway_url, env.text_gateway_token, env.text_from

# People
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "desk.web.adapters.ClosedDoorAdapter"  # people are added by an administrator, nobody signs up
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Balie"
MFA_ADAPTER = "desk.web.adapters.SecondFactorAdapter"

# Language and time
LANGUAGE_CODE = env.language_code
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "desk" / "locale"]
TIME_ZONE = env.time_zone  # what screens show; inside everything is UTC
USE_TZ = True
USE_I18N = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = env.data_dir / "static"
STATICFILES_DIRS = [BASE_DIR / "desk" / "web" / "static"] if (BASE_DIR / "desk" / "web" / "static").is_dir() else []
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = env.media_dir  # attachments; served by the desk to signed-in people only
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # a calendar with all the exceptions that it takes has two for each

# Safety
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "desk.web.answers.forged"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = env.https_only
CSRF_COOKIE_SECURE = env.https_only
SECURE_SSL_REDIRECT = env.https_only
SECURE_HSTS_SECONDS = 31_536_000 if env.https_only else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.https_only
SECURE_HSTS_PRELOAD = env.https_only
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.behind_proxy else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "desk.api.authentication.TokenAuthentication",
        "desk.api.authentication.SignedInAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["desk.api.wire.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "desk.api.wire.AlwaysJSON",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["desk.api.throttling.PerPersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.api_rate},
    "EXCEPTION_HANDLER": "desk.api.problems.problem_answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Balie",
    "DESCRIPTION": (
        "Everything that the screens of the desk can do, with the same permissions.\n\n"
        "Send `Authorization: Token …`; `manage.py create_token USERNAME` prints one. Times are ISO 8601 in UTC. Lists "
        "come in pages (`page_size` up to 200): follow `next` until it is null. Every refusal has the form "
        '`{"detail": sentence, "code": word, "errors": {field: [sentences]}}`; programs go by `code`.'
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],  # each field lists its own choices: `state` means something else on each noun
    "PATH_CONVERTER_OVERRIDES": {
        "number": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
    },
}

# Reading the networks
FETCHERS = env.fetchers  # streams that are polled at the same time, over all workers

# Replies
UNDO_SECONDS = env.undo_seconds  # how long a public reply waits before it leaves, so that it can be called back
SEE_PERSONAL_DATA: tuple[str, ...] = env.see_personal_data  # roles to which nothing is masked
PRIVACY_TEXT, PRIVACY_URL = env.privacy_text, env.privacy_url  # what customers read where they fill in a form
OWN_DETAILS: tuple[str, ...] = env.own_details  # our own addresses and numbers, which are nobody's personal data

# Logs: one JSON object a line, without texts of customers and without credentials
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "desk.common.logs.LineFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["out"], "level": env.log_level},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # tells each table of each font that it makes smaller
        "fpdf": {"level": "ERROR"},
    },
}
