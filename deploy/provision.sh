#!/bin/sh
# Turn a Debian or Ubuntu server into a site, or bring one up to date with this checkout. Run it as root:
#   SITE=tracker.example.org deploy/provision.sh
# It may be run again at any time, also after one that was cut off: it does only what is missing, and says what it
# changed. docs/operations.md tells the rest.
#
# The first time only, for they are written to the file of settings:
#   SITE=name[,name...]  the names this site answers to; needed
#   BASE_URL=URL         the address that browsers use, if it is not https://SITE
#   DEMO=1               the demonstration town and its accounts with known passwords; sends no HSTS
#   ROLE=all|web|data    what this machine is: all of a site, or one of several that share it
# PREPARE=1              only what needs a network, Debian's packages and Python's, and the release beside the one that runs
# NEW_DATABASE=1         make an empty database although this site has had one
set -eu
say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "provision.sh: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || stop "run it as root (sudo deploy/provision.sh)."
command -v apt-get >/dev/null || stop "it knows Debian and Ubuntu only; docs/operations.md says what it does, for other systems."
umask 022
mkdir -p /opt/tracker
if [ "${TRACKER_LOCKED:-}" != 1 ]; then # one at a time; and the services that it starts must not inherit the lock
    status=0
    TRACKER_LOCKED=1 flock --nonblock --close --conflict-exit-code 75 /opt/tracker/.lock "$0" || status=$?
    [ $status != 75 ] || stop "another one is running."
    exit $status
fi
cd "$(dirname "$0")/.."
checkout=$PWD

settings=/etc/tracker/tracker.env # the one file of settings: mode 0600, of the user tracker
home=/opt/tracker                 # releases, virtual environments, and `current`, the release that runs; root's
state=/var/lib/tracker            # files of jobs; the user tracker's
pending=$home/pending             # what was changed and has still to be taken up by a restart
work=$(mktemp -d)
tally=$work/changes
trap 'rm -rf "$work"' EXIT
changed() { echo "changed: $*" | tee -a "$tally"; }

for step in files settings packages release data services people; do
    . "deploy/steps/$step.sh"
done

check_request
packages
if runs web; then prepare_release; fi
[ "${PREPARE:-0}" != 1 ] || exit 0
write_settings
check_settings
if runs data; then
    set_up_postgresql
    set_up_redis
    set_up_backups
fi
set_up_commands
if runs web; then
    activate_release
    set_up_services
    make_people
    wait_until_it_answers
fi
if [ -s "$tally" ]; then say "Changed: $(wc -l <"$tally")."; else say "Nothing was changed."; fi
