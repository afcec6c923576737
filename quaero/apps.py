from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core import checks

from jobs import conf
from quaero.config.checks import check_names, check_proxies


class QuaeroConfig(AppConfig):
    name = "quaero"
    default = True

    def ready(self) -> None:
        if conf.is_installation():
            checks.register(check_names, "quaero")
            checks.register(check_proxies, "quaero")


class QuaeroAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "quaero.admin_site.Site"
