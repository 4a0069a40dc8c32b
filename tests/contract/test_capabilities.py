"""What every capability of the registry promises, tested once for all of them."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from core import registry, samples
from core.contracts import (
    Capability,
    Context,
    Documents,
    InputError,
    Labels,
    Pictures,
    Sound,
    Table,
    Texts,
    TrainingParams,
    UserError,
    Video,
    dump,
    load,
)
from core.contracts.params import details, parse
from core.lifecycle import pairs
from core.lifecycle.evaluate_translation import COPY
from core.lifecycle.tasks import OWN_WAY
from core.lifecycle.train import Trained, train
from core.source import Source, open_input
from tests.hostile.bad_documents import BAD_DOCUMENTS
from tests.hostile.bad_pictures import BAD_PICTURES, video
from tests.hostile.bad_sounds import BAD_SOUNDS
from tests.hostile.bad_tables import BAD_TABLES
from tests.untranslated import untranslated

CAPABILITIES = registry.capabilities()
# Those that learn from a table of texts. What learns in a way of its own takes minutes and has tests of its own.
LEARNERS = [name for name, capability in CAPABILITIES.items() if capability.learner and capability.learner.task not in OWN_WAY]
SEEN = [name for name, capability in CAPABILITIES.items() if {Pictures, Video} & set(capability.takes)]
ROWS = 600
HEARD = [name for name, capability in CAPABILITIES.items() if Sound in capability.takes]
# The defaults, but of what takes minutes with them.
QUICK: dict[str, dict[str, Any]] = {
    "text.translate": {"width": 64, "vocabulary": 800, "batch": 16, "rate": 8e-3, "epochs": 6, "beam": 2},
    "vision.classify": {"augmentation": "none"},
    "speech.commands": {"group": "speaker"},
}
# Likewise of answering: half an hour of a hostile document would be read aloud.
BRIEF: dict[str, dict[str, Any]] = {"speech.synthesize": {"voice": "piper-joe", "most": 60}}
TRIVIAL = {"translation": (COPY,)}  # what a model from so few rows has to beat, by task; all baselines elsewhere
READERS = [name for name, capability in CAPABILITIES.items() if Documents in capability.takes]


def small(name: str, params: TrainingParams | None = None) -> Table:
    """A seeded part of a sample (of its rows that `params` choose) that leaves the whole journey quick."""
    table = samples.load(name) if params is None else pairs.chosen(samples.load(name), params)
    frame = table.frame.sample(min(ROWS, len(table)), random_state=0).reset_index(drop=True)
    return Table(frame, table.name, table.digest, table.notices)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, shared_weights: Path, shared_pictures: Path) -> dict[str, Trained]:
    """Every learning capability, trained once on a part of its first sample to learn from."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "weights").symlink_to(shared_weights)
    (folder / "pictures").symlink_to(shared_pictures)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANORAMA_HOME", str(folder))
        return {name: quickly_trained(CAPABILITIES[name]) for name in LEARNERS}


def quickly_trained(capability: Capability) -> Trained:
    params = capability.learner.params(**QUICK.get(capability.id, {}))
    return train(capability, small(capability.training_samples[0], params), params, Context())


def same(first: Any, again: Any) -> bool:
    """Whether two answers are one, probabilities up to what half precision loses."""
    if isinstance(first, Labels):
        return first.classes == again.classes and abs(again.probabilities - first.probabilities).max() < 1e-3
    return dump(first) == dump(again)


@pytest.mark.parametrize("name", CAPABILITIES)
def test_the_record_is_whole(name: str) -> None:
    capability = CAPABILITIES[name]
    module = inspect.getmodule(capability.run)
    assert name.startswith(capability.field + ".") and capability.title and capability.summary.endswith(".")
    assert module is not None and module.__doc__
    assert capability.samples or capability.example
    assert all(sample in samples.catalogue() for sample in (*capability.samples, *capability.training_samples))
    assert not capability.learner or samples.sample(capability.training_samples[0]).kind in ("table", "set")
    for model in filter(None, (capability.params, capability.learner and capability.learner.params)):
        for field_name, field in model.model_fields.items():
            if field_name not in ("mends", "history"):  # set by the page
                assert field.title and field.description, f"{name}: {field_name} has no title or help"
                choices = details(model, field_name)["choices"]
                assert not choices or field.default in choices
        assert model()  # the defaults are valid


