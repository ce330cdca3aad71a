"""How a line of the server's own log looks."""

import copy
import logging


class LineFormatter(logging.Formatter):
    """One line for a request that was refused: Django adds where in its code, which is news of no error."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "django.request" and record.levelno < logging.ERROR and record.exc_info:
            record = copy.copy(record)  # other handlers may want it whole
            record.exc_info = record.exc_text = None
        return super().format(record)
