"""The reader of summary pages: the exchange, the citations, and the unread passages.

It reads the pages that the U.S. Department of Education published for the State Support Network.
Text that no pattern matches stays unread, and a contradiction is an error with its place.
"""

import os
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from itertools import chain, dropwhile, pairwise, takewhile
from operator import attrgetter
from typing import Any

from attrs import evolve

from smh_p2p.document import FORMAT, from_dict, to_dict
from smh_p2p.errors import InvalidDocumentError, InvalidSummaryError, Problem, Rule, brief
from smh_p2p.files import open_folder, path_of
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.jurisdiction_table import beginnings, jurisdiction, jurisdictions, known, standard
from smh_p2p.passages import (
    ALL_GROUPS,
    AND_ANOTHER,
    COUNT,
    COUNTS,
    DATED,
    DEFINITION,
    DURATION,
    FACILITATED,
    GOAL,
    GROUP,
    GROUP_NUMBER,
    GROUPS,
    HEAD,
    INITIAL,
    ITEM,
    LED,
    LINE,
    MARK,
    NAME,
    NAME_BEFORE,
    NAME_WITH_COMMAS,
    NEAR,
    NEXT_LINE,
    NO_NAME,
    NOT,
    NOT_ALONE,
    NUMBERS,
    OTHER_COUNT,
    OTHER_SESSIONS,
    PARTNERS,
    PHASE,
    SEA_NAME,
    SEA_SHORT,
    SEPARATOR,
    SESSION,
    SHORT,
    SPOKE,
    STATES,
    SUMMARY,
    TAILORED,
    THE,
    TITLE,
    TWO_NAMES,
    WHAT,
    WORD,
    Block,
    outline,
    sentences,
    trimmed,
)
from smh_p2p.pointer import position
from smh_p2p.provenance import (
    FILES,
    MAX_ORIGINS,
    MAX_PAGE,
    Citation,
    Origin,
    Range,
    Span,
    Standard,
    Summary,
    between,
    folded,
    integer,
    merged,
    month,
    value_of,
)
from smh_p2p.records import CODES, SEA
from smh_p2p.spelling import fold

_SHA256 = Standard(name="sha256", title="SHA-256 of the source text in UTF-8", edition="FIPS 180-4")
_NO_COMMA = (
    "No comma separates these names. Each one names a jurisdiction, and the whole text names none."
)


def read_summary(
    page: str | bytes,
    *,
    identifier: str | None = None,
    publisher: str | None = None,
    address: str | None = None,
) -> Summary:
    r"""Read a summary page: the exchange that it describes, and the passage of each fact.

    Args:
        page: The text of the page, or its bytes in UTF-8.
        identifier: The identifier of the exchange; by default from its title and year.
        publisher: The publisher of the page.
        address: The web address of the page.

    Raises:
        InvalidSummaryError: The text is not a summary page, or contradicts itself.

    >>> page = "Rural P2P Exchange\n\nParticipating SEAs: Ohio and Guam\n\nPhoto: a school"
    >>> summary = read_summary(page)
    >>> [sea.usps for sea in summary.exchange.seas], summary.unread[0].quote
    (['OH', 'GU'], 'Photo: a school')
    """
    given = {"/identifier": identifier, "/source/publisher": publisher, "/source/address": address}
    return summary_of(page, [_stated(*each) for each in given.items() if each[1] is not None])


def read(path: str | os.PathLike[str]) -> Summary:
    """Read the file of a page, or read and verify a folder that `Summary.write` wrote.

    Raises:
        OSError: The system cannot read a file.
        InvalidSummaryError: The file is not a summary page, or contradicts itself.
        InvalidDocumentError: The document of the folder breaks a rule.
        InvalidOriginError: The origins of the folder do not support its document.
    """
    path = path_of(path)
    if not path.is_dir():
        with path.open("rb") as file:
            return read_summary(file.read(MAX_PAGE + 1))
    with open_folder(path) as content:
        limits = zip(FILES, (MAX_BYTES, MAX_ORIGINS, MAX_PAGE), strict=True)
        contents = [content(name, most + 1) for name, most in limits]
    summary = Summary.from_files(*contents)
    summary.verify()
    return summary


