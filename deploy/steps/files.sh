# Files that are compared before they are written, and marks of what a change has still to bring about.
# A mark is made before a file is changed and removed after the restart: so a run that was cut off is finished by the next.

must() { # MARK: something has to be restarted
    mkdir -p "$pending"
    touch "$pending/$1"
}
is_pending() { [ -e "$pending/$1" ]; }
done_with() { rm -f "$pending/$1"; }

folder() { # PATH OWNER:GROUP MODE
    [ -d "$1" ] || { mkdir -p "$1"; changed "$1"; }
    owned "$1" "$2" "$3"
}

owned() { # PATH OWNER:GROUP MODE
    if [ "$(stat -c '%U:%G 0%a' "$1")" != "$2 $3" ]; then
        chown -h "$2" "$1"
        chmod "$3" "$1"
        changed "owner or mode of $1"
    fi
}

put() { # SOURCE TARGET OWNER:GROUP MODE [MARK]: never in a pipe or a condition, where a failure would pass unseen
    [ -s "$1" ] || stop "$2 would be empty."
    if ! cmp -s "$1" "$2"; then
        [ -z "${5:-}" ] || must "$5"
        mkdir -p "$(dirname "$2")"
        (umask 077 && cp "$1" "$2.new")
        chown "$3" "$2.new"
        chmod "$4" "$2.new"
        mv "$2.new" "$2"
        changed "$2"
    fi
    owned "$2" "$3" "$4"
}

fill() { # TEMPLATE RESULT NAME=VALUE...: with @NAME@ replaced
    template=$1
    result=$2
    shift 2
    : >"$work/script"
    for pair in "$@"; do
        value=$(printf '%s' "${pair#*=}" | sed 's/[\\&|]/\\&/g')
        printf 's|@%s@|%s|g\n' "${pair%%=*}" "$value" >>"$work/script"
    done
    sed -f "$work/script" "$template" >"$result"
    ! grep -q '@[A-Z_]*@' "$result" || stop "$template has a name that nothing stands for."
}

is_up() { service "$1" status >/dev/null 2>&1; }

start_service() {
    [ ! -d /run/systemd/system ] || systemctl -q enable "$1"
    is_up "$1" || { service "$1" start >/dev/null || stop "$1 does not start."; changed "$1 started"; }
}

heed_systemd() {
    if is_pending systemd && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
    done_with systemd
}
