"""The command over the whole package."""

import argparse
import errno
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
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
from smh_p2p.files import SUFFIXES, check_suffix, write_file, write_folder
from smh_p2p.jsontext import MAX_BYTES, MAX_DEPTH
from smh_p2p.pointer import offsets, position
from smh_p2p.provenance import Cited, folded, parts
from smh_p2p.render.text import sea_line, sections
from smh_p2p.spelling import escaped
from smh_p2p.values import SURROGATES

# A terminal obeys these, and JSON does not escape them.
_CONTROLS = re.compile("[\x7f-\x9f\u2028\u2029]")
_PARTS = {  # the commands that list a part of an exchange, and what they list
    "sessions": "the sessions",
    "objectives": "the objectives",
    "seas": "the SEAs",
    "groups": "the groups",
    "not-stated": "what the source does not state",
}
Placed: TypeAlias = tuple[tuple[int, int], Problem]  # line and column, and the problem

ANSWERED, NOT_FOUND, MISUSE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status: 0 answered, 1 not found or invalid, 2 misuse."""
    closed: set[str] = set()
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
        except BrokenPipeError:  # the reader of the output has stopped
            _drop(sys.stdout)
        except OSError as error:
            _drop(sys.stdout)
            _complain(error)
            return NOT_FOUND
    except KeyboardInterrupt:
        return 130  # the exit status of an interrupted command in a shell
    return status


Answer: TypeAlias = tuple[int, str]  # the exit status and the standard output


def _answered(arguments: Sequence[str] | None) -> Answer:
    try:
        parser = _parser()
        if "_ARGCOMPLETE" in os.environ:  # a shell in which argcomplete is set up
            import argcomplete

            argcomplete.autocomplete(parser, exit_method=sys.exit)
        options, unknown = parser.parse_known_args(arguments)
        if unknown:  # an argument after an unknown option may be its value, or that of the command
            names = [each for each in unknown if each.startswith("-")]
            parser.error(f"unrecognized arguments: {' '.join(names or unknown)}")
        if options.version:
            return ANSWERED, f"{smh_p2p.__version__}\n"
        answer: Answer = options.run(options)
    except SystemExit as stop:  # the parser has printed help or an error
        return int(stop.code or ANSWERED), ""
    except (SmhP2pError, OSError, ValueError) as error:
        _complain(error)
        return (NOT_FOUND if isinstance(error, SmhP2pError | OSError) else MISUSE), ""
    if isinstance(stdout := sys.stdout, io.TextIOWrapper):
        if options.json or options.run is _export:
            stdout.reconfigure(encoding="utf-8", newline="\n")
        else:  # in an encoding other than UTF-8, no character is lost
            stdout.reconfigure(errors="backslashreplace")
    status, text = answer
    if options.json:
        text = _with_escapes(_CONTROLS, text)
    elif options.run is not _export:
        text = "\n".join(map(escaped, text.split("\n")))
    return status, text


def _complain(error: object) -> None:
    try:
        for line in _words(error).splitlines():
            print(f"smh-p2p: {escaped(line.strip())}", file=sys.stderr, flush=True)
    except OSError:
        _drop(sys.stderr)


def _words(error: object) -> str:
    """Return what an error says, without the number of an error of the system."""
    return re.sub(r"^\[Errno \d+\] ", "", str(error))


def _drop(stream: TextIO) -> None:
    """Drop unwritten output, so that it does not fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _complain(f"{message}; see {self.prog} --help")
        sys.exit(MISUSE)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="smh-p2p",
        description="The 2019 School Mental Health Peer-to-Peer (P2P) Exchange Series. "
        "Without a command, smh-p2p shows the exchange.",
        epilog="Exit status: 0 answered, 1 not found or invalid, 2 misuse.",
    )
    parser.add_argument("--version", action="store_true", help="show the version")
    parser.set_defaults(run=_show, file=None, json=False)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(
        run: Callable[[argparse.Namespace], Answer], text: str, example: str, **switches: bool
    ) -> argparse.ArgumentParser:
        name = example.split()[1]
        subparser = commands.add_parser(
            name, help=text, description=f"{text}.", epilog=f"Example: {example}"
        )
        subparser.set_defaults(run=run, part=name)
        if switches.get("json", True):
            subparser.add_argument("--json", action="store_true", help="write JSON, for programs")
        if switches.get("file", True):
            note = "your own page, document or folder; - is standard input"
            either = subparser.add_mutually_exclusive_group()
            either.add_argument("--from", dest="file", metavar="PATH", help=note)
            if switches.get("alone"):
                either.add_argument(
                    "file",
                    metavar="PATH",
                    nargs="?",
                    default=argparse.SUPPRESS,
                    help="the same as --from",
                )
        return subparser

    command(_show, "Show the exchange", "smh-p2p show", alone=True)
    for name, what in _PARTS.items():
        command(_part, f"List {what}", f"smh-p2p {name}", alone=True)
    subparser = command(_find, "Find every text that contains TEXT", "smh-p2p find workforce")
    subparser.add_argument(
        "text", metavar="TEXT", nargs="+", help="in any case; several words are one text"
    )
    subparser = command(
        _sea,
        "Show a SEA by name, alias or code, and say if it is not in the exchange",
        "smh-p2p sea 'Northern Marianas'",
    )
    note = "a name, alias or code; several words are one key"
    subparser.add_argument("key", metavar="KEY", nargs="+", help=note)
    subparser = command(_cite, "Show where a fact comes from", "smh-p2p cite /sessions/2/title")
    subparser.add_argument(
        "pointer", metavar="POINTER", nargs="+", help="JSON Pointer, as find gives it"
    )
    subparser = command(
        _read,
        "Read summary pages: show the exchange of one, or a line for each of many",
        "smh-p2p read page.txt -o folder",
        file=False,
    )
    subparser.add_argument("files", metavar="PAGE", nargs="+", help="a page; - is standard input")
    note = "a document (.json), or a folder for document, origins and page"
    subparser.add_argument("-o", "--output", metavar="PATH", help=note)
    subparser = command(
        _validate,
        "Check documents, and report each problem as FILE:LINE:COLUMN: POINTER: PROBLEM",
        "smh-p2p validate mine.json",
        file=False,
    )
    subparser.add_argument(
        "files", metavar="FILE", nargs="+", help="a document; - is standard input"
    )
    subparser = command(
        _export, "Write the exchange for other tools", "smh-p2p export csv -o exchange", json=False
    )
    formats = ("csv", *_FORMATS)
    note = ", ".join(f"{each} ({(*SUFFIXES[each], 'a folder')[0]})" for each in formats)
    subparser.add_argument("format", metavar="FORMAT", choices=formats, help=note)
    note = "a file, or a folder for csv; standard output by default"
    subparser.add_argument("-o", "--output", metavar="PATH", default="-", help=note)
    return parser


