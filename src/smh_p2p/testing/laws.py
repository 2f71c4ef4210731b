"""Laws that a tool should keep, for every exchange that could be.

Each is a function that a test calls with a function of the tool. It returns nothing, or it raises a
`LawError` that says which law is broken, in words, by the smallest exchange that breaks it.
"""

import copy
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias
from unittest import SkipTest

import attrs
import hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Flaky, InvalidArgument, UnsatisfiedAssumption
from hypothesis.strategies import SearchStrategy

import smh_p2p
from smh_p2p import SEA, Exchange, JurisdictionKind, Rule
from smh_p2p.pointer import leaves
from smh_p2p.testing import strategies
from smh_p2p.testing.documents import InvalidDocument, documents, invalid_documents

Errors: TypeAlias = type[Exception] | tuple[type[Exception], ...]
PASSED_OVER = (UnsatisfiedAssumption, SkipTest)  # how a test says that an example does not count


@attrs.frozen
class LawError(AssertionError):
    """A function breaks a law.

    Attributes:
        law: The law, in words.
        example: The smallest exchange that breaks it, or the smallest document.
        found: What the function did with it.
    """

    __module__ = "smh_p2p.testing"

    law: str
    example: Exchange | InvalidDocument | bytes
    found: str

    def __str__(self) -> str:
        """Return the law, the example and what was found."""
        if isinstance(self.example, Exchange):
            kind, shown = "exchange, as JSON", smh_p2p.to_json(self.example).strip()
        else:
            kind, shown = "document", repr(self.example)
        return f"{self.law}\n{self.found}\nThe smallest {kind}:\n{shown}"


