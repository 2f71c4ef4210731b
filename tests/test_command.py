import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

import attrs
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p import Summary
from smh_p2p.__main__ import main as start
from smh_p2p.command import main
from smh_p2p.pointer import leaves, offsets
from smh_p2p.render import to_text
from smh_p2p.spelling import escaped
from smh_p2p.testing import InvalidDocument, documents, exchanges, invalid_documents


def command(**environment: str) -> Any:
    return run(check=True, env=BUFFERED | environment)


# As most people have it; without a buffer nothing would wait to be written.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def run(*arguments: str, **how: Any) -> Any:
    usual: dict[str, Any] = {"capture_output": True, "check": False, "env": BUFFERED}
    return subprocess.run([sys.executable, "-m", "smh_p2p", *arguments], **usual | how)


@pytest.mark.parametrize("columns", [1, 20, 40, 80, 300])
def test_no_line_is_wider_than_the_terminal_but_for_a_long_word(columns: int) -> None:
    done = command(COLUMNS=str(columns), PYTHONIOENCODING="utf-8")
    assert done.stderr == b""
    for line in done.stdout.decode().splitlines():
        assert len(line) <= columns or len(line.split()) == 1


def test_nothing_is_lost_where_the_terminal_is_not_utf_8() -> None:
    assert rb"CBO\u2019s" in command(PYTHONIOENCODING="ascii").stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 0), (["sea", "GU"], 0), (["--help"], 0), (["validate", os.devnull], 1)],
)
def test_a_reader_that_stops_is_no_error_and_hides_none(arguments: list[str], status: int) -> None:
    read, write = os.pipe()
    os.close(read)
    done = run(*arguments, stdout=write, stderr=subprocess.PIPE, capture_output=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (status, b"")


@given(exchanges(), st.integers(1, 120))
def test_any_exchange_is_printed_with_every_name_in_it(
    exchange: smh_p2p.Exchange, width: int
) -> None:
    words = "".join(to_text(exchange, width).split())
    names = [sea.name for sea in exchange.seas] + [each.name for each in exchange.organizations]
    titles = [session.title for session in exchange.sessions]
    for text in (exchange.title, *names, *titles):
        assert escaped("".join(text.split())) in words


def test_the_command_prints_to_whatever_stands_for_the_terminal() -> None:
    with redirect_stdout(io.StringIO()) as printed:
        main([])
    assert printed.getvalue().startswith(
        "School Mental Health Peer-to-Peer (P2P) Exchange Series\n"
    )


def test_what_is_inferred_is_said_to_be() -> None:
    with redirect_stdout(io.StringIO()) as printed:
        main([])
    (line,) = (line for line in printed.getvalue().splitlines() if "Group 1:" in line)
    assert line.endswith("(inferred)")


# Each command, as it is used


@pytest.fixture
def outcome(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    """Run a command in this process; return its status, and what it wrote to either side."""

    def runs(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return runs


def test_show(outcome: Any, tmp_path: Path) -> None:
    assert outcome() == outcome("show")
    assert outcome("show", "--json") == (0, smh_p2p.to_json(smh_p2p.load()), "")
    own = tmp_path / "own.json"
    smh_p2p.write(smh_p2p.load(inferred=False), own)
    status, visible, _ = outcome("show", "--from", str(own))
    assert status == 0
    assert "phase" not in visible.partition("\nGroups\n")[2].partition("\nSessions\n")[0]


PARTS = ["sessions", "objectives", "seas", "groups", "not-stated"]


@pytest.mark.parametrize("name", ["show", *PARTS])
def test_a_file_needs_no_option_where_nothing_else_is_named(
    outcome: Any, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "own.json"
    smh_p2p.write(attrs.evolve(smh_p2p.load(), seas=smh_p2p.load().seas[:2]), own)
    for json_ in ([], ["--json"]):
        assert outcome(name, str(own), *json_) == outcome(name, "--from", str(own), *json_)
    for several in (["--from", str(own), str(own)], [str(own), "--from", str(own)]):
        status, _, err = outcome(name, *several)
        assert status == 2
        assert "not allowed with argument" in err


def test_a_part_of_an_exchange_is_a_line_each(outcome: Any) -> None:
    exchange = smh_p2p.load()
    groups = "(group 1, group 2)"
    sessions = [f"{each.number}. {each.title} {groups}\n" for each in exchange.sessions]
    assert outcome("sessions") == (0, "".join(sessions), "")
    lines = [
        f"{each.number}. {each.text} (group {each.groups[0]})\n" for each in exchange.objectives
    ]
    assert outcome("objectives") == (0, "".join(lines), "")
    assert outcome("not-stated") == (0, "".join(f"{each}\n" for each in exchange.not_stated), "")
    assert [line.split(":")[0] for line in outcome("seas")[1].splitlines()] == [
        f"{each.name} ({each.abbreviation})" if each.abbreviation else each.name
        for each in exchange.seas
    ]
    assert outcome("groups")[1].startswith("Group 1: early SMH development/implementation phase")


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_an_exchange_is_that_part_of_its_document(outcome: Any, name: str) -> None:
    document = smh_p2p.to_dict(smh_p2p.load())
    status, part, _ = outcome(name, "--json")
    assert (status, json.loads(part)) == (0, document[name.replace("-", "_")])


def test_a_part_that_an_exchange_lacks_is_not_found(outcome: Any, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    smh_p2p.write(attrs.evolve(smh_p2p.load(), sessions=(), not_stated=()), own)
    missing = {"sessions": "the sessions", "not-stated": "what the source does not state"}
    for name, what in missing.items():
        message = f"smh-p2p: this exchange does not list {what}\n"
        assert outcome(name, str(own)) == (1, "", message)
        assert outcome(name, str(own), "--json") == (1, "[]\n", message)


def test_find(outcome: Any) -> None:
    found = "/sessions/3/title: Develop Capacity and Access to a Qualified SMH Workforce\n"
    assert outcome("find", "workforce") == (0, found, "")
    assert outcome("find", "zebra") == (1, "", "smh-p2p: no text contains 'zebra'\n")
    assert outcome("find", " ")[0] == 2
    status, found, _ = outcome("find", "workforce", "--json")
    assert (status, json.loads(found)[0]["where"]) == (0, "/sessions/3/title")


def test_sea(outcome: Any) -> None:
    line = "Bureau of Indian Education (BIE): federal, CCD 59, CCD abbr. BI\n"
    assert outcome("sea", "BIE") == (0, line, "")
    assert json.loads(outcome("sea", "66", "--json")[1])["name"] == "Guam"
    near = "smh-p2p: no SEA 'Alasca' in this exchange; did you mean 'Alaska'?\n"
    assert outcome("sea", "Alasca") == (1, "", near)


def test_sea_knows_every_jurisdiction_and_says_which_took_no_part(outcome: Any) -> None:
    ohio = "Ohio: state, USPS OH, FIPS 39, ISO 3166-2 US-OH, CCD 39, CCD abbr. OH\n"
    assert outcome("sea", "State", "of", "Ohio") == (0, ohio, "")
    line = "Alabama: state, USPS AL, FIPS 01, ISO 3166-2 US-AL, CCD 01, CCD abbr. AL\n"
    note = "smh-p2p: Alabama is not one of the SEAs of this exchange\n"
    assert outcome("sea", "Ala.") == (1, line, note)
    assert json.loads(outcome("sea", "Ala.", "--json")[1])["fips"] == "01"


def test_cite(outcome: Any) -> None:
    status, message, _ = outcome("cite", "/seas/3/name")
    assert (status, message.splitlines()[:2]) == (0, ["value: Guam", "origin: quoted"])
    assert "because: The summary names two groups" in outcome("cite", "/groups/0/phase")[1]
    assert "standard: FIPS state codes (INCITS 38), " in outcome("cite", "/seas/3/fips")[1]
    assert json.loads(outcome("cite", "/seas/3/name", "--json")[1])["spans"][0]["quote"] == "Guam"
    assert outcome("cite", "/nowhere")[0] == 1
    assert "objective 3 is /objectives/2" in outcome("cite", "objective", "3")[2]


def test_a_document_alone_has_no_origins_to_cite(outcome: Any, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    smh_p2p.write(smh_p2p.load(), own)
    message = f"smh-p2p: {own} has no origins: give the page or its folder\n"
    assert outcome("cite", "/title", "--from", str(own)) == (1, "", message)


PAGES = sorted(Path(__file__).with_name("pages").glob("*.txt"))


def test_a_page_is_shown_with_what_is_unread(outcome: Any) -> None:
    status, visible, errors = outcome("read", str(PAGES[0]))
    assert (status, errors) == (0, "")
    assert "Unread on the page\n  1:1: Skip to main content" in visible


def test_a_page_is_given_to_programs(outcome: Any) -> None:
    summary = smh_p2p.read_summary(PAGES[0].read_bytes())
    (result,) = json.loads(outcome("read", "--json", str(PAGES[0]))[1])
    assert result["exchange"] == smh_p2p.to_dict(summary.exchange)
    assert result["unread"] == [attrs.asdict(each) for each in summary.unread]
    assert result["coverage"] == attrs.asdict(summary.coverage())


def test_a_page_is_written_as_a_folder_or_a_document(outcome: Any, tmp_path: Path) -> None:
    summary = smh_p2p.read_summary(PAGES[0].read_bytes())
    for path in (tmp_path / "page", tmp_path / "page.json", tmp_path / "PAGE.JSON"):
        assert outcome("read", str(PAGES[0]), "-o", str(path))[0] == 0
    assert smh_p2p.summary.read(tmp_path / "page") == summary
    assert smh_p2p.read(tmp_path / "PAGE.JSON") == summary.exchange
    assert smh_p2p.read(tmp_path / "page.json") == summary.exchange
    for path in (PAGES[0], tmp_path / "page"):
        status, cited, _ = outcome("cite", "/sessions/0/title", "--from", str(path))
        assert status == 0
        assert summary.exchange.sessions[0].title in cited
    for path in (PAGES[0], tmp_path / "page", tmp_path / "page.json"):
        assert outcome("show", "--json", "--from", str(path))[1] == smh_p2p.to_json(
            summary.exchange
        )


def test_many_pages_are_a_line_each_and_the_status_is_that_of_the_worst(
    outcome: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_text("Dear colleague", encoding="utf-8")
    files = [*map(str, PAGES), str(broken), str(tmp_path / "missing.txt")]
    status, lines, errors = outcome("read", *files, "-o", str(tmp_path / "all"))
    assert status == 1
    assert [line.partition(": ")[0] for line in lines.splitlines()] == [*map(str, PAGES)]
    assert f"smh-p2p: {broken}:1:1: found no part of a summary" in errors
    assert "missing.txt" in errors
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        each.stem for each in PAGES
    ]
    assert outcome("read", *map(str, PAGES))[0] == 0


def test_each_of_many_pages_becomes_a_folder_whatever_its_name(
    outcome: Any, tmp_path: Path
) -> None:
    page = tmp_path / "page.json.txt"
    page.write_bytes(PAGES[0].read_bytes())
    assert outcome("read", str(page), str(PAGES[1]), "-o", str(tmp_path / "all"))[0] == 0
    written = smh_p2p.summary.read(tmp_path / "all" / "page.json")
    assert written == smh_p2p.read_summary(page.read_bytes())


def test_two_pages_of_one_name_are_not_written_over_each_other(
    outcome: Any, tmp_path: Path
) -> None:
    status, _, errors = outcome("read", str(PAGES[0]), str(PAGES[0]), "-o", str(tmp_path / "all"))
    assert status == 2
    assert "the same name" in errors


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    with redirect_stdout(io.StringIO()):
        assert main(["read", *map(str, PAGES[:3])]) == 0
    assert terminal.getvalue().split("\r")[-1] == f"[{'#' * 30}] 3 of 3 pages\n"


def test_a_page_is_read_from_standard_input() -> None:
    done = run("read", "-", input=PAGES[0].read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("find", "the following arguments are required: TEXT; see smh-p2p find --help"),
        ("export csv", "csv needs a folder: name it with --output; see smh-p2p export --help"),
        ("show --form a", "unrecognized arguments: --form; see smh-p2p --help"),
    ],
)
def test_misuse_is_one_line_with_the_way_out(outcome: Any, typed: str, line: str) -> None:
    assert outcome(*typed.split()) == (2, "", f"smh-p2p: {line}\n")


@pytest.mark.parametrize("arguments", [["sing"], ["export", "yaml"]])
def test_a_word_that_is_no_choice_is_refused_with_the_choices(
    outcome: Any, arguments: list[str]
) -> None:
    status, out, err = outcome(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    # Releases of Python differ in the quotes around a choice.
    choices = "show sessions objectives seas groups not-stated find sea cite read validate export"
    if arguments[0] == "export":
        choices = "csv json jsonld html svg schema"
    assert re.findall(r"[a-z-]+", err.partition("choose from")[2].partition(")")[0]) == (
        choices.split()
    )
    assert err.endswith(" --help\n")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("show", "[PATH]"),
        ("find", "TEXT [TEXT ...]"),
        ("sea", "KEY [KEY ...]"),
        ("cite", "POINTER [POINTER ...]"),
        ("read", "[-o PATH] PAGE [PAGE ...]"),
        ("validate", "FILE [FILE ...]"),
        ("export", "[--from PATH] [-o PATH] FORMAT"),
    ],
)
def test_help_names_each_argument(outcome: Any, name: str, arguments: str) -> None:
    usage = " ".join(outcome(name, "--help")[1].partition("\n\n")[0].split())
    # From Python 3.14 on, a usage shows what excludes each other together.
    usage = usage.replace("[--from PATH | PATH]", "[--from PATH] [PATH]")
    assert usage.startswith(f"usage: smh-p2p {name} [-h] ")
    assert usage.endswith(f" {arguments}")


@pytest.mark.parametrize(
    "name", ["show", *PARTS, "find", "sea", "cite", "read", "validate", "export"]
)
def test_help_has_an_example_for_each(outcome: Any, name: str) -> None:
    status, message, _ = outcome(name, "--help")
    assert status == 0
    assert f"Example: smh-p2p {name}" in " ".join(message.split())
    assert name in outcome("--help")[1]
    page = Path(__file__).parents[1].joinpath("docs/command.md").read_text(encoding="utf-8")
    assert re.search(rf"`(smh-p2p )?{name}\b", page)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("smh-p2p se", ["sessions", "seas", "sea"]),
        ("smh-p2p export s", ["svg", "schema"]),
        ("smh-p2p not-stated --", ["--help", "--from", "--json"]),
        ("smh-p2p read 01", ["01-foster-care.json", "01-foster-care.txt"]),
    ],
)
def test_a_shell_completes_what_is_typed(tmp_path: Path, typed: str, words: list[str]) -> None:
    completions = tmp_path / "completions"
    shell = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(completions),
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": typed,
        "COMP_POINT": str(len(typed)),
    }
    assert run(env=BUFFERED | shell, cwd=PAGES[0].parent).returncode == 0
    assert {word.strip() for word in completions.read_text().splitlines()} == {*words}


def test_the_version_is_told(outcome: Any) -> None:
    assert outcome("--version") == (0, f"{smh_p2p.__version__}\n", "")


# validate


def places(outcome: Any, document: bytes, tmp_path: Path) -> list[str]:
    file = tmp_path / "a.json"
    file.write_bytes(document)
    status, out, err = outcome("validate", str(file))
    assert err == ""
    assert status == (0 if out == f"{file}: valid\n" else 1)
    return [line.removeprefix(f"{file}:") for line in out.splitlines()]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (b'{"format": 1,\n "title": 7}', "2:11: /title: found 7"),
        (b'{"format": 1,\n "seas": [{},\n  {"fips": 2}]}', "3:12: /seas/1/fips: found 2"),
        (b'{"format": 1, "x~/": [1]}', "1:22: /x~0~1: found the unknown key 'x~/'"),
        (
            b'{"format": 1,\n "title": "a", "title": "b"}',
            "2:25: /title: duplicate key 'title'",
        ),
        (b'{"format" 1}', "1:11: (whole): found a mistake at line 1 column 11"),
        (b'\xef\xbb\xbf{"title": 7}', "1:11: /title: found 7"),
        (b'{"title":\n "\xc3\xa9\xff"}', "2:4: (whole): found byte 0xff"),
        (b'\xef\xbb\xbf{"a": "\xff"}', "1:8: (whole): found byte 0xff"),
        (b"[" * 100_000, "1:1: (whole): found nesting too deep to parse"),
        (b"[" * 40 + b"]" * 40, "1:1: (whole): found an array"),
        (b" " * (16 * 1024 * 1024 + 1), "1:1: (whole): found more than"),
        (b'{"format": ' + b"1" * 5_000 + b"}", "1:12: /format: found a number of 5000 digits"),
        (b" \n 7", "2:2: (whole): found 7"),
    ],
    ids=range(13),
)
def test_a_problem_is_told_with_its_line_and_column(
    outcome: Any, document: bytes, place: str, tmp_path: Path
) -> None:
    message = places(outcome, document, tmp_path)
    assert [line for line in message if line.startswith(place)], message[:5]


