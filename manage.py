#!/usr/bin/env python
"""Django's command line for Tracker."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker_project.settings")
    if not {"runserver", "runworker"} & set(sys.argv[1:2]):
        # A command that ends soon counts for itself: each would leave files that every scrape has to read.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = ""
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
