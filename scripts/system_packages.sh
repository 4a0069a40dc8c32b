#!/bin/sh
# Installs the Debian packages listed in the files given, where it may (root, or sudo without a password); else says in one line what to install.
# A package whose part is already there by other means (a Python of one's own, a Chromium elsewhere) is not asked for.
set -eu
there() {
    case "$1" in
    libgl1) ldconfig -p 2>/dev/null | grep -q 'libGL\.so\.1' ;;
    libglib2.0-0) ldconfig -p 2>/dev/null | grep -q 'libglib-2\.0\.so\.0' ;;
    libgomp1) ldconfig -p 2>/dev/null | grep -q 'libgomp\.so\.1' ;;
    libxcb1) ldconfig -p 2>/dev/null | grep -q 'libxcb\.so\.1' ;;
    python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
    chromium) command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ;;
    *) dpkg -s "$1" >/dev/null 2>&1 ;;
    esac
}
missing=
for package in $(cat "$@"); do there "$package" || missing="$missing $package"; done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install with your system's package manager:$missing" >&2
elif [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif sudo -n true 2>/dev/null; then
    sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Please install what is missing: sudo apt-get install --no-install-recommends$missing" >&2
fi
