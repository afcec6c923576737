from django.apps import AppConfig


class LogstreamConfig(AppConfig):
    name = "logstream"
    label = "quaero_live"
    verbose_name = "Quaero, live"

    def ready(self) -> None:
        # The receivers import models, which are loaded only now.
        from logstream import receivers  # noqa: PLC0415

        receivers.connect()
