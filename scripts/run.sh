#!/bin/sh
# Serve Tracker on 127.0.0.1:$PORT (8000), in the foreground, until SIGTERM or Ctrl-C.
set -eu
cd "$(dirname "$0")/.."
PORT=${PORT:-8000}
export PORT

.venv/bin/python - <<'PY' || exit 1
import os, socket, sys

port = os.environ["PORT"]
try:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", int(port)))
except (OSError, ValueError, OverflowError) as error:
    sys.exit(f"Tracker cannot listen on port {port} ({error}). Choose another: PORT=8080 make run")
PY
.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py demo --if-empty
cat <<END

  Tracker is at http://127.0.0.1:$PORT/
  Accounts (the name is the password): admin, operator, viewer
  Anybody may report at http://127.0.0.1:$PORT/tracker/incident/report/
  Ctrl-C stops it.

END
# Sockets may live for longer than daphne's default of a day, hence the timeout of -1.
exec .venv/bin/daphne --bind 127.0.0.1 --port "$PORT" --websocket_timeout=-1 --no-server-name \
    --verbosity 0 --access-log /dev/null tracker_project.asgi:application
