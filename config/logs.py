"""Structured logs: one JSON object a line in production, coloured text for a person in DEBUG.

Every line of a request carries its ``request_id``, which django-structlog hands on to the Celery
tasks that the request enqueues. Secrets that travel in paths (tokens) never reach a line.
"""

import logging
import re
import sys
from collections.abc import Callable
from typing import Any

import structlog

SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.UnicodeDecoder(),
]


_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""Without the values of variables, among which are passwords and keys."""


_SECRET_PATHS = re.compile(
    r"(/accounts/(?:password/reset/key|confirm-email|login/code)/|/admin/setup/)[^\s?'\"<>\\]+"
)
"""Addresses that let somebody in. Wherever a line names one, it names only its beginning."""


def blot_out(text: str) -> str:
    """Return `text` without what follows in addresses that are secrets themselves."""
    return _SECRET_PATHS.sub(r"\1…", text)


def _blotted(renderer: Any) -> Callable[[Any, str, Any], str]:
    """Blot out in the finished line: libraries name addresses in messages and tracebacks too."""
    return lambda logger, name, event: blot_out(str(renderer(logger, name, event)))


class AskedFor(logging.Filter):
    """Let through what somebody asked for, and anything wrong; drop the ticks of the clock.

    The sweeper runs every few seconds and says nothing new each time: a task that no request
    caused carries no request id. A task that fails is logged as an error and always told.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        event = record.msg if isinstance(record.msg, dict) else {}
        return record.levelno > logging.INFO or "request_id" in event


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_config(*, level: str, readable: bool) -> dict[str, Any]:
    """Return Django's LOGGING; `readable` picks text for people over JSON for machines."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if readable
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *([] if readable else [_TRACEBACKS]),
                    _blotted(renderer),
                ],
                "foreign_pre_chain": [*SHARED_PROCESSORS, structlog.stdlib.ExtraAdder()],
            }
        },
        "filters": {"asked_for": {"()": AskedFor}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
            # Without any handler Python would write these lines itself, raw, to stderr.
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own access lines repeat what django_structlog says better.
            "django.server": {"handlers": ["nowhere"], "propagate": False},
            "django.request": {"handlers": ["nowhere"], "propagate": False},
            # Scanners ask for names that are not ours all day; the answer is 400 and that is that.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            "celery": {"level": level},
            # The same is said by django_structlog, with the request that caused it.
            "celery.beat": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "django_structlog.celery.receivers": {"filters": ["asked_for"]},
        },
    }
