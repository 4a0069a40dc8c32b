"""Who and what is named in documents: people, places, organisations, dates, amounts and key phrases, each with its place in the
text, marked there, counted, by file, and as a network of who appears with whom.

English is read by spaCy's small model, Chinese by LAC, both offline; dates and amounts also by patterns. Texts that mix the two
languages are read sentence by sentence.
"""

from __future__ import annotations

from time import perf_counter
from typing import Literal

from core import weights
from core.contracts import (
    Bar,
    Capability,
    Context,
    Document,
    Documents,
    Evidence,
    InputError,
    Message,
    Params,
    Ranking,
    Reference,
    Report,
    Section,
    parameter,
)
from core.language import N_
from models.text.recognition import find_all, relations, results, trial
from models.text.recognition.names import Mention, merged
from models.text.recognition.network import network
from models.text.words import Language, has_words

MOST_CHARACTERS = 1_000_000  # that are read: some minutes on one core
DOCUMENTS_SHOWN = 5  # with their names marked
TOP_PHRASES = 20
KINDS_OF: dict[str, tuple[str, ...]] = {
    "all": ("person", "place", "organisation", "date", "amount", "work"), "people": ("person",), "places": ("place",),
    "organisations": ("organisation",), "amounts": ("date", "amount"), "phrases": (),
}  # fmt: skip


class EntitiesParams(Params):
    kinds: Literal["all", "people", "places", "organisations", "amounts", "phrases"] = parameter(
        "all", title=N_("What to find"), help=N_("Everything, or one kind only."),
        choices={"all": N_("Everything"), "people": N_("People"), "places": N_("Places"), "organisations": N_("Organisations"),
                 "amounts": N_("Dates and amounts"), "phrases": N_("Key phrases")},
    )  # fmt: skip
    least: int = parameter(
        1, ge=1, le=1_000, title=N_("Least count"), unit=N_("mentions"),
        help=N_("Names that stand there less often are left out of the lists and the network."),
    )  # fmt: skip
    together: Literal["sentence", "paragraph"] = parameter(
        "sentence", title=N_("Together means"), help=N_("Two names are joined in the network when they share one of these."),
        choices={"sentence": N_("In one sentence"), "paragraph": N_("In one paragraph")},
    )  # fmt: skip
    language: Literal["auto", "zh", "en"] = parameter(
        "auto", title=N_("Language"), help=N_("Each sentence is read by the model of its language."), advanced=True,
        choices={"auto": N_("Find for each sentence"), "zh": N_("Chinese"), "en": N_("English")},
    )  # fmt: skip
    shown: int = parameter(
        4_000, ge=200, le=50_000, title=N_("Text shown"), unit=N_("characters"), advanced=True,
        help=N_("So much of the beginning of each document is shown with its names marked; all of it is read."),
    )  # fmt: skip


def run(given: Documents, params: EntitiesParams, context: Context) -> Report:
    """Finds names in all documents.

    Raises:
        InputError: there are no words to read.
        UnavailableError: the model of a language that occurs is not on this machine.
    """
    started = perf_counter()
    documents, notices = _read(given)
    texts = [document.text for document in documents]
    kinds = KINDS_OF[params.kinds]
    language: Language | None = None if params.language == "auto" else params.language
    found = find_all(texts, context, language=language) if kinds else [() for _ in texts]
    mentions = [mention for mention in merged(found) if mention.entity.kind in kinds]
    phrases = _phrases(documents, params, language, context)
    if len(mentions) > results.MOST_MENTIONS:
        sentence = N_("The table of every place lists the first {shown} of {all}; the other results count all of them.")
        notices.append(Message(sentence, {"shown": results.MOST_MENTIONS, "all": len(mentions)}))
    return Report(
        title=N_("Names in the documents"),
        summary=_summary(mentions, phrases, len(documents)),
        sections=_sections(documents, mentions, phrases, params, notices),
        evidence=_evidence(texts, language, perf_counter() - started),
        notices=(*given.notices, *notices),
    )


def _read(given: Documents) -> tuple[list[Document], list[Message]]:
    """The documents that have words, cut to what is read, with a notice for each cut."""
    filled = [document for document in given.items if has_words(document.text)]
    if not filled:
        raise InputError(N_("There are no words to read: give a text with at least one sentence."))
    notices, kept, left = [], [], MOST_CHARACTERS
    for document in filled:
        if left <= 0:
            break
        kept.append(document if len(document.text) <= left else Document(document.name, Document.of(document.text[:left]).blocks))
        left -= len(document.text)
    if left < 0:
        sentence = N_("Only the first {read} of {all} characters were read. Split the documents to read the rest.")
        notices.append(Message(sentence, {"read": f"{MOST_CHARACTERS:,}", "all": f"{sum(len(d.text) for d in filled):,}"}))
    if len(filled) < len(given.items):
        sentence = N_("Documents without words that were left out: {count}.")
        notices.append(Message(sentence, {"count": len(given.items) - len(filled)}))
    return kept, notices


