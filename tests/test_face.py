import ast
import copy
import inspect
import pickle
import pydoc
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, get_args, get_type_hints
from unittest.mock import Mock

import attrs
import pytest

import smh_p2p
from conftest import HOUSE, needs_docstrings
from smh_p2p import errors


def test_every_public_name_resolves() -> None:
    assert {name: getattr(smh_p2p, name) for name in dir(smh_p2p)}
    assert not [name for name in dir(smh_p2p) if name.startswith("_")]
    namespace: dict[str, object] = {}
    exec("from smh_p2p import *", namespace)  # noqa: S102 - that it works is the test
    assert set(smh_p2p.__all__) <= set(namespace)
    assert set(smh_p2p.__all__) <= set(dir(smh_p2p))  # which completes what is typed
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        smh_p2p.lode  # type: ignore[attr-defined]  # noqa: B018 - the access is the test


def test_type_checkers_see_the_names_that_are_there() -> None:
    tree = ast.parse((HOUSE / "__init__.py").read_text(encoding="utf-8"))
    imports = (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom))
    names = {(each.module, alias.asname) for each in imports for alias in each.names}
    found = {name for room, name in names if str(room).startswith("smh_p2p") and name}
    assert found == set(dir(smh_p2p))
    for room, name in names:
        if name and room != "smh_p2p":
            assert getattr(import_module(str(room)), name) is getattr(smh_p2p, name)


def test_what_has_many_values_is_made_by_their_names() -> None:
    public = {name: getattr(smh_p2p, name) for name in dir(smh_p2p)}
    by_place = {
        name
        for name, each in public.items()
        if inspect.isclass(each) and attrs.has(each) and not issubclass(each, Exception)
        for parameter in inspect.signature(each).parameters.values()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    }
    assert by_place == {"Coverage", "Hit", "Problem"}  # which only the package makes


# Where a public name takes or gives `Any`, and why.
ANY = {
    "a document or a part of one: JSON": "Reference.csl citations_to_jsonld to_dict to_jsonld",
    "rows of other libraries, with keys of their own": "from_tables",
    "what the reader, the writer or the query of a caller takes and gives": """check_query
        check_refusal check_round_trip""",
    "strategies for any attribute": """exchanges groups objectives organizations periods seas
        sessions sources year_months""",
}


def mentions_any(annotation: Any) -> bool:
    parts = annotation if isinstance(annotation, list) else get_args(annotation)
    return annotation is Any or any(map(mentions_any, parts))


