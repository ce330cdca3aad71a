"""Tracker: incidents, areas of interest, and the alerts between them. The rooms are in docs/architecture.md."""

__version__ = "0.2.0"  # stands here alone; pages, the log's first line, `/healthz` and `/metrics` say it