@pytest.mark.parametrize("name", LEARNERS)
def test_it_beats_its_trivial_baseline(name: str, trained: dict[str, Trained]) -> None:
    evidence = trained[name].report.evidence
    assert evidence is not None and evidence.score is not None and evidence.baseline is not None
    # A few dozen pairs are no match for a dictionary: of a translation the trivial baseline is the source as it is.
    beaten = TRIVIAL.get(CAPABILITIES[name].learner.task, tuple(trained[name].baselines))
    metric = CAPABILITIES[name].metric
    assert all(evidence.score > trained[name].baselines[baseline][metric] for baseline in beaten)
    assert evidence.baseline == max(scores[metric] for scores in trained[name].baselines.values())
    assert evidence.interval[0] <= evidence.score <= evidence.interval[1]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_saved_model_answers_the_same(name: str, trained: dict[str, Trained], tmp_path: Path) -> None:
    capability: Capability = CAPABILITIES[name]
    model = trained[name].model
    model.save(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".pkl", ".pickle", ".joblib", ".pt", ".bin")]
    capability = CAPABILITIES[name]
    asked: Texts | Pictures | Table = Texts.of(["profit rose in the quarter", "银行 很好", "", "🙂"])
    if Pictures in capability.takes:
        asked = Pictures(samples.pictures(capability.training_samples[0]).items[:8])
    if Sound in capability.takes:
        table = samples.load(capability.training_samples[0])
        asked = Table(table.frame.head(8), table.name)
    assert same(model.predict(asked, Context()), capability.learner.load(tmp_path).predict(asked, Context()))


@pytest.mark.parametrize("name", LEARNERS)
def test_the_report_survives_json(name: str, trained: dict[str, Trained]) -> None:
    report = trained[name].report
    assert dump(load(dump(report))) == dump(report)


@pytest.mark.parametrize("name", LEARNERS)
def test_the_report_of_a_training_is_chinese_where_it_can_be(name: str, trained: dict[str, Trained]) -> None:
    found = untranslated(trained[name].report, small(CAPABILITIES[name].training_samples[0]))
    assert not found


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_seed_gives_the_same_score(name: str, trained: dict[str, Trained]) -> None:
    # Sums of floating point differ in the last digits where another number of threads made them.
    assert quickly_trained(CAPABILITIES[name]).metrics == pytest.approx(trained[name].metrics, abs=1e-5)


@pytest.mark.parametrize("name", [name for name in CAPABILITIES if name not in SEEN])
def test_it_answers_on_its_first_sample(name: str) -> None:
    """With the defaults: the type that the record promises, and the same again from JSON."""
    capability = CAPABILITIES[name]
    if capability.learner and not capability.ready:
        pytest.skip("answers once it is trained: the tests above do that")
    if not capability.samples or Texts in capability.takes:
        given: Texts | Table | Documents | Pictures = Texts.of(capability.example[:2])
    else:
        given = open_input(Source(kind="sample", name=capability.samples[0]), capability.takes)
        if isinstance(given, Table):
            given = small(capability.samples[0])
        elif isinstance(given, Documents | Pictures):
            given = type(given)(given.items[:3], given.name)
    answer = capability.run(given, capability.params(), Context())
    assert isinstance(answer, capability.returns)
    assert dump(load(dump(answer))) == dump(answer)
    assert not untranslated(answer, given)


