"""All settings, read from the environment (`.env.example` explains each variable).

One file for production, the demo and the tests; a bad or missing value stops the start with a
sentence that says what to write.
"""

import logging
from pathlib import Path
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_methods
from django.core.exceptions import ImproperlyConfigured

from config import security
from config.api import ALLOWED_HEADERS, API_DESCRIPTION, EXPOSED_HEADERS
from config.environment import (
    bucket_origin,
    cache_url_beside,
    env,
    read_bool,
    read_directory,
    read_int,
    read_list,
    read_origin,
    read_storage,
)
from config.logs import configure_structlog, logging_config
from config.ticks import TICKS
from desk.theme import UNFOLD  # noqa: F401 - the admin theme's own setting

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(env.str("FORTNIGHT_ENV_FILE", default=str(BASE_DIR / ".env")))

# --- What this installation is -------------------------------------------------------------------

BASE_URL = read_origin("BASE_URL", default="http://localhost:8000")
"""Every absolute link (feed, mail, API) starts with this, never with the Host header."""

SITE_NAME = env.str("SITE_NAME", default="Fortnight")
"""What stands at the head of the public site."""

_HOST = urlsplit(BASE_URL).hostname or ""
IS_LOCAL = _HOST in {"localhost", "127.0.0.1", "::1"} or _HOST.endswith(".localhost")
HTTPS = BASE_URL.startswith("https://")
TESTING = read_bool("FORTNIGHT_TESTING", default=False)
DEMO = read_bool("FORTNIGHT_DEMO", default=False)
DEBUG = read_bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = read_list("SECRET_KEY_FALLBACKS")

if DEBUG and not IS_LOCAL:
    raise ImproperlyConfigured(
        f"DEBUG=true shows secrets to visitors, and BASE_URL={BASE_URL} is not this machine. "
        "Remove DEBUG from the environment."
    )
if len(SECRET_KEY) < 32 or "change-me" in SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY must be a random text of at least 32 characters, not the example. Make one "
        "with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

DATA_DIR = read_directory("DATA_DIR", default=BASE_DIR / "var")
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS") or [
    _HOST,
    *(["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else []),
]
if "*" in ALLOWED_HOSTS and not IS_LOCAL:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS=* would answer to any name that a stranger gives us. List your host names."
    )

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.simple_history",
    "desk",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "corsheaders",
    "csp",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "simple_history",
    "config",
    "accounts",
    "catalog",
    "episodes",
    "feeds",
    "api",
    "website",
]

MIDDLEWARE = [
    "config.head_requests.AnswerWithoutBody",
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.request_log.RequestLog",
    "corsheaders.middleware.CorsMiddleware",
    "config.security.PolicyByDoor",
    "config.security.CookiesByDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "desk.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- PostgreSQL, Valkey, Celery ------------------------------------------------------------------

if not env.str("DATABASE_URL", default=""):
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Start Fortnight through manage.py, which runs a PostgreSQL of "
        "its own, or set DATABASE_URL=postgres://user:password@host:5432/name."
    )
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
if "host" in DATABASES["default"].get("OPTIONS", {}):  # libpq's form for a socket's directory
    DATABASES["default"]["HOST"] = DATABASES["default"]["OPTIONS"].pop("host")
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "DATABASE_URL must start with postgres://: Fortnight needs PostgreSQL."
    )

BROKER_URL = env.str("BROKER_URL", default="")
if not BROKER_URL:
    raise ImproperlyConfigured(
        "BROKER_URL is not set. Start Fortnight through manage.py, which runs a Valkey of its own, "
        "or set BROKER_URL=redis://host:6379/0."
    )

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", default="") or cache_url_beside(BROKER_URL),
        "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", default="fortnight"),
        # A cache that hangs may not hang the site.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

