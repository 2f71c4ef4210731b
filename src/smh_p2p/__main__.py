"""The command: `smh-p2p`, or `python -m smh_p2p`."""

import argparse
import errno
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO, TypeAlias

import attrs

import smh_p2p
from smh_p2p import (
    Exchange,
    InvalidDocumentError,
    InvalidSummaryError,
    NotFoundError,
    Problem,
    Rule,
    SmhP2pError,
    Summary,
)
from smh_p2p.files import write_file
from smh_p2p.jsontext import MAX_BYTES, MAX_DEPTH
from smh_p2p.pointer import offsets, position
from smh_p2p.provenance import Cited, folded, parts
from smh_p2p.render.text import sea_line
from smh_p2p.spelling import escaped
from smh_p2p.values import SURROGATES

_CONTROLS = re.compile("[\x7f-\x9f]")  # which JSON has as they are, and a terminal obeys
Placed: TypeAlias = tuple[tuple[int, int], Problem]  # line and column, and what is wrong there

ANSWERED, NOT_FOUND, MISUSE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status: 0 answered, 1 not found or invalid, 2 misuse."""
    closed = set()
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:  # it was closed before the command was called
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
            closed.add(name)
    try:
        status, answer = _answered(arguments)
        try:
            sys.stdout.write(answer)
            sys.stdout.flush()
            if answer and "stdout" in closed:
                raise OSError(errno.EBADF, "standard output is closed")
        except BrokenPipeError:  # the reader has seen enough
            _drop(sys.stdout)
        except OSError as error:
            _drop(sys.stdout)
            _complain(error)
            return NOT_FOUND
    except KeyboardInterrupt:
        return 130  # as a shell has it for a command that is interrupted
    return status


Answer: TypeAlias = tuple[int, str]  # the exit status, and what goes to standard output


def _answered(arguments: Sequence[str] | None) -> Answer:
    try:
        asked = _parser().parse_args(arguments)
        if asked.version:
            return ANSWERED, f"{smh_p2p.__version__}\n"
        answer: Answer = asked.run(asked)
    except SystemExit as stop:  # the parser has helped or complained
        return int(stop.code or ANSWERED), ""
    except (SmhP2pError, OSError, ValueError) as error:
        _complain(error)
        return (NOT_FOUND if isinstance(error, SmhP2pError | OSError) else MISUSE), ""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if asked.json or asked.run is _export:
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        else:  # no character is lost where it is not UTF-8
            sys.stdout.reconfigure(errors="backslashreplace")
    status, text = answer
    if asked.json:
        text = _with_escapes(_CONTROLS, text)
    elif asked.run is not _export:
        text = "\n".join(map(escaped, text.split("\n")))
    return status, text


def _complain(error: object) -> None:
    try:
        for line in str(error).splitlines():
            print(f"smh-p2p: {escaped(line.strip())}", file=sys.stderr, flush=True)
    except OSError:
        _drop(sys.stderr)


def _drop(stream: TextIO) -> None:
    """Drop what cannot be written, so that it does not fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _complain(f"{message}; see {self.prog} --help")
        sys.exit(MISUSE)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="smh-p2p",
        description="The 2019 School Mental Health Peer-to-Peer (P2P) Exchange Series. "
        "Without a command it shows the exchange.",
        epilog="Exit status: 0 answered, 1 not found or invalid, 2 misuse.",
    )
    parser.add_argument("--version", action="store_true", help="show the version")
    parser.set_defaults(run=_show, file=None, json=False)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(
        run: Callable[[argparse.Namespace], Answer], text: str, example: str, **options: bool
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            run.__name__.strip("_"), help=text, description=f"{text}.", epilog=f"Example: {example}"
        )
        made.set_defaults(run=run)
        if options.get("file", True):
            said = "a page, a document or a folder of your own; - is standard input"
            made.add_argument("--from", dest="file", metavar="PATH", help=said)
        if options.get("json", True):
            made.add_argument("--json", action="store_true", help="for a program to read")
        return made

    command(_show, "Show the exchange", "smh-p2p show")
    made = command(_find, "Find every text that contains this one", "smh-p2p find workforce")
    made.add_argument("text", metavar="TEXT", nargs="+", help="only case does not matter")
    made = command(
        _sea,
        "Show a SEA by name, alias or code, and say if it is not one of the exchange's",
        "smh-p2p sea 'Northern Marianas'",
    )
    made.add_argument("key", metavar="KEY", nargs="+")
    made = command(_cite, "Say where a fact comes from", "smh-p2p cite /sessions/2/title")
    made.add_argument("pointer", metavar="POINTER", help="JSON Pointer, as find gives it")
    made = command(
        _read,
        "Read summary pages: show the exchange of one, or a line for each of many",
        "smh-p2p read page.txt -o folder",
        file=False,
    )
    made.add_argument("files", metavar="PAGE", nargs="+", help="a page; - is standard input")
    said = "a document if it ends in .json, or a folder with document, origins and page"
    made.add_argument("-o", "--output", metavar="PATH", help=said)
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
    said = "a file; for csv a folder; standard output without it"
    made.add_argument("-o", "--output", metavar="PATH", default="-", help=said)
    return parser


