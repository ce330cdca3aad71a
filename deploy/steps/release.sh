# A release: a copy of this checkout's program, named for its content, with its virtual environment and static files.
# What runs keeps the files of its release until it is restarted; the last releases stay, to go back to. So do their static
# files, all in one folder, where a page finds what it names whichever release it came from: the names have a hash of the
# content in them.

PROGRAM="manage.py tracker_project tracker static templates requirements.txt deploy docs README.md CHANGELOG.md LICENSE"
RELEASES_KEPT=3

sum_of_program() { # FOLDER: of names and contents, so that the same checkout is the same release wherever it lies
    # shellcheck disable=SC2086
    (cd "$1" && find $PROGRAM -type f ! -name '*.pyc' -print0 >"$work/names") || stop "$1 is not a whole checkout of Tracker."
    LC_ALL=C sort -z "$work/names" >"$work/sorted"
    (cd "$1" && xargs -0 sha256sum <"$work/sorted" >"$work/sums") || stop "a file of $1 cannot be read."
    sha256sum "$work/sums" | cut -c1-12
}

prepare_release() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Tracker needs Python 3.11 or later."
    python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    sum=$(sum_of_program "$checkout")
    # With Python's version: after an upgrade of the distribution the old environments are of no use.
    release=$home/releases/$sum-$python
    environment=$home/venvs/$(sha256sum requirements.txt | cut -c1-12)-$python
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
        tar -C "$checkout" --no-recursion --null -T "$work/sorted" -cf "$work/program.tar"
        tar -C "$release.new" --no-same-owner -xf "$work/program.tar"
        rm "$work/program.tar"
        [ "$(sum_of_program "$release.new")" = "$sum" ] || stop "the checkout was changed while it was copied; run this again."
        chmod -R u=rwX,go=rX "$release.new" # whatever the checkout's modes are; nginx reads the static files
        ln -s "$environment" "$release.new/.venv"
        ln -s "$home/settings.env" "$release.new/.env"
        "$environment/bin/python" -m compileall -q "$release.new/tracker" "$release.new/tracker_project" >/dev/null
        SECRET_KEY=only-for-this ALLOWED_HOSTS=localhost STATIC_ROOT=$release.new/staticfiles ENV_FILE=/dev/null \
            DATABASE_URL=spatialite:////nonexistent "$environment/bin/python" "$release.new/manage.py" collectstatic -v0 --noinput
        mv "$release.new" "$release"
        changed "$release"
    fi
    share_static_files
}

hashed_files() { # FOLDER: those that have a hash in their names, and the same compressed
    (cd "$1" && find . -type f -regextype posix-extended -regex '.*\.[0-9a-f]{12}\.[a-z0-9]+(\.gz)?') | LC_ALL=C sort
}

share_static_files() { # before any process names them in a page. A link is whole or not there, also if this is cut off
    mkdir -p "$home/static"
    hashed_files "$release/staticfiles" >"$work/own"
    hashed_files "$home/static" >"$work/shared"
    LC_ALL=C comm -23 "$work/own" "$work/shared" >"$work/missing"
    if [ -s "$work/missing" ]; then
        (cd "$release/staticfiles" && xargs cp --parents --link -t "$home/static" <"$work/missing")
        changed "$home/static"
    fi
}

manage() { runuser -u tracker -- "$release/.venv/bin/python" "$release/manage.py" "$@"; }

activate_release() {
    put /run/tracker/settings.candidate "$home/settings.env" tracker:tracker 0600 programs
    rm /run/tracker/settings.candidate
    if ! manage migrate --check >"$work/migrate.log" 2>&1; then
        say "Changing the tables of the database"
        manage migrate -v0
        changed "tables of the database"
    fi
    if [ "$(readlink "$home/current")" != "$release" ]; then
        must programs
        touch "$release" # the newest is what was last in use
        ln -sfn "$release" "$home/current.new"
        mv -T "$home/current.new" "$home/current"
        changed "$home/current is $release"
    fi
}

forget_old_releases() { # those that nobody runs; called when everything runs from the new one
    rm -rf "$home"/releases/*.new
    # shellcheck disable=SC2012
    ls -dt "$home"/releases/* | tail -n +$((RELEASES_KEPT + 1)) >"$work/old"
    while read -r old; do
        [ "$old" = "$release" ] || rm -rf "$old"
    done <"$work/old"
    for old in "$home"/venvs/*; do
        used=
        for each in "$home"/releases/*; do [ "$(readlink "$each/.venv")" != "$old" ] || used=1; done
        [ -n "$used" ] || rm -rf "$old"
    done
    for each in "$home"/releases/*; do hashed_files "$each/staticfiles"; done | LC_ALL=C sort -u >"$work/kept"
    hashed_files "$home/static" | LC_ALL=C comm -23 - "$work/kept" >"$work/old"
    (cd "$home/static" && xargs -r rm <"$work/old" && find . -mindepth 1 -type d -empty -delete)
}
