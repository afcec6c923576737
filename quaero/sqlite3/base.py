from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base

from quaero.config.private_files import make_private


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        with suppress(OSError):  # SQLite has a better message
            make_private(str(conn_params["database"]))
        return super().get_new_connection(conn_params)
