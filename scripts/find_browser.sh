#!/bin/sh
# Print the path of a Chromium-like browser, or fail. CHROMIUM names one. The one without windows needs half the
# processor; with the argument "whole" it is one that has what only windows have, such as system notifications.
light=chromium-headless-shell
[ "${1:-}" != whole ] || light=
for browser in ${CHROMIUM:-} $light chromium chromium-browser google-chrome-stable google-chrome; do
    command -v "$browser" && exit 0
done
exit 1
