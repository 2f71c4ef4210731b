"""The suite in every environment: `nox`; names and descriptions: `nox --list`.

Each session tests the built wheel. Arguments after `--` are pytest's. A Python that is missing is
skipped by name.
"""

import os
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from shutil import which

import nox

nox.needs_version = ">=2024.4.15"
nox.options.error_on_missing_interpreters = False
nox.options.default_venv_backend = "uv|virtualenv"

OLDEST, *NEWER = "3.11", "3.12", "3.13", "3.14", "3.15"
NOBODY = 65534  # a user other than root

# Environments that change how Python runs: its options, and variables (`None` removes one).
ENVIRONMENTS: dict[str, tuple[list[str], dict[str, str | None]]] = {
    "no assertions": (["-O"], {}),
    "no docstrings": (["-OO"], {}),
    "warnings are errors": (["-W", "error"], {}),
    "isolated": (["-I"], {}),
    "ASCII": ([], {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
}


@cache
def wheel(session: nox.Session) -> Path:
    """Build the wheel, once in a run."""
    folder = Path(session.cache_dir, "dist").resolve()
    session.install("build")
    session.run_install("python", "-m", "build", "--wheel", "--outdir", str(folder), silent=True)
    return max(folder.glob("*.whl"), key=os.path.getmtime)


def needed(*names: str) -> list[str]:
    """Return what the package needs with some extras and groups, without itself."""
    file = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    lists = file["project"]["optional-dependencies"] | file["dependency-groups"]
    every = chain(file["project"]["dependencies"], *(lists[name] for name in names))
    return [each for each in every if ">=" in each]


def test(session: nox.Session, *options: str, **variables: str | None) -> None:
    """Run the suite in the environment of a session."""
    session.run("python", *options, "-m", "pytest", *session.posargs, env=variables)


@nox.session(python=[OLDEST, *NEWER])
def newest(session: nox.Session) -> None:
    """The newest dependencies."""
    session.install(f"{wheel(session)}[test]")
    test(session)


@nox.session(python=OLDEST)
def lowest(session: nox.Session) -> None:
    """The lowest dependencies that are allowed."""
    pinned = [each.replace(">=", "==") for each in needed("testing", "test", "interop")]
    # Compiled, as by pip, so that the tests do not meet the warnings of the compiler.
    session.install(str(wheel(session)), *pinned, env={"UV_COMPILE_BYTECODE": "1"})
    test(session)


@nox.session(python=OLDEST)
def environments(session: nox.Session) -> None:
    """Options and variables of Python, one after the other."""
    session.install(f"{wheel(session)}[test]")
    for name, (options, variables) in ENVIRONMENTS.items():
        session.log(name)
        test(session, *options, **variables)


@nox.session(python=OLDEST)
def archive(session: nox.Session) -> None:
    """The wheel as an archive on the path, not installed."""
    session.install(*needed("testing", "test"))
    test(session, PYTHONPATH=str(wheel(session)))


@nox.session(python=OLDEST)
def shuffled(session: nox.Session) -> None:
    """The tests in random order, in two processes."""
    session.install(f"{wheel(session)}[test]", "pytest-randomly")
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)


@nox.session(python=which("python3", path=os.defpath) or OLDEST)  # which others may run
def another_user(session: nox.Session) -> None:
    """A user without a home, who may write neither the package nor the checkout; needs root."""
    if os.getuid():
        session.skip("only root can become another user")
    session.install(f"{wheel(session)}[test]")
    become = f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})"
    run = "os.execv(sys.executable, [sys.executable, '-m', 'pytest', *sys.argv[1:]])"
    place = Path(session.create_tmp())
    place.chmod(0o777)
    homeless = {"HOME": None, "USER": None, "LOGNAME": None, "TMPDIR": str(place)}
    command = ["python", "-c", f"import os, sys; {become}; {run}", "-p", "no:cacheprovider"]
    session.run(*command, *session.posargs, env=homeless)