def _phrases(documents: list[Document], params: EntitiesParams, language: Language | None, context: Context) -> Ranking | None:
    if params.kinds not in ("all", "phrases"):
        return None
    from models.text.recognition.phrases import key_phrases

    # One document is weighed paragraph by paragraph, several one against the other.
    texts = [d.text for d in documents] if len(documents) > 1 else [block.text for block in documents[0].blocks]
    found = key_phrases(texts, TOP_PHRASES, context, language=language)
    if not found:
        return None
    caption = N_("Noun phrases that are frequent, specific and not everywhere; the weight is relative to the first.")
    return Ranking(N_("Key phrases"), tuple(p for p, _ in found), tuple(round(w, 4) for _, w in found), caption=caption)


def _sections(
    documents: list[Document], mentions: list[Mention], phrases: Ranking | None, params: EntitiesParams, notices: list[Message]
) -> tuple[Section, ...]:  # fmt: skip
    kinds = KINDS_OF[params.kinds]
    numbers = results.numbers(mentions, kinds, len(documents), len(phrases.names) if phrases else 0)
    shown: list[object] = []
    for place, document in enumerate(documents[:DOCUMENTS_SHOWN] if kinds else ()):
        entities = [mention.entity for mention in mentions if mention.document == place]
        shown.append(results.marked(document, entities, params.shown, N_("Names in the text")))
    is_cut = any(len(document.text) > params.shown for document in documents[:DOCUMENTS_SHOWN])
    if kinds and (is_cut or len(documents) > DOCUMENTS_SHOWN):
        sentence = N_("The marked text shows up to {characters} characters of {shown} of {all} documents; all of it was read.")
        shown_count = min(len(documents), DOCUMENTS_SHOWN)
        values: dict[str, object] = {"characters": params.shown, "shown": shown_count, "all": len(documents)}
        notices.append(Message(sentence, values))
    shown += [*results.rankings(mentions, kinds, params.least), phrases]
    told, _is_cut = relations.relations(documents, mentions)
    shown += [network(documents, mentions, params.together, params.least, told), relations.evidence(documents, told)]
    shown.append(results.by_document(documents, mentions, params.least))
    if mentions:
        shown += [results.all_names(mentions, params.least), results.all_mentions(documents, mentions)]
    return (
        Section(N_("In numbers"), numbers),
        *(Section(result.title, result) for result in shown if result is not None),  # type: ignore[attr-defined]
    )


def _summary(mentions: list[Mention], phrases: Ranking | None, documents: int) -> Message:
    if not mentions:
        if phrases:
            return Message(N_("The heaviest key phrase is “{phrase}”."), {"phrase": phrases.names[0]})
        return Message(N_("No name of the chosen kind was found."))
    names = {mention.node for mention in mentions}
    if documents == 1:
        return Message(
            N_("Different names: {names}; places where they stand: {places}."), {"names": len(names), "places": len(mentions)}
        )
    return Message(
        N_("Different names: {names}; places where they stand: {places}; documents: {documents}."),
        {"names": len(names), "places": len(mentions), "documents": documents},
    )


def _evidence(texts: list[str], language: Language | None, seconds: float) -> Evidence:
    from models.text.recognition import chinese, english, reading

    languages = reading.languages(texts, language)
    names = [chinese.WEIGHTS] if "zh" in languages else []
    names += [english.WEIGHTS] if languages - {"zh"} else []
    entries = [weights.entry(name) for name in names]
    caveats = [N_("Small models: they miss names and sometimes take a product or an abbreviation for an organisation.")]
    if "other" in languages:
        caveats.append(N_("Texts in other languages than Chinese and English are read by the English model, with more mistakes."))
    return Evidence(
        answered_by=", ".join(entry.title for entry in entries),
        license=", ".join(sorted({entry.licence for entry in entries})),
        caveats=tuple(caveats),
        seconds=seconds,
    )


SPACY = Reference(
    value=0.843, source="en_core_web_sm 3.8.0, meta.json (ents_f)",
    protocol="Exact spans of 18 kinds on the held-out part of OntoNotes 5, English only; ours: planted names, synthetic",
)  # fmt: skip

CAPABILITY = Capability(
    id="text.entities",
    title=N_("Names and key phrases"),
    summary=N_(
        "Finds people, places, organisations, dates, amounts and key phrases in Chinese and English, and who goes with whom."
    ),
    takes=(Documents,),
    returns=Report,
    params=EntitiesParams,
    run=run,
    samples=("cable_en", "railway_zh", "handbook_en", "handbook_zh", "debian_faq"),
    weights=("en-core-web-sm", "lac-zh"),
    metric="F1 of exact spans",
    bars=(
        Bar(
            sample="planted names, English",
            metric="F1 of exact spans, planted names",
            value=0.8,
            measure=trial.english,
            reference=SPACY,
        ),
        Bar(sample="planted names, Chinese", metric="F1 of exact spans, planted names", value=0.8, measure=trial.chinese),
    ),
    example=(
        "Dr Helena Brandt of Northwind Energy met Samuel Okafor in Lisbon on 14 March 2024. Brandt offered $2.5 million for a "
        "wind farm near Porto, about 12% more than Okafor had expected.\n\nOn 2 May 2024 Okafor flew to Toronto, where Maria "
        "Lindqvist of the Harbour Bank signed the contract.",
        "2024年3月14日，林晓峰和周雨桐在杭州市拜访了远航科技有限公司。公司计划投资350万元，比去年增长12%。\n\n"
        "5月2日，林晓峰飞往成都，与四川大学的陈立教授签署了合作协议。",
    ),
)
