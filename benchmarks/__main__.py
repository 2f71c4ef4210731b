"""Print every table of this folder, one script after the other: `python benchmarks`.

Run it with the packages installed: `python -m pip install '.[testing]' pycountry pydantic us`.
It takes a quarter of an hour.
"""

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    for script in sorted(Path(__file__).parent.glob("[!_]*.py")):
        print(f"\n== {script.name}\n", flush=True)
        subprocess.run([sys.executable, script], check=True)
