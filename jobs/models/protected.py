"""Saving a stored row without resetting columns that other writers have changed since it was read (D3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, router, transaction


class ProtectedSave(models.Model):
    """A model whose `save()` on a stored row leaves `never_saved` alone.

    `saved_when_named` are written only when `update_fields` names them: lifecycle changes them by
    conditional updates, and an object that was read before such a change must not undo it.
    """

    never_saved: ClassVar[frozenset[str]] = frozenset()
    saved_when_named: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        using = options.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using):
            if self._state.adding or options.get("force_insert"):
                self.before_insert(using)
                super().save(**options)
                return
            options["update_fields"] = self.fields_to_save(options.get("update_fields"))
            if options["update_fields"]:
                super().save(**options)
                self.after_change(using)

    def fields_to_save(self, named: Iterable[str] | None) -> list[str]:
        """The fields of `named` (None: of all) that `save()` may write on a stored row."""
        if named is not None:
            return [name for name in named if name not in self.never_saved]
        left_alone = self.never_saved | self.saved_when_named
        return [
            field.name for field in self._meta.concrete_fields if not field.primary_key and field.name not in left_alone
        ]

    def before_insert(self, using: str) -> None:
        """Called in the transaction that will insert the row."""

    def after_change(self, using: str) -> None:
        """Called in the transaction that changed the row."""
