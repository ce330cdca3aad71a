#!/bin/sh
# Bring a fresh Debian or Ubuntu machine to where Tracker can run: packages, virtual environment, .env.
#   scripts/setup.sh run    what `make run` needs
#   scripts/setup.sh test   what `make test` needs beside that
#   scripts/setup.sh mutation  what `make mutation` needs beside that: what changes the code to see that a test notices
#   scripts/setup.sh bench  what `make bench` needs beside that: those that Tracker is compared with
#   scripts/setup.sh deploy what `make deploy-check` needs beside that: what makes throw-away machines
# Does only what is missing, so a second run is quick.
set -eu
cd "$(dirname "$0")/.."
goal=${1:-run}

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# --- Debian packages -------------------------------------------------------------------------------------------------

wanted="python3 python3-venv python3-dev gcc libc6-dev libpq-dev libsqlite3-mod-spatialite gdal-bin"
# A machine that keeps its own Python still needs the libraries; one that keeps its own Node or browser needs no other.
if [ "$goal" != run ]; then
    wanted="$wanted redis-server postgresql-common"
    ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || wanted="$wanted postgresql-postgis"
    command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
    if ! scripts/find_browser.sh whole >/dev/null 2>&1; then
        # Ubuntu has Chromium as a snap only, which apt's package of that name merely points to.
        grep -qx 'ID=ubuntu' /etc/os-release 2>/dev/null &&
            stop "The browser tests need a Chromium: install Google Chrome or Chromium, or name one with CHROMIUM=/path/to/it."
        wanted="$wanted chromium"
    fi
fi
[ "$goal" != bench ] || wanted="$wanted nats-server nginx-light openssl"
case $goal in test | bench | mutation) command -v npm >/dev/null 2>&1 || wanted="$wanted npm" ;; esac
if [ "$goal" = deploy ]; then
    wanted="$wanted debootstrap iproute2 util-linux curl"
    # Debian has Vagrant; Ubuntu 24.04 has not any more.
    command -v vagrant >/dev/null 2>&1 || ! apt-cache show vagrant >/dev/null 2>&1 || wanted="$wanted vagrant"
fi
command -v dpkg-query >/dev/null 2>&1 ||
    stop "Tracker sets itself up on Debian and Ubuntu only. Elsewhere install Python 3.11 or later, SpatiaLite (mod_spatialite), GDAL, GEOS and libpq, and see docs/own-machine.md."
missing=
for package in $wanted; do
    if ! dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
        missing="$missing $package"
    fi
done
if [ -n "$missing" ]; then
    apt=
    if [ "$(id -u)" = 0 ]; then apt=env; elif sudo -n true 2>/dev/null; then apt="sudo env"; fi
    [ -n "$apt" ] || stop "Please have an administrator run: apt-get install$missing"
    say "Installing Debian packages:$missing"
    log=$(mktemp)
    $apt DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1 || { cat "$log" >&2; stop "apt-get update failed."; }
    # The tests start servers of their own; a cluster made at installation would only lie about.
    if [ "$goal" != run ] && [ ! -d /etc/postgresql-common ]; then
        $apt mkdir -p /etc/postgresql-common/createcluster.d
        printf 'create_main_cluster = false\n' | $apt tee /etc/postgresql-common/createcluster.d/tracker.conf >/dev/null
    fi
    # shellcheck disable=SC2086
    $apt DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$log" 2>&1 ||
        { cat "$log" >&2; stop "apt-get install failed."; }
    rm -f "$log"
    # Tests and benchmarks start servers of their own; the packages' would only run on.
    for service in redis-server nats-server nginx; do
        case " $missing " in *" $service"[-\ ]*) ${apt%env} systemctl disable --now $service >/dev/null 2>&1 || true ;; esac
    done
fi

# A Chromium with windows will do; one without needs half the processor. So it is added where that is possible.
if [ "$goal" = test ] && [ -z "${CHROMIUM:-}" ] && ! command -v chromium-headless-shell >/dev/null 2>&1 &&
    grep -qx 'ID=debian' /etc/os-release 2>/dev/null && [ "$(id -u)" = 0 ]; then
    quietly="env DEBIAN_FRONTEND=noninteractive apt-get -q -y"
    { $quietly install --no-install-recommends chromium-headless-shell ||
        { $quietly update && $quietly install --no-install-recommends chromium-headless-shell; }; } >/dev/null 2>&1 || true
fi

# --- Python ----------------------------------------------------------------------------------------------------------

# Many Pythons (pyenv's among them) cannot load SQLite extensions; Debian's own can.
usable() {
    "$1" - 2>/dev/null <<'PY'
import sqlite3, sys
assert sys.version_info >= (3, 11)
connection = sqlite3.connect(":memory:")
connection.enable_load_extension(True)
connection.load_extension("mod_spatialite")
PY
}
if ! { [ -x .venv/bin/python ] && usable .venv/bin/python; }; then
    python=
    for candidate in /usr/bin/python3 /usr/bin/python3.1[1-9] python3; do
        if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then python=$candidate; break; fi
    done
    [ -n "$python" ] || stop "No Python was found that is 3.11 or later and can load mod_spatialite; Debian 12's or Ubuntu 24.04's own python3 can."
    [ ! -L .venv ] || rm .venv
    say "Making the virtual environment .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

requirements=requirements.txt
[ "$goal" = run ] || requirements=requirements-dev.txt
sum=$(sha256sum "$requirements" | cut -d' ' -f1)
# requirements-dev.txt holds all of requirements.txt.
if ! grep -qsx "$sum" ".venv/installed-$goal" && ! { [ "$goal" = run ] && [ -f .venv/installed-test ] &&
    grep -qsx "$(sha256sum requirements-dev.txt | cut -d' ' -f1)" .venv/installed-test; }; then
    say "Installing Python packages from $requirements"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
    printf '%s\n' "$sum" >".venv/installed-$goal"
fi

# What changes the code to see that a test notices, apart from what the code runs with.
if [ "$goal" = mutation ]; then
    sum=$(sha256sum tests/mutation/requirements.txt | cut -d' ' -f1)
    if ! grep -qsx "$sum" build/mutation/installed; then
        say "Installing Python packages from tests/mutation/requirements.txt"
        .venv/bin/python -m venv build/mutation
        build/mutation/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/mutation/requirements.txt
        printf '%s\n' "$sum" >build/mutation/installed
    fi
fi

# --- JavaScript ------------------------------------------------------------------------------------------------------

# What checks the scripts. Nothing that runs needs it, so without it the tests run all the same, and the check fails.
npm_packages() { # FOLDER: what its package-lock.json says, if that is not there yet
    sum=$(sha256sum "$1/package-lock.json" | cut -d' ' -f1)
    if ! grep -qsx "$sum" "$1/node_modules/installed"; then
        say "Installing npm packages from $1/package-lock.json"
        if (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
            printf '%s\n' "$sum" >"$1/node_modules/installed"
        else
            say "npm could not install them: what they check will fail."
        fi
    fi
}
case $goal in test | mutation) npm_packages . ;; esac
[ "$goal" != mutation ] || npm_packages tests/mutation

# --- .env ------------------------------------------------------------------------------------------------------------

if [ "$goal" = run ] && [ ! -f .env ]; then
    say "Writing .env with a fresh key"
    (
        umask 077
        key=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')
        cat >.env <<END
# Made by make run. .env.example lists what else can stand here.
SECRET_KEY=$key
DEBUG=1
# Where maps start: the demonstration town. Change it to yours.
MAP_CENTER=56.98,-2.17
MAP_ZOOM=11
END
    )
fi
