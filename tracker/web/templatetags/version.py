"""``{% tracker_version %}``: which version this site runs, at the foot of every page.

A tag and not a context processor: the page for a failure is rendered without a request.
"""

from django import template

from tracker import __version__

register = template.Library()


@register.simple_tag
def tracker_version() -> str:
    """As ``0.2.0``."""
    return __version__
