#!/bin/bash
# Runs a command on a display of its own, with a window manager, and with empty settings: with_display.sh [--size WxH] COMMAND...
# The server picks a display number that is free, so that many of these can run at a time. All of it goes at the end.
set -euo pipefail
size=1280x720
if [[ $1 == --size ]]; then
    size=$2
    shift 2
fi
scratch=$(mktemp -d)
children=()
tidy_up() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap tidy_up EXIT

mkfifo "$scratch/display"
Xvfb -displayfd 3 -screen 0 "${size}x24" -nolisten tcp 3>"$scratch/display" 2>"$scratch/xvfb.log" &
children+=($!)
read -r number <"$scratch/display"
mkdir -m 700 "$scratch/runtime"
mkdir "$scratch/config"
export DISPLAY=:$number XDG_RUNTIME_DIR=$scratch/runtime XDG_CONFIG_HOME=$scratch/config LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb
unset WAYLAND_DISPLAY XAUTHORITY
# A window shown before the manager is there may never be told that it can be seen.
mkfifo "$scratch/managed"
exec 4<>"$scratch/managed"
printf '#!/bin/sh\necho yes >%q\n' "$scratch/managed" >"$scratch/started"
chmod +x "$scratch/started"
openbox --startup "$(printf %q "$scratch/started")" 2>"$scratch/openbox.log" &
children+=($!)
read -r -t 60 _ <&4
exec 4<&-
"$@"
