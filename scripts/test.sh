#!/bin/sh
# Every test, on both pairs of database and channel layer. Installs and starts what it needs, leaves nothing running.
# Arguments go to pytest. A stage that fails does not keep the others from running.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test
python=$PWD/.venv/bin/python
CHROMIUM=$(scripts/find_browser.sh)
export CHROMIUM
unset DATABASE_URL REDIS_URL

failed=
stage() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name;"
}
stage "style" .venv/bin/ruff check .
stage "format" .venv/bin/ruff format --check .
stage "types" .venv/bin/mypy
stage "JavaScript" node --test tests/js/*.test.js
# At the same time: tests wait more than they work, and the two share nothing.
other=$(mktemp)
trap 'kill "$other_pid" 2>/dev/null || true; rm -f "$other"' EXIT
scripts/with_services.sh "$python" -m pytest -q "$@" >"$other" 2>&1 &
other_pid=$!
stage "SpatiaLite + in-memory layer" "$python" -m pytest -q "$@"
echo "== PostGIS + Redis"
wait "$other_pid" || failed="$failed PostGIS + Redis;"
cat "$other"
[ -z "$failed" ] || { echo "FAILED:$failed"; exit 1; }
echo "All stages passed."
