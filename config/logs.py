"""Logs: one JSON object a line on standard error, with the request's id and without contents."""

import re
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_frames_of = ExceptionDictTransformer(show_locals=False)


def _where_it_failed(exc_info: Any) -> list[dict[str, Any]]:
    """Return type and frames of an exception and its causes.

    Locals and messages stay out: they carry what people wrote in their requests.
    """
    return [
        {
            "type": link["exc_type"],
            "frames": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in link["frames"]],
        }
        for link in _frames_of(exc_info)
    ]


# The address of a calendar and of a new password are their own key: whoever reads it comes in.
_SECRET_ADDRESS = re.compile(r"(/feeds/|/password/new/)[^\s\"']+")


def _without_secret_addresses(_: Any, __: str, line: dict[str, Any]) -> dict[str, Any]:
    """Return the line with what follows in such an address left out."""
    return {
        key: _SECRET_ADDRESS.sub(r"\1***", value) if isinstance(value, str) else value
        for key, value in line.items()
    }


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_at(level: str) -> dict[str, Any]:
    """Return Django's LOGGING for `level`, and point structlog at the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.ExceptionRenderer(_where_it_failed),
                    _without_secret_addresses,
                    structlog.processors.JSONRenderer(),
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            # Its debug lines are SQL with the values in it.
            "django.db.backends": {"level": "WARNING"},
        },
    }
