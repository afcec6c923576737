from django.apps import AppConfig


class LogstreamConfig(AppConfig):
    name = "logstream"
