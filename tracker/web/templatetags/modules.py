"""``{% module 'js/pages/list.js' %}``: runs a module of JavaScript, and has all that it imports loaded at once."""

from django import template
from django.template.context import Context

from tracker.web.modules import Module

register = template.Library()


@register.simple_tag(takes_context=True)
def module(context: Context, name: str) -> str:
    request = context.get("request")
    linked = set() if request is None else request.__dict__.setdefault("linked_modules", set())
    return str(Module(name, linked))
