"""Drives keyconvoy-desktop through AT-SPI only: reads the start page, presses "Rehearse", and reads that it is a rehearsal.

Usage: at_spi_smoke.py PROGRAM [ARGUMENT...], in a session with a display and a bus.
"""

import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402  (the version is asked for first)

PATIENCE_SECONDS = 60
LOOK_EVERY_SECONDS = 0.1


def nodes(node):
    """Every accessible below `node`, itself included."""
    if node is None:
        return
    yield node
    for index in range(node.get_child_count()):
        yield from nodes(node.get_child_at_index(index))


def showing(name, role=None):
    """The accessible of our program that is on the screen, whose name begins so; None when there is none."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        if application is None or application.get_name() != "keyconvoy-desktop":
            continue
        for node in nodes(application):
            fits = node.get_name().startswith(name) and (role is None or node.get_role() == role)
            if fits and node.get_state_set().contains(Atspi.StateType.SHOWING):
                return node
    return None


def wait_for(what, look):
    """The first thing that `look` gives; ends the test when that takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            found = look()
        except gi.repository.GLib.Error:  # the tree changed while it was read
            found = None
        if found is not None:
            return found
        time.sleep(LOOK_EVERY_SECONDS)
    sys.exit(f"not seen through AT-SPI: {what}")


def main():
    program = subprocess.Popen(sys.argv[1:])
    try:
        wait_for("the banner of production", lambda: showing("PRODUCTION"))
        tile = wait_for("the tile Rehearse", lambda: showing("Rehearse", Atspi.Role.PUSH_BUTTON))
        if not tile.get_description():
            sys.exit("the tile has no description")
        tile.get_action_iface().do_action(0)
        wait_for("the banner of a rehearsal", lambda: showing("REHEARSAL"))
        wait_for("the import page", lambda: showing("Import a key", Atspi.Role.LABEL))
    finally:
        program.terminate()
        program.wait()
    print("read and driven through AT-SPI")


main()
