"""Who carries jobs out: ``threads`` in the web process, ``celery`` in Celery's workers (the setting ``BACKGROUND``).

``fire_and_forget`` is for what may be lost; ``clock`` does what is periodic where no ``celery beat`` does.
"""
