"""The command: `python -m smh_p2p` prints the canonical exchange for a person."""

import io
import os
import shutil
import sys

from smh_p2p.canonical import load
from smh_p2p.provenance import Origin, citations
from smh_p2p.render import to_text


def main() -> None:
    """Print the canonical exchange, as wide as the terminal and at most 100 columns."""
    width = min(shutil.get_terminal_size().columns, 100)
    inferred = {each.pointer for each in citations() if each.origin is Origin.INFERRED}
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # no character is lost where it is not UTF-8
    try:
        print(to_text(load(), width, inferred), end="", flush=True)
    except BrokenPipeError:  # the reader has seen enough; nothing more is to be flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
