"""The jobs that there are, and who carries them out. tracker/background has what they share.

``try_it``, ``export``, ``import_file`` and ``check_alerts`` declare jobs, ``errands`` what may be lost. ``threads``
carries jobs out in the web process, ``on_celery`` in Celery's workers; ``clock`` does what is periodic where no
``celery beat`` does.
"""

from . import check_alerts, export, import_file, try_it  # noqa: F401  (each declares its jobs)
