#!/usr/bin/env python3
"""Fortnight's one door. `python3 manage.py demo` and `python3 manage.py test` are all the set-up.

This file is kept readable for old Pythons, so that they can say what is wrong with them.
"""

import os
import runpy
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    if os.name == "nt":
        sys.exit("Fortnight runs on Linux and macOS. On Windows, run it inside WSL 2.")
    if sys.version_info < (3, 11):
        sys.exit(
            "Fortnight needs Python 3.11 or newer, and this is %d.%d (%s). Install one (Debian, "
            "Ubuntu: apt install python3; macOS: brew install python3, or python.org) and start "
            "this command with it, for example: python3.12 manage.py %s"
            % (sys.version_info[0], sys.version_info[1], sys.executable, " ".join(sys.argv[1:]))
        )
    # By path, because importing the package needs what this is about to install.
    runpy.run_path(os.path.join(HERE, "config", "bootstrap.py"))["enter_environment"](sys.argv[1:])

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if HERE not in sys.path:
        sys.path.insert(0, HERE)
    from config.embedded.entry import run  # noqa: PLC0415 - not before it is installed

    run(sys.argv)


if __name__ == "__main__":
    main()
