"""deploy/ on throw-away machines: ``make deploy-check`` (scripts/deploy_check.sh) makes what these tests need."""
