#!/bin/sh
# Fetch the third-party files that pages load, in the exact versions below, into static/vendor/ (they are committed).
# After changing a version here, change it in package.json too, run `make vendor`, and look at the pages.
set -eu

cd "$(dirname "$0")/.."
vendor=$PWD/static/vendor
work=$(mktemp -d "${TMPDIR:-/tmp}/tracker-vendor.XXXXXX")
trap 'rm -rf "$work"' EXIT

fetch() { # PACKAGE VERSION [LICENCE FILE]: unpack it into $work/PACKAGE and empty its folder here
    declared=$(sed -n "s/^ *\"$1\": \"\(.*\)\".*/\1/p" package.json)
    [ "$declared" = "$2" ] || { echo "package.json says $1 $declared, this script $2." >&2; exit 1; }
    mkdir "$work/$1"
    (cd "$work" && npm pack --silent "$1@$2" >/dev/null)
    tar -xzf "$work/$1-$2.tgz" -C "$work/$1" --strip-components=1
    rm -rf "${vendor:?}/$1"
    mkdir -p "$vendor/$1"
    install -m 644 "$work/$1/${3:-LICENSE}" "$vendor/$1/LICENSE"
}

fetch bootstrap 5.3.8
# The source map is not shipped, so the comment that points to it would only make browsers ask for it.
sed '/^\/\*# sourceMappingURL=.*\*\/$/d' "$work/bootstrap/dist/css/bootstrap.min.css" >"$vendor/bootstrap/bootstrap.min.css"

fetch world-atlas 2.0.2
cp "$work/world-atlas/countries-50m.json" "$vendor/world-atlas/"

fetch topojson-client 3.1.0
# Its sources are ES modules that browsers load as they are.
cp "$work"/topojson-client/src/*.js "$vendor/topojson-client/"

fetch leaflet.markercluster 1.5.3 MIT-LICENCE.txt
sed '/^\/\/# sourceMappingURL=/d' "$work/leaflet.markercluster/dist/leaflet.markercluster.js" \
    >"$vendor/leaflet.markercluster/leaflet.markercluster.js"

# For the tests only, so not among the static files.
site=$vendor
vendor=$PWD/tests/browser/vendor
fetch axe-core 4.14.1
cp "$work/axe-core/axe.min.js" "$vendor/axe-core/"
vendor=$site

cat >"$vendor/README.md" <<'TABLE'
# Third-party files

Fetched by `make vendor` (`scripts/vendor.sh`); not edited by hand. Each folder has the package's licence.

| package | version | licence | what it is |
|---|---|---|---|
| bootstrap | 5.3.8 | MIT | `bootstrap.min.css`: the style sheet under `static/css/tracker.css`; its scripts are not used |
| world-atlas | 2.0.2 | ISC; the data (Natural Earth) is in the public domain | `countries-50m.json`: the countries of the offline basemap, as TopoJSON; borders are the de-facto ones |
| topojson-client | 3.1.0 | ISC | its source modules, which turn TopoJSON into GeoJSON |
| leaflet.markercluster | 1.5.3 | MIT | `leaflet.markercluster.js`: gathers the live map's markers; its style sheets are not used |
| axe-core | 4.14.1 | MPL-2.0 | `tests/browser/vendor/axe-core/axe.min.js`: finds what keeps people out; only the tests load it |
TABLE