def _given(options: argparse.Namespace) -> Cited:
    """Return the exchange of a command, as a summary if there is one."""
    if options.file is None:
        return smh_p2p.load_summary()
    if os.path.isdir(options.file):  # noqa: PTH112 - `Path("")` is this folder
        if Path(options.file, "exchange.csv").exists():
            return smh_p2p.read_data_package(options.file)
        return smh_p2p.summary.read(options.file)
    content = _content(options.file)
    if options.file.lower().endswith(".json") or content.lstrip(_BLANK)[:1] in (b"{", b"["):
        try:
            return smh_p2p.from_json(content)
        except InvalidDocumentError as error:
            lines = _lines(options.file, _placed(content, error), error.more)
            raise SmhP2pError("\n".join(lines)) from None
    return _page(options.file, content)


_BLANK = "\ufeff".encode() + b" \t\r\n"


def _page(file: str, content: bytes) -> Summary:
    try:
        return smh_p2p.read_summary(content)
    except InvalidSummaryError as error:
        lines = (f"{escaped(file)}:{problem}" for problem in error.problems)
        raise SmhP2pError("\n".join(lines)) from error


def _exchange(options: argparse.Namespace) -> Exchange:
    return parts(_given(options))[0]


def _show(options: argparse.Namespace) -> Answer:
    given = _given(options)
    if options.json:
        return ANSWERED, smh_p2p.to_json(parts(given)[0])
    return ANSWERED, _as_text(given)


def _part(options: argparse.Namespace) -> Answer:
    given, name = _given(options), options.part.replace("-", "_")
    entries = (each for _, every in sections(given) for each in every)
    lines = [f"{each}\n" for each in entries if each.where.startswith(f"/{name}/")]
    if not lines:
        _complain(f"this exchange does not list {_PARTS[options.part]}")
    answer = "".join(lines)
    if options.json:
        answer = _as_json(smh_p2p.to_dict(parts(given)[0]).get(name, []))
    return (ANSWERED if lines else NOT_FOUND), answer


def _as_text(given: Cited) -> str:
    return smh_p2p.to_text(given, min(shutil.get_terminal_size().columns, 100))


def _find(options: argparse.Namespace) -> Answer:
    text = " ".join(options.text)
    hits = _exchange(options).find(text)
    if not hits:
        _complain(f"no text contains {text!r}")
    if options.json:
        answer = _as_json([attrs.asdict(hit) for hit in hits])
    else:
        answer = "".join(f"{hit}\n" for hit in hits)
    return (ANSWERED if hits else NOT_FOUND), answer


def _sea(options: argparse.Namespace) -> Answer:
    exchange, key, status = _exchange(options), " ".join(options.key), ANSWERED
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
    answer = _as_json(smh_p2p.to_dict(sea)) if options.json else f"{sea_line(sea)}\n"
    return status, answer


