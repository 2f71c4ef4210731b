"""The command: `smh-p2p`, or `python -m smh_p2p`."""

import sys


def main() -> int:
    """Run the command, and return its exit status."""
    try:
        from smh_p2p.command import main as run
    except KeyboardInterrupt:  # quiet, as `run` is
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
