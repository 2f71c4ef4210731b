"""Changes the package in one small way at a time: does a test fail?

    python tools/mutants.py --sample 120 --seed 1

The changes are those of mutmut: of a string, a number, an operator, an argument, and so on. They
are made in a copy of the project, in every module outside `testing/`: in functions, and in the
tables, patterns and records beside them, which mutmut itself leaves alone. A sample is the same as
long as its lines are: a change elsewhere does not draw others. The tests of the module run first,
then the rest of the suite without the files in `OTHER`. `tools/survivors.txt` says which changes no
test can see, and why.
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import libcst as cst
from attrs import frozen
from mutmut.mutation.mutators import mutation_operators

PROJECT = Path(__file__).parents[1]
SURVIVORS = "tools/survivors.txt"
LEAST = 0.95  # of the changes that a test can see
SECONDS, BYTES = 300, 4 * 2**30  # of a process of tests

# Of `zip`: `True` checks what is always so, and `False` is the default.
STRICT = re.compile(r"(?:, *strict=\w+|, *(?=\)))")

# The tests that run first, beside those of the module's own name.
FIRST = {
    "__init__": "test_face",
    "__main__": "test_command",
    "command": "test_render",
    "datapackage": "test_outputs interop/test_datapackage",
    "errors": "test_document test_records test_lookup",
    "exchange": "test_lookup test_records",
    "jsontext": "test_document",
    "linked": "test_outputs interop/test_linked",
    "lookup": "test_exchange",
    "markup": "test_render",
    "page": "test_render",
    "passages": "test_summary interop/test_patterns",
    "pointer": "test_exchange test_document test_command",
    "provenance": "test_packaged test_summary test_face",
    "record": "test_records test_document",
    "records": "test_exchange test_document test_face",
    "references": "test_face test_returned interop/test_references",
    "resources": "test_packaged test_canonical",
    "rules": "test_document test_records",
    "tables": "test_outputs interop/test_tables",
    "text": "test_render test_command",
    "tilemap": "test_render",
    "values": "test_records test_schema test_document test_lookup interop/test_patterns",
}
# What tests the testing kit, counts work or starts many processes, and the readers of other people.
OTHER = """docs/testing.md src/smh_p2p/testing tests/downstream tests/interop
tests/test_costs.py tests/test_documents.py tests/test_faults.py tests/test_laws.py
tests/test_strategies.py tests/test_summaries.py tests/test_variations.py""".split()


@frozen
class Mutant:
    """One change of the code.

    Attributes:
        path: The file, from the folder of the project.
        key: What identifies the change as long as its own code stays the same.
        node: The node of the file that is changed.
        changed: What takes its place.
        module: The whole file.
    """

    path: str
    key: str
    node: cst.CSTNode
    changed: cst.CSTNode
    module: cst.Module

    def code(self) -> str:
        """Return the file with the change."""
        changed = self.module.deep_replace(self.node, self.changed)
        assert isinstance(changed, cst.Module)  # noqa: S101 - it was one
        return str(changed.code)

    def diff(self) -> str:
        """Return the changed lines, each after a minus or a plus."""
        before, after = self.module.code.splitlines(), self.code().splitlines()
        return "\n".join(list(unified_diff(before, after, n=0, lineterm=""))[2:])

    def name(self) -> str:
        """Return the change as `tools/survivors.txt` names it."""
        lines = (f"{each[0]} {each[1:].strip()}" for each in self.diff().splitlines())
        return "\n".join([self.path, *(each for each in lines if each[0] != "@")])


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every change of a file."""
    module = cst.parse_module(path.read_text(encoding="utf-8"))
    place = path.relative_to(PROJECT).as_posix()
    seen: Counter[str] = Counter()
    for scope, node, changed in changes(module):
        before, after = (module.code_for_node(each) for each in (node, changed))
        is_strict = "strict=True" in before or "strict" not in after
        if is_strict and STRICT.sub("", before) == STRICT.sub("", after):
            continue
        key = "\n".join([place, scope, before, after])
        seen[key] += 1
        yield Mutant(place, f"{key}\n{seen[key]}", node, changed, module)


def changes(node: cst.CSTNode, scope: str = "") -> Iterator[tuple[str, cst.CSTNode, cst.CSTNode]]:
    """Yield each node that can be changed, after its function or class and before the change."""
    match node:  # leave out what only type checkers read, and `strict` of `zip`
        case cst.Annotation() | cst.Import() | cst.ImportFrom():
            return
        case cst.If(test=cst.Name("TYPE_CHECKING")):
            return
        case cst.Arg(keyword=cst.Name("strict"), value=cst.Name("True")):
            return
        case cst.AnnAssign(annotation=cst.Annotation(cst.Name("TypeAlias"))):
            return
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            scope = f"{scope}.{name.value}"
    for kind, change in (*mutation_operators, (cst.FormattedStringText, _other_text)):
        if isinstance(node, kind):
            for changed in change(node):
                yield scope, node, changed
    for child in node.children:
        yield from changes(child, scope)


