"""Citations for a report."""

from typing import Any

from attrs import frozen

from smh_p2p.errors import brief
from smh_p2p.exchange import Hit
from smh_p2p.provenance import Citation, Summary, folded


@frozen(kw_only=True)
class Reference:
    """A citation for a report: of a page, or of one fact with its passage.

    It has no date, because the date of publication is not known.

    Attributes:
        key: The key of the entry in a bibliography.
        title: The title of the page.
        publisher: The publisher of the page.
        address: The web address of the page.
        citation: The citation of the fact, if it is one fact.
    """

    key: str
    title: str
    publisher: str | None
    address: str | None
    citation: Citation | None = None

    @property
    def note(self) -> str | None:
        """The passage behind the fact, or its other origin."""
        citation = self.citation
        if citation is None:
            return None
        if citation.standard:
            return f"{citation.value}: {citation.standard.title}, {citation.standard.edition}"
        if not citation.spans:
            return f"{citation.value}: assigned, not on the page"
        first = citation.spans[0]
        inferred = f"; inferred: {citation.because}" if citation.because else ""
        return f"“{folded(first.quote)}” (code points {first.start} to {first.end}){inferred}"

    def __str__(self) -> str:
        """Return the reference as plain text."""
        parts = [f"{self.publisher}." if self.publisher else "", f"{self.title}."]
        parts += [self.address or "", f"{self.note.removesuffix('.')}." if self.note else ""]
        return " ".join(filter(None, parts))

    def bibtex(self) -> str:
        """Return the reference as a BibTeX entry."""
        fields = {
            "title": f"{{{_tex(self.title)}}}",
            "author": self.publisher and f"{{{_tex(self.publisher)}}}",
            "howpublished": self.address and rf"\url{{{self.address.translate(_ADDRESS)}}}",
            "note": self.note and _tex(self.note),
        }
        lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
        return f"@misc{{{self.key},\n{''.join(lines)}}}\n"

    def csl(self) -> dict[str, Any]:
        """Return the reference as a CSL-JSON item."""
        item = {
            "id": self.key,
            "type": "webpage",
            "title": self.title,
            "author": self.publisher and [{"literal": self.publisher}],
            "URL": self.address,
            "note": self.note,
        }
        return {name: value for name, value in item.items() if value}


def reference(summary: Summary, where: str | Hit | None = None) -> Reference:
    """Return a reference to the page of a summary, or to one fact with its passage.

    Args:
        summary: The summary.
        where: JSON Pointer of the fact, or a `Hit`; the whole page by default.

    Raises:
        NotFoundError: The summary has no fact at the pointer.
        TypeError: The value is not a summary.

    >>> import smh_p2p
    >>> str(reference(smh_p2p.load_summary(), "/seas/3/name"))[-35:]
    ' “Guam” (code points 2471 to 2475).'
    """
    if not isinstance(summary, Summary):
        raise TypeError(
            f"{brief(summary)} is not a summary, which has the citations: "
            "give load_summary() or what read_summary returned"
        )
    citation = None if where is None else summary.cite(where)
    source, place = summary.exchange.source, citation.pointer if citation else ""
    return Reference(
        key=f"{summary.exchange.identifier}{place.replace('/', '-')}",
        title=source.title,
        publisher=source.publisher,
        address=source.address,
        citation=citation,
    )


# BibTeX counts every brace, even after a backslash.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        **{character: f"\\{character}" for character in "$&#%_"},
    }
)
_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})  # could end the argument of \url


def _tex(text: str) -> str:
    return " ".join(text.split()).translate(_TEX)