def _cite(options: argparse.Namespace) -> Answer:
    _, summary = parts(_given(options))
    if not summary:
        raise SmhP2pError(f"{options.file} has no origins: give the page or its folder")
    citation = summary.cite(" ".join(options.pointer))
    if options.json:
        return ANSWERED, _as_json(attrs.asdict(citation))
    facts = [("value", citation.value), ("origin", citation.origin.value)]
    facts += [("quote", f"{each.quote} [{each.start}, {each.end})") for each in citation.spans]
    if citation.because:
        facts.append(("because", citation.because))
    if citation.standard:
        facts.append(("standard", str(citation.standard)))
    return ANSWERED, "".join(f"{name}: {folded(str(value))}\n" for name, value in facts)


def _read(options: argparse.Namespace) -> Answer:
    many = len(options.files) > 1
    paths = [options.output] * len(options.files)
    if options.output:
        kind, others = ("a summary", "") if many else ("json", ", or name a folder")
        check_suffix(options.output, kind, others)
    if many and options.output:
        paths = [f"{options.output}/{Path(file).stem}" for file in options.files]
        if len({*paths}) < len(paths):
            raise ValueError("two pages have the same name: write them one by one")
        Path(options.output).mkdir(exist_ok=True)
    results: list[dict[str, Any]] = []
    summaries: list[Summary] = []
    lines: list[str] = []
    status = ANSWERED
    for number, file in enumerate(options.files):
        _progress(number, len(options.files))
        try:
            summary = _page(file, _content(file))
            if options.output and not many and options.output.lower().endswith(".json"):
                smh_p2p.write(summary.exchange, options.output)
            elif options.output:
                write_folder(summary.files(), paths[number])
        except (SmhP2pError, OSError) as error:
            status = NOT_FOUND
            _complain(error)
            continue
        summaries.append(summary)
        exchange, coverage = summary.exchange, summary.coverage()
        results.append(
            {
                "file": file,
                "exchange": smh_p2p.to_dict(exchange),
                "coverage": attrs.asdict(coverage),
                "unread": [attrs.asdict(each) for each in summary.unread],
            }
        )
        lines.append(
            f"{escaped(file)}: {folded(exchange.title)}: {len(exchange.sessions)} sessions, "
            f"{len(exchange.objectives)} objectives, {len(exchange.seas)} SEAs; "
            f"{coverage.unread:.0%} unread\n"
        )
    _progress(len(options.files), len(options.files))
    if options.json:
        return status, _as_json(results)
    return status, "".join(lines) if many else "".join(map(_as_text, summaries))


def _progress(done: int, every: int) -> None:
    """Show on a terminal how many of several pages are read."""
    if every > 1 and sys.stderr.isatty():
        bar = "#" * (30 * done // every)
        end = "\n" if done == every else ""
        print(f"\r[{bar:30}] {done} of {every} pages", end=end, file=sys.stderr, flush=True)


def _validate(options: argparse.Namespace) -> Answer:
    found: list[dict[str, Any]] = []
    lines: list[str] = []
    for file in options.files:
        try:
            content = _content(file)
        except OSError as error:
            _complain(error)
            unread = {"found": _words(error), "expected": "a file that can be read"}
            nowhere = dict.fromkeys(("line", "column", "where", "rule"))
            found.append({"file": file, **nowhere, **unread})
            continue
        try:
            smh_p2p.from_json(content)
            lines.append(f"{escaped(file)}: valid")
        except InvalidDocumentError as error:
            problems = _placed(content, error)
            lines += _lines(file, problems, error.more)
            found += (
                {"file": file, "line": line, "column": column, **attrs.asdict(problem)}
                for (line, column), problem in problems
            )
    answer = _as_json(found) if options.json else "".join(f"{line}\n" for line in lines)
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


def _placed(document: bytes, error: InvalidDocumentError) -> list[Placed]:
    """Return the problems of a document in its order; the mistake, if it is not JSON."""
    rule, met = error.problems[0].rule, error.__context__
    if rule is Rule.SYNTAX and isinstance(met, json.JSONDecodeError):
        return [((met.lineno, met.colno), error.problems[0])]
    if rule is Rule.ENCODING and isinstance(met, UnicodeDecodeError):
        text = document[: met.start].decode().removeprefix("\ufeff")
        offset = {"": len(text)}
    elif rule in (Rule.SIZE, Rule.DEPTH):
        text, offset = "", {"": 0}
    else:
        text = document.decode().removeprefix("\ufeff")
        offset = dict(offsets(text, MAX_DEPTH + 1))
    place = position(text)
    found = [(place(offset[problem.where]), problem) for problem in error.problems]
    return sorted(found, key=itemgetter(0))


def _export(options: argparse.Namespace) -> Answer:
    check_suffix(options.output, options.format)
    if options.format == "csv":
        if options.output == "-":
            raise ValueError("csv needs a folder: name it with --output; see smh-p2p export --help")
        smh_p2p.write_data_package(_given(options), options.output)
        return ANSWERED, ""
    content = _FORMATS[options.format](_given(options))
    if options.output == "-":
        return ANSWERED, content
    write_file(content.encode(), options.output)
    return ANSWERED, ""


def _as_json(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    # A user may give a key or a file name with a lone surrogate.
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
