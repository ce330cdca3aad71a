# PostgreSQL with PostGIS, and Redis: on unix sockets, with passwords. The passwords are those of the file of settings.

part_of() { # URL username|password|host|port|path: percent-decoded
    printf '%s' "$1" | python3 -c '
import sys
from urllib.parse import unquote, urlsplit
parts = urlsplit(sys.stdin.read())
print(unquote(str(getattr(parts, sys.argv[1]) or "")))' "$2"
}

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

query() { as_postgres psql -XtAq -v ON_ERROR_STOP=1 -h /run/postgresql "$@"; }

is_there() { # QUERY: whether it finds a row; an error is none of the two
    found=$(query "$@") || stop "PostgreSQL does not answer; pg_lsclusters and the end of /var/log/postgresql/*.log say more."
    [ -n "$found" ]
}

set_up_postgresql() {
    url=$(value_of DATABASE_URL "")
    user=$(part_of "$url" username)
    name=$(part_of "$url" path)
    name=${name#/}
    password=$(part_of "$url" password)
    must_be "$user/$name" '[a-z0-9_]+/[a-z0-9_]+' "DATABASE_URL: give user and database names of a-z, 0-9 and _."
    must_be "$password" '[A-Za-z0-9_.~-]+' "DATABASE_URL: give it a password of letters, digits and _ . ~ -."
    # The one that is asked when nobody says which; there are two while one is being upgraded.
    version=$(pg_lsclusters -h | awk '$3 == 5432 {print $1; exit}')
    [ -n "$version" ] || stop "PostgreSQL has no cluster at port 5432: pg_lsclusters, pg_createcluster."
    cluster=$(pg_lsclusters -h | awk '$3 == 5432 {print $2; exit}')
    configuration=/etc/postgresql/$version/$cluster
    listen=$(value_of POSTGRESQL_LISTEN "")

    fill deploy/postgresql/tracker.conf "$work/conf" "LISTEN=$listen"
    put "$work/conf" "$configuration/conf.d/tracker.conf" postgres:postgres 0644 postgresql
    # Its lines come first: PostgreSQL takes the first one that fits.
    fill deploy/postgresql/pg_hba.conf "$work/hba" "USER=$user"
    if [ -n "$listen" ]; then
        for network in $(value_of DATA_CLIENTS "" | tr , ' '); do
            echo "host $name $user $network scram-sha-256" >>"$work/hba"
        done
    fi
    echo "# end of tracker" >>"$work/hba"
    sed '/^# Tracker (deploy/,/^# end of tracker$/d' "$configuration/pg_hba.conf" >"$work/hba.rest"
    [ -s "$work/hba.rest" ] || stop "$configuration/pg_hba.conf has nothing but Tracker's lines."
    cat "$work/hba.rest" >>"$work/hba"
    put "$work/hba" "$configuration/pg_hba.conf" postgres:postgres 0640 postgresql
    put deploy/systemd/data.conf /etc/systemd/system/postgresql@.service.d/tracker.conf root:root 0644 systemd
    heed_systemd
    if [ "$(pg_lsclusters -h | awk -v v="$version" -v c="$cluster" '$1 == v && $2 == c {print $4}')" != online ]; then
        pg_ctlcluster "$version" "$cluster" start || true
        changed "PostgreSQL started"
    elif is_pending postgresql; then
        pg_ctlcluster "$version" "$cluster" restart || true
    fi
    as_postgres pg_isready -q -t 30 -h /run/postgresql || stop "PostgreSQL does not start; the end of /var/log/postgresql/postgresql-$version-$cluster.log says why."
    done_with postgresql

    if ! is_there -c "SELECT 1 FROM pg_roles WHERE rolname = '$user'"; then
        query -c "CREATE ROLE $user LOGIN"
        changed "PostgreSQL's role $user"
    fi
    # By the password itself one sees whether it is still right; it is given on standard input, which nobody can list.
    if ! PGPASSWORD=$password psql -XtAqw -h /run/postgresql -U "$user" -d postgres -c 'SELECT 1' >/dev/null 2>&1; then
        printf "ALTER ROLE %s PASSWORD '%s';\n" "$user" "$password" | query -f -
        changed "PostgreSQL's password of $user"
    fi
    if ! is_there -c "SELECT 1 FROM pg_database WHERE datname = '$name'"; then
        if [ "${NEW_DATABASE:-0}" != 1 ] && { [ -e "$home/settings.env" ] || is_there -c "SELECT 1 FROM pg_database WHERE datname LIKE '${name}\_before\_%'"; }; then
            stop "there is no database $name, and there was one: tracker-restore puts a backup back; NEW_DATABASE=1 begins with an empty one."
        fi
        as_postgres createdb -O "$user" -E UTF8 -T template0 "$name"
        changed "database $name"
    fi
    if ! is_there -d "$name" -c "SELECT 1 FROM pg_extension WHERE extname = 'postgis'"; then
        query -d "$name" -c 'CREATE EXTENSION postgis'
        changed "extension postgis of $name"
    fi
}

set_up_redis() {
    url=$(value_of REDIS_URL "")
    listen=$(value_of REDIS_LISTEN "")
    port=0
    [ -z "$listen" ] || port=6379
    password=$(part_of "$url" password)
    must_be "$password" '[A-Za-z0-9_-]+' "REDIS_URL: give it a password of letters, digits, _ and -."
    fill deploy/redis/tracker.conf "$work/conf" "PASSWORD=$password" "PORT=$port" "LISTEN=${listen:-127.0.0.1}"
    put "$work/conf" /etc/redis/tracker.conf redis:redis 0640 redis
    sed '/^include \/etc\/redis\/tracker.conf$/d' /etc/redis/redis.conf >"$work/conf"
    [ -s "$work/conf" ] || stop "/etc/redis/redis.conf is empty: apt-get install --reinstall -o Dpkg::Options::=--force-confmiss redis-server"
    echo 'include /etc/redis/tracker.conf' >>"$work/conf"
    put "$work/conf" /etc/redis/redis.conf redis:redis 0640 redis
    put deploy/systemd/redis.conf /etc/systemd/system/redis-server.service.d/tracker.conf root:root 0644 systemd
    heed_systemd
    if ! id -nG tracker | grep -qw redis; then
        usermod -aG redis tracker
        changed "user tracker is in the group redis"
    fi
    if is_pending redis && is_up redis-server; then service redis-server restart >/dev/null || stop "Redis does not start; journalctl or /var/log/redis says why."; fi
    start_service redis-server
    done_with redis
}

set_up_backups() { # where the database is
    folder /var/backups/tracker root:root 0700
    put deploy/cron/tracker /etc/cron.d/tracker root:root 0644
    start_service cron
}
