"""The command: `smh-p2p`, or `python -m smh_p2p`."""

import argparse
import io
import json
import os
import re
import shutil
import sys
from bisect import bisect
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import attrs

import smh_p2p
from smh_p2p import Exchange, InvalidDocumentError, Problem, SmhP2pError
from smh_p2p.codec import MAX_BYTES, MAX_DEPTH
from smh_p2p.files import write_file
from smh_p2p.pointer import offsets
from smh_p2p.render.text import sea_line
from smh_p2p.schema import to_schema

ANSWERED, NOT_FOUND, MISUSE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status: 0 answered, 1 not found or invalid, 2 misuse."""
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:  # it was closed before the command was called
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):  # no character is lost where it is not UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        parser = _parser()
        asked = parser.parse_args(arguments)
        if getattr(asked, "format", None) == "csv" and not asked.output:
            parser.error("csv is a folder of files: say which, with --output")
        status = asked.run(asked)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        _flush()
        return ANSWERED
    except (SmhP2pError, OSError, ValueError) as error:
        for line in str(error).splitlines():
            print(f"smh-p2p: {line.strip()}", file=sys.stderr)
        _flush()
        return NOT_FOUND if isinstance(error, SmhP2pError | OSError) else MISUSE
    except KeyboardInterrupt:
        return 130  # as a shell has it for a command that is interrupted
    return int(status)


def _flush() -> None:
    """Write what is waiting; what cannot be is dropped, so that it does not fail again at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(MISUSE, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="smh-p2p",
        description="The 2019 School Mental Health Peer-to-Peer (P2P) Exchange Series. "
        "Without a command it shows the exchange.",
        epilog="Exit status: 0 answered, 1 not found or invalid, 2 misuse.",
    )
    parser.add_argument("--version", action="version", version=smh_p2p.__version__)
    parser.set_defaults(run=_show, file=None, json=False)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(
        run: Callable[[argparse.Namespace], int], text: str, example: str, **options: bool
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            run.__name__.strip("_"), help=text, description=f"{text}.", epilog=f"Example: {example}"
        )
        made.set_defaults(run=run)
        if options.get("file", True):
            made.add_argument("--from", dest="file", metavar="FILE", help="an exchange of your own")
        if options.get("json", True):
            made.add_argument("--json", action="store_true", help="for a program to read")
        return made

    command(_show, "Show the exchange", "smh-p2p show")
    made = command(_find, "Find every text that contains this one", "smh-p2p find workforce")
    made.add_argument("text", metavar="TEXT")
    made = command(_sea, "Show a SEA by name, alias or code", "smh-p2p sea 'Northern Marianas'")
    made.add_argument("key", metavar="KEY")
    made = command(
        _cite, "Say where a fact comes from", "smh-p2p cite /sessions/2/title", file=False
    )
    made.add_argument("pointer", metavar="POINTER", help="JSON Pointer, as find gives it")
    made = command(
        _validate,
        "Check documents and report every problem as FILE:LINE:COLUMN: POINTER: PROBLEM",
        "smh-p2p validate mine.json",
        file=False,
    )
    made.add_argument("files", metavar="FILE", nargs="+", help="a document; - is standard input")
    made = command(
        _export, "Write the exchange for other tools", "smh-p2p export csv -o exchange", json=False
    )
    formats = ("csv", *_FORMATS)
    made.add_argument("format", metavar="FORMAT", choices=formats, help=", ".join(formats))
    made.add_argument("-o", "--output", metavar="PATH", help="a file; for csv a folder")
    return parser


def _exchange(asked: argparse.Namespace) -> Exchange:
    return smh_p2p.read(asked.file) if asked.file else smh_p2p.load()


def _show(asked: argparse.Namespace) -> int:
    exchange = _exchange(asked)
    if asked.json:
        print(smh_p2p.to_json(exchange), end="")
    else:
        width = min(shutil.get_terminal_size().columns, 100)
        print(smh_p2p.to_text(exchange, width), end="")
    return ANSWERED


def _find(asked: argparse.Namespace) -> int:
    hits = _exchange(asked).find(asked.text)
    if asked.json:
        print(_as_json([attrs.asdict(hit) for hit in hits]), end="")
    else:
        for hit in hits:
            print(f"{hit.where}: {' '.join(hit.text.split())}")
    if not hits:
        print(f"smh-p2p: no text contains {asked.text!r}", file=sys.stderr)
    return ANSWERED if hits else NOT_FOUND


