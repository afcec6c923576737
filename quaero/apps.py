from django.apps import AppConfig
from django.core import checks

from quaero.checks import check_limits, check_names


class QuaeroConfig(AppConfig):
    name = "quaero"

    def ready(self) -> None:
        checks.register(check_limits, "quaero")
        checks.register(check_names, "quaero")