def _given(asked: argparse.Namespace) -> Cited:
    """Return the exchange that a command is about, with its summary if there is one."""
    if asked.file is None:
        return smh_p2p.load_summary()
    if os.path.isdir(asked.file):  # noqa: PTH112 - a Path takes no name for this folder
        return smh_p2p.summary.read(asked.file)
    content = _content(asked.file)
    if asked.file.endswith(".json") or content.lstrip(_BLANK)[:1] in (b"{", b"["):
        exchange, problems, more = _document(content)
        if exchange is None:
            raise SmhP2pError("\n".join(_lines(asked.file, problems, more)))
        return exchange
    return _page(asked.file, content)


_BLANK = "\ufeff".encode() + b" \t\r\n"


def _page(file: str, content: bytes) -> Summary:
    try:
        return smh_p2p.read_summary(content)
    except InvalidSummaryError as error:
        lines = (f"{escaped(file)}:{problem}" for problem in error.problems)
        raise SmhP2pError("\n".join(lines)) from error


def _exchange(asked: argparse.Namespace) -> Exchange:
    return parts(_given(asked))[0]


def _show(asked: argparse.Namespace) -> Answer:
    given = _given(asked)
    if asked.json:
        return ANSWERED, smh_p2p.to_json(parts(given)[0])
    return ANSWERED, _shown(given)


def _shown(given: Cited) -> str:
    return smh_p2p.to_text(given, min(shutil.get_terminal_size().columns, 100))


def _find(asked: argparse.Namespace) -> Answer:
    text = " ".join(asked.text)
    hits = _exchange(asked).find(text)
    if not hits:
        _complain(f"no text contains {text!r}")
    if asked.json:
        answer = _as_json([attrs.asdict(hit) for hit in hits])
    else:
        answer = "".join(f"{hit.where}: {folded(hit.text)}\n" for hit in hits)
    return (ANSWERED if hits else NOT_FOUND), answer


def _sea(asked: argparse.Namespace) -> Answer:
    exchange, key, status = _exchange(asked), " ".join(asked.key), ANSWERED
    try:
        sea = exchange.sea(key)
    except NotFoundError as miss:
        try:
            known = smh_p2p.jurisdiction(key)
        except NotFoundError:
            raise miss from None
        by_key = (exchange.sea(each) for each in known.keys if exchange.has_sea(each))
        sea = next(by_key, known)
        if sea is known:
            status = NOT_FOUND
            _complain(f"{sea.name} is not one of the SEAs of this exchange")
    answer = _as_json(smh_p2p.to_dict(sea)) if asked.json else f"{folded(sea_line(sea))}\n"
    return status, answer


def _cite(asked: argparse.Namespace) -> Answer:
    _, summary = parts(_given(asked))
    if not summary:
        raise SmhP2pError(f"{asked.file} has no origins: give the page or its folder")
    citation = summary.cite(asked.pointer)
    if asked.json:
        return ANSWERED, _as_json(attrs.asdict(citation))
    told = [("value", citation.value), ("origin", citation.origin.value)]
    told += [("quote", f"{each.quote} [{each.start}, {each.end})") for each in citation.spans]
    if citation.because:
        told.append(("because", citation.because))
    if citation.standard:
        told.append(("standard", f"{citation.standard.title}, {citation.standard.edition}"))
    return ANSWERED, "".join(f"{name}: {folded(str(value))}\n" for name, value in told)


def _read(asked: argparse.Namespace) -> Answer:
    many = len(asked.files) > 1
    paths = [asked.output] * len(asked.files)
    if many and asked.output:
        paths = [f"{asked.output}/{Path(file).stem}" for file in asked.files]
        if len({*paths}) < len(paths):
            raise ValueError("two of the pages have the same name: write them one by one")
        Path(asked.output).mkdir(exist_ok=True)
    results: list[dict[str, Any]] = []
    lines: list[str] = []
    status = ANSWERED
    for number, file in enumerate(asked.files):
        _progress(number, len(asked.files))
        try:
            summary = _page(file, _content(file))
            if asked.output:
                _written(summary, paths[number])
        except (SmhP2pError, OSError) as error:
            status = NOT_FOUND
            _complain(error)
            continue
        coverage = summary.coverage()
        results.append(
            {
                "file": file,
                "exchange": smh_p2p.to_dict(summary.exchange),
                "coverage": attrs.asdict(coverage),
                "unread": [attrs.asdict(each) for each in summary.unread],
            }
        )
        exchange = summary.exchange
        lines.append(
            f"{escaped(file)}: {folded(exchange.title)}: {len(exchange.sessions)} sessions, "
            f"{len(exchange.objectives)} objectives, {len(exchange.seas)} SEAs; "
            f"{coverage.unread:.0%} unread\n"
        )
    _progress(len(asked.files), len(asked.files))
    if asked.json:
        return status, _as_json(results)
    return status, "".join(lines) if many else "".join(map(_shown, [summary] if results else []))


