import csv
import hashlib
import io
import json
import os
import re
import tempfile
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import attrs
import duckdb
import frictionless
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # it is compiled

import smh_p2p
from smh_p2p import Exchange, Group, InvalidDocumentError, Organization, Role, Summary
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.tables import tables
from smh_p2p.testing import check_round_trip, exchanges
from smh_p2p.testing.strategies import CHARACTERS, strategy_of
from smh_p2p.values import Scalar


@pytest.fixture
def folder(tmp_path: Path, summary: Summary) -> Path:
    smh_p2p.write_data_package(summary, tmp_path / "package")
    return tmp_path / "package"


def report(folder: Path) -> Any:
    return frictionless.validate(str(folder / "datapackage.json"))


def errors(folder: Path) -> list[str]:
    return [error for (error,) in report(folder).flatten(["type"])]


def test_frictionless_finds_nothing_to_say(folder: Path) -> None:
    found = report(folder)
    assert found.valid
    assert found.stats["warnings"] == found.stats["errors"] == 0
    assert not [each.warnings for each in found.tasks if each.warnings]
    assert [task.name for task in found.tasks] == list(tables())


def empty(value: Any) -> bool:
    """Return whether there is a null, or an empty array or object, in a JSON value."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return not value or any(map(empty, items))
    return value is None


def test_a_reader_need_not_guess_the_dialect(tmp_path: Path, exchange: Exchange) -> None:
    names = ['";', " a", "a;b;c", "Ask 'who', 'what', and 'when'"]
    partners = tuple(Organization(name=name, role=Role.PARTNER) for name in names)
    smh_p2p.write_data_package(attrs.evolve(exchange, organizations=partners), tmp_path / "package")
    package = frictionless.Package(str(tmp_path / "package" / "datapackage.json"))
    assert [row["name"] for row in package.get_table_resource("organization").read_rows()] == names


@given(exchanges())
def test_the_descriptor_has_nothing_empty_as_its_profile_asks(exchange: Exchange) -> None:
    with tempfile.TemporaryDirectory() as folder:
        smh_p2p.write_data_package(exchange, folder)
        descriptor = json.loads(Path(folder, "datapackage.json").read_bytes())
    assert not empty(descriptor)
    assert ("contributors" in descriptor) == bool(exchange.organizations)


@settings(max_examples=10)
@given(exchanges(max_sessions=2, max_objectives=2, max_seas=3))
def test_frictionless_finds_nothing_to_say_of_any_exchange(exchange: Exchange) -> None:
    with tempfile.TemporaryDirectory() as folder:
        smh_p2p.write_data_package(exchange, folder)
        assert not errors(Path(folder))


def test_the_descriptor_says_where_the_data_comes_from_and_what_the_files_are(folder: Path) -> None:
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    assert descriptor["name"] == "school-mental-health-p2p-exchange-series-2019"
    assert descriptor["licenses"][0]["name"] == "MIT"
    assert descriptor["version"] == smh_p2p.__version__
    assert descriptor["sources"][0]["path"].startswith("https://oese.ed.gov/")
    assert descriptor["contributors"][0] == {
        "title": "State Support Network",
        "roles": ["facilitator"],
    }
    for resource in descriptor["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["rows"] == len(list(csv.DictReader(content.decode().splitlines())))
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert "fieldsMatch" not in resource["schema"]
    sea = next(each for each in descriptor["resources"] if each["name"] == "sea")["schema"]
    kind = next(field for field in sea["fields"] if field["name"] == "kind")
    assert kind["constraints"]["enum"] == ["state", "outlying area", "federal"]
    assert sea["primaryKey"] == ["name"]
    assert sea["foreignKeys"] == [
        {"fields": ["group"], "reference": {"resource": "group", "fields": ["number"]}}
    ]


OWN = {"name": "own", "title": "Own", "path": "https://example.org/own"}


@pytest.mark.parametrize(
    ("licence", "version", "stated"),
    [
        (OWN, "9", {"licenses": [OWN], "version": "9"}),
        (OWN, None, {"licenses": [OWN]}),
        (None, "9", {"version": "9"}),
        (None, None, {}),
    ],
)
def test_a_package_has_the_licence_and_the_version_that_its_summary_has(
    tmp_path: Path, summary: Summary, licence: Any, version: str | None, stated: Any
) -> None:
    own = attrs.evolve(summary, licence=licence, version=version)
    smh_p2p.write_data_package(own, tmp_path / "own")
    descriptor = json.loads((tmp_path / "own" / "datapackage.json").read_bytes())
    terms = {"licenses", "version"} & descriptor.keys()
    assert {name: descriptor[name] for name in terms} == stated


def test_an_exchange_alone_has_neither_licence_nor_version(
    tmp_path: Path, exchange: Exchange
) -> None:
    smh_p2p.write_data_package(exchange, tmp_path / "alone")
    descriptor = json.loads((tmp_path / "alone" / "datapackage.json").read_bytes())
    assert not {"licenses", "version"} & descriptor.keys()


def test_a_changed_byte_and_a_broken_reference_are_caught(folder: Path) -> None:
    file = folder / "session_group.csv"
    file.write_bytes(file.read_bytes().replace(b"4,2", b"4,9"))
    assert set(errors(folder)) == {"hash-count", "foreign-key"}
    file.write_bytes(file.read_bytes().replace(b"4,9\r\n", b""))
    assert set(errors(folder)) == {"hash-count", "byte-count", "row-count"}


DOCS = Path(__file__).parents[2] / "docs"
PANDAS = 'pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])'
POLARS = "pl.read_csv(path, infer_schema=False)"
DUCKDB = (
    'connection.read_csv(path, all_varchar=True, header=True, delimiter=",", quotechar=\'"\','
    " escapechar='\"')"
)


@pytest.mark.parametrize(
    ("page", "recipe", "rows"),
    [
        ("pandas.md", PANDAS, lambda frame: frame.fillna("").values.tolist()),
        ("polars.md", POLARS, lambda frame: map(list, frame.rows())),
        ("duckdb.md", DUCKDB, lambda relation: map(list, relation.fetchall())),
    ],
)
def test_every_file_is_read_whole_as_the_documentation_says(
    page: str, recipe: str, rows: Callable[[Any], Any]
) -> None:
    assert recipe in (DOCS / page).read_text(encoding="utf-8")
    names = {"pd": pd, "pl": pl, "connection": duckdb.connect()}

    @given(exchanges() | exchanges(title=st.just("Ask 'who', 'what', and 'when'"), max_seas=2))
    def test(exchange: Exchange) -> None:
        with tempfile.TemporaryDirectory() as folder:
            smh_p2p.write_data_package(exchange, Path(folder, "package"))
            for path in Path(folder, "package").glob("*.csv"):
                with path.open(encoding="utf-8", newline="") as file:
                    _, *expected = csv.reader(file)
                read = eval(recipe, names | {"path": path})  # noqa: S307 - it is our own
                assert [[cell or "" for cell in row] for row in rows(read)] == expected

    test()


def test_a_code_of_another_form_is_caught(folder: Path) -> None:
    file = folder / "sea.csv"
    file.write_bytes(file.read_bytes().replace(b",AK,", b",Ak,"))
    assert set(errors(folder)) == {"hash-count", "constraint-error"}


CODES = {
    column.item.name: column.item
    for table in tables().values()
    for column in table.columns
    if isinstance(column.item, Scalar) and column.item.type is str and not column.is_text
}


def test_each_code_of_a_table_has_its_pattern(folder: Path) -> None:
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    fields = [field for each in descriptor["resources"] for field in each["schema"]["fields"]]
    stated = {field.get("constraints", {}).get("pattern") for field in fields} - {None}
    assert stated == {code.allowed for code in CODES.values()}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_pattern_is_one_of_xml_schema_as_table_schema_asks(code: Scalar) -> None:
    schema = etree.XMLSchema(
        etree.fromstring(
            '<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="code"><simpleType>'
            f'<restriction base="string"><pattern value={quoteattr(str(code.allowed))}/>'
            "</restriction></simpleType></element></schema>"
        )
    )
    element = etree.Element("code")

    @given(st.data(), strategy_of(code), st.text(CHARACTERS, max_size=2))
    def test(data: st.DataObject, text: str, more: str) -> None:
        at = data.draw(st.integers(0, len(text)))
        element.text = f"{text[:at]}{more}{text[at:]}"
        assert schema.validate(element) is bool(code.accepts(element.text))

    test()


def answer(folder: Path, question: str) -> list[Any]:
    with duckdb.connect() as connection:
        for path in folder.glob("*.csv"):
            eval(DUCKDB).create_view(path.stem)  # noqa: S307 - it is our own
        return connection.execute(question).fetchall()


def test_duckdb_answers_from_the_files(folder: Path) -> None:
    with_fips = answer(folder, "SELECT name, fips FROM sea WHERE fips IS NOT NULL")
    assert len(with_fips) == 13
    assert ("Alaska", "02") in with_fips
    objectives = answer(
        folder,
        "SELECT o.number FROM objective o JOIN objective_group g ON g.objective = o.number "
        "WHERE g.\"group\" = '2' ORDER BY o.number",
    )
    assert objectives == [("3",), ("4",)]


def test_what_is_written_reads_back_equal(tmp_path: Path) -> None:
    def write(exchange: Exchange) -> Path:
        smh_p2p.write_data_package(exchange, tmp_path / "package")
        return tmp_path / "package"

    check_round_trip(smh_p2p.read_data_package, write, settings=settings(max_examples=50))
    assert list(tmp_path.iterdir()) == [tmp_path / "package"]


# A text, and what stands in its cell.
FORMULAS = {
    **{
        text: f"'{text}"
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''", "\uff1d1", '"=1"']
    },
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    "\n=1": "'\n'=1",
    "x;=1+1": "x;'=1+1",
    "x\t=1;y": "x\t'=1;y",
    'x;"=1"': 'x;\'"=1"',
    "to\n- do": "to\n'- do",
    "x;'y": "x;''y",
    "x;'=1": "x;''=1",
    "x=1;y": "x=1;y",
}


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_and_every_cell_reads_back_equal(tmp_path: Path, text: str) -> None:
    exchange = smh_p2p.from_dict(smh_p2p.to_dict(smh_p2p.load()) | {"goal": text})
    smh_p2p.write_data_package(exchange, tmp_path / "package")
    ((goal,),) = answer(tmp_path / "package", "SELECT goal FROM exchange")
    assert goal == FORMULAS[text]
    assert smh_p2p.read_data_package(tmp_path / "package") == exchange


@given(exchanges(alphabet="x=+-@'\";,\t\r\n\uff1d", min_seas=1))
def test_no_cell_is_a_formula_whatever_separates_the_cells(exchange: Exchange) -> None:
    with tempfile.TemporaryDirectory() as folder:
        smh_p2p.write_data_package(exchange, Path(folder, "package"))
        for path in Path(folder, "package").glob("*.csv"):
            text = path.read_bytes().decode()
            # A spreadsheet that separates at ';' and tabs passes over quotes inside of a cell.
            cells = [
                *re.split("[;\t\r\n]", text),
                *chain(*csv.reader(io.StringIO(text, newline=""))),
            ]
            assert not [cell for cell in cells if re.match('"*[-=+@\uff1d]', cell)]
        assert smh_p2p.read_data_package(Path(folder, "package")) == exchange


@pytest.mark.parametrize("text", ["x;y", "x\ty", "x,y", 'x"y', "x\ny", "x\ry"])
def test_a_cell_with_what_somebody_takes_for_a_separator_is_quoted(
    tmp_path: Path, exchange: Exchange, text: str
) -> None:
    smh_p2p.write_data_package(attrs.evolve(exchange, goal=text), tmp_path / "package")
    quoted = '"{}"'.format(text.replace('"', '""'))
    assert f",{quoted}," in (tmp_path / "package" / "exchange.csv").read_bytes().decode()


def test_the_same_summary_gives_the_same_bytes(folder: Path, summary: Summary) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    smh_p2p.write_data_package(summary, folder)
    assert before == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, exchange: Exchange) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"holds 'notes\.txt', which would be lost"):
        smh_p2p.write_data_package(exchange, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(NotADirectoryError):
        smh_p2p.write_data_package(exchange, tmp_path / "notes")
    with pytest.raises(FileNotFoundError) as caught:
        smh_p2p.write_data_package(exchange, tmp_path / "no" / "such")
    assert caught.value.filename == str(tmp_path / "no" / "such")


@pytest.mark.parametrize("name", ["group.csv", "session.csv/thesis.txt", "datapackage.json"])
def test_what_only_has_the_name_of_ours_is_left_alone(
    tmp_path: Path, exchange: Exchange, name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(FileExistsError, match=r"which would be lost"):
        smh_p2p.write_data_package(exchange, tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_an_empty_folder_is_filled_and_keeps_who_may_enter_it(
    tmp_path: Path, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    smh_p2p.write_data_package(exchange, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert smh_p2p.read_data_package(folder) == exchange
    monkeypatch.chdir(folder)
    with pytest.raises(OSError, match="the current folder is in it; name another folder") as caught:
        smh_p2p.write_data_package(exchange, ".")
    assert caught.value.filename == "."
    assert smh_p2p.read_data_package(".") == exchange


@pytest.mark.parametrize("path", ["nul\0", "\ud800", "/"])
def test_a_path_that_cannot_be_written_is_an_os_error(exchange: Exchange, path: str) -> None:
    for write in (smh_p2p.write_data_package, smh_p2p.write):
        with pytest.raises(OSError) as caught:  # noqa: PT011 - each platform words it its own way
            write(exchange, path)
        assert caught.value.filename == path


def test_long_texts_read_back_at_once_and_the_limit_of_the_csv_module_stays(
    tmp_path: Path, exchange: Exchange
) -> None:
    usual = csv.field_size_limit(1_000)
    long = attrs.evolve(exchange, background="x" * 1_001)
    smh_p2p.write_data_package(long, tmp_path / "long")
    with ThreadPoolExecutor(4) as threads:
        read = [*threads.map(smh_p2p.read_data_package, [tmp_path / "long"] * 40)]
    assert csv.field_size_limit(usual) == 1_000
    assert read == [long] * 40


# Damage, and what people's programs do to a file.


def problems(folder: Path) -> list[str]:
    """Return what is wrong with a package that holds no exchange."""
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.read_data_package(folder)
    return [*map(str, caught.value.problems)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"number,phase\r\nx,late\r\n", "/groups/0/number: found 'x', expected a whole number"),
        (b"number,phase\r\n01,late\r\n", "/groups/0/number: found '01', expected a whole number"),
        ("number,phase\r\n1١,late\r\n".encode(), "/groups/0/number: found '1١', expected a whole"),
        (b"number,phase\r\n0,late\r\n", "/groups/0/number: found 0, expected a whole number from"),
        (b"number,phase\r\n,late\r\n", "/groups/0: missing key 'number'"),
        (b"number,phase\r\n", "/sessions/0/groups/0: found 1, expected the number of a group"),
        (b"", "group.csv:1: found no column number, phase, expected every column of the table"),
        (b"phase\r\n", "group.csv:1: found no column number, expected every column of the table"),
        (b"number,phase,phase\r\n1,early,late\r\n", "group.csv:1: found the column 'phase' 2 time"),
        (b"number,phase,size\r\n1,early,3\r\n", "group.csv:1: found the column 'size', expected o"),
        (b"number,phase,,\r\n1,early,,\r\n", "group.csv:1: found a column without a name, expect"),
        (b"number;phase\r\n1;early\r\n", "group.csv:1: found columns separated by ';', expected "),
        (b"number\tphase\r\n1\tearly\r\n", "group.csv:1: found columns separated by '\\t', expec"),
        (b"number,phase\n1,early\n2\n", "group.csv:3: found a row of 1, expected 2 cells, one for"),
        (
            b"number,phase\n1,early,\n",
            "group.csv:2: found a row of 3, expected 2 cells, one for",
        ),
        (
            b'number,phase\r1,"a\rb"\r2\r',
            "group.csv:4: found a row of 1, expected 2 cells, one for",
        ),
        (b'number,phase\n1,early\n2,"late\n', "group.csv:3: found a quote out of place in '\"late"),
        (b'number,phase\n1,"early"junk\n2,late\n', "group.csv:2: found a quote out of place in '"),
        (b'number,phase\n1,ear"ly\n2,late\n', "group.csv:2: found a quote out of place in 'ear\""),
        (b"number,phase\n1,fr\xfch\n", "group.csv:2: found byte 0xfc, expected UTF-8"),
        ("number,phase\n1,x\n".encode("utf-16"), "group.csv:1: found byte 0xff, expected UTF-8"),
    ],
)
def test_a_file_that_is_damaged_or_saved_otherwise_is_refused(
    folder: Path, content: bytes, problem: str
) -> None:
    (folder / "group.csv").write_bytes(content)
    (line,) = problems(folder)
    assert line.startswith(problem if problem.startswith("group") else 'group.csv: found "')
    (folder / "datapackage.json").unlink()
    assert problems(folder)[0].startswith(problem)


@pytest.mark.parametrize(
    "text",
    [
        "number,phase\n1,early\n2,\n",
        "number,phase\n1,early\n2,",
        "number,phase\r1,early\r2,\r",
        '"number","phase"\r\n"1","early"\r\n"2",""',
        "phase,number\nearly,1\n,2\n",
        "\ufeffnumber,phase\n1,early\n2,\n",
    ],
)
def test_a_file_that_another_program_saved_reads_the_same(
    folder: Path, exchange: Exchange, text: str
) -> None:
    (folder / "group.csv").write_text(text, encoding="utf-8", newline="")
    (folder / "datapackage.json").unlink()
    groups = Group(number=1, phase="early"), Group(number=2)
    assert smh_p2p.read_data_package(folder) == attrs.evolve(exchange, groups=groups)


def test_every_damaged_file_is_one_problem(folder: Path) -> None:
    (folder / "sea.csv").write_bytes(b"")
    (folder / "session.csv").write_bytes((folder / "session.csv").read_bytes().replace(b",", b";"))
    session, sea = problems(folder)
    assert session.startswith("session.csv:1: found columns separated by ';'")
    assert sea.startswith("sea.csv:1: found no column name, abbreviation, kind, usps, fips, ")


def test_a_file_that_is_not_as_the_descriptor_states_is_refused(folder: Path) -> None:
    file = folder / "sea.csv"
    content = file.read_bytes()
    *rows, _ = content.splitlines(keepends=True)
    file.write_bytes(b"".join(rows))
    (line,) = problems(folder)
    assert line == (
        'sea.csv: found "rows": 13, expected "rows": 14, as in datapackage.json; delete that file '
        "if the change is meant"
    )
    file.write_bytes(content.replace(b"Guam", b"Guan"))
    (line,) = problems(folder)
    assert line.startswith('sea.csv: found "hash": \'sha256:')
    file.write_bytes(b"\xef\xbb\xbf" + content)
    (line,) = problems(folder)
    assert line.startswith(f'sea.csv: found "bytes": {len(content) + 3}, expected "bytes": ')
    (folder / "datapackage.json").unlink()
    assert smh_p2p.read_data_package(folder) == smh_p2p.load()  # without the byte order mark


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "datapackage.json: found a mistake at line 1 column 2"),
        (b"\xff", "datapackage.json: found byte 0xff at offset 0, expected UTF-8"),
        (b"[]", "datapackage.json: found an array, expected a Data Package with resources"),
        (b'{"resources": {}}', "datapackage.json: found an object, expected a Data Package with"),
    ],
)
def test_a_damaged_descriptor_is_refused(folder: Path, content: bytes, problem: str) -> None:
    (folder / "datapackage.json").write_bytes(content)
    (line,) = problems(folder)
    assert line.startswith(problem)


@pytest.mark.parametrize(
    "resources", ["[]", '[1, {}, {"path": ["sea.csv"]}]', '[{"path": "sea.csv"}]']
)
def test_what_a_descriptor_does_not_state_is_not_compared(folder: Path, resources: str) -> None:
    (folder / "datapackage.json").write_text(f'{{"resources": {resources}}}')
    assert smh_p2p.read_data_package(folder) == smh_p2p.load()


def test_a_package_larger_than_a_document_may_be_is_refused_and_not_held(folder: Path) -> None:
    with (folder / "exchange.csv").open("ab") as file:
        file.truncate(6 * 2**30)
    tracemalloc.start()
    (line,) = problems(folder)
    assert line == (
        f"exchange.csv: found more than {MAX_BYTES} bytes with the files before it, expected a "
        "package of a reasonable size"
    )
    assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    tracemalloc.stop()
    (folder / "exchange.csv").unlink()
    (folder / "exchange.csv").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="not a regular file"):
        smh_p2p.read_data_package(folder)


def test_all_files_together_may_be_no_larger_than_a_document(folder: Path) -> None:
    for name in ["exchange.csv", "group.csv"]:
        with (folder / name).open("ab") as file:
            file.truncate(MAX_BYTES // 2)
    (line,) = problems(folder)
    assert line.startswith(f"group.csv: found more than {MAX_BYTES} bytes")


def test_all_files_together_may_have_no_more_rows_than_a_document_has_records(
    folder: Path,
) -> None:
    (folder / "datapackage.json").unlink()
    (folder / "not_stated.csv").write_bytes(b"what\n" + b"x\n" * 2**20)
    (line,) = problems(folder)
    assert line.startswith("not_stated.csv: found more than 1048576 rows with the files before")


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "sea.csv").unlink()
    with pytest.raises(FileNotFoundError) as caught:
        smh_p2p.read_data_package(folder)
    assert caught.value.filename == str(folder / "sea.csv")
    (folder / "sea.csv").mkdir()
    with pytest.raises(OSError, match=r"sea\.csv"):
        smh_p2p.read_data_package(folder)
    with pytest.raises(NotADirectoryError):
        smh_p2p.read_data_package(folder / "group.csv")
    with pytest.raises(FileNotFoundError) as caught:
        smh_p2p.read_data_package(folder / "elsewhere")
    assert caught.value.filename == str(folder / "elsewhere")
    (folder / "datapackage.json").unlink()
    (folder / "datapackage.json").mkdir()  # which is not the same as nothing
    with pytest.raises(OSError, match=r"datapackage\.json"):
        smh_p2p.read_data_package(folder)


@pytest.mark.parametrize("path", [None, 7, "nul\0", "\ud800"])
def test_what_is_no_path_is_an_os_error(path: Any) -> None:
    with pytest.raises(OSError, match="not a path"):
        smh_p2p.read_data_package(path)


def test_a_reader_leaves_no_file_open(folder: Path, tmp_path: Path) -> None:
    def free() -> int:
        """Return the number that the system gives to the next file that is opened."""
        with tmp_path.joinpath("next").open("w") as file:
            return file.fileno()

    before = free()
    smh_p2p.read_data_package(folder)
    assert free() == before
    (folder / "sea.csv").unlink()
    with pytest.raises(FileNotFoundError):
        smh_p2p.read_data_package(folder)
    assert free() == before


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Delete, put in, exchange or repeat something in a content, or cut it off."""
    lines = content.splitlines(keepends=True) or [b""]
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    before, part, after = content[:start], content[start:end], content[end:]
    line = draw(st.integers(0, len(lines) - 1))
    more = draw(st.sampled_from([b",", b'"', b"\r\n", b"\n", b";", b"'", b"0"]) | st.binary())
    return draw(
        st.sampled_from(
            [
                before + after,
                content[:start] + content[start + 1 :],
                content[:start] + more + content[start:],
                content[:start] + more + content[start + 1 :],
                before + part[::-1] + after,
                before,
                b"".join([*lines[: line + 1], *lines[line:]]),
                b"".join([*lines[:line], *lines[line + 1 :]]),
            ]
        )
    )


