"""Pages of text, read: the exchange that each describes, cited, and what is left unread.

The pages are those of the family that the U.S. Department of Education published for the State
Support Network. What stands where is in `passages`; here it becomes facts. Nothing is guessed: what
no pattern reads stays unread, and what contradicts itself is refused with its line and column.
"""

import os
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from attrs import evolve

from smh_p2p.document import FORMAT, from_dict, to_dict
from smh_p2p.errors import (
    InvalidDocumentError,
    InvalidSummaryError,
    Problem,
    Rule,
    brief,
)
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.jurisdiction_table import known, standard
from smh_p2p.passages import (
    ALL_GROUPS,
    AND,
    COMMA,
    COUNT,
    DEFINITION,
    DURATION,
    FACILITATED,
    GOAL,
    GROUP,
    GROUP_NUMBER,
    GROUPS,
    HEAD,
    ITEM,
    MARK,
    NAME,
    NAME_BEFORE,
    NEAR,
    NUMBERS,
    PARTNERS,
    PHASE,
    POINTS,
    SESSION,
    SHORT,
    TAILORED,
    THE,
    TITLE,
    TWO_NAMES,
    WAS_TO,
    WHAT,
    Block,
    Range,
    outline,
    sentences,
    trimmed,
)
from smh_p2p.pointer import leaves, position, tokens
from smh_p2p.provenance import (
    FILES,
    Citation,
    Origin,
    Span,
    Standard,
    Summary,
    between,
    folded,
    merged,
    read_from,
)
from smh_p2p.records import CODES, SEA
from smh_p2p.spelling import fold
from smh_p2p.values import Role

_SHA256 = Standard(name="sha256", title="SHA-256 of the source text in UTF-8", edition="FIPS 180-4")


def read_summary(
    page: str | bytes,
    *,
    identifier: str | None = None,
    publisher: str | None = None,
    address: str | None = None,
) -> Summary:
    r"""Read a summary page: its text, the exchange that it describes, and where each fact stands.

    Args:
        page: The text of the page, or its UTF-8.
        identifier: The identifier of the exchange; made of its title and year by default.
        publisher: Who published the page.
        address: Where the page is published.

    Raises:
        InvalidSummaryError: The text is no page of this family, or contradicts itself.

    >>> page = "Rural P2P Exchange\n\nParticipating SEAs: Ohio and Guam\n\nPhoto: a school"
    >>> summary = read_summary(page)
    >>> [sea.usps for sea in summary.exchange.seas], summary.unread[0].quote
    (['OH', 'GU'], 'Photo: a school')
    """
    given = {"/identifier": identifier, "/source/publisher": publisher, "/source/address": address}
    return summary_of(page, [_assigned(*each) for each in given.items() if each[1] is not None])


def read(path: str | os.PathLike[str]) -> Summary:
    """Read a file with a page, or a folder that `Summary.write` wrote; a folder is verified.

    Raises:
        OSError: A file cannot be read.
        InvalidSummaryError: The file is no page of this family, or contradicts itself.
        InvalidDocumentError: The document of the folder breaks a rule.
        InvalidOriginError: The origins of the folder do not bear out its document.
    """
    path = Path(path)
    if not path.is_dir():
        with path.open("rb") as file:
            return read_summary(file.read(MAX_BYTES + 1))
    summary = Summary.from_files(*(path.joinpath(name).read_bytes() for name in FILES))
    summary.verify()
    return summary


def summary_of(page: str | bytes, given: Iterable[Citation]) -> Summary:
    """Read a summary page, of which some facts are known from elsewhere."""
    text = _text(page)
    reader = _Reader(text)
    citations = reader.read()
    citations |= {each.pointer: each for each in given}
    try:
        exchange = from_dict(_document(citations))
    except InvalidDocumentError as error:
        reader.problems += ((reader.place_of(each.where), each) for each in error.problems)
    if reader.problems:
        place = position(text)
        found = sorted(reader.problems, key=lambda each: each[0])
        raise InvalidSummaryError(
            tuple(
                Problem("{}:{}".format(*place(at)), each.rule, each.found, each.expected)
                for at, each in found
            )
        )
    origins = {pointer: citations[pointer] for pointer, _ in leaves(to_dict(exchange))}
    return Summary(text=text, exchange=exchange, origins=origins, labels=reader.labels())


