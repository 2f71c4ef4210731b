"""Fuzz the package, guided by coverage: `python tests/fuzz/fuzz.py --inputs 1000000`.

It begins with the corpus. What it finds on the way is kept in `build/fuzz`, and an input on which
something fails in `build/fuzz/failures`. It needs the dependency group `fuzz`.
"""

import argparse
import os
import pkgutil
import re
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import atheris  # pyright: ignore[reportMissingImports]  # which only fuzzing needs

with atheris.instrument_imports(include=["smh_p2p"]):  # pyright: ignore[reportAttributeAccessIssue]
    import smh_p2p

    for room in pkgutil.walk_packages(smh_p2p.__path__, "smh_p2p."):
        if not room.name.startswith("smh_p2p.testing"):  # which draws, and reads nothing
            import_module(room.name)
    from targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
FOUND = Path(__file__).parents[2] / "build" / "fuzz"
FAILURES = FOUND / "failures"
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - where it is, no disk slows down what makes files
LONGEST = 4_096  # bytes of an input
SECONDS = 10  # that an input may take: more is a hang


def main() -> int:
    """Fuzz every target, each in a process of its own; return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all of them by default")
    parser.add_argument("--inputs", type=int, default=20_000, help="of these targets together")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    names = asked.targets or [each.__name__ for each in TARGETS]
    shares = {each: share for each, share in TARGETS.items() if each.__name__ in names}
    FAILURES.mkdir(parents=True, exist_ok=True)
    if IN_MEMORY.is_dir():
        tempfile.tempdir = str(IN_MEMORY)
    whole = sum(shares.values())
    failed = [
        run(each, asked.inputs * share // whole, asked.seed) for each, share in shares.items()
    ]
    return int(any(failed))


def run(target: Callable[[bytes], bool], inputs: int, seed: int) -> bool:
    """Fuzz one target, show how far it is, and return whether it failed."""
    name = target.__name__
    (FOUND / name).mkdir(exist_ok=True)
    options = {
        "runs": inputs,
        "seed": seed,
        "timeout": SECONDS,
        "max_len": LONGEST,
        "dict": dictionary(name),
        "artifact_prefix": f"{FAILURES / name}-",
        "print_final_stats": 1,
    }
    arguments = [name, *(f"-{key}={value}" for key, value in options.items())]
    arguments += [str(FOUND / name), str(CORPUS / name)]
    output, its_output = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(its_output, sys.stdout.fileno())
        os.dup2(its_output, sys.stderr.fileno())

        def test(data: bytes) -> None:
            target(data)

        atheris.Setup(arguments, test)
        atheris.Fuzz()  # with which the process ends
    os.close(its_output)
    log: list[str] = []
    with open(output, errors="replace") as lines:  # noqa: PTH123 - a pipe has no path
        for line in lines:
            log = [*log[-200:], line]
            if sys.stdout.isatty() and (done := re.match(r"#(\d+)", line)):
                print(f"\r{name}: {done[1]} of {inputs}", end="", flush=True)
    failed = os.waitpid(child, 0)[1] != 0
    stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", "".join(log)))
    begin = "\r" if sys.stdout.isatty() else ""
    inputs_run = stats.get("number_of_executed_units", "no")
    a_second = stats.get("average_exec_per_sec", "0")
    print(f"{begin}{name}: {inputs_run} inputs, {a_second} a second", flush=True)
    if failed:
        print("".join(log), flush=True)
    return failed


def dictionary(name: str) -> Path:
    """Write what an input may be made of: the words of the corpus."""
    texts = (each.read_bytes() for each in sorted((CORPUS / name).iterdir()))
    words = dict.fromkeys(word for text in texts for word in re.findall(rb"[^\s,]{2,40}", text))
    lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words)
    file = FOUND / f"{name}.dict"
    file.write_text("".join(lines))
    return file


if __name__ == "__main__":
    sys.exit(main())
