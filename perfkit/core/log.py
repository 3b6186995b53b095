"""What a run says of itself, by Python's `logging` under the name `perfkit`.

Python's logging takes time to load, so a record is only made where somebody could see it: a
warning always, the account of a run when the program uses logging anyway.
"""

from __future__ import annotations

import sys

LOGGER = "perfkit"
FIELDS = "perfkit"
"""The attribute of a record that holds its fields."""


def warn(message: str) -> None:
    """Says what the operator should know."""
    import logging

    logging.getLogger(LOGGER).warning("perfkit: warning: %s", message)


def account(message: str, **fields: object) -> None:
    """Says what a run did; `fields` are plain values."""
    if "logging" in sys.modules:
        import logging

        text = " ".join(f"{name}={value}" for name, value in fields.items())
        logging.getLogger(LOGGER).info("%s %s", message, text, extra={FIELDS: fields})


def log_to_stderr(form: str) -> None:
    """Sends records to stderr, as `text` or as `json`: one object a line."""
    import json
    import logging

    class JsonLines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            fields = {
                "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
                "level": record.levelname,
                "message": record.getMessage(),
                **getattr(record, FIELDS, {}),
            }
            return json.dumps(fields, default=str)

    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines()
        if form == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logger = logging.getLogger(LOGGER)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def stop_log_to_stderr() -> None:
    """Undoes `log_to_stderr`, for a caller whose process goes on."""
    if "logging" in sys.modules:
        import logging

        logger = logging.getLogger(LOGGER)
        logger.handlers = []
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
