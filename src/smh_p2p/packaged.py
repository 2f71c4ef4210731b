"""The packaged summary: the page of 2019, and the origin of every fact of the canonical exchange.

`make_summary` makes its files: it reads `source.txt`, and adds the few facts of `given.json` that
are not on the page. `verify` makes the files again and compares them.
"""

from collections.abc import Iterator

import attrs

from smh_p2p.canonical import load
from smh_p2p.errors import InvalidOriginError, NotFoundError, Problem, Rule, brief
from smh_p2p.exchange import Hit
from smh_p2p.provenance import FILES, Citation, Coverage, Origin, Summary, read_origins
from smh_p2p.resources import CREATOR, LICENCE, content, version

_loaded: dict[bool, Summary] = {}


def load_summary(*, inferred: bool = True) -> Summary:
    """Return the packaged summary: the page, the canonical exchange, the origin of every fact.

    Args:
        inferred: Whether to keep inferred facts, as in `load`.

    Returns:
        The same object for each call, in every thread.

    >>> load_summary().unread
    ()
    """
    if inferred not in _loaded:
        summary = _shipped()
        origins = {
            pointer: each
            for pointer, each in summary.origins.items()
            if inferred or each.origin is not Origin.INFERRED
        }
        summary = attrs.evolve(
            summary,
            exchange=load(inferred=inferred),
            origins=origins,
            licence=LICENCE,
            creator=CREATOR,
            version=version(),
        )
        _loaded.setdefault(inferred, summary)  # no lock: if several threads read it, one wins
    return _loaded[inferred]


def _shipped() -> Summary:
    return Summary.from_files(*map(content, FILES))


def make_summary() -> Summary:
    """Return the packaged summary as the page and the given facts make it."""
    from smh_p2p.summary import summary_of  # slow to import, and a citation does not need it

    given, _ = read_origins(content("given.json"))
    return summary_of(content("source.txt"), given.values())


def cite(where: str | Hit) -> Citation:
    """Return the citation of a fact of the canonical exchange; see `Summary.cite`.

    >>> cite("/sessions/2/title").quote
    'Sustain and Expand SMH Programs'
    >>> cite("objective 3")
    Traceback (most recent call last):
        ...
    smh_p2p.NotFoundError: no citation 'objective 3' in this exchange; objective 3 is /objectives/2
    """
    return load_summary().cite(where)


def citations(record: object = None) -> tuple[Citation, ...]:
    """Return the citations of a record of the canonical exchange, or all of them.

    Args:
        record: The exchange or any record in it, from `load()` or `load(inferred=False)`.

    Raises:
        NotFoundError: The canonical exchange does not have this record.

    >>> import smh_p2p
    >>> guam = smh_p2p.load().sea("GU")
    >>> [citation.pointer for citation in citations(guam)][:2]
    ['/seas/3/name', '/seas/3/kind']
    """
    try:
        return load_summary().citations(record)
    except NotFoundError:
        return load_summary(inferred=False).citations(record)


def coverage() -> Coverage:
    """Measure how much of the canonical document and of its page is accounted for.

    >>> coverage().leaves, coverage().unread
    (1.0, 0.0)
    """
    return load_summary().coverage()


def verify() -> None:
    """Check every origin of the canonical exchange, and compare it with a new reading of the page.

    Raises:
        InvalidOriginError: Something differs; the error holds every difference.
    """
    summary = _shipped()
    if error := InvalidOriginError.of([*summary.problems(), *differences(summary, make_summary())]):
        raise error


def differences(summary: Summary, again: Summary) -> Iterator[Problem]:
    """Yield the differences between a summary and a new reading of its page."""
    read_again = "what the page gives"
    for pointer in {**summary.origins, **again.origins}:
        found, expected = summary.origins.get(pointer), again.origins.get(pointer)
        if found is None or expected is None:
            words = [brief(each.value) if each else "nothing" for each in (found, expected)]
            yield Problem(pointer, Rule.ORIGIN, words[0], f"{words[1]}, {read_again}")
        elif found != expected:
            names = (each.name for each in attrs.fields(Citation))
            other = [each for each in names if getattr(found, each) != getattr(expected, each)]
            yield Problem(pointer, Rule.ORIGIN, f"another {' and '.join(other)}", read_again)
    if summary.labels != again.labels:
        yield Problem("/labels", Rule.ORIGIN, "other labels", read_again)
    files = again.files()
    for name, contents in summary.files().items():
        if contents != files[name]:
            yield Problem("", Rule.ORIGIN, f"another {name}", read_again)
