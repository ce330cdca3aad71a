#!/bin/sh
# Run a command beside a throw-away PostgreSQL with PostGIS and a throw-away Redis, both on unix sockets only.
#   scripts/with_services.sh COMMAND [ARGUMENT ...]
# Sets DATABASE_URL and REDIS_URL for the command. FSYNC=on keeps PostgreSQL's writes safe against a kill (default off).
# POSTGRES_FILES=FOLDER: if it is there, PostgreSQL begins with a copy of it, else its files are kept there at the end.
set -eu

home=$(mktemp -d "${TMPDIR:-/tmp}/tracker-services.XXXXXX")
chmod 755 "$home"
version=$(ls -d /usr/share/postgresql/*/extension/postgis.control 2>/dev/null | cut -d/ -f5 | sort -V | tail -n 1)
bin=/usr/lib/postgresql/$version/bin
[ -n "$version" ] && [ -x "$bin/initdb" ] || { echo "No PostgreSQL server with PostGIS was found." >&2; exit 1; }
command -v redis-server >/dev/null || { echo "redis-server was not found." >&2; exit 1; }

as_owner() { # PostgreSQL does not run as root
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}
files=${POSTGRES_FILES:-}
redis_pid=
command_pid=
finish() {
    status=$?
    trap - EXIT INT TERM
    [ -z "$command_pid" ] || kill "$command_pid" 2>/dev/null || true
    [ -z "$redis_pid" ] || kill "$redis_pid" 2>/dev/null || true
    how=immediate
    [ -z "$files" ] || [ -d "$files" ] || how=fast # to be copied it must have ended well
    as_owner "$bin/pg_ctl" -D "$home/pg/data" -m $how -w stop >/dev/null 2>&1 || true
    [ $how = immediate ] || mv "$home/pg/data" "$files"
    rm -rf "$home"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$home/pg"
[ "$(id -u)" != 0 ] || chown postgres "$home/pg"
if [ -d "$files" ]; then
    cp -a "$files" "$home/pg/data"
else
    as_owner "$bin/initdb" -D "$home/pg/data" -U tracker -A trust -E UTF8 --locale=C.UTF-8 >"$home/initdb.log"
fi
as_owner "$bin/pg_ctl" -D "$home/pg/data" -l "$home/pg/log" -w start >/dev/null \
    -o "-c listen_addresses='' -c unix_socket_directories='$home/pg' -c fsync=${FSYNC:-off} -c full_page_writes=${FSYNC:-off} -c max_connections=200"
if [ ! -d "$files" ]; then
    PGHOST="$home/pg" "$bin/createdb" -U tracker tracker
    PGHOST="$home/pg" "$bin/psql" -q -U tracker -d tracker -c "CREATE EXTENSION IF NOT EXISTS postgis" >&2
fi

redis-server --port 0 --unixsocket "$home/redis.sock" --save '' --appendonly no --dir "$home" >"$home/redis.log" 2>&1 &
redis_pid=$!
for _ in $(seq 50); do [ -S "$home/redis.sock" ] && break; sleep 0.1; done

DATABASE_URL="postgis://tracker@$(printf '%s' "$home/pg" | sed 's,/,%2F,g')/tracker"
REDIS_URL="unix://$home/redis.sock"
export DATABASE_URL REDIS_URL
# In the background, so that a signal to this script ends the command at once, and then the services.
"$@" &
command_pid=$!
wait "$command_pid"
