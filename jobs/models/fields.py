"""Model fields that make their values storable (D6) in every way of writing: save, create, update."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.storable import storable_json, storable_text


class StorableCharField(models.CharField):  # type: ignore[type-arg]
    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(None if value is None else storable_text(value))


class StorableTextField(models.TextField):  # type: ignore[type-arg]
    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(None if value is None else storable_text(value))


class UnescapedEncoder(json.JSONEncoder):
    """As everywhere else where entries are stored: SQLite finds no member whose name is written with escapes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


class StorableJSONField(models.JSONField):
    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return super().get_db_prep_save(value, connection)
        return connection.ops.adapt_json_value(storable_json(value), UnescapedEncoder)