def _sea(asked: argparse.Namespace) -> int:
    exchange = _exchange(asked)
    sea = exchange.sea(asked.key)
    if asked.json:
        document = smh_p2p.to_dict(exchange)
        print(_as_json(document["seas"][exchange.seas.index(sea)]), end="")
    else:
        print(sea_line(sea))
    return ANSWERED


def _cite(asked: argparse.Namespace) -> int:
    citation = smh_p2p.cite(asked.pointer)
    if asked.json:
        print(_as_json(attrs.asdict(citation)), end="")
        return ANSWERED
    told = [("value", citation.value), ("origin", citation.origin.value)]
    told += [("quote", f"{each.quote} [{each.start}, {each.end})") for each in citation.spans]
    if citation.because:
        told.append(("because", citation.because))
    if citation.standard:
        told.append(("standard", f"{citation.standard.title}, {citation.standard.edition}"))
    for name, value in told:
        print(f"{name}: {value}")
    return ANSWERED


def _validate(asked: argparse.Namespace) -> int:
    found: list[dict[str, Any]] = []
    unread = False
    for file in asked.files:
        try:
            document = _document(file)
        except OSError as error:
            print(f"smh-p2p: {error}", file=sys.stderr)
            unread = True
            continue
        problems = list(_problems(document))
        for (line, column), problem in problems:
            if not asked.json:
                print(f"{file}:{line}:{column}: {problem}")
            found.append({"file": file, "line": line, "column": column, **attrs.asdict(problem)})
        if not problems and not asked.json:
            print(f"{file}: valid")
    if asked.json:
        print(_as_json(found), end="")
    return NOT_FOUND if found or unread else ANSWERED


def _document(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with open(file, "rb") as opened:  # noqa: PTH123 - whatever the system opens
        return opened.read(MAX_BYTES + 1)


def _problems(document: bytes) -> list[tuple[tuple[int, int], Problem]]:
    """Return the problems of a document, each with its line and column, in their order there."""
    try:
        smh_p2p.from_json(document)
    except InvalidDocumentError as error:
        places = _places(document)
        found = [(_nearest(places, problem.where), problem) for problem in error.problems]
        return sorted(found, key=lambda each: each[0])
    return []


def _places(document: bytes) -> dict[str, tuple[int, int]]:
    """Return the line and column of every value; where there is none, of what is in the way."""
    if len(document) > MAX_BYTES:
        return {"": (1, 1)}
    try:
        text = document.decode().removeprefix("\ufeff")
        json.loads(text, parse_int=str)
    except UnicodeDecodeError as error:
        before = document[: error.start].decode()
        return {"": (before.count("\n") + 1, len(before) - before.rfind("\n"))}
    except json.JSONDecodeError as error:
        return {"": (error.lineno, error.colno)}
    except RecursionError:
        return {"": (1, 1)}
    lines = [-1, *(match.start() for match in re.finditer("\n", text))]
    places = {}
    for where, at in offsets(text, MAX_DEPTH):
        line = bisect(lines, at - 1)
        places[where] = (line, at - lines[line - 1])
    return places


def _nearest(places: dict[str, tuple[int, int]], where: str) -> tuple[int, int]:
    while where not in places:  # what is missing has no place; what it is missing from has one
        where = where.rpartition("/")[0]
    return places[where]


def _export(asked: argparse.Namespace) -> int:
    exchange = _exchange(asked)
    if asked.format == "csv":
        smh_p2p.write_data_package(exchange, asked.output)
        return ANSWERED
    content = _FORMATS[asked.format](exchange).encode()
    if asked.output:
        write_file(content, asked.output)
    else:
        sys.stdout.buffer.write(content)
    return ANSWERED


def _as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


_FORMATS: dict[str, Callable[[Exchange], str]] = {
    "json": smh_p2p.to_json,
    "jsonld": lambda exchange: _as_json(smh_p2p.to_jsonld(exchange)),
    "html": smh_p2p.to_html,
    "svg": smh_p2p.to_svg,
    "schema": lambda _: _as_json(to_schema()),
}


if __name__ == "__main__":
    sys.exit(main())
