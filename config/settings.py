"""Settings, read from the environment or from a `.env` file; `.env.example` names every variable."""

import ipaddress
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config.logs import logging_at

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("COMITY_VAR", default="") or BASE_DIR / "var").resolve()
DATABASE_URL = env.str("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL
DEBUG = env.bool("DEBUG", default=False)

# Write-ahead log alone fails on every read that turns into a write; only a transaction that takes the
# write lock at once can wait for its turn.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
}
# Statements prepared by the server get a generic plan, which cannot use a partial index.
POSTGRES_OPTIONS = {"prepare_threshold": None}


def _made_secret(path: Path) -> str:
    """Return the secret kept at `path`; make it, readable by its owner only, where there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            try:
                os.link(draft, path)  # whole or not at all, also when two commands start together
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path}: {error.strerror}; set COMITY_VAR to a folder that can be written"
        ) from None


def _database() -> dict[str, Any]:
    """Return the one database: the embedded SQLite file, or what DATABASE_URL names."""
    if DATABASE_URL and not DATABASE_URL.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://")
    database: dict[str, Any] = env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
    is_sqlite = database["ENGINE"] == "django.db.backends.sqlite3"
    options = database.get("OPTIONS", {})
    database["OPTIONS"] = SQLITE_OPTIONS | options if is_sqlite else options | POSTGRES_OPTIONS
    database["CONN_MAX_AGE"] = 0
    return database


def _mail() -> dict[str, Any]:
    """Return Django's EMAIL_ settings; without EMAIL_URL no mail goes out."""
    try:
        mail: dict[str, Any] = env.email_url_config(env.str("EMAIL_URL", default="") or "dummymail://")
    except ImproperlyConfigured:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtp+tls:// or smtp+ssl://") from None
    return mail


def _trusted_proxies() -> list[str]:
    proxies: list[str] = env.list("TRUSTED_PROXIES", default=[])
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}") from None
    return proxies


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not EMBEDDED and not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY must be set where DATABASE_URL is")
    SECRET_KEY = _made_secret(VAR_DIR / "secret_key")

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="")
# Without REDIS_URL the demo starts a server of its own and says so to its children.
CELERY_BROKER_URL = REDIS_URL or "memory://"
# Counts alone are kept here. An embedded process without Redis counts for itself.
CACHES = {
    "default": {
        "BACKEND": "requests_app.web.shared_counts.SharedCounts",
        "LOCATION": CELERY_BROKER_URL,
        "KEY_PREFIX": "comity",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A hard limit only: a soft one would raise in the middle of a row, which would then be set aside for it.
CELERY_TASK_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_TASK_DEFAULT_QUEUE = "ordinary"
# A worker takes from its queues in turn: what finds work and what proves life never waits behind the work.
CELERY_TASK_ROUTES = {
    "requests_app.tasks.sweep": {"queue": "urgent"},
    "requests_app.tasks.tick": {"queue": "exercises"},
    "requests_app.tasks.canary": {"queue": "urgent"},
}
# A task that nobody took while it mattered is not worth taking later: the next one finds the same rows.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "requests_app.tasks.sweep", "schedule": 1.0, "options": {"expires": 5}},
    "canary": {"task": "requests_app.tasks.canary", "schedule": 5.0, "options": {"expires": 10}},
    "notices": {
        "task": "requests_app.tasks.take_out",
        "args": ("notice",),
        "schedule": 2.0,
        "options": {"expires": 5},
    },
    "mail": {"task": "requests_app.tasks.send_mail", "schedule": 5.0, "options": {"expires": 10}},
    "roll_ups": {
        "task": "requests_app.tasks.take_out",
        "args": ("roll_up",),
        "schedule": 10.0,
        "options": {"expires": 20},
    },
    "store": {
        "task": "requests_app.tasks.sweep_store",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "rehearsals": {
        "task": "requests_app.tasks.rehearse",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "reports": {
        "task": "requests_app.tasks.take_out",
        "args": ("publish",),
        "schedule": 5.0,
        "options": {"expires": 10},
    },
}
# Whoever carries it reads /metrics from anywhere; without it only this machine does.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
KEYS_DIR = Path(env.str("KEYS_DIR", default="") or VAR_DIR / "keys")
EVIDENCE_DIR = Path(env.str("EVIDENCE_DIR", default="") or VAR_DIR / "evidence")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if EMBEDDED and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = _trusted_proxies()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "requests_app",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "requests_app.web.assets.Compressed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "requests_app.web.must_enrol.MustEnrol",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Last: it answers in place of the sign-in that found the door locked.
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Here, and not in a folder `templatetags`, which would be a room of its own.
            "libraries": {"comity": "requests_app.web.tags"},
        },
    },
]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# A name is locked where it was tried from, known or not: the answer does not tell who exists.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "requests_app.api.sign_in.locked_out"
AXES_VERBOSE = False
REQUIRE_TOTP_FOR_TRAINERS = env.bool("REQUIRE_TOTP_FOR_TRAINERS", default=False)
OTP_TOTP_ISSUER = "Comity EXERCISE"
PASSWORD_RESET_TIMEOUT = 3600

REST_KNOX = {
    "TOKEN_TTL": timedelta(hours=12),
    "TOKEN_LIMIT_PER_USER": 20,
    "AUTO_REFRESH": False,
    "AUTH_HEADER_PREFIX": "Bearer",
}
REST_FRAMEWORK = {
    # Tokens first: whoever is not signed in is told so with 401, not with 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "requests_app.api.bearer.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "requests_app.api.enrolled.Enrolled",
    ],
    "DEFAULT_PARSER_CLASSES": ["requests_app.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "requests_app.api.schema.ProblemAwareSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "60/min",
        "user": "1200/min",
        "join": "20/min",
        # A training room shares one address: thirty desks may join within the minute.
        "register": "40/min",
        "account": "10/min",
    },
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "requests_app.api.problems.as_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Comity",
    "DESCRIPTION": "A training simulator of cooperation under the UN Convention against Cybercrime. EXERCISE.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True

STATIC_URL = "/static/"
# Served from where the code lies: no step of collecting that an upgrade could forget.
WHITENOISE_USE_FINDERS = True
# Each address carries a digest of what it holds.
WHITENOISE_MAX_AGE = 365 * 24 * 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "requests_app.web.assets.Versioned"},
}
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
vars().update(_mail())
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="") or "Comity EXERCISE <comity@localhost>"
# The address that links in mails begin with; a mail has no request from which it could be read.
PUBLIC_URL = (env.str("PUBLIC_URL", default="") or "http://localhost:8000").rstrip("/")

X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "requests_app.world.sessions"
if not DEBUG and not EMBEDDED:
    SECURE_SSL_REDIRECT = True
    # Asked from inside, past the proxy, by what watches over the installation; they carry no contents.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    # A browser's preload list binds a whole domain for years: its owner asks for that, not a program.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOG_LEVEL = (env.str("LOG_LEVEL", default="") or "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
LOGGING = logging_at(LOG_LEVEL)
