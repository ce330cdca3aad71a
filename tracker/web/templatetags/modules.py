"""``{% module 'js/pages/list.js' %}``: runs a module of JavaScript, and has all that it imports loaded at once."""

from django import template

from tracker.web.modules import Module

register = template.Library()


@register.simple_tag
def module(name: str) -> Module:
    return Module(name)
