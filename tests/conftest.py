"""What all tests share."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connections


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast tests first: who waits for the slow ones knows already that the rest is well."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The SQLite test database is a file, as in life: one in memory knows no WAL and no other process."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        database["TEST"]["NAME"] = settings.DATABASES["default"]["TEST"]["NAME"] = str(path)
