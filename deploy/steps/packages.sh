# Debian's packages.

packages() {
    wanted="ca-certificates openssl python3 cron postgresql-client"
    if runs web; then
        wanted="$wanted python3-venv python3-dev gcc libc6-dev libpq-dev gdal-bin nginx supervisor logrotate"
    fi
    if runs data; then wanted="$wanted postgresql postgresql-postgis redis-server"; fi
    missing=
    for package in $wanted; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing Debian packages:$missing"
    # shellcheck disable=SC2086
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing; } \
        >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; stop "apt-get failed."; }
    changed "packages:$missing"
}
