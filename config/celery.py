"""The one Celery app.

PostgreSQL is the truth and a message only says "look now", so every setting here aims at one
thing: a worker that dies, hangs or is shut down loses nothing and blocks nobody. The values were
measured against Celery 5.7 (a killed child loses its task unless *three* flags are set).
"""

import os

import celery.signals
from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fortnight")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@celery.signals.setup_logging.connect
def use_django_logging(**_kwargs: object) -> None:
    """Keep Celery from replacing the LOGGING of the settings with its own."""