def _written(summary: Summary, path: str) -> None:
    if path.endswith(".json"):
        smh_p2p.write(summary.exchange, path)
    else:
        summary.write(path)


def _progress(done: int, every: int) -> None:
    """Show how many of many pages are read, on a terminal."""
    if every > 1 and sys.stderr.isatty():
        bar = "#" * (30 * done // every)
        end = "\n" if done == every else ""
        print(f"\r[{bar:30}] {done} of {every} pages", end=end, file=sys.stderr, flush=True)


def _validate(asked: argparse.Namespace) -> Answer:
    found: list[dict[str, Any]] = []
    lines: list[str] = []
    for file in asked.files:
        try:
            _, problems, more = _document(_content(file))
        except OSError as error:
            _complain(error)
            unread = {"found": str(error), "expected": "a file that can be read"}
            nowhere = dict.fromkeys(("line", "column", "where", "rule"))
            found.append({"file": file, **nowhere, **unread})
            continue
        lines += _lines(file, problems, more) or [f"{escaped(file)}: valid"]
        found += (
            {"file": file, "line": line, "column": column, **attrs.asdict(problem)}
            for (line, column), problem in problems
        )
    answer = _as_json(found) if asked.json else "".join(f"{line}\n" for line in lines)
    return (NOT_FOUND if found else ANSWERED), answer


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with open(file, "rb") as opened:  # noqa: PTH123 - whatever the system opens
        return opened.read(MAX_BYTES + 1)


def _lines(file: str, problems: Iterable[Placed], more: int) -> list[str]:
    name = escaped(file)
    lines = [f"{name}:{line}:{column}: {problem}" for (line, column), problem in problems]
    return [*lines, f"{name}: and {more} more problems"] if more else lines


def _document(document: bytes) -> tuple[Exchange | None, list[Placed], int]:
    """Return an exchange; or its problems in their order in the document, and how many more."""
    try:
        return smh_p2p.from_json(document), [], 0
    except InvalidDocumentError as error:
        places = _places(document, error)
        found = [(places[problem.where], problem) for problem in error.problems]
        return None, sorted(found, key=lambda each: each[0]), error.more


def _places(document: bytes, error: InvalidDocumentError) -> dict[str, tuple[int, int]]:
    """Return the line and column of every value; of a text that is no JSON, of the mistake."""
    rule, met = error.problems[0].rule, error.__context__
    if rule is Rule.SYNTAX and isinstance(met, json.JSONDecodeError):
        return {"": (met.lineno, met.colno)}
    if rule is Rule.ENCODING and isinstance(met, UnicodeDecodeError):
        places = [("", len(before := document[: met.start].decode().removeprefix("\ufeff")))]
    elif rule in (Rule.SIZE, Rule.DEPTH):
        before, places = "", [("", 0)]
    else:
        before = document.decode().removeprefix("\ufeff")
        places = [*offsets(before, MAX_DEPTH + 1)]
    place = position(before)
    return {where: place(at) for where, at in places}


def _export(asked: argparse.Namespace) -> Answer:
    if asked.format == "csv":
        if asked.output == "-":
            raise ValueError("csv is a folder: give it with --output; see smh-p2p export --help")
        smh_p2p.write_data_package(_given(asked), asked.output)
        return ANSWERED, ""
    content = _FORMATS[asked.format](_given(asked))
    if asked.output == "-":
        return ANSWERED, content
    write_file(content.encode(), asked.output)
    return ANSWERED, ""


def _as_json(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    # A key or a file name of a user may have a lone surrogate.
    return _with_escapes(SURROGATES, text)


def _with_escapes(characters: re.Pattern[str], text: str) -> str:
    return characters.sub(lambda each: f"\\u{ord(each[0]):04x}", text)


_FORMATS: dict[str, Callable[[Cited], str]] = {
    "json": lambda given: smh_p2p.to_json(parts(given)[0]),
    "jsonld": lambda given: _as_json(smh_p2p.to_jsonld(given)),
    "html": smh_p2p.to_html,
    "svg": smh_p2p.to_svg,
    "schema": lambda _: smh_p2p.resource("schema.json").read_text(encoding="utf-8"),
}


if __name__ == "__main__":
    sys.exit(main())
