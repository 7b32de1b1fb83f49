"""The way in from the command line; `--version` is answered before anything else is loaded."""

import gc
import sys


def main() -> int:
    """Run ws101 with the process's own arguments and return its exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from ws101 import __version__

        sys.stdout.write(f"ws101 {__version__}\n")
        return 0
    try:
        from ws101.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # before a command could take care of it
        return 3
    gc.freeze()  # the process ends: to look for garbage once more would take longer than to report
    return status


if __name__ == "__main__":
    sys.exit(main())
