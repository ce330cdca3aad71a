# A release: a copy of this checkout's program, named for its content, with its virtual environment and static files.
# What runs keeps the files of its release until it is restarted; the last releases stay, to go back to.

PROGRAM="manage.py tracker_project tracker static templates requirements.txt deploy docs README.md CHANGELOG.md LICENSE"
RELEASES_KEPT=3

sum_of_program() { # of names and contents, so that the same checkout is the same release wherever it lies
    # shellcheck disable=SC2086
    (cd "$checkout" && find $PROGRAM -type f ! -name '*.pyc' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c1-12)
}

prepare_release() {
    release=$home/releases/$(sum_of_program)
    requirements=$(sha256sum requirements.txt | cut -c1-12)
    environment=$home/venvs/$requirements-$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Tracker needs Python 3.11 or later."
    umask 022 # nginx reads the static files
    mkdir -p "$home/releases" "$home/venvs"
    if [ ! -e "$environment/complete" ]; then
        say "Installing Python packages"
        python3 -m venv --clear "$environment"
        "$environment/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
        touch "$environment/complete"
        changed "$environment"
    fi
    if [ ! -d "$release" ]; then
        rm -rf "$release.new"
        mkdir "$release.new"
        # shellcheck disable=SC2086
        tar -C "$checkout" --exclude '*.pyc' --exclude __pycache__ -cf - $PROGRAM | tar -C "$release.new" --no-same-owner -xf -
        chmod -R u=rwX,go=rX "$release.new" # whatever the checkout's modes are
        ln -s "$environment" "$release.new/.venv"
        ln -s "$settings" "$release.new/.env"
        "$environment/bin/python" -m compileall -q "$release.new/tracker" "$release.new/tracker_project" >/dev/null
        SECRET_KEY=only-for-this ALLOWED_HOSTS=localhost STATIC_ROOT=$release.new/staticfiles \
            DATABASE_URL=spatialite:////nonexistent "$environment/bin/python" "$release.new/manage.py" collectstatic -v0 --noinput
        mv "$release.new" "$release"
        changed "$release"
    fi
}

manage() { runuser -u tracker -- "$release/.venv/bin/python" "$release/manage.py" "$@"; }

activate_release() {
    sum=$(sha256sum "$settings" | cut -c1-12)
    if ! [ "$(readlink "$home/current")" = "$release" ] || ! grep -qsx "$sum" "$state/settings-in-use"; then
        manage check --deploy --fail-level ERROR >"$state/check.log" 2>&1 || { cat "$state/check.log" >&2; stop "the settings or the release are not fit."; }
    fi
    if ! manage migrate --check >/dev/null 2>&1; then
        say "Changing the tables of the database"
        manage migrate -v0
        changed "tables of the database"
    fi
    if [ "$(readlink "$home/current")" != "$release" ]; then
        ln -sfn "$release" "$home/current.new"
        mv -T "$home/current.new" "$home/current"
        changed "$home/current is $release"
        restart_programs=1
    fi
    if ! grep -qsx "$sum" "$state/settings-in-use"; then
        echo "$sum" >"$state/settings-in-use"
        changed "settings in use"
        restart_programs=1
    fi
}

forget_old_releases() { # those that nobody runs; called when everything runs from the new one
    for kind in releases venvs; do
        # shellcheck disable=SC2012
        ls -dt "$home/$kind"/* | tail -n +$((RELEASES_KEPT + 1)) | while read -r old; do
            [ "$old" = "$release" ] || [ "$old" = "$environment" ] || rm -rf "$old"
        done
    done
}
