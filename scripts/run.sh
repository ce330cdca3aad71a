#!/bin/sh
# Serve Tracker on 127.0.0.1:$PORT (8000), in the foreground, until SIGTERM or Ctrl-C.
set -eu
cd "$(dirname "$0")/.."
PORT=${PORT:-8000}
export PORT

.venv/bin/python scripts/prepare.py
# Sockets may live for longer than daphne's default of a day, hence the timeout of -1.
exec .venv/bin/daphne --bind 127.0.0.1 --port "$PORT" --websocket_timeout=-1 --no-server-name \
    --verbosity 0 --access-log /dev/null tracker_project.asgi:application
