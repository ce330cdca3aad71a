# What runs: the site's programs under supervisor, nginx before them, and the commands of an administrator.

set_up_services() {
    set_up_programs
    set_up_certificate
    set_up_nginx
}

set_up_commands() {
    commands=
    if runs web; then commands="tracker-manage tracker-restart"; fi
    if runs data; then commands="$commands tracker-backup tracker-restore"; fi
    for command in $commands; do
        put "deploy/bin/$command" "/usr/local/sbin/$command" root:root 0755
    done
}

set_up_programs() {
    metrics=$(value_of PROMETHEUS_MULTIPROC_DIR /run/tracker/metrics)
    ready=$(value_of READY_FOLDER /run/tracker/ready)
    no_beat=";"
    [ "$(value_of RUN_BEAT 1)" != 1 ] || no_beat=""
    beat=""
    [ -n "$no_beat" ] || beat=",tracker-beat"

    fill deploy/tmpfiles/tracker.conf "$work/conf" "METRICS=$metrics" "READY=$ready"
    put "$work/conf" /etc/tmpfiles.d/tracker.conf root:root 0644
    folder /run/tracker root:root 0755
    folder "$metrics" tracker:tracker 0750
    folder "$ready" tracker:tracker 0755
    folder /var/log/tracker root:adm 0750 # supervisor, which is root, writes there
    put deploy/logrotate/tracker /etc/logrotate.d/tracker root:root 0644
    put deploy/systemd/supervisor.conf /etc/systemd/system/supervisor.service.d/tracker.conf root:root 0644 systemd
    heed_systemd

    fill deploy/supervisor/tracker.conf "$work/conf" "PROCESSES=$(value_of WEB_PROCESSES 4)" "NO_BEAT=$no_beat" "BEAT=$beat"
    put "$work/conf" /etc/supervisor/conf.d/tracker.conf root:root 0644 supervisor
    if ! is_up supervisor; then
        start_service supervisor
    else
        if is_pending supervisor; then
            # Restarts those whose lines were changed, all at once.
            supervisorctl reread >"$work/said" || { cat "$work/said" >&2; stop "supervisor does not take its settings."; }
            supervisorctl update >"$work/said" || { cat "$work/said" >&2; stop "supervisor does not take its settings."; }
        fi
        if is_pending programs; then
            say "Restarting the programs, one after the other"
            /usr/local/sbin/tracker-restart || stop "not everything was restarted; supervisorctl status and /var/log/tracker say more. Run this again when that is mended."
        fi
    fi
    done_with supervisor
    if is_pending programs; then
        forget_old_releases
        done_with programs
    fi
}

set_up_nginx() {
    hosts=$(value_of ALLOWED_HOSTS localhost | tr , ' ')
    upload=$(($(value_of JOB_UPLOAD_MB 200) + 5))
    no_ipv6="#"
    [ ! -e /proc/net/if_inet6 ] || no_ipv6=""
    protocol=
    if [ -n "$(value_of PROXY_PROTOCOL "")" ]; then protocol=" proxy_protocol"; fi

    fill deploy/nginx/tracker.conf "$work/conf" "HOSTS=$hosts" "BASE_URL=$(value_of BASE_URL "")" "PROTOCOL=$protocol" \
        "CERTIFICATE=$(value_of TLS_CERTIFICATE "")" "KEY=$(value_of TLS_KEY "")" "UPLOAD_MB=$upload" "NO_IPV6=$no_ipv6"
    for balancer in $(value_of PROXY_PROTOCOL "" | tr , ' '); do
        echo "set_real_ip_from $balancer;" >>"$work/conf"
    done
    [ -z "$protocol" ] || echo "real_ip_header proxy_protocol;" >>"$work/conf"
    # The one before stays until nginx has said that it takes this one.
    [ ! -e /etc/nginx/sites-available/tracker ] || cp -p /etc/nginx/sites-available/tracker "$work/before"
    put "$work/conf" /etc/nginx/sites-available/tracker root:root 0644 nginx
    put deploy/nginx/proxy.conf /etc/nginx/tracker-proxy.conf root:root 0644 nginx
    for page in away away-form too-large too-many; do
        put "deploy/nginx/$page.html" "/etc/nginx/tracker-$page.html" root:root 0644
    done
    # Every socket is two connections; Debian's 768 would be full with 384 open maps.
    [ -s /etc/nginx/nginx.conf ] || stop "/etc/nginx/nginx.conf is empty: apt-get install --reinstall -o Dpkg::Options::=--force-confmiss nginx-common"
    sed 's/worker_connections  *[0-9]*;/worker_connections 16384;/' /etc/nginx/nginx.conf >"$work/conf"
    put "$work/conf" /etc/nginx/nginx.conf root:root 0644 nginx
    echo 'worker_rlimit_nofile 65536;' >"$work/conf"
    put "$work/conf" /etc/nginx/modules-enabled/99-tracker.conf root:root 0644 nginx
    folder /var/www/html root:root 0755
    if [ -e /etc/nginx/sites-enabled/default ]; then
        must nginx
        rm /etc/nginx/sites-enabled/default
        changed "nginx's default site is off"
    fi
    if [ ! -e /etc/nginx/sites-enabled/tracker ]; then
        must nginx
        ln -s ../sites-available/tracker /etc/nginx/sites-enabled/tracker
        changed "nginx's site tracker is on"
    fi
    if is_pending nginx; then
        if ! nginx -t -q; then
            [ ! -e "$work/before" ] || cp -p "$work/before" /etc/nginx/sites-available/tracker
            stop "nginx does not take its settings; it goes on with those it has."
        fi
        if is_up nginx; then service nginx reload >/dev/null || stop "nginx could not be reloaded."; fi
    fi
    start_service nginx
    done_with nginx
}

