"""What a function returns is its caller's: no change to it is seen in what a later call returns."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import suppress
from enum import Enum
from functools import partial
from importlib import import_module
from inspect import isclass, isfunction, signature, unwrap
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import attrs
import pytest
from hypothesis.strategies import SearchStrategy

import smh_p2p
import smh_p2p.testing
from smh_p2p import Period, Problem, Rule, SmhP2pError, YearMonth

EXCHANGE, SUMMARY = smh_p2p.load(), smh_p2p.load_summary()
FILES = SUMMARY.files().values()
PAGE = "Rural P2P Exchange\n\nParticipating SEAs: Guam\n\nPhoto: a school"
PROBLEM = Problem("/title", Rule.TEXT, "''", "text")


def outcome(call: Callable[[], object]) -> object:
    """Return what a call returns, or the error that it raises."""
    try:
        return call()
    except SmhP2pError as error:
        return error


# Of each function that needs arguments, one call or several.
CALLS: dict[str, Callable[[Path], object]] = {
    "document.from_dict": lambda _: smh_p2p.from_dict(smh_p2p.to_dict(EXCHANGE)),
    "document.to_dict": lambda _: smh_p2p.to_dict(EXCHANGE),
    "datapackage.read_data_package": lambda folder: smh_p2p.read_data_package(folder / "package"),
    "jsontext.from_json": lambda _: smh_p2p.from_json(smh_p2p.to_json(EXCHANGE)),
    "jsontext.read": lambda folder: smh_p2p.read(folder / "summary" / "exchange.json"),
    "jsontext.to_json": lambda _: smh_p2p.to_json(EXCHANGE),
    "jurisdiction_table.jurisdiction": lambda _: [
        smh_p2p.jurisdiction("AK"),
        outcome(lambda: smh_p2p.jurisdiction("Alasca")),
    ],
    "linked.citations_to_jsonld": lambda _: smh_p2p.citations_to_jsonld(SUMMARY),
    "linked.to_jsonld": lambda _: smh_p2p.to_jsonld(SUMMARY),
    "packaged.cite": lambda _: [smh_p2p.cite("/title"), outcome(lambda: smh_p2p.cite("/seas"))],
    "references.reference": lambda _: smh_p2p.reference(SUMMARY, "/title"),
    "render.page.to_html": lambda _: smh_p2p.to_html(SUMMARY),
    "render.text.to_text": lambda _: smh_p2p.to_text(SUMMARY),
    "render.tilemap.to_svg": lambda _: smh_p2p.to_svg(EXCHANGE),
    "resources.resource": lambda _: smh_p2p.resource("source.txt"),
    "spelling.fold": lambda _: smh_p2p.fold("Guam"),
    "summary.read": lambda folder: smh_p2p.summary.read(folder / "summary"),
    "summary.read_summary": lambda _: smh_p2p.read_summary(PAGE),
    "tables.from_tables": lambda _: smh_p2p.from_tables(smh_p2p.to_tables(EXCHANGE)),
    "tables.to_tables": lambda _: smh_p2p.to_tables(SUMMARY),
    "errors.InvalidError.of": lambda _: smh_p2p.InvalidError.of([PROBLEM]),
    "exchange.Exchange.find": lambda _: EXCHANGE.find("workforce"),
    "exchange.Exchange.group": lambda _: [EXCHANGE.group(1), outcome(lambda: EXCHANGE.group(5))],
    "exchange.Exchange.has_sea": lambda _: EXCHANGE.has_sea("AK"),
    "exchange.Exchange.objective": lambda _: EXCHANGE.objective(1),
    "exchange.Exchange.objectives_for": lambda _: EXCHANGE.objectives_for(2),
    "exchange.Exchange.organization": lambda _: EXCHANGE.organization("SAMHSA"),
    "exchange.Exchange.sea": lambda _: [
        EXCHANGE.sea("AK"),
        outcome(lambda: EXCHANGE.sea("Alasca")),
        outcome(lambda: EXCHANGE.sea("Alabama")),
    ],
    "exchange.Exchange.seas_in": lambda _: outcome(lambda: EXCHANGE.seas_in(1)),
    "exchange.Exchange.seas_of": lambda _: EXCHANGE.seas_of("state"),
    "exchange.Exchange.session": lambda _: EXCHANGE.session(1),
    "exchange.Exchange.sessions_for": lambda _: EXCHANGE.sessions_for(1),
    "provenance.Summary.cite": lambda _: SUMMARY.cite("/seas/3/fips"),
    "provenance.Summary.citations": lambda _: SUMMARY.citations(EXCHANGE.sea("GU")),
    "provenance.Summary.coverage": lambda _: SUMMARY.coverage(),
    "provenance.Summary.files": lambda _: SUMMARY.files(),
    "provenance.Summary.from_files": lambda _: smh_p2p.Summary.from_files(*FILES),
    "provenance.Summary.problems": lambda _: attrs.evolve(SUMMARY, text="").problems(),
    "records.Period.parse": lambda _: Period.parse("2019-08/2019-09"),
    "records.YearMonth.parse": lambda _: YearMonth.parse("2019-08"),
    "references.Reference.bibtex": lambda _: smh_p2p.reference(SUMMARY).bibtex(),
    "references.Reference.csl": lambda _: smh_p2p.reference(SUMMARY, "/title").csl(),
}


def needs_nothing(function: Any) -> bool:
    every = signature(function).parameters.values()
    return all(each.default is not each.empty or each.kind is each.VAR_KEYWORD for each in every)


def public() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield the name and a call of each function that users call and that returns something.

    These are the functions of the faces and the methods of their classes; and those of any room
    that need no argument, because what they return may be kept.
    """
    faces = [getattr(face, name) for face in (smh_p2p, smh_p2p.testing) for name in face.__all__]
    packages = walk_packages(smh_p2p.__path__, "smh_p2p.")
    rooms = [import_module(each.name) for each in packages if "__main__" not in each.name]
    holders: list[Any] = [*rooms, *filter(isclass, faces)]
    for holder in holders:
        for name, each in vars(holder).items():
            function = unwrap(getattr(each, "__func__", each))
            if name.startswith("_") or not isfunction(function):
                continue
            place = f"{function.__module__}.{function.__qualname__}".removeprefix("smh_p2p.")
            is_ours = isclass(holder) or function.__module__ == holder.__name__
            is_called = isclass(holder) or each in faces or place in CALLS or needs_nothing(each)
            if is_ours and is_called and signature(function).return_annotation is not None:
                yield place, CALLS.get(place) or each


