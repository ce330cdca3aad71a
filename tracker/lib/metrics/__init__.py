"""Numbers for Prometheus (docs/metrics.md): what each process counts, and what the database says when it is asked."""