def annotated(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a function, or a class with its public members, by name."""
    yield name, value
    for member, each in vars(value).items() if inspect.isclass(value) else ():
        if not member.startswith("_"):
            yield f"{name}.{member}", getattr(each, "__func__", getattr(each, "fget", each))


def test_any_is_in_a_public_signature_only_for_a_reason() -> None:
    public = {name: getattr(smh_p2p, name) for name in dir(smh_p2p)}
    public |= {name: getattr(smh_p2p.testing, name) for name in smh_p2p.testing.__all__}
    found = {
        place
        for name, value in public.items()
        for place, each in annotated(name, value)
        if inspect.isclass(each) or inspect.isfunction(each)
        for part, hint in get_type_hints(each, localns={"Traversable": object}).items()
        if mentions_any(hint) and not part.startswith("_")
    }
    assert found == {name for names in ANY.values() for name in names.split()}


@needs_docstrings
def test_help_begins_with_what_one_does_first_and_is_short() -> None:
    lines = pydoc.plain(pydoc.render_doc(smh_p2p)).splitlines()
    assert lines[6:8] == ["    >>> import smh_p2p", lines[7]]
    assert lines[7].startswith("    >>> exchange = smh_p2p.load()")
    assert len(lines) < 300


def test_without_hypothesis_the_testing_kit_says_what_to_install() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import smh_p2p; smh_p2p.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: "
        "smh_p2p.testing needs Hypothesis, which `pip install hypothesis` installs"
    )


def test_the_version_is_looked_up_when_asked() -> None:
    assert smh_p2p.__version__ == version("smh_p2p")


def test_what_is_not_installed_has_no_known_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", Mock(side_effect=PackageNotFoundError))
    assert smh_p2p.__version__ == "0+unknown"
    assert smh_p2p.to_jsonld(smh_p2p.load())


def test_an_import_and_a_lookup_load_the_ground_floor_alone() -> None:
    code = (
        "import sys, smh_p2p; smh_p2p.load().sea('AK');"
        "heavy = {'cattrs', 'hypothesis', 'importlib.metadata', 'importlib_resources', 'difflib'};"
        "print(sorted(name for name in sys.modules if 'smh_p2p' in name or name in heavy))"
    )
    # -S: an environment's own start-up files may import anything
    path = ":".join(sys.path)
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": path},
    )
    ground = """canonical document errors exchange lookup pointer record records
        resources rules spelling values""".split()
    assert done.stdout == f"{['smh_p2p', *(f'smh_p2p.{name}' for name in ground)]}\n"


def test_a_citation_does_not_import_the_reader_of_pages() -> None:
    code = "import sys, smh_p2p; smh_p2p.cite('/title'); print('smh_p2p.passages' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Ground floor first; a room imports only from the floors below.
FLOORS = """pointer spelling errors values record records lookup resources jurisdiction_table rules
exchange document files jsontext hooks canonical provenance references passages summary packaged
tables datapackage linked render testing command __main__ __init__""".split()
# A notebook calls it, and nothing else does: the one import that points upwards.
UPWARDS = {("record", "_repr_html_", "render")}


def imports(room: str) -> set[tuple[str, str, str]]:
    """Return the room, the function and the imported room of every import of the package."""
    files = HOUSE.joinpath(room).glob("*.py") if (HOUSE / room).is_dir() else [HOUSE / f"{room}.py"]
    found = set()
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            function = next((each.name for each in functions if node in ast.walk(each)), "")
            for name in names:
                package, _, path = name.partition(".")
                imported = path.split(".")[0]
                if package == "smh_p2p" and imported in FLOORS:
                    found.add((room, function, imported))
    return found


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_only_from_the_floors_below(room: str) -> None:
    below = FLOORS[: FLOORS.index(room)]  # pyright: ignore[reportArgumentType]
    upwards = {each for each in imports(room) if each[2] not in [*below, room]}
    assert upwards == {each for each in UPWARDS if each[0] == room}


def test_every_room_has_its_floor() -> None:
    rooms = {path.stem for path in HOUSE.iterdir()}
    assert rooms - {"data", "py", "__pycache__"} == set(FLOORS)


def test_the_picture_for_contributors_has_the_floors() -> None:
    page = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"^```text\n(.*?)^```$", page, re.M | re.S)
    floors = [line.partition("|")[0].split() for line in picture.splitlines()]
    assert [room for floor in reversed(floors) for room in floor] == FLOORS


@needs_docstrings
def test_the_readme_shows_the_tour_of_the_package() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (tour,) = re.findall(r"^## The tour\n\n```python\n(.*?)\n```$", readme, re.M | re.S)
    assert smh_p2p.__doc__ is not None
    assert tour.strip() in smh_p2p.__doc__


@pytest.mark.parametrize(
    "error",
    [
        errors.NotFoundError("SEA", "x", ("y",)),
        errors.AmbiguousKeyError("SEA", "x", ("y", "z")),
        errors.NotStatedError("who spoke"),
        errors.InvalidRecordError((errors.Problem("/a", errors.Rule.TEXT, "b", "c"),)),
    ],
)
def test_errors_travel_and_say_the_same(error: errors.SmhP2pError) -> None:
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert (type(other), str(other)) == (type(error), str(error))


def test_help_needs_no_hypothesis() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None; import smh_p2p; help(smh_p2p); dir(smh_p2p)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "testing" in dir(smh_p2p)
    assert "jurisdiction(" in done.stdout
    assert "needs Hypothesis" not in done.stdout


@pytest.mark.parametrize(
    ("function", "given", "message"),
    [
        (
            smh_p2p.to_json,
            smh_p2p.load_summary(),
            "is not an exchange; a summary has one: summary.exchange",
        ),
        (smh_p2p.to_json, smh_p2p.load().sea("GU"), "; to_dict takes any record"),
        (smh_p2p.to_dict, {"title": "X"}, "is not a record; a summary has one: summary.exchange"),
        (smh_p2p.to_html, {"title": "X"}, "is neither an exchange nor a summary"),
        (smh_p2p.to_tables, None, "is neither an exchange nor a summary"),
        (
            smh_p2p.reference,
            smh_p2p.load(),
            "is not a summary, which has the citations: give load_",
        ),
        (smh_p2p.reference, "/title", "is not a summary, which has the citations: give load_summ"),
    ],
)
def test_what_a_function_does_not_take_is_named_with_the_way_out(
    function: Any, given: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        function(given)