def spoiled(value: Any) -> Any:
    """Return what a value holds, and change everything in it that can be changed."""
    match value:
        case Mapping():
            held: Any = [(key, spoiled(each)) for key, each in value.items()]
            with suppress(AttributeError):  # a mapping that is read-only
                value.clear()  # type: ignore[attr-defined]
        case list():
            held = [*map(spoiled, value)]
            value.clear()
        case tuple() | Iterator():
            held = [*map(spoiled, value)]
        case Set():
            held = {*value}
            with suppress(AttributeError):
                value.clear()  # type: ignore[attr-defined]
        case _ if attrs.has(type(value)):
            names = [each for each in dir(value) if not each.startswith("_")]
            members = {each: outcome(partial(getattr, value, each)) for each in names}
            held = [type(value), {each: spoiled(member) for each, member in members.items()}]
            for each in names:
                with suppress(AttributeError):  # a record is frozen
                    setattr(value, each, None)
        case Enum() | str() | bytes() | int() | float() | range() | None:
            held = value
        case Path() | zipfile.Path():  # in a folder, or in an archive of the package
            held = str(value)
        case SearchStrategy():
            held = type(value)
        case _:
            assert callable(value), f"a {type(value)} may be changed"
            held = None
    return held


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written")
    SUMMARY.write(path / "summary")
    smh_p2p.write_data_package(SUMMARY, path / "package")
    return path


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_function_returns_is_its_callers(name: str, folder: Path) -> None:
    arguments = [folder] if name in CALLS else []
    first = spoiled(PUBLIC[name](*arguments))
    assert spoiled(PUBLIC[name](*arguments)) == first
