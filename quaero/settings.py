"""Django's settings. What varies between installations is read in `config/environment.py`."""

from __future__ import annotations

from typing import Any

from jobs.terms.sizes import MIB
from quaero.config.environment import read_environment
from quaero.config.host_names import trusted_origins
from quaero.config.places import command_name, static_directories, template_directories
from quaero.config.tasks import task_apps

ENVIRONMENT = read_environment()

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ["*"]  # quaero/http/hosts.py looks, before anything else does
CSRF_TRUSTED_ORIGINS = trusted_origins(ENVIRONMENT.allowed_hosts, knows_scheme=bool(ENVIRONMENT.trusted_proxies))
FORCE_SCRIPT_NAME = ENVIRONMENT.base_path.rstrip("/") or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = ENVIRONMENT.base_path  # what else the proxy shows has no use for them
SECURE_HSTS_SECONDS = 30 * 24 * 3600  # said over https alone

INSTALLED_APPS = [
    "quaero",
    "logstream",
    "jobs",
    "quaero.apps.QuaeroAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *task_apps(),
]

# What runs jobs. Nothing in Quaero but `manage.py work` knows which backend it is.
TASKS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Every middleware here works in async, and none wraps the body of a response: streams pass through them (S6).
MIDDLEWARE = [
    "quaero.http.compressed_pages.compressed_pages",
    "django.middleware.security.SecurityMiddleware",
    "quaero.http.csp.content_security_policy",
    "quaero.http.hosts.only_allowed_hosts",
    "quaero.http.cookies.secure_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "quaero.urls"
CSRF_FAILURE_VIEW = "jobs.web.error_views.csrf_failure"
ASGI_APPLICATION = "quaero.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": template_directories(),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": dict(ENVIRONMENT.database)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL: readers never wait for the writer. IMMEDIATE: a writer takes the lock when it begins, so that
    # it waits its turn (busy timeout) instead of failing in the middle with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;"
        "PRAGMA journal_size_limit=16777216;",  # the WAL's, to which it shrinks again (quaero/sqlite3/wal.py)
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# No password is reset by mail here: this is how long a sign-in link works (jobs/web/sign_in.py).
PASSWORD_RESET_TIMEOUT = 3600

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "quaero:job_list"
LOGOUT_REDIRECT_URL = "login"

# A program of 1 MiB, which is the most, may be twice as long as JSON, and more than that if it is full of escapes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * MIB

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = f"{ENVIRONMENT.base_path}static/"
STATICFILES_DIRS = static_directories()

# What the apps read (jobs/conf.py): QUAERO_RETENTION_DAYS and the like, by their whole names.
globals().update({f"QUAERO_{name}": value for name, value in ENVIRONMENT.of_apps.items()})
QUAERO_COMMAND = command_name()

# With DEBUG off, Django's own configuration shows no error anywhere but by mail.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "counted": {"class": "jobs.refused_requests.CountingHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A 404 or a refused request is the client's business; an exception in a view is ours.
    "filters": {"failures": {"()": "quaero.log_filters.Failures"}},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["failures"]},
        "django.security": {"handlers": ["counted"], "propagate": False},
    },
}
