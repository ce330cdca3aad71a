"""What a logger writes, as the console shows it in one of the two forms."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager

from tracker_project.settings import LOGGING


class Lines:
    def __init__(self, stream: io.StringIO):
        self.stream = stream

    @property
    def text(self) -> list[str]:
        """The lines as a reader of the file counts them."""
        return self.stream.getvalue().split("\n")[:-1]

    @property
    def objects(self) -> list[dict]:
        return [json.loads(line) for line in self.text]


@contextmanager
def written(log_format: str, *names: str) -> Iterator[Lines]:
    """What these loggers write while this lasts."""
    lines = Lines(io.StringIO())
    handler = logging.StreamHandler(lines.stream)
    configurator = logging.config.DictConfigurator(LOGGING)
    handler.setFormatter(configurator.configure_formatter(LOGGING["formatters"][log_format]))
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield lines
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
