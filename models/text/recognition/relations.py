"""What joins two names in a sentence: the verb and prepositions between them, word for word, with the sentence as evidence.

English: the words on the shortest path between the two names in spaCy's parse (Bunescu & Mooney 2005, "A Shortest Path Dependency
Kernel for Relation Extraction"). Chinese: LAC gives parts of speech and no parse, so the verbs between the names stand for it.
Nothing is classified: a relation is said in the words of the text, and two names that only stand in a list have none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import Context, Document, Records
from core.language import N_
from models.text.recognition import chinese, english
from models.text.recognition.names import Mention
from models.text.words import clean, language_of, sentences

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LINKED = ("person", "place", "organisation", "work")
MOST_NAMES = 8  # of one sentence: more are a list
MOST_SENTENCES = 2_000  # that are parsed: some twenty seconds
MOST_CHARACTERS = 1_000  # of a sentence; a longer one is a table
MOST_WORDS = 4  # of a relation; a longer way between two names says nothing that a person would say
AT_ONCE = 64
_LINKS = frozenset(("VERB", "ADP", "AUX"))
_PASSIVE = frozenset(("auxpass", "aux:pass"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
_WITH_ZH = frozenset("与 和 同 跟 向 对 为 给 把 被 由".split())  # noqa: SIM905 - their verb follows the second name
_VERBS_ZH = frozenset(("v", "vd"))
_EMPTY_ZH = frozenset("是 有 会 能 要 可以 将 让 使 到 来 去 进行".split())  # noqa: SIM905 - say nothing alone

Node = tuple[str, str]  # kind, name


@dataclass(frozen=True)
class Relation:
    """`subject` `words` `object`, said at `start` to `end` of the document with the number `document`."""

    subject: Node
    words: str
    object: Node
    document: int
    start: int
    end: int


@dataclass(frozen=True)
class _Sentence:
    document: int
    start: int
    text: str
    mentions: tuple[Mention, ...]

    def relation(self, first: Mention, words: str, second: Mention) -> Relation:
        return Relation(first.node, words, second.node, self.document, self.start, self.start + len(self.text))


def relations(
    documents: Sequence[Document], mentions: Sequence[Mention], context: Context | None = None
) -> tuple[list[Relation], bool]:  # fmt: skip
    """All relations in the order of the text, and whether sentences were left out because there are too many.

    Raises what `find_all` raises.
    """
    context = context or Context()
    chosen = list(_with_names(documents, mentions))
    found: list[Relation] = []
    for leased, read, mine in (
        (chinese.leased, _chinese, [s for s in chosen[:MOST_SENTENCES] if language_of(s.text) == "zh"]),
        (english.leased, _english, [s for s in chosen[:MOST_SENTENCES] if language_of(s.text) != "zh"]),
    ):
        for at in range(0, len(mine), AT_ONCE):
            context.check()
            with leased(context) as model:  # type: ignore[attr-defined]
                found += read(mine[at : at + AT_ONCE], model)  # type: ignore[operator]
    return sorted(found, key=lambda one: (one.document, one.start)), len(chosen) > MOST_SENTENCES


def commonest(found: Sequence[Relation]) -> dict[tuple[Node, Node], tuple[Node, str]]:
    """For each pair of names (sorted) its subject and its commonest words, the earliest of equally common ones."""
    counted: defaultdict[tuple[Node, Node], Counter[tuple[Node, str]]] = defaultdict(Counter)
    for one in found:
        pair = (one.subject, one.object) if one.subject <= one.object else (one.object, one.subject)
        counted[pair][one.subject, one.words] += 1
    return {pair: words.most_common(1)[0][0] for pair, words in counted.items()}


def evidence(documents: Sequence[Document], found: Sequence[Relation]) -> Records | None:
    """The table below the network: subject, relation, object and the sentence that says so; None without relations."""
    import pandas as pd

    if not found:
        return None
    rows = [
        (one.subject[1], one.words, one.object[1], clean(documents[one.document].text[one.start : one.end]),
         documents[one.document].name, documents[one.document].page_at(one.start))
        for one in found
    ]  # fmt: skip
    columns = [N_("subject"), N_("relation"), N_("object"), N_("sentence"), N_("document"), N_("page")]
    caption = N_(
        "The relation is in the words between the two names, found by a parser: read the sentence before you rely on it."
    )
    return Records(N_("Who does what, by sentence"), pd.DataFrame(rows, columns=columns), caption)


def _with_names(documents: Sequence[Document], mentions: Sequence[Mention]) -> Iterator[_Sentence]:
    """The sentences with two different names or more."""
    of: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.entity.kind in LINKED:
            of[mention.document].append(mention)
    for number, own in sorted(of.items()):
        own.sort(key=lambda mention: mention.entity.start)
        place = 0
        for text, start, end in sentences(documents[number].text):
            inside = []
            while place < len(own) and own[place].entity.start < end:
                if own[place].entity.end <= end:
                    inside.append(own[place])
                place += 1
            if len({mention.node for mention in inside}) > 1 and len(text) <= MOST_CHARACTERS:
                yield _Sentence(number, start, text, tuple(inside[:MOST_NAMES]))


def _pairs(sentence: _Sentence) -> Iterator[tuple[Mention, Mention]]:
    """Each two different names in order, once."""
    seen = set()
    for place, first in enumerate(sentence.mentions):
        for second in sentence.mentions[place + 1 :]:
            pair = frozenset((first.node, second.node))
            if len(pair) == 2 and pair not in seen:
                seen.add(pair)
                yield first, second


def _english(chosen: list[_Sentence], pipeline: Any) -> list[Relation]:
    found = []
    with pipeline.memory_zone():
        texts = [sentence.text.encode("utf-8", "replace").decode() for sentence in chosen]
        for sentence, document in zip(chosen, pipeline.pipe(texts, disable=["ner"]), strict=True):
            for first, second in _pairs(sentence):
                heads = [_head(document, sentence, mention) for mention in (first, second)]
                told = _between(heads[0], heads[1]) if None not in heads else None
                if told is not None:
                    words, is_turned = told
                    one, other = (second, first) if is_turned else (first, second)
                    found.append(sentence.relation(one, words, other))
    return found


def _head(document: Doc, sentence: _Sentence, mention: Mention) -> Token | None:
    low = mention.entity.start - sentence.start
    span = document.char_span(low, low + len(mention.entity.text), alignment_mode="expand")
    return span.root if span is not None else None


def _between(first: Token | None, second: Token | None) -> tuple[str, bool] | None:
    """The words on the way from one name to the other, and whether the second is the subject; None where no word joins them."""
    assert first is not None and second is not None
    up, down = [first, *first.ancestors], [second, *second.ancestors]
    meeting = next((token for token in up if token in down), None)
    if meeting is None or first == second:
        return None
    sides = up[1 : up.index(meeting)], list(reversed(down[1 : down.index(meeting)]))
    if any(token.dep_ == "relcl" for token in (*sides[0], *sides[1], first, second)):
        return None  # "Berlin, where she met him": the place did nothing
    is_turned = _side(second, meeting) in _SUBJECTS and _side(first, meeting) not in _SUBJECTS
    if meeting not in (first, second) and any(token.pos_ in _LINKS for token in sides[is_turned]):
        return None  # "the son of A went to B": A went nowhere
    inner = [token for token in (*sides[0], meeting, *sides[1]) if token not in (first, second)]
    verbs = [token for token in inner if token.pos_ in ("VERB", "AUX")]
    later = [token for token in verbs if token.dep_ == "conj"]  # "was born in Paris and works for A": not born for A
    words = {token for token in inner if token.pos_ in _LINKS or (token.pos_ == "NOUN" and token.dep_ in ("attr", "dobj"))}
    words -= {token for token in verbs if later and token not in later}
    if not any(token.pos_ in _LINKS for token in words):
        return None
    for token in list(words):  # "was signed", "gave up", "did not meet"
        words |= {child for child in token.children if child.dep_ in (*_PASSIVE, "prt", "neg")}
    if len(words) > MOST_WORDS:
        return None
    text = " ".join(token.text.lower() for token in sorted(words, key=lambda token: token.i))
    return text, is_turned


def _side(name: Token, meeting: Token) -> str:
    """By what dependency the branch with the name hangs on the word where both meet."""
    token = name
    while token.head != meeting and token.head != token:
        token = token.head
    return str(token.dep_) if token != meeting else ""


def _chinese(chosen: list[_Sentence], model: Any) -> list[Relation]:
    found = []
    for sentence in chosen:
        tagged = chinese.tagged(sentence.text, model)
        for first, second in _pairs(sentence):
            words = _verbs(tagged, first.entity.end - sentence.start, second.entity.start - sentence.start,
                           second.entity.end - sentence.start)  # fmt: skip
            if words and (words == "的" or not _is_object(tagged, first.entity.start - sentence.start)):
                found.append(sentence.relation(first, words, second))
    return found


def _is_object(tagged: Sequence[tuple[str, int, str]], start: int) -> bool:
    """Whether a name follows a verb or a preposition: "在杭州拜访…", and Hangzhou visits nobody."""
    before = [(word, tag) for word, at, tag in tagged if at < start]
    return bool(before) and before[-1][1] in ("p", *_VERBS_ZH) and before[-1][0] not in ("由", "被")


def _verbs(tagged: Sequence[tuple[str, int, str]], start: int, end: int, after: int) -> str:
    """The last verb between two names; behind the second one where a preposition holds it ("与陈立签署")."""
    between = [(word, tag) for word, at, tag in tagged if start <= at < end]
    verbs = [word for word, tag in between if tag in _VERBS_ZH and word not in _EMPTY_ZH]
    held = next((word for word, tag in reversed(between) if tag in ("p", "c", *_VERBS_ZH)), "")
    if held in _WITH_ZH:
        behind = [(word, tag) for word, at, tag in tagged if at >= after]
        verb = ""
        for word, tag in behind:
            if tag == "w":
                break
            if tag in _VERBS_ZH and word not in _EMPTY_ZH:
                verb = word
                break
        if not verb or held == "和":
            return ""  # "甲和乙…": a list
        return f"{held}…{verb}"
    if verbs:
        return verbs[-1]
    return "的" if between and "".join(word for word, _ in between) == "的" else ""