def summary_of(page: str | bytes, given: Iterable[Citation]) -> Summary:
    """Read a summary page, and add facts that are known from elsewhere."""
    text = _text(page)
    reader = _Reader(text)
    citations = reader.read()
    citations |= {each.pointer: each for each in given}
    exchange: Any = None
    try:
        exchange = from_dict(_document(citations))
    except InvalidDocumentError as error:
        for each in error.problems:
            where, places = each.where, reader.places
            while where not in places:
                where = where.rpartition("/")[0]
            reader.problems.append((places[where], each))
    # The first problem of each rule at each place
    found = {(at, each.rule): each for at, each in reversed(reader.problems)}
    place = position(text)
    problems = (evolve(found[key], where="{}:{}".format(*place(key[0]))) for key in sorted(found))
    if refusal := InvalidSummaryError.of(problems):
        raise refusal
    return Summary(text=text, exchange=exchange, origins=citations, labels=reader.labels())


def _text(page: object) -> str:
    before = ""
    if not isinstance(page, str | bytes | bytearray):
        rule, found, expected = Rule.TYPE, brief(page), "a page as text or bytes"
    elif len(page) > MAX_PAGE:
        rule, found = Rule.SIZE, f"more than {MAX_PAGE} bytes or characters"
        expected = "a shorter page"
    else:
        try:
            text = page if isinstance(page, str) else page.decode()
            text.encode()
            return text
        except (UnicodeDecodeError, UnicodeEncodeError) as error:
            at = error.start
        before = page[:at] if isinstance(page, str) else page[:at].decode()
        rule, found = Rule.ENCODING, f"{page[at : at + 1]!r}"
        expected = "UTF-8: save the page as UTF-8 text"
    where = "{}:{}".format(*position(before)(len(before)))
    raise InvalidSummaryError((Problem(where, rule, found, expected),))


def _stated(pointer: str, value: Any, by: Standard | None = None) -> Citation:
    """Return the citation of a fact that is not on the page."""
    origin = Origin.REFERENCE if by else Origin.ASSIGNED
    return Citation(pointer=pointer, origin=origin, value=value, standard=by)


def _document(citations: Mapping[str, Citation]) -> Any:
    """Return the document with these leaves."""
    nodes: dict[str, Any] = {"": {}}
    for pointer, citation in citations.items():
        value, is_new = citation.value, True
        while is_new:  # add the parent too, and so on up
            parent, _, key = pointer.rpartition("/")
            is_new = parent not in nodes
            if is_new:
                nodes[parent] = [] if key == "0" else {}
            node: Any = nodes[parent]
            items: list[Any] = node
            if type(node) is list:
                items.append(value)
            else:
                node[key] = value
            pointer, value = parent, nodes[parent]
    return nodes[""]


