import csv
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import attrs
import duckdb
import frictionless
import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree

import smh_p2p
from smh_p2p import Exchange, Summary
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


def asked(folder: Path, question: str) -> list[Any]:
    with duckdb.connect() as connection:
        for table in tables():
            path = str(folder / f"{table}.csv")
            connection.execute(
                f"CREATE TABLE \"{table}\" AS FROM read_csv('{path}', all_varchar=true)"
            )
        return connection.execute(question).fetchall()


def test_duckdb_answers_from_the_files(folder: Path) -> None:
    with_fips = asked(folder, "SELECT name, fips FROM sea WHERE fips IS NOT NULL")
    assert len(with_fips) == 13
    assert ("Alaska", "02") in with_fips
    objectives = asked(
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


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "\uff1d1", "''"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_and_every_cell_reads_back_equal(tmp_path: Path, text: str) -> None:
    exchange = smh_p2p.from_dict(smh_p2p.to_dict(smh_p2p.load()) | {"goal": text})
    smh_p2p.write_data_package(exchange, tmp_path / "package")
    ((goal,),) = asked(tmp_path / "package", "SELECT goal FROM exchange")
    assert goal == f"'{text}"
    assert smh_p2p.read_data_package(tmp_path / "package") == exchange


def test_the_same_summary_gives_the_same_bytes(folder: Path, summary: Summary) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    smh_p2p.write_data_package(summary, folder)
    assert before == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, exchange: Exchange) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"holds 'notes\.txt', which would be lost"):
        smh_p2p.write_data_package(exchange, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(NotADirectoryError):
        smh_p2p.write_data_package(exchange, tmp_path / "notes.txt")
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


def test_a_long_text_reads_back(tmp_path: Path, exchange: Exchange) -> None:
    usual = csv.field_size_limit(1_000)
    long = attrs.evolve(exchange, background="x" * 1_001)
    smh_p2p.write_data_package(long, tmp_path / "long")
    assert smh_p2p.read_data_package(tmp_path / "long") == long
    assert csv.field_size_limit(usual) == 1_000  # as it was set


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "invalid start byte"),
        (b"number,phase\r\nx,late\r\n", "/groups/0/number: found 'x'"),
        (b"number,phase\r\n,late\r\n", "/groups/0: missing key 'number'"),
        (b"number,phase\r\n1,early,3\r\n", "/group/0/None: found the column None"),
        ("number,phase\r\n١,late\r\n".encode(), "/groups/0/number: found '١'"),
        (b"phase\r\n", "/sessions/0/groups/0: found 1, expected the number of a group"),
    ],
)
def test_files_that_hold_no_exchange_are_refused(
    folder: Path, content: bytes, problem: str
) -> None:
    (folder / "group.csv").write_bytes(content)
    with pytest.raises(smh_p2p.InvalidDocumentError, match=problem):
        smh_p2p.read_data_package(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "sea.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"sea\.csv"):
        smh_p2p.read_data_package(folder)
