# PostgreSQL with PostGIS, and Redis: on unix sockets, with passwords. The passwords are those of the file of settings.

part_of() { # URL username|password|host|port|path: percent-decoded
    printf '%s' "$1" | python3 -c '
import sys
from urllib.parse import unquote, urlsplit
parts = urlsplit(sys.stdin.read())
print(unquote(str(getattr(parts, sys.argv[1]) or "")))' "$2"
}

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

set_up_postgresql() {
    url=$(value_of DATABASE_URL "")
    user=$(part_of "$url" username)
    name=$(part_of "$url" path)
    name=${name#/}
    case "$user$name" in "" | *[!a-z0-9_]*) stop "DATABASE_URL: give user and database names of a-z, 0-9 and _." ;; esac
    configuration=$(ls -d /etc/postgresql/*/main 2>/dev/null | sort -V | tail -n 1)
    [ -n "$configuration" ] || stop "PostgreSQL has no cluster “main”: pg_createcluster makes one."
    listen=$(value_of POSTGRESQL_LISTEN "")
    restart=0
    filled deploy/postgresql/tracker.conf "LISTEN=$listen" | put "$configuration/conf.d/tracker.conf" postgres:postgres 0644 && restart=1
    # Its lines come first: PostgreSQL takes the first one that fits.
    {
        filled deploy/postgresql/pg_hba.conf "USER=$user"
        [ -z "$listen" ] || for network in $(value_of DATA_CLIENTS "" | tr , ' '); do
            printf 'host %s %s %s scram-sha-256\n' "$name" "$user" "$network"
        done
        echo "# end of tracker"
        sed '/^# Tracker (deploy/,/^# end of tracker$/d' "$configuration/pg_hba.conf"
    } | put "$configuration/pg_hba.conf" postgres:postgres 0640 && restart=1
    if [ $restart = 1 ] && service_is_up postgresql; then service postgresql restart >/dev/null; fi
    start_service postgresql
    query() { as_postgres psql -XtAq -v ON_ERROR_STOP=1 "$@"; }
    if [ -z "$(query -c "SELECT 1 FROM pg_roles WHERE rolname = '$user'")" ]; then
        query -c "CREATE ROLE $user LOGIN"
        changed "PostgreSQL's role $user"
    fi
    # By the password itself one sees whether it is still right; it is given on standard input, which nobody can list.
    password=$(part_of "$url" password)
    if ! PGPASSWORD=$password psql -XtAq -h /run/postgresql -U "$user" -d postgres -c 'SELECT 1' >/dev/null 2>&1; then
        printf "ALTER ROLE %s PASSWORD '%s';\n" "$user" "$(printf %s "$password" | sed "s/'/''/g")" | query -f -
        changed "PostgreSQL's password of $user"
    fi
    if [ -z "$(query -c "SELECT 1 FROM pg_database WHERE datname = '$name'")" ]; then
        as_postgres createdb -O "$user" -E UTF8 -T template0 "$name"
        changed "database $name"
    fi
    if [ -z "$(query -d "$name" -c "SELECT 1 FROM pg_extension WHERE extname = 'postgis'")" ]; then
        query -d "$name" -c 'CREATE EXTENSION postgis'
        changed "extension postgis of $name"
    fi
}

set_up_redis() {
    url=$(value_of REDIS_URL "")
    listen=$(value_of REDIS_LISTEN "")
    port=0
    [ -z "$listen" ] || port=6379
    restart=0
    password=$(part_of "$url" password)
    case "$password" in "" | *[!A-Za-z0-9_-]*) stop "REDIS_URL: give it a password of letters, digits, _ and -." ;; esac
    filled deploy/redis/tracker.conf "PASSWORD=$password" "PORT=$port" "LISTEN=${listen:-127.0.0.1}" |
        put /etc/redis/tracker.conf redis:redis 0640 && restart=1
    { grep -v '^include /etc/redis/tracker.conf$' /etc/redis/redis.conf; echo 'include /etc/redis/tracker.conf'; } |
        put /etc/redis/redis.conf redis:redis 0640 && restart=1
    if ! id -nG tracker | grep -qw redis; then
        usermod -aG redis tracker
        changed "user tracker is in the group redis"
    fi
    if [ $restart = 1 ] && service_is_up redis-server; then service redis-server restart >/dev/null; fi
    start_service redis-server
}