CELERY_BROKER_URL = BROKER_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "bulk"
CELERY_TASK_ROUTES = {
    "episodes.plan_slots": {"queue": "bulk"},
    "episodes.forget_expired": {"queue": "bulk"},
    "episodes.*": {"queue": "media"},
    "feeds.*": {"queue": "publish"},
}
# A killed child loses its task unless both of these are set.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ETA_TASK_LIMIT = 100
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# The web never waits for the broker: the row in PostgreSQL is already there.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 10,
    # Every look restores; kombu's own default of ten makes it every hundredth second.
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "health_check_interval": 10,
    "global_keyprefix": env.str("BROKER_KEY_PREFIX", default=""),
}
# Ticks need no memory, and the file that keeps one breaks when beat is killed while writing it.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = TICKS

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = read_directory("STATIC_ROOT", default=DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = read_directory("MEDIA_ROOT", default=DATA_DIR / "media")
MEDIA_URL = "/media/"
S3_BUCKET = env.str("S3_BUCKET", default="")
"""Where pictures and audio lie instead of on the disk; `MEDIA_ROOT` is then for files at work."""
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="")
S3_BROWSER_ENDPOINT_URL = env.str("S3_BROWSER_ENDPOINT_URL", default="")
S3_ORIGIN = bucket_origin(S3_BUCKET, S3_BROWSER_ENDPOINT_URL or S3_ENDPOINT_URL)
STORAGES = {
    "default": read_storage(S3_BUCKET, S3_ENDPOINT_URL),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
"""An episode's page with 500 chapters sends so many."""
AUDIO_UPLOAD_MAX_BYTES = read_int("AUDIO_UPLOAD_MAX_MB", default=2048, minimum=1) * 1024 * 1024
HEAVY_JOBS_AT_ONCE = read_int("HEAVY_JOBS_AT_ONCE", default=1, minimum=1)
"""How many recordings are listened to or mastered together; each keeps about one core busy."""
FFMPEG = env.str("FFMPEG", default="")
"""Which ffmpeg to run; `episodes.audio.ffmpeg` looks into the environment itself."""
AUDIO_ACCEL_PREFIX = env.str("AUDIO_ACCEL_PREFIX", default="")
"""An internal nginx location over MEDIA_ROOT, such as /stored/: nginx then sends the audio."""

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model's name
# Knox would make its own token table beside ours, which nothing would ever empty.
MIGRATION_MODULES = {"knox": None}
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 9 if DEMO else 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Nobody gets mail because a stranger typed their address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnly"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = False

# --- Security ------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# W019 asks for DENY; the admin opens related objects in frames, and the policy's frame-ancestors,
# which browsers obey first, says "none" everywhere else.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
CONTENT_SECURITY_POLICY = {"DIRECTIVES": security.with_bucket(security.SITE_DIRECTIVES, S3_ORIGIN)}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = read_int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
BEHIND_PROXY = read_bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    # Only a proxy that overwrites this header may stand in front.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Or all the world would share one address, the proxy's, and its attempts to log in.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = EXPOSED_HEADERS
CORS_ALLOW_HEADERS = ALLOWED_HEADERS
CORS_ALLOW_METHODS = [*default_methods, "HEAD"]

# --- The API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.DeviceToken"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.RequestsPerMinute"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handle_exception",
    # A client's address is what the proxy appended last, and without a proxy the connection's.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    # `?format=` is a parameter like any other unknown one.
    "URL_FORMAT_OVERRIDE": None,
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer"}
API_REQUESTS_PER_MINUTE = read_int("API_REQUESTS_PER_MINUTE", default=600, minimum=1)
API_REQUESTS_PER_MINUTE_WITH_TOKEN = 4 * API_REQUESTS_PER_MINUTE
SPECTACULAR_SETTINGS = API_DESCRIPTION

# --- Words, dates, mail --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"fortnight@{_HOST}")

# --- Episodes ------------------------------------------------------------------------------------

READINESS_CHECKS = [
    "episodes.readiness.check_story",
    "episodes.readiness.check_audio",
    "episodes.readiness.check_credits",
    "episodes.labelling.check_labels",
    "episodes.chaptering.check_chapters",
    "feeds.readiness.check_item",
    "feeds.readiness.check_show",
    "feeds.readiness.check_cover",
]
"""What a release is asked, lowest package first; each is called as check(episode, at=...)."""

# --- Logs ----------------------------------------------------------------------------------------

configure_structlog()
LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG or IS_LOCAL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
# config.request_log has checked it, or made one.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
# Nobody needs to know who listened.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line a request: the one that says how it ended.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
