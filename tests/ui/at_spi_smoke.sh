#!/bin/bash
# The window as a screen reader sees it, from outside: at_spi_smoke.sh DESKTOP SIMULATOR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
exec "$here/with_display.sh" dbus-run-session -- /usr/bin/python3 -W ignore "$here/at_spi_smoke.py" "$1" --simulator "$2"
