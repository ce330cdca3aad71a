#!/bin/sh
# Every test, on both pairs of database and channel layer. Installs and starts what it needs, leaves nothing running.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test
python=$PWD/.venv/bin/python
SECRET_KEY=${SECRET_KEY:-only-for-the-tests-0123456789-abcdefghijklmnop}
CHROMIUM=$(scripts/find_browser.sh)
export SECRET_KEY CHROMIUM
unset DATABASE_URL REDIS_URL

echo "== code style and types"
.venv/bin/ruff check .
.venv/bin/ruff format --check .
DEBUG=1 .venv/bin/mypy

echo "== JavaScript"
node --test tests/js/*.test.js

echo "== SpatiaLite + in-memory layer"
"$python" -m pytest -q "$@"

echo "== PostGIS + Redis"
scripts/with_services.sh "$python" -m pytest -q "$@"
