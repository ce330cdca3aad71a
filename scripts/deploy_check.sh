#!/bin/sh
# Prove deploy/: provision throw-away machines (tests/deploy) from this checkout, and look at what they do. Needs root, for
# it makes machines of namespaces: a file system, a network, processes of their own. Leaves nothing behind, nor running.
#   scripts/deploy_check.sh [ARGUMENT OF PYTEST ...]
# DEPLOY_ROOT=FOLDER keeps the prepared root there, or uses the one that an earlier run has kept.
set -eu
cd "$(dirname "$0")/.."
checkout=$PWD
say() { printf '== %s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || stop "make deploy-check makes throw-away machines, which needs root: sudo make deploy-check"
scripts/setup.sh deploy
unshare --net --mount --pid --fork true 2>/dev/null ||
    stop "This machine does not let even root make namespaces (a container without --privileged?), which make deploy-check needs."

work=$(mktemp -d "${TMPDIR:-/var/tmp}/tracker-deploy.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$work"
root=${DEPLOY_ROOT:-$work/root}

say "Vagrantfile"
command -v vagrant >/dev/null ||
    stop "vagrant is missing: this distribution has no package of it. Install it from its makers and run this again."
VAGRANT_HOME=$work/vagrant vagrant validate --ignore-provider

if [ ! -e "$root/prepared" ]; then
    say "A fresh $(. /etc/os-release && echo "$PRETTY_NAME")"
    . /etc/os-release
    case "$ID" in debian) components=main ;; ubuntu) components=main,universe ;; *) stop "Debian and Ubuntu only." ;; esac
    # From where this machine has its own packages.
    # shellcheck disable=SC2016
    sources=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
        awk -v name="$VERSION_CODENAME" '($2 == name || $2 ~ "^" name "-(security|updates)$") && $3 ~ /^(main|universe)$/' | sort -u)
    mirror=$(printf '%s\n' "$sources" | awk -v name="$VERSION_CODENAME" '$2 == name {print $1; exit}')
    [ -n "$mirror" ] || stop "apt-get indextargets names no repository of $VERSION_CODENAME: run apt-get update first."
    debootstrap --variant=minbase --components="$components" --include=ca-certificates,procps,iproute2 \
        "$VERSION_CODENAME" "$root" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail -n 30 "$work/debootstrap.log" >&2; stop "debootstrap failed."; }
    printf '%s\n' "$sources" | awk '{print "deb", $1, $2, $3}' >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https)::' >"$root/etc/apt/apt.conf.d/90host" || true
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    say "This checkout, and the Python packages that it names"
    mkdir -p "$root/srv/tracker" "$root/srv/wheels"
    # pip of this machine knows where packages come from; in the root they come from the folder.
    .venv/bin/python -m pip download -q --disable-pip-version-check --require-hashes -r requirements.txt -d "$root/srv/wheels"
    .venv/bin/python -m pip download -q --disable-pip-version-check setuptools wheel -d "$root/srv/wheels"
    printf '[global]\nno-index = true\nfind-links = /srv/wheels\n' >"$root/etc/pip.conf"
fi
# What is committed, or lies in the working tree and is not ignored.
git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null |
    tar -cf - --files-from - | { rm -rf "$root/srv/tracker" && mkdir -p "$root/srv/tracker" && tar -C "$root/srv/tracker" -xf -; }

say "Packages in the fresh root (provision.sh with PREPARE=1)"
if [ ! -e "$root/prepared" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # nothing starts yet
    chmod 755 "$root/usr/sbin/policy-rc.d"
fi
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child sh -c '
    mount --make-rprivate / && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t sysfs sysfs "$1/sys" &&
    exec chroot "$1" env -i PATH="$PATH" LC_ALL=C.UTF-8 PREPARE=1 /srv/tracker/deploy/provision.sh' sh "$root"
rm -f "$root/usr/sbin/policy-rc.d"
touch "$root/prepared"

say "Machines"
unshare --net --mount --pid --fork --kill-child --mount-proc sh -c '
    mount --make-rprivate / && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && exec "$@"' sh \
    env DEPLOY_ROOT="$root" DEPLOY_WORK="$work" DATABASE_URL=postgis://nobody@localhost/none REDIS_URL= "$checkout/.venv/bin/python" -m pytest -q tests/deploy "$@"
