#!/bin/sh
# Turn a Debian or Ubuntu server into a site, or bring one up to date with this checkout. Run it as root:
#   SITE=tracker.example.org deploy/provision.sh
# It may be run again at any time: it does only what is missing, and says what it changed. docs/operations.md tells the rest.
#
# SITE=name[,name...]  the names this site answers to; needed the first time, written to the file of settings
# DEMO=1               the demonstration town and its accounts with known passwords; sends no HSTS (first time only)
# BASE_URL=URL         the address that browsers use, if it is not https://SITE (first time only)
# ROLE=all|web|data    what this machine is: all of a site, or one of several that share it (first time only)
# PREPARE=1            only what needs a network: Debian's packages and Python's
set -eu
cd "$(dirname "$0")/.."
checkout=$PWD

settings=/etc/tracker/tracker.env # the one file of settings: mode 0600, of the user tracker
home=/opt/tracker                 # releases, virtual environments, and `current`, the release that runs
state=/var/lib/tracker            # files of jobs
tally=$(mktemp)                   # a line for each change; a pipe's commands have no variables of ours
trap 'rm -f "$tally"' EXIT

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "provision.sh: $*" >&2; exit 1; }
changed() { echo "changed: $*" | tee -a "$tally"; }

[ "$(id -u)" = 0 ] || stop "run it as root (sudo deploy/provision.sh)."
command -v apt-get >/dev/null || stop "it knows Debian and Ubuntu only; docs/operations.md says what it does, for other systems."

for step in packages settings data release services people; do
    . "deploy/steps/$step.sh"
done

check_request
packages
if runs web; then prepare_release; fi
[ "${PREPARE:-0}" != 1 ] || exit 0
write_settings
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
