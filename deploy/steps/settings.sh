# The file of settings: written once with fresh secrets, then the administrator's; and files made from templates.

role() { value_of ROLE "${ROLE:-all}"; }

runs() { # web | data: whether this machine does that
    case "$(role)" in all | "$1") return 0 ;; *) return 1 ;; esac
}

value_of() { # NAME DEFAULT: what the file of settings says
    found=
    [ ! -f "$settings" ] || found=$(sed -n "s/^$1=//p" "$settings" | tail -n 1)
    printf '%s' "${found:-$2}"
}

secret() { openssl rand -hex 24; }

check_request() { # before anything is done
    [ ! -f "$settings" ] && [ "${PREPARE:-0}" != 1 ] || return 0
    case "${ROLE:-all}" in
        all | data) ;;
        web) stop "a machine of ROLE=web shares the settings of its site: copy $settings of the first one here, set ROLE=web, DATABASE_URL and REDIS_URL in it, and run this again." ;;
        *) stop "ROLE is all, web or data." ;;
    esac
    [ -n "${SITE:-}" ] || stop "name the site: SITE=tracker.example.org deploy/provision.sh"
    case "$SITE" in *[!A-Za-z0-9.,-]*) stop "SITE: “$SITE” is not a host name, or several with commas between." ;; esac
}

write_settings() {
    if ! getent passwd tracker >/dev/null; then
        useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin tracker
        changed "user tracker"
    fi
    folder /etc/tracker root:tracker 0750
    folder "$state" tracker:tracker 0750
    folder /var/log/tracker tracker:adm 0750
    if [ ! -f "$settings" ]; then
        (umask 077 && fresh_settings >"$settings.new")
        chown tracker:tracker "$settings.new"
        mv "$settings.new" "$settings"
        changed "$settings"
    fi
    owned "$settings" tracker:tracker 0600
}

fresh_settings() {
    first=${SITE%%,*}
    base_url=${BASE_URL:-https://$first}
    cat <<END
# The settings of this site. Keep it secret, and in your backups. docs/settings.md lists what else can stand here;
# after a change run deploy/provision.sh again, which restarts what must be restarted.
SECRET_KEY=$(secret)$(secret)
ALLOWED_HOSTS=$SITE
BASE_URL=$base_url
DATABASE_URL=postgis://tracker:$(secret)@%2Frun%2Fpostgresql/tracker
REDIS_URL=unix://:$(secret)@/run/redis/redis-server.sock
WEB_PROCESSES=4
BACKGROUND=celery
BEHIND_PROXY=1
JOB_FILES=$state/job_files
LOG_FORMAT=json
METRICS_TOKEN=$(secret)
PROMETHEUS_MULTIPROC_DIR=/run/tracker/metrics
EMAIL_URL=smtp://localhost:25
DEFAULT_FROM_EMAIL=tracker@$first
TIME_ZONE=$(cat /etc/timezone 2>/dev/null || echo UTC)

# What deploy/provision.sh reads beside that.
ROLE=${ROLE:-all}
TLS_CERTIFICATE=/etc/tracker/tls/certificate.pem
TLS_KEY=/etc/tracker/tls/key.pem
BACKUP_DAYS=14
# One machine of a site runs the clock of the periodic work.
RUN_BEAT=1
END
    [ "${DEMO:-0}" != 1 ] || printf 'DEMO=1\nMAP_CENTER=56.98,-2.17\nMAP_ZOOM=11\n'
}

# --- files -----------------------------------------------------------------------------------------------------------

folder() { # PATH OWNER:GROUP MODE
    [ -d "$1" ] || { mkdir -p "$1"; changed "$1"; }
    owned "$1" "$2" "$3"
}

owned() { # PATH OWNER:GROUP MODE
    if [ "$(stat -c '%U:%G 0%a' "$1")" != "$2 $3" ]; then
        chown "$2" "$1"
        chmod "$3" "$1"
        changed "owner or mode of $1"
    fi
}

put() { # TARGET OWNER:GROUP MODE: its new content comes from standard input; succeeds if it was changed
    new=$(mktemp)
    cat >"$new"
    if cmp -s "$new" "$1"; then
        rm -f "$new"
        owned "$1" "$2" "$3"
        return 1
    fi
    mkdir -p "$(dirname "$1")"
    (umask 077 && cp "$new" "$1.new") && chown "$2" "$1.new" && chmod "$3" "$1.new" && mv "$1.new" "$1" || stop "$1 cannot be written."
    rm -f "$new"
    changed "$1"
}

filled() { # TEMPLATE NAME=VALUE...: with @NAME@ replaced
    template=$1
    shift
    script=$(mktemp)
    for pair in "$@"; do
        printf 's|@%s@|%s|g\n' "${pair%%=*}" "$(printf '%s' "${pair#*=}" | sed 's/[\\&|]/\\&/g')" >>"$script"
    done
    sed -f "$script" "$template"
    rm -f "$script"
}

# --- services --------------------------------------------------------------------------------------------------------

service_is_up() { service "$1" status >/dev/null 2>&1; }

start_service() {
    [ ! -d /run/systemd/system ] || systemctl -q enable "$1"
    service_is_up "$1" || { service "$1" start >/dev/null; changed "$1 started"; }
}
