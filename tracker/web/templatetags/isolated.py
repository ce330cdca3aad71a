"""Texts from outside on pages: what is written from right to left turns nothing but itself, and addresses are links."""

from django import template
from django.contrib.auth.models import AbstractUser
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tracker.lib import text
from tracker.web.linked import linked

register = template.Library()
register.filter(linked)


@register.filter
def isolated(name: object) -> SafeString:
    """In an element of its own; inside an attribute or a title use ``isolated_text``."""
    return format_html("<bdi>{}</bdi>", text.unturned(str(name)))


@register.filter
def isolated_text(name: object) -> str:
    return text.isolated(str(name))


@register.filter
def initials(user: AbstractUser) -> str:
    """Two letters at most; nothing that turns a line, and no half of a flag."""
    names = (user.first_name or user.get_username(), user.last_name)
    return "".join(next(filter(str.isalnum, name), "") for name in names)