def test_every_problem_of_every_file_is_told(outcome: Any, tmp_path: Path) -> None:
    for name, content in {"a": b"{}", "b": smh_p2p.to_json(smh_p2p.load()).encode()}.items():
        (tmp_path / name).write_bytes(content)
    files = [str(tmp_path / name) for name in "axb"]
    status, out, err = outcome("validate", *files)
    assert status == 1
    assert out.splitlines()[-1] == f"{files[2]}: valid"
    missing = ("format", "identifier", "title", "source")
    assert out.splitlines()[:-1] == [
        f"{files[0]}:1:1: (whole): missing key {key!r}" for key in missing
    ]
    assert err == f"smh-p2p: No such file or directory: '{files[1]}'\n"
    message = json.loads(outcome("validate", "--json", *files)[1])
    assert {each["file"] for each in message} == {files[0], files[1]}
    keys = {"file", "line", "column", "where", "rule", "found", "expected"}
    assert all(each.keys() == keys for each in message)


def test_more_than_a_thousand_problems_are_counted(outcome: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"format": 1, "seas": [' + ",".join(["0"] * 1_500) + "]}")
    status, out, _ = outcome("validate", str(file))
    assert (status, out.count("\n")) == (1, 1_001)
    assert out.endswith(f"{file}: and 503 more problems\n")


def test_a_document_is_read_from_standard_input() -> None:
    done = run("validate", "-", input=b"[]")
    message = b"-:1:1: (whole): found an array, expected an object\n"
    assert (done.returncode, done.stdout) == (1, message)


@given(st.data())
def test_every_place_of_a_document_is_where_it_says(data: st.DataObject) -> None:
    text = data.draw(documents()).decode().removeprefix("\ufeff")
    found = dict(offsets(text, 9))
    values = dict(leaves(json.loads(text)))
    assert values.keys() <= found.keys()
    for where, value in values.items():
        assert json.JSONDecoder().raw_decode(text, found[where])[0] == value


def test_what_utf_8_cannot_say_is_escaped_for_a_program(outcome: Any, tmp_path: Path) -> None:
    (tmp_path / "own.json").write_bytes(rb'{"\ud800": 1}')
    message = json.loads(outcome("validate", "--json", str(tmp_path / "own.json"))[1])
    assert "/\ud800" in {each["where"] for each in message}


@given(invalid_documents())
def test_no_document_is_too_bad_to_be_told_about(invalid: InvalidDocument) -> None:
    typed = Mock(buffer=io.BytesIO(invalid.document))
    with patch("sys.stdin", typed), redirect_stdout(io.StringIO()) as printed:
        assert main(["validate", "--json", "-"]) == 1
    message = json.loads(printed.getvalue())
    assert invalid.where in {each["where"] for each in message}
    assert all(each["line"] >= 1 and each["column"] >= 1 for each in message)


# export

in_json = partial(json.dumps, indent=2, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("json", lambda summary: smh_p2p.to_json(summary.exchange)),
        ("html", smh_p2p.to_html),
        ("svg", smh_p2p.to_svg),
        ("jsonld", lambda summary: f"{in_json(smh_p2p.to_jsonld(summary))}\n"),
        ("schema", lambda _: smh_p2p.resource("schema.json").read_text(encoding="utf-8")),
    ],
)
def test_export_writes_the_same_to_a_file_and_to_standard_output(
    outcome: Any, tmp_path: Path, summary: Summary, name: str, content: Any
) -> None:
    assert outcome("export", name) == (0, content(summary), "")
    file = tmp_path / "out"
    assert outcome("export", name, "-o", str(file)) == (0, "", "")
    assert file.read_bytes() == run("export", name).stdout


@pytest.mark.parametrize(
    ("arguments", "name", "way"),
    [
        (["export", "svg"], "a.png", "cannot write svg to 'a.png': end the name in .svg"),
        (["export", "html"], "a.MD", "cannot write html to 'a.MD': end the name in .html or .htm"),
        (["export", "json"], "a.jsonld", "cannot write json to 'a.jsonld': end the name in .json"),
        (["export", "csv"], "a.csv", "cannot write csv to 'a.csv': name a folder"),
        (
            ["read", str(PAGES[0])],
            "a.csv",
            "cannot write json to 'a.csv': end the name in .json, or name a folder",
        ),
        (
            ["read", *map(str, PAGES[:2])],
            "a.json",
            "cannot write a summary to 'a.json': name a folder",
        ),
    ],
)
def test_nothing_is_written_under_the_suffix_of_another_format(
    outcome: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    name: str,
    way: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert outcome(*arguments, "-o", name) == (2, "", f"smh-p2p: {way}\n")
    assert list(tmp_path.iterdir()) == []


def test_export_names_the_formats_with_their_suffixes(outcome: Any) -> None:
    message = " ".join(outcome("export", "--help")[1].split())
    names = (
        "csv (a folder), json (.json), jsonld (.jsonld), html (.html), svg (.svg), schema (.json)"
    )
    assert names in message


def test_export_csv_writes_a_data_package(outcome: Any, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    smh_p2p.write(smh_p2p.load(inferred=False), own)
    folder = tmp_path / "package"
    assert outcome("export", "csv", "--from", str(own), "-o", str(folder)) == (0, "", "")
    assert smh_p2p.read_data_package(folder) == smh_p2p.load(inferred=False)
    status, out, err = outcome("export", "csv", "-o", str(tmp_path))
    assert (status, out) == (1, "")
    assert "holds 'own.json', which would be lost" in err


def test_export_csv_writes_the_citations_of_the_packaged_summary(
    outcome: Any, tmp_path: Path, summary: Summary
) -> None:
    assert outcome("export", "csv", "-o", str(tmp_path / "outcome")) == (0, "", "")
    smh_p2p.write_data_package(summary, tmp_path / "written")
    exported, written = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("outcome", "written")
    )
    assert exported == written


def test_a_device_or_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", pipe], stdout=subprocess.PIPE) as reader:
        assert run("export", "svg", "-o", str(pipe)).returncode == 0
        assert reader.communicate()[0].decode() == smh_p2p.to_svg(smh_p2p.load())
    assert pipe.is_fifo()
    assert run("export", "svg", "-o", "/dev/stdout").stdout == run("export", "svg").stdout
    log = tmp_path / "log"
    log.write_text("precious\n")
    with log.open("ab") as opened:
        run("export", "svg", "-o", "/dev/stdout", stdout=opened, stderr=None, capture_output=False)
    assert log.read_text(encoding="utf-8") == f"precious\n{smh_p2p.to_svg(smh_p2p.load())}"


def test_a_hyphen_is_standard_input_and_standard_output() -> None:
    document = smh_p2p.to_json(smh_p2p.load(inferred=False)).encode()
    assert run("export", "json", "--from", "-", "-o", "-", input=document).stdout == document
    assert run("sea", "GU", "--from", "-", input=document).returncode == 0
    assert run("export", "csv", "-o", "-").returncode == 2


def test_everything_is_exported_without_docstrings(tmp_path: Path) -> None:
    bare = [sys.executable, "-OO", "-m", "smh_p2p", "export"]
    subprocess.run([*bare, "csv", "-o", tmp_path / "own"], check=True)
    assert smh_p2p.read_data_package(tmp_path / "own") == smh_p2p.load()
    done = subprocess.run([*bare, "schema"], check=True, capture_output=True)
    assert done.stdout == smh_p2p.resource("schema.json").read_bytes()


def test_words_need_no_quotes(outcome: Any) -> None:
    assert outcome("sea", "New", "York") == outcome("sea", "New York")
    assert outcome("find", "Qualified", "SMH") == outcome("find", "Qualified SMH")


# What goes wrong outside


def test_an_invalid_document_is_told_in_lines_and_never_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    file = str(tmp_path / "a.json")
    done = run("show", "--from", file)
    assert (done.returncode, done.stdout) == (1, b"")
    message = [f"smh-p2p: {line}" for line in run("validate", file).stdout.decode().splitlines()]
    assert done.stderr.decode().splitlines() == message


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_file_that_is_not_there_is_told_and_nothing_else_is_shown(
    outcome: Any, name: str
) -> None:
    message = f"smh-p2p: No such file or directory: '{name}'\n"
    assert outcome("show", "--from", name) == (1, "", message)


def test_what_a_program_reads_is_utf_8_wherever_it_is_written(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    smh_p2p.write(attrs.evolve(smh_p2p.load(), title="Café \U0001f600"), own)
    for encoding in ("ascii", "cp1252", "utf-16"):
        environment = BUFFERED | {"PYTHONIOENCODING": encoding}
        done = run("show", "--json", "--from", str(own), env=environment)
        assert json.loads(done.stdout)["title"] == "Café \U0001f600"
        done = run("export", "json", "--from", str(own), env=environment)
        assert done.stdout == own.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", [["export", "html"], ["sea", "GU"], ["--help"], ["--version"]]
)
def test_a_full_disk_is_told_in_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(*arguments, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    message = "smh-p2p: No space left on device\n"
    assert (done.returncode, done.stderr.decode()) == (1, message)


def test_what_is_closed_is_no_traceback() -> None:
    def shell(line: str) -> Any:
        command = f"'{sys.executable}' -m smh_p2p {line}"
        return subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False)

    done = shell("validate - <&-")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(
        b"-:1:1: (whole): found a mistake at line 1 column 1 (Expecting value)"
    )
    for line in ("show >&-", "export html >&-", "sea Alaska --json >&-"):
        done = shell(line)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr == b"smh-p2p: standard output is closed\n"
    closed = {"sea Alasca 2>&-": 1, "sea Alasca >&- 2>&-": 1}
    full = {"sea Alasca 2>/dev/full": 1, "sing 2>/dev/full": 2, "validate no 2>/dev/full": 1}
    for line, status in (closed | full).items():
        done = shell(line)
        assert (done.returncode, done.stdout, done.stderr) == (status, b"", b"")


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("smh_p2p.load_summary", interrupt)
    assert main(["show"]) == 130


def test_an_interrupt_during_the_start_is_as_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted = SimpleNamespace(find_spec=Mock(side_effect=KeyboardInterrupt))
    monkeypatch.setattr(sys, "meta_path", [interrupted, *sys.meta_path])
    monkeypatch.delitem(sys.modules, "smh_p2p.command")
    assert start() == 130
    assert capsys.readouterr() == ("", "")


HOSTILE = "a\nother.json: valid\x1b[2J\x9b2J\u2028"


def test_a_program_reads_every_character_of_what_is_escaped_for_the_terminal(
    outcome: Any, tmp_path: Path
) -> None:
    own, title = tmp_path / "own.json", "A\x7f\x9b\u2028\u2029Z"
    smh_p2p.write(attrs.evolve(smh_p2p.load(), title=title), own)
    status, document, _ = outcome("show", "--json", str(own))
    assert (status, json.loads(document)["title"]) == (0, title)
    assert not re.search("[\x7f-\x9f\u2028\u2029]", document)


def test_nothing_that_comes_from_outside_moves_the_cursor_or_ends_a_line(
    outcome: Any, tmp_path: Path
) -> None:
    name = HOSTILE.encode(sys.getfilesystemencoding(), "ignore").decode()
    file = tmp_path / f"{name}.json"
    text = "T\x9b2J\x7f\u2028\nU"
    document = smh_p2p.to_dict(smh_p2p.load())
    document |= {"title": text, "background": text}
    document["source"]["title"] = text
    document["seas"][0]["name"] = text
    file.write_text(json.dumps(document))
    page = tmp_path / f"{name}.txt"
    page.write_bytes(
        f"A P2P Exchange{text}\n\nBackground: {text} {HOSTILE}\n\nSEAs: x\n{HOSTILE}".encode()
    )
    broken = tmp_path / f"{name}x"
    broken.write_text(json.dumps({HOSTILE: 1, "format": 1, "title": HOSTILE}))
    for arguments in (
        ["validate", file],
        ["validate", broken],
        ["validate", tmp_path / f"{name}no"],
        ["show", "--from", file],
        ["show", "--from", page],
        ["show", "--from", broken],
        ["show", "--json", "--from", file],
        ["seas", file],
        ["seas", "--json", file],
        ["sea", "AK", "--from", file],
        ["sea", "AK", "--json", "--from", file],
        ["sea", HOSTILE],
        ["find", "t", "--from", file],
        ["find", HOSTILE],
        ["cite", "/background", "--from", page],
        ["cite", "/background", "--json", "--from", page],
        ["cite", HOSTILE],
        ["read", page],
        ["read", page, page],
        ["read", broken, page],
        [HOSTILE],
        ["export", HOSTILE],
    ):
        _, *written = outcome(*map(str, arguments))
        for printed in written:
            assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028]", printed), arguments
            assert "\nother.json" not in printed, arguments


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["cite", "--form", "x", "/title"], "--form"),
        (["cite", "/title", "--form", "x"], "--form"),
        (["export", "html", "csv"], "csv"),
        (["--form=x"], "--form=x"),
    ],
)
def test_an_unknown_option_is_named_and_not_what_follows_it(
    arguments: list[str], named: str
) -> None:
    done = run(*arguments)
    message = f"smh-p2p: unrecognized arguments: {named}; see smh-p2p --help\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", message)


def test_a_folder_of_tables_is_read_as_any_other(outcome: Any, tmp_path: Path) -> None:
    folder = str(tmp_path / "tables")
    assert outcome("export", "csv", "-o", folder)[0] == 0
    assert outcome("show", "--json", folder) == outcome("show", "--json")
