"""Time the lookup of Alaska by "AK" in smh_p2p beside `us` and `pycountry`, in one run.

Run it with the packages installed: `python -m pip install . us pycountry`, then
`python benchmarks/lookup.py`. It prints ratios of medians: the machine's speed cancels out.
"""

import compileall
import statistics
import subprocess
import sys
import sysconfig
import time
import timeit

RUNS = 40

PROCESSES = {
    "smh_p2p": "import smh_p2p; smh_p2p.load().sea('AK')",
    "us": "import us; us.states.lookup('AK')",
    "pycountry": "import pycountry; pycountry.subdivisions.get(code='US-AK')",
    "bare Python": "pass",
    "import smh_p2p": "import smh_p2p",
}
LOOKUPS = {
    "smh_p2p": ("import smh_p2p; ask = smh_p2p.load().sea", "ask('AK')"),
    "us": ("import us; ask = us.states.lookup", "ask('AK')"),
    "pycountry": ("import pycountry; ask = pycountry.subdivisions.get", "ask(code='US-AK')"),
    "bare dict": ("ask = {'AK': 1}", "ask['AK']"),
}


def processes() -> dict[str, float]:
    """Return the median seconds of whole processes, run in turn."""
    taken: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for run in range(RUNS + 1):
        print(f"\rprocesses: round {run} of {RUNS}", end="", file=sys.stderr, flush=True)
        for name, code in PROCESSES.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            if run:  # the first is a warm-up
                taken[name].append(time.perf_counter() - start)
    print(file=sys.stderr)
    return {name: statistics.median(times) for name, times in taken.items()}


def lookups() -> dict[str, float]:
    """Return the best seconds of a lookup in process, after a first one."""
    return {
        name: min(timeit.repeat(ask, f"{setup}; {ask}", number=50_000, repeat=20)) / 50_000
        for name, (setup, ask) in LOOKUPS.items()
    }


def table(title: str, seconds: dict[str, float], unit: str, scale: float) -> None:
    """Print one row a contender, with the ratios of smh_p2p's time to it."""
    print(f"\n{title:<36}{unit:>10}{'smh_p2p / it':>16}")
    for name, each in seconds.items():
        print(f"  {name:<34}{each * scale:>10.1f}{seconds['smh_p2p'] / each:>16.2f}")


if __name__ == "__main__":
    compileall.compile_dir(sysconfig.get_paths()["purelib"], quiet=2)
    table("whole process: import, load, look up", processes(), "ms", 1e3)
    table("one lookup in process", lookups(), "ns", 1e9)