@pytest.mark.parametrize("described", [True, False])
def test_a_damaged_package_is_refused_or_holds_the_same_exchange(*, described: bool) -> None:
    @given(st.data(), exchanges(max_seas=3) | st.just(smh_p2p.load()))
    def test(data: Any, exchange: Exchange) -> None:
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder, "package")
            smh_p2p.write_data_package(exchange, package)
            if not described:
                (package / "datapackage.json").unlink()
            for file in sorted(package.iterdir()):
                content = file.read_bytes()
                file.write_bytes(data.draw(damaged(content)))
                try:
                    read = smh_p2p.read_data_package(package)
                except InvalidDocumentError:
                    pass
                else:
                    # Without the descriptor nothing tells one letter from another.
                    assert read == exchange or not described
                file.write_bytes(content)

    test()


@pytest.fixture
def moving(folder: Path, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that another one takes the place of while its files are opened."""
    another = attrs.evolve(exchange, title="Another", seas=())
    smh_p2p.write_data_package(another, folder.with_name("another"))
    usual, files = open, iter(range(99))

    def replaced(*given: Any, **named: Any) -> Any:
        if next(files) == 3:
            folder.rename(folder.with_name("old"))
            folder.with_name("another").rename(folder)
        return usual(*given, **named)

    monkeypatch.setattr("builtins.open", replaced)
    return folder


def test_a_folder_that_is_replaced_while_it_is_read_is_read_whole(moving: Path) -> None:
    assert smh_p2p.read_data_package(moving) == smh_p2p.load()
    assert smh_p2p.read_data_package(moving).title == "Another"


def test_where_a_folder_cannot_be_held_halves_of_two_are_refused(
    moving: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "supports_dir_fd", set())
    assert {line.partition(":")[0] for line in problems(moving)} == {"alias.csv", "sea.csv"}
    assert smh_p2p.read_data_package(moving).title == "Another"


def test_a_reader_beside_a_writer_finds_one_exchange_or_none(
    folder: Path, exchange: Exchange
) -> None:
    both = exchange, attrs.evolve(exchange, title="Another", seas=())
    done = threading.Event()

    def write() -> None:
        for number in range(1_000):
            if done.is_set():
                return
            smh_p2p.write_data_package(both[number % 2], folder)

    def read(_: int) -> int | None:
        try:
            return both.index(smh_p2p.read_data_package(folder))
        except FileNotFoundError:  # the folder was replaced meanwhile
            return None

    with ThreadPoolExecutor(4) as threads:
        writer = threads.submit(write)
        found = {*threads.map(read, range(300))}
        done.set()
    writer.result()
    assert found & {0, 1}
