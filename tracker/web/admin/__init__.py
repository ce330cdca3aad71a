"""The administration of the site; each module registers what it is about."""

from tracker.web.admin import accounts, audit, incidents

__all__ = ["accounts", "audit", "incidents"]