set_up_certificate() { # one that browsers warn of, until TLS_CERTIFICATE and TLS_KEY name a better one
    certificate=$(value_of TLS_CERTIFICATE "")
    key=$(value_of TLS_KEY "")
    [ -n "$certificate" ] && [ -n "$key" ] || stop "TLS_CERTIFICATE and TLS_KEY must stand in $settings."
    case "$certificate" in
        /etc/tracker/tls/*) ;;
        *) [ -e "$certificate" ] && [ -e "$key" ] && return || stop "TLS_CERTIFICATE: there is no $certificate, or no key $key." ;;
    esac
    names=
    for host in $(value_of ALLOWED_HOSTS localhost | tr , ' '); do
        case "$host" in *[!0-9.]*) names="$names,DNS:$host" ;; *) names="$names,IP:$host" ;; esac
    done
    names=${names#,}
    # Made anew a month before it ends, and for other names. One that somebody has put there has no list beside it.
    if [ -e "$certificate" ] && [ -e "$key" ]; then
        [ -e "$certificate.names" ] || return 0
        if [ "$(cat "$certificate.names")" = "$names" ] && openssl x509 -in "$certificate" -noout -checkend 2592000 >/dev/null; then return 0; fi
    fi
    folder /etc/tracker/tls root:root 0700
    must nginx
    (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -keyout "$key" \
        -out "$certificate" -subj "/CN=${names#*:}" -addext "subjectAltName=$names" 2>"$work/openssl.log") ||
        { cat "$work/openssl.log" >&2; stop "no certificate could be made."; }
    echo "$names" >"$certificate.names"
    changed "$certificate (self-signed: browsers will warn)"
}

wait_until_it_answers() { # every program runs, and the site answers through nginx
    for _ in $(seq 90); do
        if ! supervisorctl status | grep '^tracker' | grep -qv ' RUNNING ' && answers; then return 0; fi
        sleep 1
    done
    supervisorctl status >&2 || true
    tail -n 20 /var/log/tracker/web.log >&2 || true
    stop "the site does not answer; /var/log/tracker and /var/log/nginx/error.log say more."
}

answers() { # as a load balancer asks; never through a proxy that root's environment may name
    python3 - "$(value_of PROXY_PROTOCOL "")" <<'PY'
import socket, ssl, sys

context = ssl._create_unverified_context()  # it is this machine's own; the certificate may be for another name
try:
    with socket.create_connection(("127.0.0.1", 443), timeout=5) as plain:
        if sys.argv[1]:
            plain.sendall(b"PROXY TCP4 127.0.0.1 127.0.0.1 1 443\r\n")
        with context.wrap_socket(plain) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            sys.exit(b" 200 " not in connection.recv(100))
except OSError:
    sys.exit(1)
PY
}
