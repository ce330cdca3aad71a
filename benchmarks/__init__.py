"""Benchmarks of Tracker, beside what else could be used. docs/benchmarks.md tells what each measures.

    make bench                                   all of them
    .venv/bin/python -m benchmarks.run fanout    one; --quick for a short smoke run, --help for more

A benchmark is a module with ``measure(quick) -> dict`` and ``table(result) -> str``. It runs in a process of its own,
beside a throw-away PostgreSQL and Redis of its own; run.py arranges that. What is measured has core 0 for itself;
everything else (load generator, publisher, PostgreSQL, Redis) shares core 1.
"""
