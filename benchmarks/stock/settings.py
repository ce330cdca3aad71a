"""Tracker's settings: the same accounts, sessions and layer; no more applications than the pattern needs."""

from tracker_project.settings import *  # noqa: F403

INSTALLED_APPS = ["daphne", "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "channels"]
MIDDLEWARE = []
TEMPLATES = []
ROOT_URLCONF = "benchmarks.stock.urls"
ASGI_APPLICATION = "benchmarks.stock.asgi.application"
