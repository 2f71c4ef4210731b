"""An exchange as a person reads it."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from smh_p2p.errors import brief
from smh_p2p.provenance import Cited, Origin, folded, parts
from smh_p2p.records import SEA, Organization
from smh_p2p.spelling import escaped
from smh_p2p.values import Role

# The headings of what an exchange says in prose.
PROSE = {"background": "Background", "definition": "What a P2P exchange is", "goal": "Goal"}


def to_text(given: Cited, width: int = 80) -> str:
    """Return an exchange as plain text.

    Args:
        given: An exchange; or a summary, of which it says what is inferred and what is unread.
        width: Columns that a line may have; a longer word stays whole.

    >>> import smh_p2p
    >>> print(to_text(smh_p2p.load(), width=40)[:55])
    School Mental Health Peer-to-Peer (P2P)
    Exchange Series
    """
    if not isinstance(width, int) or width < 1:
        raise ValueError(f"no line has {brief(width)} columns: give a whole number from 1 on")
    indent, hang = ("  ", "      ") if width >= 40 else ("", "")
    exchange, _ = parts(given)
    lines = [*_wrapped(exchange.title, width), *_wrapped(str(exchange.period or ""), width)]
    for heading, entries in sections(given):
        lines += ["", *_wrapped(heading, width)]
        for entry in entries:
            lines += _wrapped(entry, width, indent, hang)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, indent: str = "", hang: str = "") -> Iterator[str]:
    for paragraph in text.splitlines():
        lines = wrap(
            paragraph,
            width,
            initial_indent=indent,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from map(escaped, lines)


def sections(given: Cited) -> Iterator[tuple[str, list[str]]]:
    """Yield each heading with its entries, as a person reads them."""
    exchange, summary = parts(given)
    source = exchange.source
    origins = summary.origins if summary else {}
    inferred = {key for key, each in origins.items() if each.origin is Origin.INFERRED}
    staff = {role: [each for each in exchange.organizations if each.role is role] for role in Role}
    lists: dict[str, Iterable[str | None]] = {
        **{heading: [getattr(exchange, name)] for name, heading in PROSE.items()},
        "Facilitator": map(_named, staff[Role.FACILITATOR]),
        "Partners": map(_named, staff[Role.PARTNER]),
        "Groups": [
            f"Group {group.number}"
            + (f": {group.phase}" if group.phase else "")
            + (" (inferred)" if f"/groups/{index}/phase" in inferred else "")
            for index, group in enumerate(exchange.groups)
        ],
        "Sessions": [
            f"{each.number}. {each.title}{_for(each.groups)}" for each in exchange.sessions
        ],
        **{
            f"Objectives of group {group.number}": [
                f"{each.number}. {each.text}" for each in exchange.objectives_for(group.number)
            ]
            for group in exchange.groups
        },
        "Objectives marked for no group": [
            f"{each.number}. {each.text}" for each in exchange.objectives if not each.groups
        ],
        "Participating SEAs": [
            sea_line(sea) + (" (inferred)" if f"/seas/{index}/name" in inferred else "")
            for index, sea in enumerate(exchange.seas)
        ],
        "The source does not state": exchange.not_stated,
        "Unread on the page": [
            f"{each.line}:{each.column}: {folded(each.quote)}"
            for each in (summary.unread if summary else ())
        ],
        "Source": (source.title, source.publisher, source.address),
    }
    for heading, entries in lists.items():
        if stated := [entry for entry in entries if entry]:
            yield heading, stated


def _named(record: SEA | Organization) -> str:
    return f"{record.name} ({record.abbreviation})" if record.abbreviation else record.name


def _for(groups: tuple[int, ...]) -> str:
    if not groups:
        return ""
    return f" (group{'s' * (len(groups) > 1)} {' and '.join(map(str, groups))})"


def sea_line(sea: SEA) -> str:
    """Return a SEA as one line of text."""
    codes = [f"{title} {code}" for title, code in sea.codes.items()]
    group = [f"group {sea.group}"] if sea.group else []
    facts = [*filter(None, [sea.kind]), *codes, *group]
    return f"{_named(sea)}: {', '.join(facts)}" if facts else _named(sea)
