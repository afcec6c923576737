"""Django's settings. What varies between installations is read in `config/environment.py`."""

from __future__ import annotations

from typing import Any

from jobs.sizes import MIB
from quaero.config.environment import read_environment
from quaero.config.host_names import trusted_origins
from quaero.config.places import command_name, static_directories, template_directories
from quaero.config.tasks import task_apps

ENVIRONMENT = read_environment()

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ["*"]  # quaero/http/hosts.py looks, before anything else does
CSRF_TRUSTED_ORIGINS = trusted_origins(ENVIRONMENT.allowed_hosts, knows_scheme=bool(ENVIRONMENT.trusted_proxies))
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
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# A program of 1 MiB, which is the most, may be twice as long as JSON, and more than that if it is full of escapes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * MIB

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = static_directories()

# What the apps read; each has the same default there, for projects that use an app without this package.
QUAERO_COMMAND = command_name()
QUAERO_STREAM_BATCH_INTERVAL_MS = ENVIRONMENT.batch_interval_ms
QUAERO_STREAM_PING_INTERVAL_S = ENVIRONMENT.ping_interval_s
QUAERO_STREAM_DEFAULT_LIMIT = ENVIRONMENT.default_limit
QUAERO_STREAM_MAX_LIMIT = ENVIRONMENT.max_limit
QUAERO_STREAM_BUFFER_SIZE = ENVIRONMENT.buffer_size
QUAERO_STREAM_MAX_STREAMS = ENVIRONMENT.max_streams
QUAERO_RETENTION_DAYS = ENVIRONMENT.retention_days
QUAERO_PROGRAMS = ENVIRONMENT.programs
QUAERO_RUN_TIMEOUT_S = ENVIRONMENT.run_timeout_s
QUAERO_RUN_MEMORY_MB = ENVIRONMENT.run_memory_mb
QUAERO_RUN_PROCESSES = ENVIRONMENT.run_processes
QUAERO_RUN_FILE_MB = ENVIRONMENT.run_file_mb
QUAERO_RUN_DISK_MB = ENVIRONMENT.run_disk_mb
QUAERO_RUN_USER = ENVIRONMENT.run_user
QUAERO_RUN_ENVIRONMENT = ENVIRONMENT.run_environment
QUAERO_MASK_PATTERNS = ENVIRONMENT.mask_patterns

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
