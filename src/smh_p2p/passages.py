"""The patterns of the passages on a summary page, each with an example.

No pattern goes back over text that it has read, or looks further than one line, one sentence or
`NEAR` characters: the time to read a page is proportional to its length. Groups are atomic and not
possessive, because Python before 3.11.5 gets possessive groups wrong.
"""

import re
from collections.abc import Iterator

from attrs import define, frozen

from smh_p2p.provenance import FIRST_LETTERS, MONTHS, Range

SHORTEST_FULL = 40  # the fewest characters of a full line
NEAR = 200  # the most characters of a name with its context


def _word(*words: str) -> str:
    """Return a pattern of whole words; it begins with letters, so that a search is quick."""
    before = "".join(rf"(?<!\w{word})" for word in words)
    return rf"(?:{'|'.join(words)}){before}\b"


_GAP = r"[^\S\r\n]*+"  # blank space in a line, or none
_DASH = "[-\u2010-\u2015]"
_CAPITAL = r"[^\W\d_a-z]"
_THE = r"(?:the\s++)?"

# The labels of the parts: "Background:", "P2P Objectives :", or alone on a line without a colon.
PARTS = {
    "background": "Background",
    "description": rf"(?:P2P{_GAP})?Description",
    "objectives": rf"(?:P2P{_GAP})?Objectives",
    "seas": rf"Participating{_GAP}(?:SEA['\u2019]?s|States|State{_GAP}Educational{_GAP}Agencies)",
    "duration": rf"(?:P2P{_GAP})?Duration",
}
HEAD = "head"  # the lines above the first label
# "Resources:", "Participating Districts: Columbus", "## Notes": what follows belongs to no part.
_OTHER_LABEL = re.compile(
    r"#|(?:\*\*)?(?!(?:A|An|All|Both|Each|For|Groups?|In|It|Session|The|They|These|This|Those|To|We)\b)"
    rf"{_CAPITAL}[^\s:.,]*+(?:[^\S\r\n]++[^\s:.,]++){{0,4}}:(?:\*\*)?(?!\S)"
)
_LABEL = re.compile(
    rf"(?i){_GAP}(?:{'|'.join(f'(?P<{name}>{PARTS[name]})' for name in PARTS)}){_GAP}:?"
)
LINE = re.compile(r"([^\r\n]*+)(?:\r\n|[\r\n])?")
_BULLET = re.compile(
    rf"{_GAP}(?:[\u2022\u00b7\u25aa\u25cf\u25cb\u25a0\u2023]{_GAP}|[*o\u2010-\u2015-][^\S\r\n]++)(?=\S)"
)

_NUMBER = re.compile(rf"{_GAP}\(?[0-9]{{1,2}}[.)][^\S\r\n]++(?=\S)")  # "1. ", "(1) ", "1) "
# "Session 1- ", "Session 1: ", "Session 1 \u2013 "
SESSION = re.compile(
    rf"(?i)(?P<number>Session\s++[0-9]++)\s*+(?>(?:{_DASH}|[:)]|\.(?![0-9]))+)\s*+(?=\S)"
)
# "(Group 1)", "(Groups 1 and 2)", "(Group 1, Group 2)" at the end of an item
MARK = re.compile(
    r"(?i)\((?P<groups>Groups?\s++[0-9]++(?:\s*+(?:,|&|and\b)\s*+(?:and\s++)?(?:Groups?\s++)?[0-9]++)*)\s*+\)\s*+\.?"
)
GROUP_NUMBER = re.compile(r"(?i)\bgroup\s++[0-9]++")
GROUP = re.compile(r"(?i)(?:Groups?\s++)?[0-9]++")

# "School Mental Health Peer-to-Peer (P2P) Exchange Series Summary"
TITLE = re.compile(r"(?i)\b(?:P2P|peer[\s-]++to[\s-]++peer|exchange)\b")
SUMMARY = re.compile(r"\s(?ai:summary)\Z")
NEXT_LINE = re.compile(rf"{_GAP}(?:\r\n|[\r\n]){_GAP}")

# "August 2019 through September 2019", "July \u2013 August 2019", "August 2019"
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:sept|{'|'.join(FIRST_LETTERS)})\b\.?+)"
_YEAR = r",?+\s++[12][0-9]{3}(?![0-9])"
# Nothing follows that may change them: "... and October 2019", "... through spring".
DURATION = re.compile(
    rf"(?i)(?P<start>{_MONTH}(?P<year>{_YEAR})?)"
    rf"(?:\s*+(?:through|to|until|and|{_DASH})\s*+(?P<end>{_MONTH}{_YEAR}))?\.?\Z"
)

NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty""".split()
COUNTS = {"both": 2, **{word: number for number, word in enumerate(NUMBERS)}}
_COUNT = rf"{'|'.join(COUNTS)}|[0-9]{{1,4}}"

# "the State Support Network", "Office of Elementary and Secondary Education"
_LETTERS = r"(?:(?>(?:\.[A-Z])+)\.|(?>(?:[\w\u2019'&-]|\.(?=\w))*))"
_WORD = _CAPITAL + _LETTERS
_NAME = (
    rf"{_CAPITAL}(?<!T(?=he\s)){_LETTERS}(?:\s++(?:(?:of|for|on|in|at|to)\s++{_THE}|and\s++|&\s++|[0-9]++\s++)?{_WORD})*"
    r"(?>(?:,\s++(?:Inc|LLC|Ltd)\b(?:\.(?=\s++[a-z])|(?!\.)))?)"
)
NAME_WITH_COMMAS = re.compile(
    rf"(?P<name>(?!The\s){_WORD}(?:,?\s++(?:of|for|and|the|in|{_WORD}))*)\s*+\Z"
)
INITIAL = re.compile(r"[A-Z](?<!\w.)")
TWO_NAMES = re.compile(r"(?s)(?P<first>.*)\s+and\s+(?:the\s+)?(?P<second>.*)")
NAME_BEFORE = re.compile(rf"(?P<name>{_NAME})\s*+(?:\([^()]{{1,60}}\)\s*+)?\Z")
# Words that begin a sentence, and not a name
NO_NAME = set(
    """A After All An At Both Consultants During Each Experts Facilitators Finally In It Last
    Later LEAs Members None On Other Others Participants Participating Peers SEAs See Staff
    States TBD The Then They This Those We""".split()
)
# Signs that a name is one of several: "Staff from A", "A and B", "by A, B and C"
NOT_ALONE = re.compile(r"(?:\b(?:and|from|or|of|with)|[&,])\s*+(?:[Tt]he\s*+)?\Z")
AND_ANOTHER = re.compile(
    r"(?>(?:\s*+\([^()]{1,60}\))?)(?:['\u2019]s\b|\s++for\s++[Gg]roup"
    rf"|(?:\s*+,\s*+(?:(?:and|or|&)\s++)?|\s++(?:and|or|but|&)\s++)(?:by\s++)?{_THE}[A-Z])"
)
OTHER_SESSIONS = re.compile(
    r"(?i)\b(?:[12][0-9]{3}\b|(?:group|session)\s++[0-9]"
    r"|(?:first|second|third|fourth|last)\s++(?:session|call|meeting))"
)
# "(OESE)", "(REL West)", "(the Network)", "(\u201cthe Network\u201d)"; "OSS (Office of Support)"
SHORT = re.compile(
    r"\((?:(?=[\"\u201c]|[Tt]he\s|(?:[a-z\d&.-]*+[A-Z]){2}[\w&.-]*+(?:\s[A-Z][\w-]*+)?\))"
    r"|(?P<whole>(?<=[A-Z]{2}\s.)))"
    rf"[\"\u201c]?(?P<short>{_THE}{_CAPITAL}[^()\"\u201c\u201d]{{0,60}})(?<![A-Z]s)[\"\u201d]?\)"
)
NAME = re.compile(rf"(?P<name>{_NAME})(?:\s*+{SHORT.pattern})?")
ITEM = re.compile(rf"\s*+(?:[,;]\s*+(?:and\s++)?|and\s++|&\s++){_THE}(?={_CAPITAL})")

# "Alaska , Guam; and the Bureau of Indian Education (BIE)"
THE = re.compile(r"(?i)the\s++")
SEPARATOR = re.compile(
    rf"(?<!\s)(?:\s*+[,;]\s*+(?P<and>(?:and|&)\s++)?|\s++(?P<only_and>and|&)\s++){_THE}"
)
# "Bureau of Indian Education", "West Carolina"; and "BIE", "DoDEA"
SEA_NAME = re.compile(rf"{_WORD}\.?+(?:\s++(?:of|the|and|for|in|{_WORD}\.?+))*")
SEA_SHORT = re.compile(r"\((?P<short>[A-Z][A-Z.&-]++|[A-Za-z]*[A-Z][a-z]*[A-Z][A-Za-z]*)\)")
WORD = re.compile(r"\S+")

# "A P2P exchange is a facilitated conversation amongst peers."
DEFINITION = re.compile(
    r"(?i)(?:An?\s++)?(?:P2P|peer[\s-]++to[\s-]++peer(?:\s++\(P2P\))?)\s++(?:learning\s++)?exchanges?\s++"
    r"(?:series\s++)?(?:is|are|brings?)\b(?!\s++not\b)"
)
# "The goal of the series was to support SEAs."; "a series" is any, and "the SEAs" are others
GOAL = re.compile(
    r"(?i)The\s++(?:\w++\s++)?(?:goal|purpose|aim)\s++(?:of|for)\s++th(?:e|is)\s++"
    r"(?:(?!(?:of|for|in|on|was|is)\s)[^\s,;:]++\s++)*?(?:P2P|exchange|series|one)\s++"
    r"(?:was|is)(?P<to>\s++)(?=to\b)"
)
# "The groups included states in the early phase and states in the late phase."
GROUPS = re.compile(r"(?i)\bgroups\b")
PHASE = re.compile(
    rf"{_word('states', 'SEAs')}\s++in\s++(?:the\s++|an?\s++)?"
    rf"(?P<phase>(?:(?!\b(?:states|SEAs)\b)[^.;]){{1,{NEAR}}}?\bphase)\b"
)
# "The Network facilitated four sessions"; "were facilitated by the Network"
FACILITATED = re.compile(
    rf"(?P<role>{_word('facilitated')})(?:(?P<by>\s++by\s++{_THE}(?={_CAPITAL}))"
    rf"|(?=\s++(?:all|an?|each|every|its|sessions?|the|these|this|those|{_COUNT})\b))"
)
WHAT = re.compile(r"\b(?:sessions?|series|exchanges?|meetings?|calls?|webinars?|convenings?)\b")
# "in partnership with the Office of State Support (OSS), Attendance Works and WIDA"
PARTNERS = re.compile(rf"(?P<role>[Ii]n(?<!\w..)\s++partnership\s++with)\s++{_THE}(?={_CAPITAL})")
# "not facilitated", "neither A nor B", "will be facilitated"; "co-" before "facilitated"
NOT = re.compile(r"(?i)\b(?:be|except|neither|never|no|nor|not|unlike)\b|-\Z")
# Whose partners are no partners of the exchange: "States met in partnership with A"
STATES = re.compile(rf"{NOT.pattern}|\b(?:LEA|SEA|participant|(?<!United )state)s\b")
# "each tailored to the needs of both groups"
TAILORED = re.compile(
    rf"{_word('sessions', 'session')}(?:(?!session)[^.])*?\beach\s++(?:\w++\s++)?tailored\b"
)
ALL_GROUPS = re.compile(rf"{_word('both', 'all')}\s++(?:of\s++the\s++)?(?:\w++\s++)?groups\b")

# Words that may state when something was held, who led it, and who spoke
DATED = {*MONTHS, *FIRST_LETTERS, *"sept spring summer fall autumn winter".split()}
LED = set(
    """conducted convened facilitates facilitation facilitator facilitators held hosted led
    organized ran""".split()
)
SPOKE = set(
    """guest guests led panel panelist panelists panels presented presenter presenters presenting
    speak speaker speakers spoke spoken""".split()
)

# Counts of other sessions or of some sessions: "In 2018 it held three sessions"
OTHER_COUNT = re.compile(r"\b(?:[12][0-9]{3}|Group\s[0-9]|last|previous|earlier)\b")
# "facilitated four sessions", "to both groups"; not "some states sent two sessions' notes"
COUNT = re.compile(
    r"\b(?=[B-Wb-w])"  # so that a search is quick
    r"(?i:(?:facilitated|hosted|held|convened|conducted|included|of|were|was|into|by|the|to|for)"
    rf"\s++(?:all\s++)?(?P<count>{_COUNT})\s++(?:[\w-]++\s++)?)(?P<what>groups|sessions)\b"
)

_TO = re.compile(r"To\s")  # the start of an objective
_STOP = re.compile(r"(?P<stop>[.!?][\"'\u201d\u2019)\]]*+)\s++(?=[^\sa-z])")
_NO_STOP = re.compile(
    r"(?:\b[A-Z]|\b(?:St|Dr|Mr|Ms|Mrs|Inc|No|Fig|Vol|pp|vs|etc|e\.g|i\.e|[ap]\.m))\Z"
)


@define
class Block:
    """Lines that belong together: a paragraph, or an item of a list.

    Attributes:
        part: `HEAD` or a key of `PARTS`.
        start: The first code point that is not blank, after a label or a bullet.
        end: The code point after the last one that is not blank.
        is_item: Whether it is an item of a list.
        has_bullet: Whether the item has a bullet.
    """

    part: str
    start: int
    end: int
    is_item: bool = False
    has_bullet: bool = False


@frozen
class Outline:
    """The blocks of a page, in order.

    Attributes:
        labels: Each part with the range of its label; a part with two labels comes twice.
        literals: The ranges of labels and bullets.
    """

    blocks: list[Block]
    labels: list[tuple[str, Range]]
    literals: list[Range]


def outline(text: str) -> Outline:
    r"""Return the blocks of a page.

    >>> blocks = outline("A P2P Exchange\n\nBackground: One\ntwo.\n * three").blocks
    >>> [(block.part, block.start, block.end, block.is_item) for block in blocks]
    [('head', 0, 14, False), ('background', 28, 36, False), ('background', 40, 45, True)]
    """
    result = Outline([], [], [])
    lines = [
        (line.start(), *trimmed(text, *line.span(1)))
        for line in LINE.finditer(text, int(text.startswith("\ufeff")))
    ]
    longest = max(end - line for line, _, end in lines)
    block: Block | None = None
    part, indent, length = HEAD, 0, 0
    for line, start, end in lines:
        before, length = length, end - line
        if start == end:
            block = None
            continue
        # The line above had no room for the first word of this one.
        word = text[start : min(end, start + NEAR)].partition(" ")[0]
        full = before > SHORTEST_FULL and before + 1 + len(word) > longest
        label = _LABEL.match(text, start, end)
        if label and (label[0].endswith(":") or label.end() == end):
            name = label.lastgroup or HEAD
            # In a sentence, "the following objectives:" is not a label if its part has one, or
            # if the first label begins with a capital letter.
            if not (
                block
                and full
                and text[start].islower()
                and any(
                    each == name or not text[result.labels[0][1][0]].islower()
                    for each, _ in result.labels
                )
            ):
                part, block = name, None
                result.labels.append((part, label.span()))
                result.literals.append(label.span())
                start, end = trimmed(text, label.end(), end)
                if start == end:
                    continue
        elif part != HEAD and not (block and full) and _OTHER_LABEL.match(text, start, end):
            part, block = "", None
        joins = block and not block.is_item and text[block.end - 1] not in ".:!?"
        bullet = _BULLET.match(text, start, end) or (not joins and _NUMBER.match(text, start, end))
        is_item = bool(bullet or (SESSION.match(text, start, end) and not joins))
        begins = part == "objectives" and _TO.match(text, start) and block and not block.has_bullet
        if block and not is_item and not begins:
            last, is_lower = text[block.end - 1], text[start].islower()
            goes_on = full = full or (last == "." and _abbreviates(text, block.end - 1))
            if block.part != HEAD and block.is_item:
                indented = start - line >= indent + (not block.has_bullet or not indent)
                goes_on = full or indented or is_lower
            elif block.part != HEAD:
                goes_on = (full and (is_lower or last != ":")) or last not in '.!?:\u201d"'
            if goes_on:
                block.end = end
                continue
        if part == "objectives" and not bullet:  # a list without bullets
            led_in = result.blocks and text[result.blocks[-1].end - 1] == ":"
            follows = block and block.is_item and not block.has_bullet
            is_item |= bool(_TO.match(text, start) or led_in or follows)
        if bullet:
            result.literals.append(bullet.span())
        block = Block(part, bullet.end() if bullet else start, end, is_item, bool(bullet))
        result.blocks.append(block)
        indent = start - line
    bullets = {each.part for each in result.blocks if each.has_bullet}
    for each in result.blocks:  # the lead-in of a list may begin like an item
        if not each.has_bullet and each.is_item and not SESSION.match(text, each.start):
            each.is_item = each.part not in bullets and text[each.end - 1] != ":"
    return result


def _abbreviates(text: str, stop: int) -> bool:
    """Return whether a stop ends an abbreviation, and not a sentence."""
    return _NO_STOP.search(text, max(0, stop - 8), stop) is not None


def trimmed(text: str, start: int, end: int) -> Range:
    """Return a range without blank space and byte order marks at its ends."""
    piece = text[start:end].rstrip()
    filled = piece.lstrip("\ufeff \t\u00a0").lstrip()
    end = start + len(piece)
    return end - len(filled), end


def sentences(text: str, block: Block) -> Iterator[Range]:
    """Yield the sentences of a block, with their stops but without a colon at the end.

    >>> text = "The U.S. Department asked. Two groups met:"
    >>> [text[slice(*each)] for each in sentences(text, Block(HEAD, 0, len(text)))]
    ['The U.S. Department asked.', 'Two groups met']
    """
    start = block.start
    for stop in _STOP.finditer(text, block.start, block.end):
        if not _abbreviates(text, stop.start()):
            yield start, stop.end("stop")
            start = stop.end()
    yield start, block.end - (text[block.end - 1] == ":")
