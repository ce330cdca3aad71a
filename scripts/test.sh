#!/bin/sh
# Every test on PostGIS and Redis, and what may differ on SpatiaLite and the in-memory layer too (tests/conftest.py).
# Installs and starts what it needs, leaves nothing running. Arguments go to pytest, which then runs on both. ON_BOTH=all
# runs everything on both (`make prove`). A stage that fails does not keep the others from running. Tests wait more than
# they work, and runs share nothing, so they run at the same time; what needs a quiet machine comes after them.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test
python=$PWD/.venv/bin/python
scripts/find_browser.sh >/dev/null
unset DATABASE_URL REDIS_URL

failed=
stage() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name;"
}
outputs=$(mktemp -d)
services=$(mktemp -d)
chmod 755 "$services"
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$outputs" "$services"' EXIT
begin() { # NAME COMMAND...: in the background; its output is shown when it is its turn
    name=$1
    shift
    { "$@" >"$outputs/$name" 2>&1 && touch "$outputs/$name.passed"; } &
}
postgis="scripts/with_services.sh $python"
begin "style" sh -c '.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports --no-cache && .venv/bin/mypy'
begin "JavaScript" node --test tests/js/*.test.js
begin "JavaScript, style and types" sh -c 'PATH=node_modules/.bin:$PATH; biome check --error-on-warnings && tsc && tsc -p tsconfig.strict.json'
# A database is made and migrated once; each run begins with a copy.
export POSTGRES_FILES="$services/files"
DJANGO_SETTINGS_MODULE=tests.settings $postgis manage.py migrate -v0
export MIGRATED=1
if [ $# -gt 0 ]; then
    begin "PostGIS + Redis" $postgis -m pytest -q "$@"
    begin "SpatiaLite + in-memory layer" "$python" -m pytest -q "$@"
else
    windows="$(ls tests/browser/test_*_every_window.py) tests/browser/test_a_night_on_watch.py tests/browser/test_keyboard_only.py"
    others=$(for file in $windows; do printf ' --ignore=%s' "$file"; done)
    rooms="tests/accounts tests/alerts tests/audit tests/events tests/files tests/house tests/incidents tests/lib tests/management tests/project"
    begin "PostGIS + Redis, pages" $postgis -m pytest -q -m "not alone" tests/web
    begin "PostGIS + Redis, live" $postgis -m pytest -q -m "not alone" tests/live
    begin "PostGIS + Redis, rooms" $postgis -m pytest -q -m "not alone" $rooms
    begin "PostGIS + Redis, under faults" $postgis -m pytest -q -m "not alone" tests/jobs tests/faults
    begin "PostGIS + Redis, in a browser" $postgis -m pytest -q -m "not alone" tests/browser $others
    begin "PostGIS + Redis, in every window" $postgis -m pytest -q -m "not alone" $windows
    begin "SpatiaLite + in-memory layer" "$python" -m pytest -q -m "not alone" tests
fi
wait
for output in "$outputs"/*; do
    case "$output" in *.passed) continue ;; esac
    echo "== ${output##*/}"
    cat "$output"
    [ -f "$output.passed" ] || failed="$failed ${output##*/};"
done
[ $# -gt 0 ] || stage "undisturbed" $postgis -m pytest -q -m alone tests/browser
[ -z "$failed" ] || { echo "FAILED:$failed"; exit 1; }
echo "All stages passed."
