"""The program ``hydra``, as ``python -m hydra_logger`` and as the script that pip installs."""

import signal
import sys

from hydra_logger._core import cli_main


def main() -> int:
    """Run ``hydra`` on the arguments of this process, and return its exit code."""
    # Python's own handler would wait for the interpreter, which has nothing to do meanwhile.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return cli_main(["hydra", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