def check_round_trip(
    read: Callable[[Any], object],
    write: Callable[[Exchange], Any],
    *,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that what is written reads back equal.

    Args:
        read: Your reader, given what your writer returns.
        write: Your writer.
        exchanges: The exchanges to write; any, if they are not given.
        settings: Settings of Hypothesis, without a deadline if they are not given; a law explains
            itself, so it goes without that phase.

    Raises:
        LawError: An exchange reads back as something else, or one of the functions raises.

    >>> import smh_p2p
    >>> check_round_trip(smh_p2p.from_json, smh_p2p.to_json)
    """

    def broken(exchange: Exchange) -> str | None:
        again = read(write(exchange))
        return None if again == exchange else f"It reads back as {again!r}"

    examples = st.tuples(_any(exchanges))
    _check("What is written reads back equal.", examples, broken, settings, read, write)


def check_reading(
    read: Callable[[bytes], object],
    *,
    answer: Callable[[Exchange], object] = lambda exchange: exchange,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a reader reads every valid document, however it is spelled, as smh_p2p does.

    Args:
        read: Your reader, given a JSON document in bytes.
        answer: What it returns for an exchange: the exchange itself, if this is not given.
        exchanges: The exchanges of the documents; any, if they are not given.
        settings: Settings of Hypothesis.

    Raises:
        LawError: A document is refused, or read as something else.

    >>> import smh_p2p
    >>> check_reading(smh_p2p.from_json)
    """

    def broken(document: bytes) -> str | None:
        found, expected = read(document), answer(smh_p2p.from_json(document))
        return None if found == expected else f"It is read as {found!r}, not as {expected!r}"

    words = "Every valid document is read, and means what it means to smh_p2p."
    _check(words, st.tuples(documents(exchanges)), broken, settings, read)


def check_refusal(
    read: Callable[[bytes], object],
    *,
    error: Errors = ValueError,
    where: Callable[[Any], str | Iterable[str]] | None = None,
    rules: Collection[Rule] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a reader refuses every invalid document, and at the right place.

    Args:
        read: Your reader, given a JSON document in bytes.
        error: What it raises to refuse one; anything else breaks the law.
        where: What gives the JSON Pointer of such an error, or all of its pointers, one of which
            must be the place of the mistake; no place is asked for, if this is not given.
        rules: The rules that it must know; all of a document's, if they are not given.
        settings: Settings of Hypothesis.

    Raises:
        LawError: An invalid document is read, or refused in another way or at another place.

    >>> import smh_p2p
    >>> check_refusal(
    ...     smh_p2p.from_json,
    ...     error=smh_p2p.InvalidDocumentError,
    ...     where=lambda error: [problem.where for problem in error.problems],
    ... )
    """

    def broken(invalid: InvalidDocument) -> str | None:
        try:
            found = read(invalid.document)
        except PASSED_OVER:
            raise
        except error as refusal:
            pointers = where(refusal) if where else invalid.where
            places = [pointers] if isinstance(pointers, str) else list(pointers)
            if invalid.where in places:
                return None
            return f"It is refused at {places}, not at {invalid.where!r}: {refusal}"
        return f"It is read as {found!r}, and breaks the rule {invalid.rule.value!r}"

    words = "Every invalid document is refused, at the place of its mistake."
    _check(words, st.tuples(invalid_documents(rules)), broken, settings, read)


def check_query(
    query: Callable[[Exchange, Any], object],
    like: str,
    *,
    answer: Callable[[Any], object] = lambda answer: answer,
    error: Errors = LookupError,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a query answers as the method of `Exchange` does, hits and misses.

    Args:
        query: Your query, given an exchange and what is asked for.
        like: The method: `"sea"`, `"has_sea"`, `"organization"`, `"group"`, `"session"`,
            `"objective"`, `"sessions_for"`, `"objectives_for"`, `"seas_in"`, `"seas_of"` or
            `"find"`.
        answer: What your query returns where smh_p2p returns this: the same, if not given.
        error: What your query raises where smh_p2p has no answer.
        exchanges: The exchanges to ask; any, if they are not given.
        settings: Settings of Hypothesis.

    Raises:
        LawError: The answers differ.
        InvalidArgument: There is no such method.

    >>> from smh_p2p import Exchange
    >>> check_query(Exchange.sea, "sea")
    """
    if like not in _QUESTIONS:
        known = ", ".join(map(repr, _QUESTIONS))
        raise InvalidArgument(f"{like!r} is no query of an exchange; there are {known}")

    def broken(exchange: Exchange, questions: Iterable[Any]) -> str | None:
        complaints = (
            _disagreement(query, exchange, like, question, answer, error) for question in questions
        )
        return next(filter(None, complaints), None)

    examples = _any(exchanges).flatmap(
        lambda exchange: st.tuples(st.just(exchange), _QUESTIONS[like](exchange))
    )
    _check(f"The query answers as Exchange.{like} does.", examples, broken, settings, query)


def check_function(
    function: Callable[[Exchange], object],
    *,
    any_order: bool = False,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a function takes every exchange, and never changes it.

    Args:
        function: Your function; what it returns is compared by `==`.
        any_order: Whether it also gives the same for the SEAs in any order.
        exchanges: The exchanges that it takes; any, if they are not given.
        settings: Settings of Hypothesis.

    Raises:
        LawError: It raises, or changes an exchange, or depends on the order of the SEAs.

    >>> check_function(lambda exchange: {sea.name for sea in exchange.seas}, any_order=True)
    """

    def changed(exchange: Exchange) -> str | None:
        given = copy.deepcopy(exchange)
        function(given)
        return None if given == exchange else f"Afterwards it is {given!r}"

    def ordered(exchange: Exchange, seas: tuple[SEA, ...]) -> str | None:
        first = function(exchange)
        # The reverse is another order as soon as there are two SEAs, so that two are the smallest
        # example; a function that gives the same for it may still heed the other order.
        for order in (exchange.seas[::-1], seas):
            second = function(attrs.evolve(exchange, seas=order))
            if first != second:
                names = [sea.name for sea in order]
                return f"It gives {first!r}, and {second!r} with the SEAs in the order {names}"
        return None

    words = "The function takes every exchange and never changes it."
    _check(words, st.tuples(_any(exchanges)), changed, settings, function)
    if any_order:
        words = "The function does not depend on the order of the SEAs."
        examples = _any(exchanges).flatmap(
            lambda exchange: st.tuples(st.just(exchange), st.permutations(exchange.seas).map(tuple))
        )
        _check(words, examples, ordered, settings, function)


def _check(
    words: str,
    examples: SearchStrategy[Any],
    broken: Callable[..., str | None],
    settings: hypothesis.settings | None,
    *functions: Callable[..., object],
) -> None:
    """Check a law.

    Args:
        words: The law, in words.
        examples: A strategy for tuples: an example, and what else the law takes.
        broken: Returns how the functions break the law with an example, if they do.
        settings: Settings of Hypothesis.
        functions: The functions that are checked.
    """
    last: Exchange | InvalidDocument | bytes | None = None

    def test(drawn: tuple[Any, ...]) -> None:
        nonlocal last
        try:
            found = broken(*drawn)
        except PASSED_OVER:
            raise
        except Exception as error:
            last = drawn[0]
            raise LawError(words, drawn[0], f"It raises {error!r}") from error
        if found:
            last = drawn[0]
            raise LawError(words, drawn[0], found)

    # Hypothesis remembers examples by the source and the signature of a test: another law and
    # another function have examples of their own.
    names = [getattr(each, "__qualname__", str(type(each))) for each in functions]
    modules = [getattr(each, "__module__", "") for each in functions]
    test.__annotations__["return"] = (words, *names, *modules)
    test.__name__ = "_".join(re.findall(r"\w+", words))
    given = settings or hypothesis.settings(deadline=None)
    one_report = hypothesis.settings(
        given,
        report_multiple_bugs=False,  # the smallest example, however differently the law is broken
        phases=[phase for phase in given.phases if phase is not hypothesis.Phase.explain],
    )
    try:
        one_report(hypothesis.given(examples)(test))()
    except LawError as error:
        error.__notes__ = []  # what Hypothesis notes is what the error says
        raise
    except Flaky as error:
        if last is None:
            raise
        raise LawError(words, last, "It breaks the law only some of the time") from error


def _any(exchanges: SearchStrategy[Exchange] | None) -> SearchStrategy[Exchange]:
    return strategies.exchanges() if exchanges is None else exchanges


def _disagreement(
    query: Callable[[Exchange, Any], object],
    exchange: Exchange,
    like: str,
    question: Any,
    answer: Callable[[Any], object],
    error: Errors,
) -> str | None:
    """Return how a query answers otherwise than the method of the exchange, if it does."""
    try:
        own = getattr(exchange, like)(question)
    except LookupError as miss:
        try:
            found = query(exchange, question)
        except PASSED_OVER:
            raise
        except error:
            return None
        return f"Asked for {question!r}, it answers {found!r}, but {miss}"
    expected = answer(own)
    try:
        found = query(exchange, question)
    except PASSED_OVER:
        raise
    except Exception as refusal:  # noqa: BLE001 - whatever it is, the law is broken
        return f"Asked for {question!r}, it raises {refusal!r}, and does not answer {expected!r}"
    if found == expected:
        return None
    return f"Asked for {question!r}, it answers {found!r}, and not {expected!r}"


# What to ask an exchange for: what is there, in every spelling, and what may not be.


def _spellings(text: str) -> list[str]:
    return list(
        dict.fromkeys((text, text.upper(), text.lower(), unicodedata.normalize("NFD", text)))
    )


def _keys(records: Iterable[Any]) -> SearchStrategy[list[str]]:
    spelled = [each for record in records for key in record.keys for each in _spellings(key)]
    return st.text(max_size=3).map(lambda key: [*spelled, key])


def _numbers(records: Iterable[Any]) -> SearchStrategy[list[int]]:
    numbers = [record.number for record in records]
    return st.integers(1, 9).map(lambda number: [*numbers, number])


def _parts(exchange: Exchange) -> SearchStrategy[list[str]]:
    """Return a strategy for a value of an exchange, and the beginning of it, in every spelling."""
    texts = [value for _, value in leaves(smh_p2p.to_dict(exchange)) if isinstance(value, str)]
    return st.sampled_from(texts).map(lambda text: _spellings(text) + _spellings(text.strip()[:2]))


_QUESTIONS: dict[str, Callable[[Exchange], SearchStrategy[list[Any]]]] = {
    "sea": lambda exchange: _keys(exchange.seas),
    "has_sea": lambda exchange: _keys(exchange.seas),
    "organization": lambda exchange: _keys(exchange.organizations),
    "group": lambda exchange: _numbers(exchange.groups),
    "session": lambda exchange: _numbers(exchange.sessions),
    "objective": lambda exchange: _numbers(exchange.objectives),
    "sessions_for": lambda exchange: _numbers(exchange.groups),
    "objectives_for": lambda exchange: _numbers(exchange.groups),
    "seas_in": lambda exchange: _numbers(exchange.groups),
    "seas_of": lambda _: st.just(list(JurisdictionKind)),
    "find": _parts,
}
