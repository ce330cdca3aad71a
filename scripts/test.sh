#!/bin/sh
# Every test, on both pairs of database and channel layer. Installs and starts what it needs, leaves nothing running.
# Arguments go to pytest. A stage that fails does not keep the others from running. Tests wait more than they work, and
# runs share nothing, so both pairs run at the same time, each in parts; what needs a quiet machine comes after them.
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
stage "style" .venv/bin/ruff check .
stage "format" .venv/bin/ruff format --check .
stage "types" .venv/bin/mypy
stage "JavaScript" node --test tests/js/*.test.js
outputs=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$outputs"' EXIT
begin() { # NAME COMMAND...: in the background; its output is shown when it is its turn
    name=$1
    shift
    { "$@" >"$outputs/$name" 2>&1 && touch "$outputs/$name.passed"; } &
}
postgis="scripts/with_services.sh $python"
if [ $# -gt 0 ]; then
    begin "PostGIS + Redis" $postgis -m pytest -q "$@"
    begin "SpatiaLite + in-memory layer" "$python" -m pytest -q "$@"
else
    rest="tests/commands tests/faults tests/jobs"
    quick="tests/http $(ls tests/test_*.py)"
    windows="$(ls tests/browser/test_*_every_window.py) tests/browser/test_a_night_on_watch.py tests/browser/test_keyboard_only.py"
    others=$(for file in $windows; do printf ' --ignore=%s' "$file"; done)
    begin "PostGIS + Redis" $postgis -m pytest -q -m "not alone" $quick
    begin "PostGIS + Redis, live" $postgis -m pytest -q -m "not alone" tests/live
    begin "PostGIS + Redis, in a browser" $postgis -m pytest -q -m "not alone" tests/browser $others
    begin "PostGIS + Redis, under faults" $postgis -m pytest -q -m "not alone" $rest
    begin "SpatiaLite + in-memory layer" "$python" -m pytest -q -m "not alone" $quick
    begin "SpatiaLite + in-memory layer, live" "$python" -m pytest -q -m "not alone" tests/live
    begin "SpatiaLite + in-memory layer, in a browser" "$python" -m pytest -q -m "not alone" tests/browser $others
    begin "SpatiaLite + in-memory layer, in every window" "$python" -m pytest -q -m "not alone" $windows
    begin "SpatiaLite + in-memory layer, under faults" "$python" -m pytest -q -m "not alone" $rest
fi
wait
for output in "$outputs"/*; do
    case "$output" in *.passed) continue ;; esac
    echo "== ${output##*/}"
    cat "$output"
    [ -f "$output.passed" ] || failed="$failed ${output##*/};"
done
[ $# -gt 0 ] || stage "undisturbed" "$python" -m pytest -q -m alone tests/browser
[ -z "$failed" ] || { echo "FAILED:$failed"; exit 1; }
echo "All stages passed."
