from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate

from jobs.conf_checks import check_settings


class JobsConfig(AppConfig):
    name = "jobs"
    label = "quaero_jobs"  # as the tables and rights are named: `jobs` may be the label of another app
    verbose_name = "Quaero"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(check_settings, "quaero")
        # Models can be imported only now, when every app is loaded.
        from jobs import installation  # noqa: PLC0415
        from jobs.background.process import open_queue  # noqa: PLC0415
        from jobs.runnables.commands.checks import check_commands  # noqa: PLC0415
        from jobs.runnables.commands.offers import offer_commands  # noqa: PLC0415
        from jobs.runnables.discovery import autodiscover, check_registered_jobs  # noqa: PLC0415
        from jobs.running.workers import dispatch  # noqa: PLC0415

        pre_migrate.connect(installation.before_migrate, sender=self)
        post_migrate.connect(installation.after_migrate, sender=self)
        dispatch.connect()
        open_queue()
        autodiscover()
        offer_commands()
        checks.register(check_registered_jobs, "quaero")
        checks.register(check_commands, "quaero")
