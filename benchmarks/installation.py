"""An installation for one benchmark: in a temporary directory, migrated, and deleted when the process ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
OTHER_PLACES = ("DATABASE_URL", "REDIS_URL")  # so that a benchmark never touches a database in use


class Installation:
    """Make one before anything with models is imported."""

    def __init__(self) -> None:
        sys.path.insert(0, str(ROOT))
        self._directory = TemporaryDirectory(prefix="quaero-benchmark-", ignore_cleanup_errors=True)
        self.database = Path(self._directory.name) / "quaero.sqlite3"
        for name in OTHER_PLACES:
            os.environ.pop(name, None)
        os.environ["QUAERO_DATA_DIR"] = self._directory.name
        os.environ["DJANGO_SETTINGS_MODULE"] = "quaero.settings"
        django.setup()
        call_command("migrate", verbosity=0)

    def token(self) -> str:
        """A token that may read everything."""
        from django.contrib.auth.models import Group, User  # noqa: PLC0415 - Django is set up only now

        from jobs.models import Token  # noqa: PLC0415

        user = User.objects.create_user("benchmark")
        user.groups.add(Group.objects.get(name="Quaero viewers"))
        return Token.issue(user, ["read"])[1]
