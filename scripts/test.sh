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
# Six at a time: more would not be done earlier, and each of their tests would wait longer for what it expects.
mkfifo "$services/turns"
exec 3<>"$services/turns"
for _ in 1 2 3 4 5 6; do echo >&3; done
begin() { # NAME COMMAND...: in the background, in its turn; its output is shown when all are done
    name=$1
    shift
    {
        read -r _ <&3
        "$@" >"$outputs/$name" 2>&1 3>&- && touch "$outputs/$name.passed"
        echo >&3
    } &
}
third() { # WHICH FILE...: each third of these files
    which=$1
    shift
    for file in "$@"; do
        [ $((which % 3)) != 0 ] || printf ' %s' "$file"
        which=$((which + 1))
    done
}
postgis="scripts/with_services.sh $python"
begin "style" sh -c '.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports --no-cache && .venv/bin/mypy'
begin "JavaScript" node --test tests/js/*.test.js
begin "JavaScript, style and types" sh -c 'PATH=node_modules/.bin:$PATH; biome check --error-on-warnings && tsc && tsc -p tsconfig.strict.json'
# A database of each sort is made and migrated once; each run begins with a copy.
export POSTGRES_FILES="$services/files" SQLITE_FILE="$services/migrated.sqlite3"
DJANGO_SETTINGS_MODULE=tests.settings $postgis manage.py migrate -v0
DATABASE_URL="spatialite:///$SQLITE_FILE" DJANGO_SETTINGS_MODULE=tests.settings "$python" manage.py migrate -v0
export MIGRATED=1
if [ $# -gt 0 ]; then
    begin "PostGIS + Redis" $postgis -m pytest -q "$@"
    begin "SpatiaLite + in-memory layer" "$python" -m pytest -q "$@"
else
    rooms="tests/accounts tests/alerts tests/audit tests/events tests/files tests/house tests/incidents tests/lib tests/management tests/project"
    for part in 1 2 3; do # the longest come first
        begin "PostGIS + Redis, in a browser, $part of 3" $postgis -m pytest -q -m "not alone" $(third $part tests/browser/test_*.py)
    done
    begin "PostGIS + Redis, live and under faults" $postgis -m pytest -q -m "not alone" tests/live tests/faults
    for part in 1 2 3; do
        begin "PostGIS + Redis, pages, $part of 3" $postgis -m pytest -q -m "not alone" $(third $part tests/web/test_*.py)
    done
    begin "PostGIS + Redis, jobs" $postgis -m pytest -q -m "not alone" tests/jobs
    begin "PostGIS + Redis, rooms" $postgis -m pytest -q -m "not alone" $rooms
    begin "SpatiaLite + in-memory layer, pages" "$python" -m pytest -q -m "not alone" tests/web tests/browser tests/live tests/faults
    begin "SpatiaLite + in-memory layer, rooms" "$python" -m pytest -q -m "not alone" $rooms tests/jobs
fi
wait
for output in "$outputs"/*; do
    case "$output" in *.passed) continue ;; esac
    echo "== ${output##*/}"
    cat "$output"
    [ -f "$output.passed" ] || failed="$failed ${output##*/};"
done
[ $# -gt 0 ] || stage "undisturbed" $postgis -m pytest -q -m alone tests/browser tests/faults
[ -z "$failed" ] || { echo "FAILED:$failed"; exit 1; }
echo "All stages passed."
