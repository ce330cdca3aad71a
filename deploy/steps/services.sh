# What runs: the site's programs under supervisor, nginx before them, and what comes round every night.

restart_programs=0

set_up_services() {
    set_up_certificate
    processes=$(value_of WEB_PROCESSES 4)
    upload=$(value_of JOB_UPLOAD_MB 200)
    hosts=$(value_of ALLOWED_HOSTS localhost | tr , ' ')
    certificate=$(value_of TLS_CERTIFICATE "")
    key=$(value_of TLS_KEY "")
    beat=false
    [ "$(value_of RUN_BEAT 1)" != 1 ] || beat=true
    metrics=$(value_of PROMETHEUS_MULTIPROC_DIR /run/tracker/metrics)

    filled deploy/tmpfiles/tracker.conf "METRICS=$metrics" | put /etc/tmpfiles.d/tracker.conf root:root 0644 || true
    folder /run/tracker tracker:tracker 0755
    folder "$metrics" tracker:tracker 0750
    put /etc/logrotate.d/tracker root:root 0644 <deploy/logrotate/tracker || true

    filled deploy/supervisor/tracker.conf "PROCESSES=$processes" "BEAT=$beat" |
        put /etc/supervisor/conf.d/tracker.conf root:root 0644 && reread=1 || reread=0
    if ! service_is_up supervisor; then
        start_service supervisor
    else
        if [ $reread = 1 ]; then supervisorctl reread >/dev/null && supervisorctl update >/dev/null; fi
        if [ $restart_programs = 1 ]; then
            say "Restarting the programs, one after the other"
            /usr/local/sbin/tracker-restart
        fi
    fi
    [ $restart_programs = 0 ] || forget_old_releases

    listen6="#"
    [ ! -e /proc/net/if_inet6 ] || listen6=""
    filled deploy/nginx/tracker.conf "HOSTS=$hosts" "BASE_URL=$(value_of BASE_URL "")" "CERTIFICATE=$certificate" \
        "KEY=$key" "UPLOAD_MB=$((upload + 5))" "IPV6=$listen6" |
        put /etc/nginx/sites-available/tracker root:root 0644 && reload=1 || reload=0
    put /etc/nginx/tracker-proxy.conf root:root 0644 <deploy/nginx/proxy.conf && reload=1 || true
    for page in away away-form too-large too-many; do
        put "/etc/nginx/tracker-$page.html" root:root 0644 <"deploy/nginx/$page.html" || true
    done
    # Every socket is two connections; Debian's 768 would be full with 384 open maps.
    sed 's/worker_connections  *[0-9]*;/worker_connections 16384;/' /etc/nginx/nginx.conf |
        put /etc/nginx/nginx.conf root:root 0644 && reload=1 || true
    echo 'worker_rlimit_nofile 65536;' | put /etc/nginx/modules-enabled/99-tracker.conf root:root 0644 && reload=1 || true
    if [ -e /etc/nginx/sites-enabled/default ]; then
        rm /etc/nginx/sites-enabled/default
        changed "nginx's default site is off"
        reload=1
    fi
    if [ ! -e /etc/nginx/sites-enabled/tracker ]; then
        ln -s ../sites-available/tracker /etc/nginx/sites-enabled/tracker
        changed "nginx's site tracker is on"
        reload=1
    fi
    [ $reload = 0 ] || nginx -t -q || stop "nginx does not take its settings."
    if [ $reload = 1 ] && service_is_up nginx; then service nginx reload >/dev/null; fi
    start_service nginx
}

set_up_backups() { # where the database is
    folder /var/backups/tracker root:root 0700
    put /etc/cron.d/tracker root:root 0644 <deploy/cron/tracker || true
    start_service cron
}

set_up_commands() {
    commands=
    if runs web; then commands="tracker-manage tracker-restart"; fi
    if runs data; then commands="$commands tracker-backup tracker-restore"; fi
    for command in $commands; do
        put "/usr/local/sbin/$command" root:root 0755 <"deploy/bin/$command" || true
    done
}

set_up_certificate() { # one that browsers warn of, until TLS_CERTIFICATE and TLS_KEY name a better one
    certificate=$(value_of TLS_CERTIFICATE "")
    key=$(value_of TLS_KEY "")
    [ -n "$certificate" ] && [ -n "$key" ] || stop "TLS_CERTIFICATE and TLS_KEY must stand in $settings."
    if [ -e "$certificate" ] && [ -e "$key" ]; then return; fi
    case "$certificate" in /etc/tracker/tls/*) ;; *) stop "TLS_CERTIFICATE: there is no $certificate, or no key $key." ;; esac
    folder /etc/tracker/tls root:root 0700
    names=
    for host in $(value_of ALLOWED_HOSTS localhost | tr , ' '); do
        case "$host" in *[!0-9.]*) names="$names,DNS:$host" ;; *) names="$names,IP:$host" ;; esac
    done
    (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -keyout "$key" \
        -out "$certificate" -subj "/CN=$(value_of ALLOWED_HOSTS localhost | cut -d, -f1)" -addext "subjectAltName=${names#,}") 2>/dev/null
    changed "$certificate (self-signed: browsers will warn)"
}

wait_until_it_answers() {
    for _ in $(seq 60); do
        if curl_health; then return; fi
        sleep 1
    done
    supervisorctl status >&2 || true
    tail -n 20 /var/log/tracker/web.log >&2 || true
    stop "the site does not answer; /var/log/tracker and /var/log/nginx/error.log say more."
}

curl_health() { # through nginx, as a load balancer asks
    python3 - <<'PY'
import ssl, sys, urllib.request
context = ssl._create_unverified_context()  # it is this machine's own; the certificate may be for another name
try:
    sys.exit(urllib.request.urlopen("https://127.0.0.1/healthz", timeout=5, context=context).status != 200)
except OSError:
    sys.exit(1)
PY
}
