# The file of settings: written once with fresh secrets, then the administrator's.

# What this script reads, and the site does not.
OWN_SETTINGS="ROLE TLS_CERTIFICATE TLS_KEY BACKUP_DAYS RUN_BEAT PROXY_PROTOCOL POSTGRESQL_LISTEN REDIS_LISTEN DATA_CLIENTS"

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
    if [ -f "$settings" ]; then
        for name in SITE BASE_URL DEMO ROLE; do
            eval "asked=\${$name:-}"
            case "$name" in SITE) has=$(value_of ALLOWED_HOSTS "") ;; *) has=$(value_of $name "") ;; esac
            [ -z "$asked" ] || [ "$asked" = "$has" ] || stop "$name is for the first time only. This site has its settings in $settings (of the name: ALLOWED_HOSTS, BASE_URL, ALLOWED_ORIGINS, DEFAULT_FROM_EMAIL): change them there and run this again."
        done
        return 0
    fi
    [ "${PREPARE:-0}" != 1 ] || return 0
    case "${ROLE:-all}" in
        all | data) ;;
        web) stop "a machine of ROLE=web shares the settings of its site: copy $settings of the data machine here, set ROLE=web, DATABASE_URL and REDIS_URL in it, and run this again." ;;
        *) stop "ROLE is all, web or data." ;;
    esac
    [ -n "${SITE:-}" ] || stop "name the site: SITE=tracker.example.org deploy/provision.sh"
    must_be "${SITE:-}" '[A-Za-z0-9][A-Za-z0-9.-]*(,[A-Za-z0-9][A-Za-z0-9.-]*)*' "SITE: “$SITE” is not a host name, or several with commas between."
    must_be "${BASE_URL:-https://x}" 'https?://[A-Za-z0-9.-]+(:[0-9]+)?' "BASE_URL: “${BASE_URL:-}” is not an address such as https://tracker.example.org."
}

must_be() { # VALUE PATTERN SENTENCE
    printf '%s' "$1" | grep -Eqx "$2" || stop "$3"
}

write_settings() {
    if ! getent passwd tracker >/dev/null; then
        useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin tracker
        changed "user tracker"
    fi
    folder /etc/tracker root:tracker 0750
    folder "$state" tracker:tracker 0750
    folder "$pending" root:root 0700
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
    port=$(printf '%s' "$base_url" | sed -nE 's|^[a-z]+://[^:]*(:[0-9]+)?$|\1|p')
    origins=$base_url
    for name in $(printf '%s' "$SITE" | tr , ' '); do
        case ",$origins," in *",https://$name$port,"*) ;; *) origins="$origins,https://$name$port" ;; esac
    done
    cat <<END
# The settings of this site. Keep it secret, and in your backups. docs/settings.md lists what else can stand here.
# NAME=value, without quotes, and without a comment behind it. After a change run deploy/provision.sh again: it looks
# whether the values can be used, and restarts what must be restarted.
SECRET_KEY=$(secret)$(secret)
ALLOWED_HOSTS=$SITE
BASE_URL=$base_url
ALLOWED_ORIGINS=$origins
DATABASE_URL=postgis://tracker:$(secret)@%2Frun%2Fpostgresql/tracker
REDIS_URL=unix://:$(secret)@/run/redis/redis-server.sock
WEB_PROCESSES=4
BACKGROUND=celery
BEHIND_PROXY=1
JOB_FILES=$state/job_files
LOG_FORMAT=json
METRICS_TOKEN=$(secret)
PROMETHEUS_MULTIPROC_DIR=/run/tracker/metrics
READY_FOLDER=/run/tracker/ready
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

check_settings() { # before anything acts on them; what root's files are made of is looked at closely
    odd=$(grep -nvE "^(#.*|[[:space:]]*|[A-Z][A-Z0-9_]*=([^\"'[:space:]]([^[:space:]]|[[:space:]]+[^#[:space:]])*)?)\$" "$settings" | head -n 1 | cut -d: -f1)
    [ -z "$odd" ] || stop "$settings, line $odd: write NAME=value, without quotes, and without a comment behind it."
    # shellcheck disable=SC2016
    ! grep -qE '^[A-Z].*(\$\{|\\)' "$settings" || stop "$settings: no value may hold \${ or a backslash."
    sed -n 's/^\([A-Z][A-Z0-9_]*\)=.*/\1/p' "$settings" | sort -u >"$work/names.set"
    { sed -n 's/^| `\([A-Z0-9_]*\)`.*/\1/p' docs/settings.md && echo "$OWN_SETTINGS" | tr ' ' '\n'; } | sort -u >"$work/names.known"
    odd=$(comm -23 "$work/names.set" "$work/names.known" | head -n 1)
    [ -z "$odd" ] || stop "$settings: there is no setting $odd (docs/settings.md, docs/operations.md)."
    must_be "$(role)" 'all|web|data' "ROLE is all, web or data."
    must_be "$(value_of ALLOWED_HOSTS "")" '[A-Za-z0-9][A-Za-z0-9.-]*(,[A-Za-z0-9][A-Za-z0-9.-]*)*' "ALLOWED_HOSTS must be host names with commas between."
    must_be "$(value_of BASE_URL "")" 'https?://[A-Za-z0-9.-]+(:[0-9]+)?' "BASE_URL must be an address such as https://tracker.example.org."
    for name in WEB_PROCESSES JOB_UPLOAD_MB BACKUP_DAYS; do
        must_be "$(value_of $name 1)" '[1-9][0-9]{0,4}' "$name must be a whole number."
    done
    must_be "$(value_of RUN_BEAT 1)" '[01]' "RUN_BEAT is 1 or 0."
    for name in TLS_CERTIFICATE TLS_KEY; do
        must_be "$(value_of $name /none)" '/[A-Za-z0-9._/-]+' "$name must be the full name of a file."
    done
    for name in PROMETHEUS_MULTIPROC_DIR READY_FOLDER; do
        must_be "$(value_of $name /run/tracker/x)" '/run/tracker/[a-z]+' "$name must be a folder in /run/tracker."
    done
    for name in POSTGRESQL_LISTEN REDIS_LISTEN PROXY_PROTOCOL DATA_CLIENTS; do
        must_be "$(value_of $name 127.0.0.1)" '[0-9a-fA-F.:/]+(,[0-9a-fA-F.:/]+)*' "$name must be addresses with commas between."
    done
    if runs web; then
        # A copy, which the programs will read: what somebody is writing there just now must not be what they start with.
        folder /run/tracker root:root 0755
        rm -f /run/tracker/settings.candidate
        (umask 077 && cp "$settings" /run/tracker/settings.candidate)
        chown tracker:tracker /run/tracker/settings.candidate
        ENV_FILE=/run/tracker/settings.candidate manage check --deploy --fail-level ERROR >"$work/check.log" 2>&1 ||
            { tail -n 30 "$work/check.log" >&2; stop "these settings cannot be used; the site goes on with those it has."; }
    fi
}
