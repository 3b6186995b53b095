"""What a run reports of itself, by Python's `logging` under the name `perfkit`.

Python's logging takes time to load. A perfkit command therefore makes the account of a run only
with `--log`, as nobody would see it otherwise; a warning is always made.
"""

from __future__ import annotations

LOGGER = "perfkit"
FIELDS = "perfkit"
"""The attribute of a record that holds its fields."""


class _Log:
    """Whether accounts are made, and whether records go to stderr."""

    accounts = True
    to_stderr = False


def without_accounts() -> None:
    """Makes no accounts from now on: for a command, until `log_to_stderr` asks for them."""
    _Log.accounts = False


def warn(message: str) -> None:
    """Warns the operator."""
    import logging

    logging.getLogger(LOGGER).warning("perfkit: warning: %s", message)


def account(message: str, **fields: object) -> None:
    """Reports what a run did; `fields` are plain values."""
    if _Log.accounts:
        import logging

        text = " ".join(f"{name}={value}" for name, value in fields.items())
        logging.getLogger(LOGGER).info("%s %s", message, text, extra={FIELDS: fields})


def log_to_stderr(form: str) -> None:
    """Sends records to stderr, as `text` or as `json`: one object a line."""
    import json
    import logging

    class JsonFormatter(logging.Formatter):
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
        JsonFormatter()
        if form == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logger = logging.getLogger(LOGGER)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    _Log.accounts = _Log.to_stderr = True


def stop_log_to_stderr() -> None:
    """Undoes `log_to_stderr`, for a caller whose process goes on."""
    if _Log.to_stderr:
        import logging

        _Log.to_stderr = False
        logger = logging.getLogger(LOGGER)
        logger.handlers = []
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
