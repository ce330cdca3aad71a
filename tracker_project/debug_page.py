"""Django's page about an error, which there is with ``DEBUG`` only: not about a request that is too large for it.

The page shows all parameters. Of a request that was refused for having too many it would ask for them again, fail in
the middle, and so take seconds to answer 500.
"""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class Reporter(ExceptionReporter):
    def get_traceback_html(self) -> SafeString:
        if isinstance(self.exc_value, TOO_LARGE):
            return format_html("<!doctype html><title>Too much</title><p>{}", self.exc_value)
        return super().get_traceback_html()

    def get_traceback_text(self) -> SafeString:
        if isinstance(self.exc_value, TOO_LARGE):
            return SafeString(self.exc_value)  # a text, not a page
        return super().get_traceback_text()
