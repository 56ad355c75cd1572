"""All settings, in one file. Values come from the environment or from `.env`; `.env.example` names every one.

Nothing here is needed to try the product on one machine: the defaults keep data, keys and broker in `.data/`.
As soon as DATABASE_URL is set, the keys must be set too: several machines must share them, and none may invent its own.
"""

import atexit
import contextlib
import os
import secrets
import shutil
import sys
import tempfile
import tomllib
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

env = environ.Env()

# A test run must not depend on how somebody's own installation is set up, nor leave anything in it.
TESTING = "pytest" in sys.modules
if not TESTING and (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

# What could not be read from the environment: (check id, message, hint). `config.checks` reports these.
PROBLEMS: list[tuple[str, str, str]] = []


# --- Where it runs ---------------------------------------------------------------------------------------------------

DEBUG: bool = env.bool("DEBUG", default=False)
# Only for one's own machine: cookies and redirects then do not insist on TLS.
PLAIN_HTTP: bool = env.bool("PLAIN_HTTP", default=DEBUG or TESTING)
# Lets `run_sweep --at` act on a future moment: for demos and tests, never for an installation that people rely on.
TIME_TRAVEL: bool = env.bool("TIME_TRAVEL", default=False)
# Lets FAULT_POINT=after_claim:3 kill a process at a named point: for `make faults` alone.
FAULTS: bool = env.bool("FAULTS", default=False)
FAULT_POINT: str = env.str("FAULT_POINT", default="")

DATA_DIR = Path(tempfile.mkdtemp(prefix="keep-test-")) if TESTING else Path(env.str("DATA_DIR", default=".data"))
DATA_DIR = DATA_DIR if DATA_DIR.is_absolute() else BASE_DIR / DATA_DIR
if TESTING:
    atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

_sample_data = BASE_DIR.parent / "shared" / "data"
SAMPLE_DATA_DIR: str | None = env.str("SAMPLE_DATA_DIR", default="") or (
    "../shared/data" if _sample_data.is_dir() else None
)
if SAMPLE_DATA_DIR:
    SAMPLE_DATA_DIR = str((BASE_DIR / SAMPLE_DATA_DIR).resolve())


# --- Keys ------------------------------------------------------------------------------------------------------------


def _own_folder(path: Path) -> Path:
    """A folder that only the account running Keep can look into."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _key(name: str) -> str:
    """The key from the environment; else the one kept beside the data of a one-machine installation."""
    value: str = env.str(name, default="")
    if value:
        return value
    if TESTING:
        return f"only-for-tests-{name.lower()}-" + "0123456789abcdef" * 4
    path = DATA_DIR / name.lower()
    if not path.exists():
        if env.str("DATABASE_URL", default="") and not DEBUG:
            raise ImproperlyConfigured(
                f"{name} is not set. With a DATABASE_URL of your own every process must be given the same {name}: "
                "put at least 50 random characters into the environment or into .env."
            )
        # Written aside and linked into place: of two processes that start together, both use the first one's key.
        draft = _own_folder(DATA_DIR) / f".{name.lower()}-{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


SECRET_KEY = _key("SECRET_KEY")
# Seals the journal. Apart from SECRET_KEY, which may be changed at any time; this one must outlive every entry.
JOURNAL_KEY = _key("JOURNAL_KEY")
# Once a day the end of the journal's chain is written here and, where an address is named, mailed there: whoever cuts
# entries off in the database would have to change these too.
JOURNAL_HEADS: str = env.str("JOURNAL_HEADS", default="") or str(DATA_DIR / "journal-heads.jsonl")
JOURNAL_HEADS_TO: list[str] = env.list("JOURNAL_HEADS_TO", default=[])


# --- Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles, so that the development server leaves static files to it as well.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # Lets templates/django/forms/ stand before Django's own form templates.
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "csp",
    "django_htmx",
    "governance",
    "councils",
    "actions",
    "notifications",
]

MIDDLEWARE = [
    # First, so that whatever the others log carries the request's id.
    "config.logging.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # After it: pages are in the language of whoever is signed in.
    "governance.middleware.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    # Last: it needs the signed-in person, and turns what views raise into answers.
    "governance.middleware.Access",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# --- Database --------------------------------------------------------------------------------------------------------

# DATABASE_URL=postgres://user:password@host:5432/name, or sqlite:////absolute/path.sqlite3
if env.str("DATABASE_URL", default=""):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a URL that is half understood is not understood
            urlsplit(env.str("DATABASE_URL")).port  # noqa: B018  (raises where environ mends what it cannot read)
            _database: dict[str, Any] = dict(env.db_url("DATABASE_URL"))
        if not _database["ENGINE"].endswith(("sqlite3", "postgresql")):
            raise ValueError("not a database that Keep runs on")
    except (environ.ImproperlyConfigured, ValueError, KeyError, UserWarning):
        PROBLEMS.append(
            (
                "keep.E001",
                "DATABASE_URL cannot be read, or names a database that Keep does not run on.",
                "Write postgres://user:password@host:5432/name, with special characters in the password "
                "percent-encoded, or sqlite:////absolute/path.sqlite3.",
            )
        )
        _database = {"ENGINE": "django.db.backends.dummy", "NAME": ""}
else:
    _database = {"ENGINE": "django.db.backends.sqlite3", "NAME": _own_folder(DATA_DIR) / "keep.sqlite3"}

if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "timeout": 10,
        # A transaction that will write takes its lock when it begins: no upgrade in the middle, no deadlock, no retry.
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON"
        ),
    }
    # A file, not memory: tests then meet the locks, and the processes, that an installation meets.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
elif _database["ENGINE"].endswith("postgresql"):
    _database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {
        # As long as SQLite waits for a lock; and nobody may hold one while doing nothing.
        "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s",
        **_database.get("OPTIONS", {}),
    }

# Never ATOMIC_REQUESTS: with IMMEDIATE transactions even a page that only reads would keep writers waiting.
DATABASES = {"default": _database}

CACHES = {"default": env.cache_url_config(env.str("CACHE_URL", default="") or "locmemcache://")}


# --- Background work -------------------------------------------------------------------------------------------------

# BROKER_URL=redis://host:6379/0 or amqp://...; without one, a folder that needs no server.
BROKER_URL: str = env.str("BROKER_URL", default="") or ("memory://" if TESTING else "filesystem://")

# Seconds between two sweeps, of the loop and of the ticks that wake workers up.
SWEEP_EVERY: float = env.float("SWEEP_EVERY", default=30.0)
# Seconds for which a claim on messages holds, renewed while they are handed over: so late does a crash show.
OUTBOX_LEASE: float = env.float("OUTBOX_LEASE", default=20.0)

CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long it is away
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # they are handed out again, and may run twice
# A wake-up that cannot be sent now is not worth a request's time: the sweep loop finds the work anyway.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# Printed mails stay readable instead of becoming log lines.
CELERY_WORKER_REDIRECT_STDOUTS = False
# Static: ticks carry no business time, so there is nothing to store and two beats do no harm.
# A tick that waited longer than its own period is stale, because the next one does the same work.
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    name: {"task": f"notifications.tasks.{name}", "schedule": SWEEP_EVERY, "options": {"expires": SWEEP_EVERY}}
    for name in ("sweep", "drain", "keep")
}
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
if BROKER_URL.startswith("filesystem:"):
    _broker = DATA_DIR / "broker"
    # A broker that is away keeps nobody from starting, be it a server or a folder: the sweep hands over without it.
    with contextlib.suppress(OSError):
        for _folder in (_broker, _broker / "messages", _broker / "control"):
            _own_folder(_folder)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # In and out are one folder: this machine is both ends.
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
        "polling_interval": 0.5,  # seconds; the default of 1 makes both wake-ups and stopping slow
    }


# --- People, sessions, access ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "governance.Person"
# Object permissions are asked of governance.access alone, which reads the dated grants itself; guardian's own backend
# would also say yes to superusers and to people who have left.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

LOGIN_URL = "governance:sign-in"
LOGIN_REDIRECT_URL = "/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    # Tests sign in hundreds of times; the strength of the hash is Django's own to test.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_FAILURE_VIEW = "governance.views.errors.not_ours"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])


# --- Web security ----------------------------------------------------------------------------------------------------

ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG or TESTING else []
)
# Only behind a proxy that sets X-Forwarded-Proto itself and strips it from what clients send.
if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT: bool = env.bool("SECURE_SSL_REDIRECT", default=not PLAIN_HTTP)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # probes come from inside, without TLS
SECURE_HSTS_SECONDS: int = env.int("SECURE_HSTS_SECONDS", default=0 if PLAIN_HTTP else 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # its backend is left out on purpose, see AUTHENTICATION_BACKENDS
    "security.W021",  # HSTS preloading binds a whole domain: its owner decides that, not an application on it
]


# --- Languages and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# What people and the organisation may choose. Words of ours are in one only once its catalogue is there:
# governance.languages.
LANGUAGES = [
    ("en", _("English")),
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True


# --- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
# Files of feedback between being sent and being taken in; web and sweep processes share this folder.
UPLOADS_ROOT = DATA_DIR / "uploads"
# The largest file that a browser may send for taking in, in bytes; larger ones are for the console.
UPLOAD_LIMIT: int = env.int("UPLOAD_LIMIT", default=30 * 1024 * 1024)
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# How many messages one run lets out, in all and to one seat or person; the rest is held back. 0: as many as there are.
MESSAGES_A_RUN: int = env.int("MESSAGES_A_RUN", default=0 if TESTING else 500)
MESSAGES_A_PERSON: int = env.int("MESSAGES_A_PERSON", default=20)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG
if WHITENOISE_USE_FINDERS:
    _own_folder(STATIC_ROOT)  # empty then, but WhiteNoise warns where there is none

# How long each kind of personal data is kept, in days, where it differs from docs/operations.md: "givers=365,links=30".
try:
    RETENTION_DAYS: dict[str, int] = {
        name.strip(): int(days)
        for name, _is, days in (part.partition("=") for part in env.list("RETENTION_DAYS", default=[]))
    }
except ValueError:
    RETENTION_DAYS = {}
    PROBLEMS.append(
        (
            "keep.E008",
            "RETENTION_DAYS cannot be read.",
            "Write names and days: RETENTION_DAYS=givers=365,links=30.",
        )
    )


# --- Mail ------------------------------------------------------------------------------------------------------------

# EMAIL_URL=smtp+tls://user:password@host:587; without one, mails are printed.
try:
    vars().update(env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://"))
except (environ.ImproperlyConfigured, ValueError, KeyError):
    PROBLEMS.append(
        (
            "keep.E003",
            "EMAIL_URL cannot be read.",
            "Write smtp+tls://user:password@host:587, or consolemail:// to print mails.",
        )
    )
if globals().get("EMAIL_BACKEND") == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
# Seconds for each piece of an answer of the mail server, and for all that is said about one mail.
EMAIL_TIMEOUT: int = env.int("EMAIL_TIMEOUT", default=20)
EMAIL_DEADLINE: int = env.int("EMAIL_DEADLINE", default=60)
# How messages leave: "mail", or "null" for an installation whose people read the inbox alone.
OUTWARD_CHANNEL: str = env.str("OUTWARD_CHANNEL", default="mail")
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Keep <keep@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Links in mails need an address; a mail has no request to take it from.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")


# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["governance.api.parsers.PlainJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "governance.api.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "governance.api.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Keep API",
    "DESCRIPTION": "CX governance and accountability: the same rules, permissions and services as the pages.",
    "VERSION": VERSION,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"key": int},
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stand at their field: as components of their own, a dozen fields called "kind" would fight over one name.
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # Served from here: the documentation must open without the internet, too.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}


# --- Logs ------------------------------------------------------------------------------------------------------------

LOG_LEVEL: str = env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO").upper()
LOGGING_CONFIG = "config.logging.configure"
LOGGING = {"level": LOG_LEVEL, "readable": DEBUG}
