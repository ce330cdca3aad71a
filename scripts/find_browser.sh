#!/bin/sh
# Print the path of a Chromium-like browser, or fail. CHROMIUM names one. The one without windows needs half the processor.
for browser in ${CHROMIUM:-} chromium-headless-shell chromium chromium-browser google-chrome-stable google-chrome; do
    command -v "$browser" && exit 0
done
exit 1