def _text(page: object) -> str:
    """Return the text of a page that is one."""
    rule, found, expected = Rule.TYPE, brief(page), "a page in text or bytes"
    if isinstance(page, str | bytes | bytearray):
        if len(page) <= MAX_BYTES:
            try:
                text = page if isinstance(page, str) else page.decode()
                text.encode()
            except UnicodeError as error:
                at = getattr(error, "start", 0)
                rule, found, expected = Rule.ENCODING, f"{page[at : at + 1]!r} at {at}", "UTF-8"
            else:
                return text
        else:
            found, expected = f"more than {MAX_BYTES} bytes or characters", "a page of text"
            rule = Rule.SIZE
    raise InvalidSummaryError((Problem("1:1", rule, found, expected),))


def _assigned(pointer: str, value: Any) -> Citation:
    return Citation(pointer=pointer, origin=Origin.ASSIGNED, value=value)


def _document(citations: Mapping[str, Citation]) -> Any:
    """Return the document that has these leaves."""
    root: dict[str, Any] = {}
    for pointer, citation in citations.items():
        *parents, last = tokens(pointer)
        node = root
        for token in parents:
            node = node.setdefault(token, {})
        node[last] = citation.value
    return _arrays(root)


def _arrays(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    members = {key: _arrays(value) for key, value in node.items()}
    return list(members.values()) if "0" in members else members


class _Organization(NamedTuple):
    """Where a page names an organization, its short form and what it did."""

    name: Range
    short: Range | None
    role: Range
    because: Range


class _Reader:
    """The facts of a page while it is read.

    Attributes:
        text: The page.
        citations: The citation of each fact, by its pointer.
        literals: The ranges of labels, bullets and joining words.
        problems: What contradicts itself, each after its place in the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.citations: dict[str, Citation] = {}
        self.problems: list[tuple[int, Problem]] = []
        self._outline = outline(text)
        self.literals = self._outline.literals
        self._groups: dict[int, Range] = {}  # each group, and where it is named first
        self._phased: bool | None = None  # whether the phases are given to groups, if there are any
        self._supports: list[tuple[Range, list[str]]] = []  # sentences, and what they speak of

    def read(self) -> dict[str, Citation]:
        """Return the citation of every fact of the page, by its pointer."""
        prose = [
            each
            for block in self._outline.blocks
            if block.part in ("background", "description") and not block.is_item
            for each in sentences(self.text, block)
        ]
        self._check_labels()
        self._assign("/format", FORMAT)
        self._title()
        self._background()
        self._definition_and_goal(prose)
        self._period()
        self._identifier()
        self._organizations(prose)
        self._lists(prose)
        self._phases(prose)
        self._seas()
        self._not_stated(prose)
        self._cite_whole_sentences()
        return self.citations

    # How a fact is put down

    def _quote(
        self,
        pointer: str,
        *ranges: Range,
        reading: str | None = None,
        because: str | None = None,
    ) -> None:
        spans = [self._span(each) for each in ranges]
        if reading is None:
            quote = spans[0].quote
            reading = "verbatim" if folded(quote) == quote else "folded"
        self.citations[pointer] = read_from(pointer, reading, spans, because)

    def _assign(self, pointer: str, value: Any) -> None:
        self.citations[pointer] = _assigned(pointer, value)

    def _refer(self, pointer: str, value: Any, taken_from: Standard) -> None:
        self.citations[pointer] = Citation(
            pointer=pointer, origin=Origin.REFERENCE, value=value, standard=taken_from
        )

    def _span(self, place: Range) -> Span:
        return Span(start=place[0], end=place[1], quote=self.text[slice(*place)])

    def _search(self, pattern: re.Pattern[str], place: Range) -> re.Match[str] | None:
        return pattern.search(self.text, *place)

    def _blocks(self, part: str) -> list[Block]:
        return [block for block in self._outline.blocks if block.part == part]

    def _problem(self, at: int, rule: Rule, found: str, expected: str) -> None:
        self.problems.append((at, Problem("", rule, found, expected)))

    # The parts

    def _check_labels(self) -> None:
        first: set[str] = set()
        for part, place in self._outline.labels:
            if part in first:
                found = f"another label {brief(self.text[slice(*place)])}"
                self._problem(place[0], Rule.PART, found, "each part once")
            first.add(part)
        if not first:
            expected = "at least one label of Background, P2P Description, P2P Objectives, "
            expected += "Participating SEAs, P2P Duration"
            self._problem(0, Rule.PART, "no part of a summary", expected)

    def _title(self) -> None:
        lines = self._blocks(HEAD)
        titles = [each for each in lines if TITLE.search(self.text, each.start, each.end)]
        title = titles[-1] if titles else lines[0] if len(lines) == 1 else None
        if title is None:
            if self._outline.labels:
                at = self._outline.labels[0][1][0]
                self._problem(at, Rule.PART, "no title above the first label", "one")
            self._assign("/title", "untitled")
            self._assign("/source/title", "untitled")
            return
        whole = (title.start, title.end)
        name = re.sub(r"\W*(?<!\S)Summary\Z", "", self.text[slice(*whole)], flags=re.IGNORECASE)
        end = title.start + len(name) if name else title.end
        self._quote("/title", (title.start, end))
        self._quote("/source/title", whole)
        digest = sha256(self.text.encode()).hexdigest()
        self._refer("/source/sha256", digest, _SHA256)

    def _identifier(self) -> None:
        period = self.citations.get("/period/end")
        words = f"{self.citations['/title'].value} {str(period.value)[:4] if period else ''}"
        slug = "-".join(re.findall("[a-z0-9]+", words.lower()))
        self._assign("/identifier", slug or "p2p-exchange")

    def _background(self) -> None:
        prose = [block for block in self._blocks("background") if not block.is_item]
        if prose:
            # Below the last part a page may go on with what belongs to no part.
            last = prose[0] if self._outline.labels[-1][0] == "background" else prose[-1]
            self._quote("/background", (prose[0].start, last.end))

    def _definition_and_goal(self, prose: list[Range]) -> None:
        for start, end in prose:
            if "/definition" not in self.citations and DEFINITION.match(self.text, start, end):
                self._quote("/definition", (start, end))
            goal = GOAL.match(self.text, start, end) and WAS_TO.search(self.text, start, end)
            if goal and "/goal" not in self.citations:
                stop = end - 1 if self.text[end - 1] == "." else end
                self._quote("/goal", (goal.end(), stop), (start, goal.start("to")))
                self.literals.append((stop, end))

    def _period(self) -> None:
        for block in self._blocks("duration")[:1]:
            if months := DURATION.match(self.text, block.start, block.end):
                start, end = months.span("start"), months.span("end")
                if months["end"]:
                    self.literals.append((start[1], end[0]))
                if months["year"]:
                    self._quote("/period/start", start, reading="month")
                    self._quote("/period/end", end if months["end"] else start, reading="month")
                elif months["end"]:
                    year = (end[1] - 4, end[1])
                    self._quote("/period/start", start, year, reading="month")
                    self._quote("/period/end", end, reading="month")

    # Organizations

    def _organizations(self, prose: list[Range]) -> None:
        short_forms = dict(self._short_forms(prose))
        partners: dict[Range, _Organization] = {}
        facilitators: dict[Range, _Organization] = {}
        for place in prose:
            for mention, role in self._facilitators(place, short_forms):
                known_as = self._known_as(mention, short_forms)
                facilitators[known_as[0]] = _Organization(*known_as, role, place)
            for mention, role in self._partners(place, short_forms):
                known_as = self._known_as(mention, short_forms)
                partners[known_as[0]] = _Organization(*known_as, role, place)
        if len(facilitators) > 1:  # an exchange has one at most: which it is, is not said
            facilitators = {}
        every = sorted((partners | facilitators).values(), key=lambda each: each.name)
        for index, each in enumerate(every):
            where = f"/organizations/{index}"
            self._quote(f"{where}/name", each.name)
            if each.short:
                self._quote(f"{where}/abbreviation", each.short)
            self._quote(f"{where}/role", each.role, reading="role")
            self._supports.append((each.because, [f"{where}/role"]))

    def _short_forms(self, prose: list[Range]) -> Iterator[tuple[str, tuple[Range, Range]]]:
        """Yield each name and each short form, folded, with the places of the two."""
        for start, end in prose:
            after = start
            for short in SHORT.finditer(self.text, start, end):
                name = NAME_BEFORE.search(
                    self.text, max(after, short.start() - NEAR), short.start()
                )
                after = short.end()
                if name:
                    place = self._names(name.span("name"), short["short"])[-1]
                    pair = (place, short.span("short"))
                    yield fold(self.text[slice(*place)]), pair
                    yield fold(short["short"].removeprefix("the ")), pair

    def _known_as(
        self, mention: Range, short_forms: Mapping[str, tuple[Range, Range]]
    ) -> tuple[Range, Range | None]:
        """Return where an organization that is mentioned is named, and its short form."""
        return short_forms.get(fold(self.text[slice(*mention)]), (mention, None))

    def _names(self, place: Range, short: str | None) -> list[Range]:
        """Return the names in what reads like one: two, if the second has the short form.

        "Center for Reading and Office of State Support (OSS)" are two names.
        """
        text = self.text[slice(*place)]
        two = TWO_NAMES.fullmatch(text)
        if two and short and _initials(two["second"]) == short != _initials(text):
            first, second = two.end("first"), two.start("second")
            return [(place[0], place[0] + first), (place[0] + second, place[1])]
        return [place]

    def _is_one(self, name: Range, short_forms: Mapping[str, Any]) -> bool:
        """Return whether a name is surely that of one organization, and not of two."""
        text = self.text[slice(*name)]
        return not TWO_NAMES.fullmatch(text) or fold(text) in short_forms

    def _facilitators(
        self, sentence: Range, short_forms: Mapping[str, Any]
    ) -> Iterator[tuple[Range, Range]]:
        """Yield who facilitated, and the word that says so."""
        start, end = sentence
        for verb in FACILITATED.finditer(self.text, start, end):
            after = verb.end(), min(end, verb.end() + NEAR)
            if verb["by"]:
                name = NAME.match(self.text, *after)
            elif WHAT.search(self.text, *after):
                before = max(start, verb.start() - NEAR), verb.start()
                name = NAME_BEFORE.search(self.text, *before)
            else:
                name = None
            if name and self._is_one(name.span("name"), short_forms):
                yield name.span("name"), verb.span("role")

    def _partners(
        self, sentence: Range, short_forms: Mapping[str, Any]
    ) -> Iterator[tuple[Range, Range]]:
        """Yield the partners, and the words that say so."""
        for words in PARTNERS.finditer(self.text, *sentence):
            joint: re.Match[str] | None = words
            while joint:
                at = joint.end()
                name = NAME.match(self.text, at, min(sentence[1], at + NEAR))
                if not name:
                    break
                short = SHORT.match(self.text, name.end(), sentence[1])
                names = self._names(name.span(), short and short["short"])
                if not short and not self._is_one(name.span(), short_forms):
                    break
                yield from ((each, words.span("role")) for each in names)
                joint = ITEM.match(self.text, (short or name).end(), sentence[1])

    # Sessions, objectives, groups

    def _lists(self, prose: list[Range]) -> None:
        sessions: list[tuple[Range, Range | None]] = []
        objectives: list[tuple[Range, Range | None]] = []
        for block in self._outline.blocks:
            session = SESSION.match(self.text, block.start, block.end) if block.is_item else None
            if session:
                self.literals.append((session.end("number"), session.end()))
                sessions.append(((session.end(), block.end), session.span("number")))
            elif block.is_item and block.part == "objectives":
                objectives.append(((block.start, block.end), None))
        marked = [*self._list("sessions", "title", sessions)]
        marked += self._list("objectives", "text", objectives)
        for _, groups in marked:
            for each in groups:
                self._groups.setdefault(self._number(each), each)
        numbers = sorted(self._groups)
        for index, number in enumerate(numbers):
            self._quote(f"/groups/{index}/number", self._groups[number], reading="integer")
        self._check_counts(prose, len(sessions), numbers)
        tailored = next((each for each in prose if self._is_tailored(each, numbers)), None)
        for where, groups in marked:
            if tailored and not groups and where.startswith("/sessions/"):
                for index, number in enumerate(numbers):
                    at = f"{where}/groups/{index}"
                    self._quote(at, self._groups[number], tailored, reading="integer")
            for index, each in enumerate(groups):
                self._quote(f"{where}/groups/{index}", each, reading="integer")

    def _list(
        self, sequence: str, name: str, items: list[tuple[Range, Range | None]]
    ) -> Iterator[tuple[str, list[Range]]]:
        """Put down a list, and yield the pointer of each item and the groups it is marked for."""
        for index, (place, number) in enumerate(items):
            where = f"/{sequence}/{index}"
            if number:
                self._quote(f"{where}/number", number, reading="integer")
            else:
                self._assign(f"{where}/number", index + 1)
            opening = self.text.rfind("(", *place)
            mark = MARK.fullmatch(self.text, opening, place[1]) if opening > place[0] else None
            groups: list[Range] = []
            if mark:
                place = place[0], place[0] + len(self.text[place[0] : opening].rstrip())
                groups = [each.span() for each in GROUP.finditer(self.text, *mark.span("groups"))]
                taken = [place[1], *(edge for each in groups for edge in each), mark.end()]
                self.literals += zip(taken[::2], taken[1::2], strict=True)
            self._quote(f"{where}/{name}", place)
            yield where, groups
        if items:
            first = items[0][1] or items[0][0]
            above = [each for each in self._outline.blocks if each.end <= first[0]]
            if above and self.text[above[-1].end - 1] == ":":
                *_, lead_in = sentences(self.text, above[-1])
                self.literals.append((lead_in[1], above[-1].end))
                texts = [f"/{sequence}/{index}/{name}" for index in range(len(items))]
                self._supports.append((lead_in, texts))

    def _number(self, group: Range) -> int:
        (digits,) = re.findall("[0-9]+", self.text[slice(*group)])
        return int(digits[:9])

    def _is_tailored(self, sentence: Range, groups: list[int]) -> bool:
        """Return whether a sentence says that each session was tailored to all of the groups."""
        every = ALL_GROUPS.search(self.text, *sentence)
        both = every and every[0].startswith("both")
        return bool(
            every
            and TAILORED.search(self.text, *sentence)
            and (len(groups) == 2 or (groups and not both))
        )

    def _check_counts(self, prose: list[Range], sessions: int, groups: list[int]) -> None:
        """Compare how many sessions and groups the page counts with those that it lists."""
        listed = {
            "sessions": (sessions, "/sessions/0/number"),
            "groups": (max(groups, default=0), "/groups/0/number"),
        }
        for sentence in prose:
            for count in COUNT.finditer(self.text, *sentence):
                word = count["count"].lower()
                number = 2 if word == "both" else _count(word)
                what = count["what"].lower()
                found, first = listed[what]
                if found and (found > number or (what == "sessions" and found != number)):
                    line, column = position(self.text)(self.citations[first].spans[0].start)
                    expected = f"{found}, as many as the page lists from {line}:{column} on"
                    said = brief(folded(f"{count['count']} {count['what']}"))
                    self._problem(count.start("count"), Rule.COUNT, said, expected)

    def _phases(self, prose: list[Range]) -> None:
        """Put down the phases of the groups: by number where it says, else by their order."""
        for sentence in prose:
            phases = [*PHASE.finditer(self.text, *sentence)]
            if not phases or not GROUPS.search(self.text, *sentence):
                continue
            self._phased = False
            numbers = sorted(self._groups)
            before = [sentence[0], *(each.end() for each in phases)]
            named = [
                GROUP_NUMBER.search(self.text, start, phase.start())
                for start, phase in zip(before, phases, strict=False)
            ]
            because = None
            if not any(named) and len(phases) == len(numbers):
                self._phased, count = True, _words(len(phases))
                because = (
                    f"The summary names {count} groups by number and {count} phases in one order; "
                    "it does not say outright which number has which phase."
                )
            elif all(named):
                found = [self._number(each.span()) for each in named if each]
                numbers = found if len({*found} & {*numbers}) == len(found) else []
            else:
                numbers = []
            for phase, number in zip(phases, numbers, strict=False):
                where = f"/groups/{sorted(self._groups).index(number)}/phase"
                self._quote(where, phase.span("phase"), sentence, because=because)
            return

    # Participating SEAs

    def _seas(self) -> None:
        index = 0
        for place, whole in self._participants():
            if place[0] < place[1]:
                self._sea(f"/seas/{index}", place, whole)
                index += 1

    def _participants(self) -> Iterator[tuple[Range, Range | None]]:
        """Yield where each SEA stands, and what it has to be told apart in, if no comma does."""
        blocks = self._blocks("seas")
        if blocks and not blocks[0].is_item:
            blocks = blocks[:1]  # below the list a page may go on with what belongs to no part
        for block in blocks:
            if block.is_item or block is blocks[0]:
                yield from self._listed(block)

    def _listed(self, block: Block) -> Iterator[tuple[Range, Range | None]]:
        """Yield the SEAs of a list."""
        start, end = block.start, block.end
        if (article := THE.match(self.text, start, end)) is not None:
            self.literals.append(article.span())
            start = article.end()
        if self.text[end - 1] == "." and not POINTS.search(self.text, max(start, end - 8), end):
            self.literals.append((end - 1, end))
            end -= 1
        pieces, joint = [], None
        for joint in COMMA.finditer(self.text, start, end):
            self.literals.append(joint.span())
            pieces.append((start, joint.start()))
            start = joint.end()
        pieces.append((start, end))
        is_over = bool(joint and joint["and"])  # the "and" before the last of a list has come
        at = 0
        while at < len(pieces):
            place = pieces[at]
            if at + 1 < len(pieces) and self._known((place[0], pieces[at + 1][1])):
                at += 1  # a comma within a name: "Washington, D.C."
                place = place[0], pieces[at][1]
            at += 1
            for each in self._by_and(place, last=at == len(pieces) and not is_over):
                yield from self._apart(each)

    def _by_and(self, place: Range, *, last: bool) -> list[Range]:
        """Return the names in a piece of a list that "and" joins, if it does join names.

        Args:
            place: The piece.
            last: Whether it is the last one of a list that no "and" has ended before.
        """
        joints = [] if self._known(place) else [*AND.finditer(self.text, *place)]
        edges = [place[0], *(edge for each in joints for edge in each.span()), place[1]]
        names = [*zip(edges[::2], edges[1::2], strict=True)]
        if not any(map(self._known, names)):
            joints = joints[-1:] if last else []
            edges = [place[0], *(edge for each in joints for edge in each.span()), place[1]]
            names = [*zip(edges[::2], edges[1::2], strict=True)]
        self.literals += (each.span() for each in joints)
        return [each for each in names if each[0] < each[1]]

    def _apart(self, place: Range) -> list[tuple[Range, Range | None]]:
        """Return the names in a piece of a list that is no name, if it is several without commas.

        "Iowa Michigan" is two names. Each is given with the piece that it stands in.
        """
        words = [] if self._known(place) else [*re.finditer(r"\S+", self.text[slice(*place)])]
        if not 1 < len(words) <= 12:
            return [(place, None)]
        ways: list[list[list[Range]]] = [[[]]]  # in which the first words are the fewest names
        for end in range(1, len(words) + 1):
            found: list[list[Range]] = []
            for start in range(end):
                name = place[0] + words[start].start(), place[0] + words[end - 1].end()
                if name[1] - name[0] > 2 and self._known(name):
                    found += ([*way, name] for way in ways[start])
            fewest = min(map(len, found), default=0)
            ways.append([way for way in found if len(way) == fewest][:2])
        if len(ways[-1]) != 1:
            return [(place, None)]
        names = ways[-1][0]
        return [(name, place) for name in names]

    def _known(self, place: Range) -> SEA | None:
        """Return the SEA of the jurisdiction that a passage names, if one does."""
        if place[1] - place[0] > NEAR:
            return None
        name, short = self._name_and_short(place)
        sea = known(folded(self.text[slice(*name)]))
        if sea and short and known(self.text[slice(*short)]) not in (sea, None):
            return known(folded(f"{self.text[slice(*name)]} {self.text[slice(*short)]}"))
        return sea

    def _name_and_short(self, place: Range) -> tuple[Range, Range | None]:
        opening = self.text.rfind("(", *place)
        if opening <= place[0] or self.text[place[1] - 1] != ")" or opening + 2 >= place[1]:
            return place, None
        name = place[0], place[0] + len(self.text[place[0] : opening].rstrip())
        return name, (opening + 1, place[1] - 1)

    def _sea(self, where: str, place: Range, whole: Range | None) -> None:
        name, short = self._name_and_short(place)
        sea = self._known(place)
        if whole:
            self._quote(f"{where}/name", name, whole, because=_NO_COMMA)
        else:
            self._quote(f"{where}/name", name)
        if short:
            self.literals += [(name[1], short[0]), (short[1], place[1])]
            self._quote(f"{where}/abbreviation", short)
        if sea is None:
            return
        for column in ("kind", *CODES):
            if value := getattr(sea, column):
                value = value.value if column == "kind" else value
                self._refer(f"{where}/{column}", value, _standard(column))
        if fold(sea.name) != fold(self.text[slice(*name)]):
            self._refer(f"{where}/aliases/0", sea.name, _standard("name"))

    # What the page does not say, and what is left of it

    def _not_stated(self, prose: list[Range]) -> None:
        is_known = {pointer.split("/")[1] for pointer in self.citations}
        is_known |= {part for part, _ in self._outline.labels}
        roles = {each.value for each in self.citations.values() if each.reading == "role"}
        names_facilitator = Role.FACILITATOR.value in roles or any(
            FACILITATED.search(self.text, *each) for each in prose
        )
        phases = any(each.startswith("/groups/") and "/phase" in each for each in self.citations)
        grouped = any("/groups/" in each and "/sessions/" in each for each in self.citations)
        conditions = {
            "when the exchange took place": not is_known & {"period", "duration"},
            "which SEAs took part": "seas" not in is_known,
            "who facilitated the exchange": not names_facilitator,
            "which SEA was in which group": {"seas", "groups"} <= is_known,
            "which group had which phase (only their order suggests it)": self._phased is True,
            "which group had which phase": self._phased is False and not phases,
            "which session was for which group": {"sessions", "groups"} <= is_known and not grouped,
            "which objective belonged to which session": {"sessions", "objectives"} <= is_known,
            "when each session took place": "sessions" in is_known,
            "who spoke": True,
        }
        for index, words in enumerate(key for key, holds in conditions.items() if holds):
            self._assign(f"/not_stated/{index}", words)

    def _cite_whole_sentences(self) -> None:
        """Let the facts of a sentence cite all of it, if nothing else does."""
        cited = self._cited()
        for sentence, pointers in self._supports:
            start, end = cited[bisect(cited, (sentence[0], len(self.text))) - 1]
            if not start <= sentence[0] < sentence[1] <= end:
                for pointer in pointers:
                    citation = self.citations[pointer]
                    spans = (*citation.spans, self._span(sentence))
                    self.citations[pointer] = evolve(citation, spans=spans)

    def _cited(self) -> list[Range]:
        spans = (span for each in self.citations.values() for span in each.spans)
        return merged((span.start, span.end) for span in spans)

    def labels(self) -> tuple[Span, ...]:
        """Return the passages between the facts, but for those that no pattern reads."""
        every = (0, len(self.text))
        cited = self._cited()
        gaps = between(merged([*cited, *self.literals]), *every)
        unread = [each for each in (trimmed(self.text, *gap) for gap in gaps) if each[0] < each[1]]
        return tuple(self._span(each) for each in between(merged([*cited, *unread]), *every))

    def place_of(self, pointer: str) -> int:
        """Return where in the text a fact stands, or else what stands beside it."""
        while pointer:
            for each, citation in self.citations.items():
                if citation.spans and f"{each}/".startswith(f"{pointer}/"):
                    return citation.spans[0].start
            pointer = pointer.rpartition("/")[0]
        return 0


_NO_COMMA = (
    "No comma stands between these names; each is that of a jurisdiction, and the whole is that of "
    "none."
)


@cache
def _standard(column: str) -> Standard:
    return Standard(**standard(column))


def _initials(name: str) -> str:
    return "".join(re.findall(r"\b[A-Z]", name))


def _count(word: str) -> int:
    return NUMBERS.index(word) if word in NUMBERS else int(word)


def _words(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