class _Reader:
    """The facts of a page while it is read.

    Attributes:
        citations: The citation of each fact, by pointer.
        problems: The contradictions, each with its offset in the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.citations: dict[str, Citation] = {}
        self.problems: list[tuple[int, Problem]] = []
        self._outline = outline(text)
        self._literals = self._outline.literals  # and the ranges of joining words
        self._prose = [
            each
            for block in self._outline.blocks
            if block.part in ("background", "description") and not block.is_item
            for each in sentences(text, block)
        ]
        self._short_forms = dict(self._organizations_by_name())
        self._groups: dict[int, Range] = {}  # each group, and its first mention
        self._spans: dict[Range, Span] = {}  # those that facts cite
        self._names_facilitator = False  # or says that somebody else facilitated
        self._open_phases = ""  # what the page leaves open about them
        # Sentences, and the facts that they support
        self._supports: list[tuple[Range, list[str]]] = []

    def read(self) -> dict[str, Citation]:
        self._check_labels()
        self._state("/format", FORMAT)
        self._title()
        self._background()
        self._definition_and_goal()
        self._period()
        self._identifier()
        self._organizations()
        self._lists()
        self._phases()
        self._seas()
        self._cite_whole_sentences()
        if not self._unread:  # which may state anything
            self._not_stated()
        return self.citations

    def _quote(
        self, pointer: str, *ranges: Range, reading: str | None = None, because: str | None = None
    ) -> None:
        """Cite passages for a fact; without a reading, its value is the first, folded."""
        spans = tuple([self._span(each) for each in ranges])
        if reading:
            value = value_of(reading, spans)
        else:
            value = folded(spans[0].quote)
            reading = "verbatim" if value == spans[0].quote else "folded"
        self.citations[pointer] = Citation(
            pointer=pointer,
            origin=Origin.INFERRED if because else Origin.QUOTED,
            value=value,
            spans=spans,
            reading=reading,
            because=because,
        )

    def _state(self, pointer: str, value: Any, by: Standard | None = None) -> None:
        self.citations[pointer] = _stated(pointer, value, by)

    def _span(self, place: Range) -> Span:
        span = self._spans.get(place)
        if span is None:  # many facts may cite one sentence, so they share its span
            start, end = place
            span = self._spans[place] = Span(start=start, end=end, quote=self.text[start:end])
        return span

    def _passage(self, place: Range) -> str:
        return self.text[slice(*place)]

    def _search(self, pattern: re.Pattern[str], place: Range) -> re.Match[str] | None:
        return pattern.search(self.text, *place)

    def _blocks(self, part: str) -> list[Block]:
        return [block for block in self._outline.blocks if block.part == part]

    def _problem(self, at: int, rule: Rule, found: str, expected: str) -> None:
        self.problems.append((at, Problem("", rule, found, expected)))

    def _check_labels(self) -> None:
        labels = self._outline.labels
        starts = [place[0] for _, place in labels]
        first: set[str] = set()
        # A label with nothing below it is an entry of a menu.
        for index in sorted({bisect(starts, each.start) for each in self._outline.blocks} - {0}):
            part, place = labels[index - 1]
            if part in first:
                found = f"another label {brief(self._passage(place))}"
                self._problem(place[0], Rule.PART, found, "each part once")
            first.add(part)
        if not labels:
            expected = (
                "at least one label of Background, P2P Description, P2P Objectives, "
                "Participating SEAs, P2P Duration"
            )
            if len(self._outline.blocks) < 2:  # perhaps the name of a file
                expected += "; smh_p2p.summary.read reads a file"
            self._problem(0, Rule.PART, "no part of a summary", expected)

    def _title(self) -> None:
        lines = [(each.start, each.end) for each in self._blocks(HEAD)]
        titles = [each for each in lines if self._search(TITLE, each)]
        ends = [each for each in lines if self._search(SUMMARY, each)]
        found = ends or titles or (lines if len(lines) == 1 else [])
        if not found:
            if self._outline.labels:
                at = self._outline.labels[0][1][0]
                self._problem(at, Rule.PART, "no title above the first label", "one")
            self._state("/title", "untitled")
            self._state("/source/title", "untitled")
            return
        first = last = lines.index(found[-1])
        joins = [NEXT_LINE.fullmatch(self.text, one[1], two[0]) for one, two in pairwise(lines)]
        # "... Peer-to-Peer" and "(P2P) Exchange", or "... Exchange" and "Series Summary"
        while first and joins[first - 1]:
            start, _ = lines[first]
            if not TITLE.match(self.text, start + (self.text[start] == "(")) and (
                lines[first] in titles or lines[first - 1] not in titles
            ):
                break
            first -= 1
        # "... Exchange" and "Summary"
        last += any(joins[last : last + 1]) and bool(
            self._search(SUMMARY, (lines[last][1], lines[last + 1][1]))
        )
        start, end = lines[first][0], lines[last][1]
        words = self._passage((start, end))
        if summary := self._search(SUMMARY, (start, end)):  # "Exchange Series: Summary"
            words = words[: -len(summary[0])].rstrip().rstrip(":-\u2013\u2014").rstrip() or words
        self._quote("/title", (start, start + len(words)))
        self._quote("/source/title", (start, end))
        digest = sha256(self.text.encode()).hexdigest()
        self._state("/source/sha256", digest, _SHA256)

    def _identifier(self) -> None:
        period = self.citations.get("/period/end")
        words = f"{self.citations['/title'].value} {str(period.value)[:4] if period else ''}"
        slug = "-".join(re.findall("[a-z0-9]+", words.lower()))
        self._state("/identifier", slug or "p2p-exchange")

    def _background(self) -> None:
        prose = [block for block in self._blocks("background") if not block.is_item]
        if prose:
            # Below its last part, a page may have text that belongs to no part.
            last = prose[0] if self._outline.labels[-1][0] == "background" else prose[-1]
            self._quote("/background", (prose[0].start, last.end))

    def _definition_and_goal(self) -> None:
        if found := [each for each in self._prose if DEFINITION.match(self.text, *each)]:
            self._quote("/definition", found[0])
        goals = [goal for each in self._prose if (goal := GOAL.match(self.text, *each))]
        for goal in goals[:1]:
            start, end = goal.pos, goal.endpos
            stop = end - (self.text[end - 1] == ".")
            self._quote("/goal", (goal.end(), stop), (start, goal.start("to")))
            self._literals.append((stop, end))

    def _period(self) -> None:
        for block in self._blocks("duration")[:1]:
            months = DURATION.match(self.text, block.start, block.end)
            if not months or not (months["year"] or months["end"]):
                return
            start, end = months.span("start"), months.span("end" if months["end"] else "start")
            year = (end[1] - 4, end[1])
            spans = (start,) if months["year"] else (start, year)
            texts = [months["start"], months["end"]]
            if not months["year"] and month(texts) > month(texts[1:]):
                return  # the page does not give the year of the first month
            self._quote("/period/start", *spans, reading="month")
            self._quote("/period/end", end, reading="month")
            self._literals.append((start[1], max(start[1], end[0])))
            self._literals.append((end[1], end[1] + self.text.startswith(".", end[1])))

    def _organizations(self) -> None:
        every, facilitators = (
            {
                name: (short, role, sentence)
                for sentence in self._prose
                for mention, role in mentions(sentence)
                for name, short in [
                    self._short_forms.get(fold(self._passage(mention)), (mention, None))
                ]
            }
            for mentions in (self._partners, self._facilitators)
        )
        if len(facilitators) == 1:  # else the page does not say which one it is
            every |= facilitators
        for index, name in enumerate(sorted(every)):
            where, (short, role, sentence) = f"/organizations/{index}", every[name]
            self._quote(f"{where}/name", name)
            if short:
                self._quote(f"{where}/abbreviation", short)
            self._quote(f"{where}/role", role, reading="role")
            self._supports.append((sentence, [f"{where}/role"]))

    def _organizations_by_name(self) -> Iterator[tuple[str, tuple[Range, Range | None]]]:
        """Yield each name and its short form, folded, with the ranges of both."""
        for start, end in self._prose:
            after = start
            for short in SHORT.finditer(self.text, start, end):
                at = max(after, short.start() - NEAR)
                name = NAME_BEFORE.search(self.text, at, short.start())
                after = short.end()
                if not name:
                    continue
                long, abbr = self._names(name.span("name"), short["short"])[-1], short.span("short")
                if _initials(self._passage(long)) != short["short"]:
                    commas = NAME_WITH_COMMAS.search(self.text, at, short.start())
                    if commas and _initials(commas["name"]) == short["short"]:
                        long = commas.span("name")
                    elif _initials(short["short"]) == self._passage(long):  # "OSS (Office of ...)"
                        long, abbr = abbr, long
                    elif short["whole"] is not None:
                        continue
                for each in (long, abbr):
                    article = THE.match(self.text, *each)
                    key = self.text[article.end() if article else each[0] : each[1]]
                    yield fold(key), (long, abbr)

    def _names(self, place: Range, short: str | None) -> list[Range]:
        """Return the name in a passage; two if the second has the short form: "A and B C (BC)"."""
        two = TWO_NAMES.fullmatch(self.text, *place)
        if two and short and _initials(two["second"]) == short != _initials(two[0]):
            return [two.span("first"), two.span("second")]
        return [place]

    def _is_one(self, name: Range) -> bool:
        text = self._passage(name)
        words = text.split()
        return fold(text) in self._short_forms or not (
            words[0] in NO_NAME
            or {"Group", "Groups"}.intersection(words)
            or text.endswith(("'s", "\u2019s", "Agencies"))
            or known(text)
            or TWO_NAMES.fullmatch(text)
        )

    def _facilitators(self, sentence: Range) -> Iterator[tuple[Range, Range]]:
        """Yield each facilitator, and the word that gives the role."""
        start, end = sentence
        for verb in FACILITATED.finditer(self.text, start, end):
            self._names_facilitator = True
            after = verb.end(), min(end, verb.end() + NEAR)
            before = max(start, verb.start() - NEAR), verb.start()
            if self._search(NOT, before) or self._search(OTHER_SESSIONS, (before[0], after[1])):
                continue
            if verb["by"]:
                name = NAME.match(self.text, *after)
                is_sure = name and not (
                    self.text.startswith(".", name.end("name"), end - 1)  # "St. Louis"
                    or AND_ANOTHER.match(self.text, name.end("name"))
                )
            else:
                name = self._search(WHAT, after) and self._search(NAME_BEFORE, before)
                is_sure = name and not self._search(NOT_ALONE, (before[0], name.start()))
            if name and is_sure and self._is_one(name.span("name")):
                yield name.span("name"), verb.span("role")

    def _partners(self, sentence: Range) -> Iterator[tuple[Range, Range]]:
        """Yield each partner, and the words that give the role."""
        for words in PARTNERS.finditer(self.text, *sentence):
            if self._search(STATES, (max(sentence[0], words.start() - NEAR), words.start())):
                continue
            names: list[Range] = []
            separator: re.Match[str] | None = words
            while separator and (found := NAME.match(self.text, separator.end(), sentence[1])):
                (start, end), short = found.span("name"), found["short"]
                if not short and not self._is_one((start, end)):
                    break
                if self.text.startswith(".", found.end(), sentence[1] - 1):
                    break  # "St. Louis"
                was_last = "and" in separator[0] or "&" in separator[0]
                separator = ITEM.match(self.text, found.end(), sentence[1])
                if names and not separator and not was_last:
                    break  # the comma ends the list
                # A name with commas: "Office of Career, Technical, and Adult Education"
                for index in range(len(names))[-8:] if short else ():
                    first = names[index][0]
                    if end - first <= NEAR and _initials(self.text[first:end]) == short:
                        names[index:] = [(first, end)]
                        break
                else:
                    names += self._names((start, end), short)
            yield from ((each, words.span("role")) for each in names)

    def _lists(self) -> None:
        items = [
            (each, SESSION.match(self.text, each.start, each.end))
            for each in self._outline.blocks
            if each.is_item
        ]
        sessions = [each for each in items if each[1]]
        blocks = dropwhile(lambda each: not each.is_item, self._blocks("objectives"))
        run = {each.start for each in takewhile(attrgetter("is_item"), blocks)}
        others = [each for each in items if not each[1] and each[0].start in run]
        marked = [*self._list("sessions", "title", sessions)]
        marked += self._list("objectives", "text", others)
        numbers = sorted(self._groups)
        for index, number in enumerate(numbers):
            self._quote(f"/groups/{index}/number", self._groups[number], reading="integer")
        self._check_counts(len(sessions), numbers)
        tailored = next((each for each in self._prose if self._is_tailored(each, numbers)), None)
        for where, groups in marked:
            context = [tailored] if tailored and not groups and "/sessions/" in where else []
            if context:
                groups = [self._groups[number] for number in numbers]
            for index, each in enumerate(groups):
                self._quote(f"{where}/groups/{index}", each, *context, reading="integer")

    def _list(
        self, sequence: str, name: str, items: list[tuple[Block, re.Match[str] | None]]
    ) -> Iterator[tuple[str, list[Range]]]:
        """Record a list, and yield the pointer and the groups of each item."""
        for index, (block, label) in enumerate(items):
            where, place = f"/{sequence}/{index}", (block.start, block.end)
            if label:
                self._quote(f"{where}/number", label.span("number"), reading="integer")
                self._literals.append((label.end("number"), label.end()))
                place = (label.end(), block.end)
            else:
                self._state(f"{where}/number", index + 1)
            place, mark = self._ending(place, MARK)
            groups: dict[int, Range] = {}
            if mark:
                for each in GROUP.finditer(self.text, *mark.span("groups")):
                    number = integer(each[0])
                    groups.setdefault(number, each.span())
                    self._groups.setdefault(number, each.span())
                edges = [place[1], *chain.from_iterable(groups.values()), mark.end()]
                self._literals += zip(edges[::2], edges[1::2], strict=True)
            self._quote(f"{where}/{name}", place)
            yield where, [*groups.values()]
        if items:
            above = [each for each in self._outline.blocks if each.end <= items[0][0].start]
            if above and self.text[above[-1].end - 1] == ":":
                *_, lead_in = sentences(self.text, above[-1])
                self._literals.append((lead_in[1], above[-1].end))
                texts = [f"/{sequence}/{index}/{name}" for index in range(len(items))]
                if lead_in[0] < lead_in[1]:
                    self._supports.append((lead_in, texts))

    def _is_tailored(self, sentence: Range, groups: list[int]) -> bool:
        every = self._search(ALL_GROUPS, sentence)
        if not every or not self._search(TAILORED, sentence) or self._search(NOT, sentence):
            return False
        return len(groups) == 2 if every[0].startswith("both") else 0 < len(groups) < len(NUMBERS)

    def _check_counts(self, sessions: int, groups: list[int]) -> None:
        counted = [
            count
            for each in self._prose
            if not self._search(OTHER_COUNT, each)
            for count in COUNT.finditer(self.text, *each)
        ]
        for name, found in {"sessions": sessions, "groups": max(groups, default=0)}.items():
            counts = [each for each in counted if each["what"] == name]
            words = [each["count"].lower() for each in counts]
            numbers = [int(COUNTS.get(each, each)) for each in words]
            if name == "groups":  # a page may have nothing for some group
                numbers = [min(number, found) for number in numbers]
            if not found or not counts or found in numbers:
                continue
            first = self.citations[f"/{name}/0/number"].spans[0]
            place = "{}:{}".format(*position(self.text)(first.start))
            expected = f"{found}, the number that the page lists from {place}"
            for count in counts:
                other = brief(f"{count['count']} {name}")
                self._problem(count.start("count"), Rule.COUNT, other, expected)

    def _phases(self) -> None:
        """Give the phases to groups: by number if the page gives numbers, else by order."""
        for sentence in self._prose:
            phases = [*PHASE.finditer(self.text, *sentence)]
            if not phases or not self._search(GROUPS, sentence) or self._search(NOT, sentence):
                continue
            groups, because = sorted(self._groups), None
            starts = [sentence[0], *(each.end() for each in phases)]
            numbers = [
                integer(group[0])
                for start, phase in zip(starts, phases, strict=False)
                if (group := GROUP_NUMBER.search(self.text, start, phase.start()))
            ]
            self._open_phases = "which group had which phase"
            if not numbers and len(phases) == len(groups):
                numbers, count = groups, dict(enumerate(NUMBERS)).get(len(groups), len(groups))
                self._open_phases += " (only their order suggests it)"
                because = (
                    f"The summary names {count} groups by number and {count} phases in one order; "
                    "it does not say outright which number has which phase."
                )
            elif len({*numbers} & {*groups}) == len(phases):
                self._open_phases = ""
            else:
                numbers = []
            for phase, number in zip(phases, numbers, strict=False):
                where = f"/groups/{groups.index(number)}/phase"
                self._quote(where, phase.span("phase"), sentence, because=because)
            return

    def _seas(self) -> None:
        index = 0
        blocks = self._blocks("seas")
        # Below the list, a page may have text that belongs to no part.
        lists = [*takewhile(attrgetter("is_item"), blocks)] or blocks[:1]
        if any(self._search(NOT, (each.start, each.end)) for each in lists):
            return  # "All states except Ohio"
        for place, whole in chain.from_iterable(map(self._listed, lists)):
            (name, ending), sea = self._ending(place, SEA_SHORT), self._known(place)
            words = self._passage(name).split()
            if not sea and (
                words[0] in NO_NAME
                or words == ["North"]  # "North and South Dakota"
                or not SEA_NAME.fullmatch(self.text, *name)
            ):
                continue
            where, index = f"/seas/{index}", index + 1
            self._quote(f"{where}/name", name, *whole, because=_NO_COMMA if whole else None)
            if ending:
                short = ending.span("short")
                self._literals += [(name[1], short[0]), (short[1], place[1])]
                self._quote(f"{where}/abbreviation", short)
            if sea:
                self.citations |= _references(sea.name, where)
                printed = self._passage(name)
                if printed != sea.name and fold(printed) != fold(sea.name):
                    self._state(f"{where}/aliases/0", sea.name, _standard("name"))

    def _listed(self, block: Block) -> Iterator[tuple[Range, tuple[Range, ...]]]:
        """Yield what `_names_in` returns for each piece of a list."""
        start, end = block.start, block.end
        words = self.text[max(start, end - NEAR) : end].split()
        ends = (" ".join(words[-count:]) for count in (1, 2, 3))
        if words[-1].endswith(".") and not (
            words[-1].count(".") > 1  # "D.C."
            or any(each in sea.names for each in ends if (sea := known(each)))  # "Ala."
        ):
            self._literals.append((end - 1, end))
            end -= 1
        separators: list[re.Match[str]] = []
        names: list[Range] = []
        article = THE.match(self.text, start, end)
        for separator in filter(None, (article, *SEPARATOR.finditer(self.text, start, end))):
            self._literals.append(separator.span())
            if start < separator.start():
                names.append((start, separator.start()))
                separators.append(separator)
            start = separator.end()
        names += [(start, end)] if start < end else []
        is_over = any(each["and"] for each in separators)  # the list ends in a comma and "and"
        at = 0
        while at < len(names):
            for after in (at + 3, at + 2) if fold(self._passage(names[at])) in beginnings() else ():
                if after <= len(names) and self._known((names[at][0], names[after - 1][1])):
                    break  # "Washington", "D.C."
            else:
                after = at + 1
                while (  # join unknown names at "and", unless it is the last "and" of the list
                    after < len(names)
                    and separators[after - 1]["only_and"]
                    and (is_over or after < len(names) - 1)
                    and not any(map(self._known, names[after - 1 : after + 1]))
                ):
                    after += 1
            yield from self._names_in((names[at][0], names[after - 1][1]))
            at = after

    def _names_in(self, place: Range) -> list[tuple[Range, tuple[Range, ...]]]:
        """Return the names in a piece of a list, each with the piece if no comma separates them."""
        if self._known(place):
            return [(place, ())]
        words = [each.span() for each in WORD.finditer(self.text, *place)]
        if len(words) <= 12 and (several := self._apart(words)):
            return [(name, (place,)) for name in several]
        lines = [trimmed(self.text, *line.span()) for line in LINE.finditer(self.text, *place)]
        names = [each for each in lines if self._known(each)]
        return [(name, ()) for name in names or [place]]  # the other lines stay unread

    def _apart(self, words: list[Range]) -> list[Range]:
        """Return the names in words without commas, the longest names first: "Iowa New Mexico"."""
        for count in range(len(words), 0, -1):
            name, rest = (words[0][0], words[count - 1][1]), words[count:]
            if name[1] - name[0] > 2 and self._known(name):
                others = self._apart(rest)
                if others or not rest:
                    return [name, *others]
        return []

    def _known(self, place: Range) -> SEA | None:
        if place[1] - place[0] > NEAR:
            return None
        name, ending = self._ending(place, SEA_SHORT)
        words = folded(self._passage(name))
        is_name = words[:1].isupper() and (words[-1].isalnum() or words[-1] in ".)")
        sea = known(words) if is_name and (len(words) > 2 or words.isupper()) else None
        if sea and ending and known(ending["short"]) not in (sea, None):
            return known(folded(f"{self._passage(name)} {ending['short']}"))
        return sea

    def _ending(self, place: Range, pattern: re.Pattern[str]) -> tuple[Range, re.Match[str] | None]:
        """Return the range before an end in parentheses, and the match of that end."""
        start, opening = place[0], self.text.rfind("(", *place)
        match = pattern.fullmatch(self.text, opening, place[1]) if opening > start else None
        return (start, start + len(self.text[start:opening].rstrip())) if match else place, match

    def _not_stated(self) -> None:
        first = ("/seas/0/name", "/groups/0/number", "/sessions/0/number", "/objectives/0/number")
        is_known = {each.split("/")[1] for each in first if each in self.citations}
        is_labelled = {part for part, _ in self._outline.labels}
        prose = "\n".join(
            self._passage((each.start, each.end))
            for each in self._outline.blocks
            if each.part not in (HEAD, "duration")
        )
        used = {*re.findall("[a-z]+", prose.lower())}
        is_dated = not DATED.isdisjoint(used) or re.search(r"\b[12][0-9]{3}\b", prose)
        conditions = {
            "when the exchange took place": "duration" not in is_labelled and not is_dated,
            "which SEAs took part": "seas" not in is_labelled
            and not any(each.name in prose for each in jurisdictions()),
            "who facilitated the exchange": not self._names_facilitator and LED.isdisjoint(used),
            "which SEA was in which group": {"seas", "groups"} <= is_known,
            self._open_phases: self._open_phases != "",
            "which session was for which group": {"sessions", "groups"} <= is_known
            and "/sessions/0/groups/0" not in self.citations
            and not any(
                "group" in str(each.value).lower()
                for where, each in self.citations.items()
                if where.startswith("/sessions/")
            ),
            "which objective belonged to which session": {"sessions", "objectives"} <= is_known,
            "when each session took place": "sessions" in is_known and not is_dated,
            "who spoke": SPOKE.isdisjoint(used) and not re.search(r"\bby\s+[A-Z]", prose),
        }
        for index, words in enumerate(key for key, holds in conditions.items() if holds):
            self._state(f"/not_stated/{index}", words)

    def _cite_whole_sentences(self) -> None:
        """Let the facts that a sentence supports cite it, unless others cite all of it."""
        cited = merged(self._spans)
        for sentence, pointers in self._supports:
            start, end = cited[bisect(cited, (sentence[0], len(self.text))) - 1]
            if not start <= sentence[0] < sentence[1] <= end:
                for pointer in pointers:
                    citation = self.citations[pointer]
                    more = (*citation.spans, self._span(sentence))
                    self.citations[pointer] = evolve(citation, spans=more)
        self._cited = merged(self._spans)

    @cached_property
    def _unread(self) -> list[Range]:
        """The passages that no fact cites and no pattern matches."""
        gaps = between([*self._cited, *self._literals], len(self.text))
        return [each for gap in gaps if (each := trimmed(self.text, *gap))[0] < each[1]]

    def labels(self) -> tuple[Span, ...]:
        """Return the passages between the facts, without the unread ones."""
        others = between([*self._cited, *self._unread], len(self.text))
        return tuple(map(self._span, others))

    @cached_property
    def places(self) -> dict[str, int]:
        """The first offset in the text for each pointer, or for one below it."""
        places = {"": 0}
        for pointer, citation in self.citations.items():
            while pointer and citation.spans:
                places.setdefault(pointer, citation.spans[0].start)
                pointer = pointer.rpartition("/")[0]
        return places


@cache
def _standard(column: str) -> Standard:
    return Standard(**standard(column))


@lru_cache(maxsize=4096)  # many pages have the same SEA at the same place
def _references(name: str, where: str) -> dict[str, Citation]:
    """Return the citations of the kind and the codes of a jurisdiction, for a SEA at a pointer."""
    facts = to_dict(jurisdiction(name))
    return {
        (pointer := f"{where}/{each}"): _stated(pointer, facts[each], _standard(each))
        for each in ("kind", *CODES)
        if each in facts
    }


def _initials(name: str) -> str:
    return "".join(INITIAL.findall(name))
