"""A project of its own, as `django-admin startproject` makes it, with Quaero mounted beside what it has."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.live.serving import DEADLINE_S, free_port
from tests.processes import eventually

MOUNT = "/ops/logs/"
PASSWORD = "a long enough passphrase"

SETTINGS = """
import os

INSTALLED_APPS += ["myapps.jobs", "shop"]
INSTALLED_APPS += ["jobs", "logstream", "quaero"]
SHOP_REGION = os.environ["SHOP_REGION"]
QUAERO = {"PROGRAMS": ["python"], "STREAM_PING_INTERVAL_S": 2}
TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
MIDDLEWARE += ["django.middleware.gzip.GZipMiddleware", "shop.policy.strict"]
ALLOWED_HOSTS = ["127.0.0.1"]
CSRF_USE_SESSIONS = True
DATABASES["default"]["ATOMIC_REQUESTS"] = True
LOGGING = {
    "version": 1,
    "handlers": {"quaero": {"class": "jobs.handlers.QuaeroHandler"}},
    "root": {"handlers": ["quaero"], "level": "INFO"},
}
"""
URLS = f"""
from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
    path("{MOUNT.lstrip("/")}", include("quaero.embedded")),
    *staticfiles_urlpatterns(),
]
"""
# The strictest policy under which Quaero's pages are said to work; the admin's need the same.
POLICY = """
def strict(get_response):
    def middleware(request):
        response = get_response(request)
        response["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            "worker-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        return response
    return middleware
"""
MODELS = """
from django.db import models

class Job(models.Model):
    title = models.CharField(max_length=20)
    owner = models.ForeignKey("auth.User", null=True, on_delete=models.CASCADE, related_name="tokens")

    class Meta:
        indexes = [models.Index(fields=["title"], name="job_newest")]
"""
RUNNABLES = """
from jobs.reporting import log
from jobs.runnables import job

@job
def greet(name: str = "you") -> str:
    log("info", f"hello {name}")
    return name
"""
LOGIN = """<h1>The shop's own door</h1><form method="post">{% csrf_token %}{{ form }}<button>Enter</button></form>"""
FILES = {
    "myapps/__init__.py": "",
    "myapps/jobs/__init__.py": "",
    "myapps/jobs/models.py": MODELS,
    "myapps/jobs/jobs.py": "raise RuntimeError('what is in here is none of Quaero\\'s business')",
    "shop/urls.py": URLS,
    "shop/policy.py": POLICY,
    "shop/quaero_jobs.py": RUNNABLES,
    "templates/base.html": "the shop's own base",
    "templates/registration/login.html": LOGIN,
}
PEOPLE = f"""
from django.contrib.auth.models import Group, Permission, User
operators = Group.objects.create(name="Operators")
operators.permissions.set(Permission.objects.filter(codename="delete_user"))
user = User.objects.create_superuser("owner", password={PASSWORD!r})
"""


@dataclass(frozen=True)
class Installed:
    """Where Quaero is installed: the Python that finds it, and what that needs in its environment."""

    python: str
    environment: dict[str, str]


@dataclass
class Host:
    folder: Path
    installed: Installed
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def root(self) -> str:
        """Quaero's address."""
        return self.url + MOUNT

    def make(self) -> None:
        """The project, migrated, with its people."""
        self._run("-m", "django", "startproject", "shop", ".")
        for name, text in FILES.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        with (self.folder / "shop" / "settings.py").open("a") as settings:
            settings.write(SETTINGS)
        self.manage("makemigrations", "jobs", "-v0")
        self.manage("migrate", "-v0")
        self.python(PEOPLE)

    def manage(self, *command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self._run("manage.py", *command, code=code)

    def python(self, code: str) -> str:
        """Runs Python inside the project, and gives what it prints."""
        return self.manage("shell", "--no-imports", "-c", code).stdout.strip()

    def new_job(self, name: str = "import") -> str:
        """The id of a job that runs, and writes what `say` is given."""
        begin = "from jobs.lifecycle import create_job, start_job"
        return self.python(f"{begin}; job = create_job({name!r}); start_job(job, leased=False); print(job.pk)")

    def say(self, job_id: str, message: str) -> None:
        code = "from jobs.models import Job, NewEntry; from jobs.recording import append"
        self.python(f"{code}; append(Job.objects.get(pk={job_id!r}), [NewEntry({message!r})])")

    def finish(self, job_id: str) -> None:
        self.python(f"from jobs.lifecycle import finish_job; finish_job({job_id!r}, 'completed')")

    def new_token(self) -> str:
        made = self.manage("token", "create", "--user", "robot", "--create-user", "--scopes", "read,write,run")
        return made.stdout.strip()

    @contextmanager
    def served(self, *server: str) -> Iterator[subprocess.Popen[bytes]]:
        """By `python -m server ...`, which is to listen at `port`."""
        process = self.start("-m", *server)
        try:
            eventually(lambda: self._answers() or process.poll() is not None)
            yield process
        finally:
            process.kill()
            process.wait(DEADLINE_S)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [self.installed.python, *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.installed.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/admin/login/").status_code == 200
        except httpx.TransportError:
            return False

    def _run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self.installed.python, *arguments],
            cwd=self.folder,
            env=self.installed.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S * 3,
        )
        assert done.returncode == code, done.stderr
        return done


def stop(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a process that is told to stop."""
    process.send_signal(signal.SIGTERM)
    return process.wait(DEADLINE_S)