def _other_text(node: Any) -> Iterator[cst.CSTNode]:
    yield node.with_changes(value=f"XX{node.value}")


def sample(number: int, seed: int, modules: list[str]) -> list[Mutant]:
    """Return some of the changes of the package, the same for the same seed."""
    package = PROJECT / "src" / "smh_p2p"
    paths = [path for path in sorted(package.rglob("*.py")) if "testing" not in path.parts]
    paths = [path for path in paths if path.stem in modules or not modules]
    every = [each for path in paths for each in mutants(path)]
    print(f"{len(every)} changes of {len(paths)} modules; a sample of {number}, seed {seed}")
    every.sort(key=lambda each: sha256(f"{seed}\n{each.key}".encode()).digest())
    return sorted(every[:number], key=lambda each: each.path)


def first(path: str) -> list[str]:
    """Return the files of the tests that run first for a module."""
    stem = Path(path).stem
    names = dict.fromkeys(
        ["test_made_data", "test_messages", f"test_{stem}", *FIRST.get(stem, "").split()]
    )
    files = [f"tests/{name}.py" for name in names]
    return [path, *(each for each in files if (PROJECT / each).exists())]


def killer(project: Path, path: str, *, only_first: bool) -> str:
    """Return the test that fails, or another reason why the tests do not pass; empty if they do."""
    files = first(path)
    if (failed := run(project, files)) or only_first:
        return failed
    tests = (f"tests/{each.name}" for each in sorted(project.glob("tests/test_*.py")))
    every = (*tests, "tests/fuzz", "README.md", "docs", "src")
    rest = (each for each in every if each not in (*files, *OTHER))
    return run(project, [*(f"--ignore={each}" for each in OTHER), *rest])


def run(project: Path, arguments: list[str]) -> str:
    """Run some tests of a copy of the project, and return the first that fails."""
    shutil.rmtree(project / ".hypothesis", ignore_errors=True)
    paths = os.pathsep.join([str(project / "src"), str(project / "tools")])
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    environment |= {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    options = "-x -q --no-header --tb=no -p no:cacheprovider".split()
    options += ["--hypothesis-profile=few", "--hypothesis-seed=0"]
    try:
        done = subprocess.run(  # noqa: S603 - the tests of this project
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=3 * SECONDS,
            preexec_fn=_limits,
        )
    except subprocess.TimeoutExpired:
        return "no end"
    if not done.returncode:
        return ""
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return failed[1] if failed else f"status {done.returncode}: {done.stdout[-200:]}"


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def explained() -> dict[str, str]:
    """Return the changes that no test can see, and why."""
    text = (PROJECT / SURVIVORS).read_text(encoding="utf-8")
    blocks = [block.strip().rpartition("\n") for block in text.split("\n\n")[1:]]
    return {name: why for name, _, why in blocks}


def copy(folder: Path) -> None:
    """Copy the files of the project."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S603
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)


def main() -> int:
    """Run the tests of a sample, and return 1 if too few of its changes make a test fail."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=12, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", action="store_true", help="run no tests of other modules")
    parser.add_argument("modules", nargs="*", help="names of modules; all by default")
    options = parser.parse_args()
    known = explained()
    counts: Counter[str] = Counter()
    killers: set[str] = set()
    with TemporaryDirectory() as place:
        copy(project := Path(place).resolve())
        chosen = sample(options.sample, options.seed, options.modules)
        files = dict.fromkeys(each for mutant in chosen for each in first(mutant.path))
        if broken := run(project, ["--collect-only", *files]):
            print(f"without a change, the tests cannot be read: {broken}")
            return 1
        for number, mutant in enumerate(chosen, 1):
            file = project / mutant.path
            why = known.get(mutant.name())
            failed = ""
            if not why:
                file.write_text(mutant.code(), encoding="utf-8")
                failed = killer(project, mutant.path, only_first=options.first)
                file.write_text(mutant.module.code, encoding="utf-8")
            result = "explained" if why else "killed" if failed else "survived"
            counts[result] += 1
            place, _, test = failed.partition("[")[0].partition("::")
            if (project / place).is_file():  # an example moves with its line
                killers.add(f"{place}::{test}" if test and place != mutant.path else place)
            print(f"{number}/{len(chosen)} {result}: {why or failed or mutant.name()}", flush=True)
        # A test that fails without a change kills nothing.
        if killers and (broken := run(project, sorted(killers))):
            print(f"without a change, this fails: {broken}")
            return 1
    share = counts["killed"] / max(counts["killed"] + counts["survived"], 1)
    print(f"{len(chosen)} sampled: {dict(counts)}; {share:.1%} killed of those not explained")
    return int(share < LEAST)


if __name__ == "__main__":
    sys.exit(main())
