"""Wiring: settings, the Celery app, URLs and the embedded servers. Nobody below imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