@pytest.mark.parametrize("name", SEEN)
def test_it_answers_on_what_it_sees(name: str) -> None:
    """Its first sample of pictures, or a film of twelve frames where it has samples of videos alone."""
    capability = CAPABILITIES[name]
    seen = [sample for sample in capability.samples if samples.sample(sample).kind in ("pictures", "set")]
    if seen:
        found = open_input(Source(kind="sample", name=seen[0]), (Pictures,))
        given: Pictures | Video = Pictures(found.items[:2], found.name, files=found.files)
    else:
        given = opened(video(), "film.mp4", capability)
    answer = capability.run(given, capability.params(), Context())
    assert isinstance(answer, capability.returns)
    assert dump(load(dump(answer))) == dump(answer)
    assert not untranslated(answer, given)


def opened(content: bytes, name: str, capability: Capability) -> Any:
    from core.intake import spool

    upload = spool(content, name)
    return open_input(Source(kind="upload", name=upload.name, digest=upload.digest), capability.takes)


@pytest.mark.parametrize("bad", BAD_PICTURES)
@pytest.mark.parametrize("name", SEEN)
def test_a_bad_picture_gets_one_sentence(name: str, bad: str) -> None:
    """Whatever the picture, archive or video: a sentence for the user, or an answer; never a traceback."""
    capability, case = CAPABILITIES[name], BAD_PICTURES[bad]
    try:
        answer = capability.run(opened(case.make(), case.name, capability), capability.params(), Context())
        assert dump(load(dump(answer))) == dump(answer)
    except UserError as error:
        sentence = str(error)
        assert sentence.endswith((".", "?", "!")) and "Traceback" not in sentence


@pytest.mark.parametrize("bad", BAD_SOUNDS)
@pytest.mark.parametrize("name", HEARD)
def test_a_bad_sound_gets_one_sentence(name: str, bad: str) -> None:
    """Whatever the recording: a sentence for the user, or an answer; never a traceback."""
    capability, case = CAPABILITIES[name], BAD_SOUNDS[bad]
    try:
        answer = capability.run(opened(case.make(), case.name, capability), capability.params(), Context())
        assert isinstance(answer, capability.returns)
        assert dump(load(dump(answer))) == dump(answer)
    except UserError as error:
        sentence = str(error)
        assert sentence.endswith((".", "?", "!")) and "Traceback" not in sentence


@pytest.mark.parametrize("bad", BAD_DOCUMENTS)
@pytest.mark.parametrize("name", READERS)
def test_a_bad_document_gets_one_sentence(name: str, bad: str) -> None:
    """Whatever the document: a sentence for the user, or an answer; never a traceback."""
    from core.intake import spool

    capability, case = CAPABILITIES[name], BAD_DOCUMENTS[bad]
    try:
        upload = spool(case.make(), case.name)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), capability.takes)
        answer = capability.run(given, capability.params(**BRIEF.get(name, {})), Context())
        assert isinstance(answer, capability.returns)
        assert dump(load(dump(answer))) == dump(answer)
    except UserError as error:
        sentence = str(error)
        assert sentence.endswith((".", "?", "!")) and "Traceback" not in sentence


@pytest.mark.parametrize("bad", BAD_TABLES)
@pytest.mark.parametrize("name", [n for n, c in CAPABILITIES.items() if Table in c.takes or n in LEARNERS])
def test_a_bad_table_gets_one_sentence(name: str, bad: str) -> None:
    """Whatever the file: a sentence for the user, or an answer; never a traceback."""
    from core.intake import read_table, spool

    capability = CAPABILITIES[name]
    try:
        table = read_table(spool(BAD_TABLES[bad].make(), BAD_TABLES[bad].name))
        if name in LEARNERS:
            train(capability, table, capability.learner.params(**QUICK.get(capability.id, {})), Context())
        else:
            capability.run(table, capability.params(), Context())
    except UserError as error:
        sentence = str(error)
        assert sentence.endswith((".", "?", "!")) and "Traceback" not in sentence and "/" not in sentence.replace("n/a", "")


def test_wrong_params_name_what_is_wrong() -> None:
    with pytest.raises(InputError, match="seed"):
        parse(CAPABILITIES["text.classify"].learner.params, {"seed": -1})
