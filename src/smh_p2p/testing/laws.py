"""Laws that a tool should keep for every exchange.

A test calls a law with a function of the tool. The law raises a `LawError` with the smallest
exchange that breaks it. An exception of the tool breaks the law too, and so does an answer that is
a coroutine or that `==` cannot compare. The items of an iterator are its answer. A law has no
deadline unless its settings have one.
"""

import copy
import inspect
import re
import unicodedata
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Iterator
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
PASSED_OVER = (UnsatisfiedAssumption, SkipTest)  # exceptions by which a test rejects an example


@attrs.frozen
class LawError(AssertionError):
    """A function breaks a law.

    Attributes:
        law: The law, in words.
        example: The smallest exchange or document that breaks it.
        found: What the function did with it.
    """

    __module__ = "smh_p2p.testing"

    law: str
    example: Exchange | InvalidDocument | bytes
    found: str

    def __str__(self) -> str:
        """Return the law, the finding and the example."""
        if isinstance(self.example, Exchange):
            example = f"exchange, as JSON:\n{smh_p2p.to_json(self.example).strip()}"
        else:
            example = f"document:\n{self.example!r}"
        return f"{self.law}\n{self.found}\nThe smallest {example}"


def check_round_trip(
    read: Callable[[Any], object],
    write: Callable[[Exchange], Any],
    *,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Raise `LawError` unless every written exchange reads back equal.

    Args:
        read: Your reader, which takes the output of your writer.
        write: Your writer.
        exchanges: The exchanges to write; any by default.
        settings: Settings of Hypothesis.

    >>> import smh_p2p
    >>> check_round_trip(smh_p2p.from_json, smh_p2p.to_json)
    """

    def broken(exchange: Exchange) -> str | None:
        again = _answer(read, _awaited(write(exchange)))
        return None if _equal(again, exchange) else f"It reads back as {again!r}"

    words = "What is written reads back equal."
    _check(words, _examples(exchanges), broken, settings, read, write)


def check_reading(
    read: Callable[[bytes], object],
    *,
    answer: Callable[[Exchange], object] = lambda exchange: exchange,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Raise `LawError` unless a reader reads every valid document, in any spelling, like smh_p2p.

    Args:
        read: Your reader, which takes a JSON document in bytes.
        answer: The function from an exchange to the answer of your reader; the exchange by default.
        exchanges: The exchanges of the documents; any by default.
        settings: Settings of Hypothesis.

    >>> import smh_p2p
    >>> check_reading(smh_p2p.from_json)
    """

    def broken(document: bytes) -> str | None:
        found, expected = _answer(read, document), answer(smh_p2p.from_json(document))
        return None if _equal(found, expected) else f"It is read as {found!r}, not as {expected!r}"

    words = "Every valid document means the same to the reader and to smh_p2p."
    _check(words, st.tuples(documents(exchanges)), broken, settings, read)


def check_refusal(
    read: Callable[[bytes], object],
    *,
    error: Errors = ValueError,
    where: Callable[[Any], str | Iterable[str]] | None = None,
    rules: Collection[Rule] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Raise `LawError` unless a reader refuses every invalid document, at the right place.

    Args:
        read: Your reader, which takes a JSON document in bytes.
        error: The exception that it raises; any other exception breaks the law.
        where: The function from such an exception to its JSON Pointer or pointers, one of which
            must be the place of the mistake. By default, the law does not check the place.
        rules: The rules that your reader must know; all rules of documents by default.
        settings: Settings of Hypothesis.

    >>> import smh_p2p
    >>> check_refusal(
    ...     smh_p2p.from_json,
    ...     error=smh_p2p.InvalidDocumentError,
    ...     where=lambda error: [problem.where for problem in error.problems],
    ... )
    """

    def broken(invalid: InvalidDocument) -> str | None:
        found, refusal = _outcome(error, read, invalid.document)
        if refusal is None:
            return f"It is read as {found!r}, but breaks the rule {invalid.rule.value!r}"
        pointers = where(refusal) if where else invalid.where
        places = [pointers] if isinstance(pointers, str) else list(pointers)
        if invalid.where in places:
            return None
        return f"It is refused at {places}, not at {invalid.where!r}: {refusal}"

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
    """Raise `LawError` unless a query answers like a method of `Exchange`, for hits and misses.

    Args:
        query: Your query, which takes an exchange and the argument of the method.
        like: The name of a method with one argument, such as `"sea"` or `"seas_in"`.
        answer: The function from the answer of smh_p2p to your answer; the same by default.
        error: The exception of your query if smh_p2p has no answer.
        exchanges: The exchanges to query; any by default.
        settings: Settings of Hypothesis.

    Raises:
        InvalidArgument: There is no such method.

    >>> from smh_p2p import Exchange
    >>> check_query(Exchange.sea, "sea")
    """
    if like not in QUESTIONS:
        known = ", ".join(map(repr, QUESTIONS))
        raise InvalidArgument(f"{like!r} is not a query of an exchange; there are {known}")

    def broken(exchange: Exchange, questions: Iterable[Any]) -> str | None:
        for question in questions:
            own, miss = _outcome(LookupError, getattr(exchange, like), question)
            found, refusal = _outcome(error if miss else Exception, query, exchange, question)
            if miss:
                does = f"answers {found!r}, but {miss}" if refusal is None else ""
            elif refusal is not None:
                does = f"raises {refusal!r}, and does not answer {answer(own)!r}"
            else:
                expected = answer(own)
                does = "" if _equal(found, expected) else f"answers {found!r}, and not {expected!r}"
            if does:
                return f"Asked for {question!r}, it {does}"
        return None

    words = f"The query answers as Exchange.{like} does."
    _check(words, _examples(exchanges, QUESTIONS[like]), broken, settings, query)


def check_function(
    function: Callable[[Exchange], object],
    *,
    any_order: bool = False,
    exchanges: SearchStrategy[Exchange] | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Raise `LawError` unless a function takes every exchange and never changes it.

    Args:
        function: Your function. The law compares its answers by `==`.
        any_order: Whether the answer must be the same for the SEAs in any order.
        exchanges: The exchanges to pass; any by default.
        settings: Settings of Hypothesis.

    >>> check_function(lambda exchange: {sea.name for sea in exchange.seas}, any_order=True)
    """

    def changed(exchange: Exchange) -> str | None:
        given = copy.deepcopy(exchange)
        _answer(function, given)
        return None if given == exchange else f"Afterwards it is {given!r}"

    def ordered(exchange: Exchange, seas: tuple[SEA, ...]) -> str | None:
        first = _answer(function, exchange)
        # With the reverse, two SEAs are the smallest example; not every function depends on it.
        for order in (exchange.seas[::-1], seas):
            second = _answer(function, attrs.evolve(exchange, seas=order))
            if not _equal(first, second):
                names = [sea.name for sea in order]
                return f"It gives {first!r}, and {second!r} with the SEAs in the order {names}"
        return None

    words = "The function takes every exchange and never changes it."
    _check(words, _examples(exchanges), changed, settings, function)
    if any_order:
        words = "The function does not depend on the order of the SEAs."
        examples = _examples(exchanges, lambda exchange: st.permutations(exchange.seas).map(tuple))
        _check(words, examples, ordered, settings, function)


def _check(
    words: str,
    examples: SearchStrategy[Any],
    broken: Callable[..., str | None],
    settings: hypothesis.settings | None,
    *functions: Callable[..., object],
) -> None:
    """Check a law.

    Each example is a tuple of the arguments of `broken`, first an exchange or a document. `broken`
    returns how the functions break the law with it, or `None`.
    """
    last: LawError | None = None

    def test(drawn: tuple[Any, ...]) -> None:
        nonlocal last
        try:
            found = broken(*drawn)
        except PASSED_OVER:
            raise
        except _NoAnswer as error:
            found = str(error)
        except Exception as error:
            last = LawError(words, drawn[0], f"It raises {error!r}")
            raise last from error
        if found:
            last = LawError(words, drawn[0], found)
            raise last

    # Hypothesis stores examples by the source and the signature of a test, so each law and function
    # needs its own.
    names = [getattr(each, "__qualname__", str(type(each))) for each in functions]
    modules = [getattr(each, "__module__", "") for each in functions]
    test.__annotations__["return"] = (words, *names, *modules)
    test.__name__ = "_".join(re.findall(r"\w+", words))
    given = settings or hypothesis.settings(deadline=None)
    one_report = hypothesis.settings(
        given,
        report_multiple_bugs=False,  # one smallest example, even if there are several mistakes
        phases=[phase for phase in given.phases if phase is not hypothesis.Phase.explain],
    )
    try:
        one_report(hypothesis.given(examples)(test))()
    except LawError as error:
        error.__notes__ = []  # the notes of Hypothesis repeat the error
        raise
    except Flaky as error:
        if last is None:
            raise
        found = "It breaks the law only some of the time"
        raise LawError(words, last.example, found) from error


def _examples(
    exchanges: SearchStrategy[Exchange] | None, *more: Callable[[Exchange], SearchStrategy[Any]]
) -> SearchStrategy[tuple[Any, ...]]:
    """Return a strategy for an exchange and more values that depend on it."""
    return (strategies.exchanges() if exchanges is None else exchanges).flatmap(
        lambda exchange: st.tuples(st.just(exchange), *(draw(exchange) for draw in more))
    )


def _outcome(
    errors: Errors, function: Callable[..., Any], *arguments: Any
) -> tuple[Any, Exception | None]:
    """Return the answer of a function, or the error of these classes that it raises."""
    try:
        return _answer(function, *arguments), None
    except (*PASSED_OVER, _NoAnswer):
        raise
    except errors as error:
        return None, error


class _NoAnswer(Exception):  # noqa: N818 - it becomes a LawError
    """A function returns nothing that can be compared."""


def _answer(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return the answer of a function; of an iterator, all of its items."""
    answer = _awaited(function(*arguments))
    items: Iterator[Any] = answer
    return list(items) if isinstance(answer, Iterator) else answer


def _awaited(answer: Any) -> Any:
    """Return an answer, or raise an error if it must be awaited."""
    name = type(answer).__name__
    if inspect.iscoroutine(answer):
        answer.close()  # without the warning that nobody has awaited it
    elif not inspect.isawaitable(answer) and not isinstance(answer, AsyncIterable):
        return answer
    raise _NoAnswer(
        f"It returns {name!r}, which does nothing before it is awaited; "
        "give a function that awaits it, as with asyncio.run"
    )


def _equal(one: Any, other: Any) -> bool:
    """Return whether two answers are equal, or raise an error if `==` cannot compare them."""
    try:
        return bool(one == other)
    except Exception as error:
        raise _NoAnswer(
            f"It gives {type(one).__name__!r}, which == cannot compare ({error!r}); "
            "give a function with another answer, such as a list of dicts"
        ) from error


# The arguments of queries: those with an answer, in every spelling, and some others


def _spellings(text: str) -> dict[str, None]:
    return dict.fromkeys((text, text.upper(), text.lower(), unicodedata.normalize("NFD", text)))


def _keys(records: Iterable[Any]) -> SearchStrategy[list[str]]:
    spelled = [each for record in records for key in record.keys for each in _spellings(key)]
    return st.text(max_size=3).map(lambda key: [*spelled, key])


def _numbers(records: Iterable[Any]) -> SearchStrategy[list[int]]:
    numbers = [record.number for record in records]
    return st.integers(1, 9).map(lambda number: [*numbers, number])


def _parts(exchange: Exchange) -> SearchStrategy[list[str]]:
    texts = [value for _, value in leaves(smh_p2p.to_dict(exchange)) if isinstance(value, str)]
    return st.sampled_from(texts).map(
        lambda text: [*_spellings(text), *_spellings(text.strip()[:2])]
    )


def _pointers(exchange: Exchange) -> SearchStrategy[list[str]]:
    places = [where for where, _ in leaves(smh_p2p.to_dict(exchange))]
    return st.sampled_from(places).map(lambda where: [where, where.rpartition("/")[0]])


QUESTIONS: dict[str, Callable[[Exchange], SearchStrategy[list[Any]]]] = {
    "sea": lambda exchange: _keys(exchange.seas),
    "has_sea": lambda exchange: _keys(exchange.seas),
    "organization": lambda exchange: _keys(exchange.organizations),
    "session": lambda exchange: _numbers(exchange.sessions),
    "objective": lambda exchange: _numbers(exchange.objectives),
    **dict.fromkeys(
        ("group", "sessions_for", "objectives_for", "seas_in"),
        lambda exchange: _numbers(exchange.groups),
    ),
    "seas_of": lambda _: st.just(list(JurisdictionKind)),
    "find": _parts,
    "record": _pointers,
}
