"""Every page in both languages comes up without an exception, and the main action of each works by a real click."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import jobs, registry
from core.source import Source

APP = str(Path(__file__).parents[2] / "app.py")
FIELDS = [f"pages/{name}.py" for name in ("text", "vision", "speech", "recommend", "finance")]
PAGES = ["pages/home.py", *FIELDS, "pages/workbench/jobs.py"]
LANGUAGES = {"en-US": "Home", "zh-CN": "首页"}


def opened(page: str, locale: str = "en-US", **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=90)
    app.context["locale"] = locale
    app.run()
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_in_both_languages(page, locale):
    app = opened(page, locale)
    assert not app.exception
    assert not app.error
    assert app.segmented_control(key="lang").value == locale[:2]


def test_the_switch_changes_the_language_of_the_page():
    app = opened("pages/workbench/jobs.py")
    assert app.title[0].value == "Jobs and runs"
    app.segmented_control(key="lang").set_value("zh").run()
    assert app.title[0].value != "Jobs and runs"


def test_home_lists_every_capability_and_offers_a_tour():
    for field in {capability.field for capability in registry.capabilities().values()}:
        app = opened("pages/home.py")
        app.segmented_control(key="field").set_value(field).run()
        shown = " ".join(element.value for element in app.markdown)
        for capability in registry.capabilities().values():
            assert (capability.summary in shown) is (capability.field == field)
    app.button(key="tour.open").click().run()
    app.button(key="tour.next").click().run()
    assert not app.exception


@pytest.mark.parametrize("name", ["text.classify", "text.translate"])
@pytest.mark.parametrize("step", ["data", "guard", "train", "result", "predict"])
def test_every_step_can_be_opened_by_a_link(step, name):
    app = opened("pages/text.py", capability=name, step=step, use="train")
    assert not app.exception
    assert not app.error


def test_a_translator_learns_from_a_table_of_pairs_and_reads_documents(monkeypatch):
    """The data step offers the learner's own samples with the columns guessed, "use it" the documents."""
    submitted: list[tuple[Source, dict]] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((source, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/text.py", capability="text.translate", use="train", step="data")
    assert app.selectbox(key="text.translate.sample").options[0].startswith("GNOME")
    app.button(key="text.translate.now").click().run()
    source, params = submitted[0]
    assert (source.kind, source.name) == ("sample", "parallel_gnome")
    assert (params["source"], params["target"]) == ("source_en", "target")
    app = opened("pages/text.py", capability="text.translate", use="use")
    assert len(app.selectbox(key="document.sample").options) == 6


@pytest.mark.parametrize(("page", "name"), [("text", "text.search"), ("speech", "speech.synthesize")])
def test_documents_come_as_samples_uploads_or_typed(page, name):
    app = opened(f"pages/{page}.py", capability=name)
    assert app.segmented_control(key="document.way").options == ["Sample data", "Upload a file", "Paste or type"]


def test_a_sample_brings_its_first_query_and_an_upload_none():
    app = opened("pages/text.py", capability="text.search")
    assert app.text_input(key="text.search.params.query").value == "How do I move everything to another computer?"
    from core.intake import spool

    upload = spool(b"A text of somebody's own.", "own.txt")
    app = opened("pages/text.py", capability="text.search", data=upload.digest)
    assert app.text_input(key="text.search.params.query").value == ""


@pytest.mark.parametrize("name", [n for n, c in registry.capabilities().items() if c.field == "vision"])
def test_every_capability_of_vision_opens_and_is_asked_for_by_a_link(name):
    app = opened("pages/vision.py", capability=name)
    assert not app.exception
    assert not app.error
    if registry.get(name).learner:
        app = opened("pages/vision.py", capability=name, use="train")
        assert not app.exception
        assert not app.error


def test_a_recording_is_written_down_by_one_click_and_its_speakers_are_named(monkeypatch):
    """The sample is there, run shows a player and the files, and a name goes into what is taken away."""
    from core.contracts import Message, Report, Section, Transcript, Utterance
    from core.sound import keeping
    from models.speech import transcribe

    def run(given, params, context):
        context.text("Good morning.")
        audio = keeping.keep_sound("a", given)
        speakers = (Message("Speaker {number}", {"number": 1}), Message("Speaker {number}", {"number": 2}))
        said = (Utterance("Good morning.", 0, 1, 0), Utterance("And to you.", 1, 2, 1))
        return Report("t", "Two sentences.", (Section("Said", Transcript("Said", said, "en", speakers, audio)),))

    object.__setattr__(transcribe.CAPABILITY, "run", run)
    try:
        app = opened("pages/speech.py")
        assert app.selectbox(key="sound.sample").options[0].startswith("Five sentences")
        app.button(key="speech.transcribe.run").click().run()
        names = [field for field in app.text_input if field.label.startswith("Speaker")]
        assert [field.label for field in names] == ["Speaker 1", "Speaker 2"]
        names[0].set_value("Anna").run()
    finally:
        object.__setattr__(transcribe.CAPABILITY, "run", transcribe.run)
    assert not app.exception and not app.error
    assert any("Anna 0:01 · Speaker 2 0:01" in element.value for element in app.caption)
    labels = [button.proto.label for button in app.get("download_button")]
    assert [label for label in labels if "SRT" in label or "DOCX" in label] == ["Subtitles (SRT)", "Word (DOCX)"]


def test_a_bad_recording_gives_one_sentence():
    app = opened("pages/speech.py")
    app.segmented_control(key="sound.way").set_value("upload").run()
    app.file_uploader[0].set_value(("x.wav", b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n", "audio/wav")).run()
    assert not app.exception
    assert len(app.error) == 1 and "not a sound" in app.error[0].value


def test_guard_mends_by_one_click_and_training_takes_the_mends(monkeypatch):
    """A planted duplicate is found and mended, and the job is submitted with the mend."""
    from core.intake import spool

    rows = [f"{word} number {i} of this kind,{label}" for i in range(40) for word, label in (("good", "yes"), ("bad", "no"))]
    upload = spool(("text,label\n" + "\n".join([*rows, *rows[:6]])).encode(), "planted.csv")
    submitted: list[tuple[Source, dict]] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((source, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/text.py", data=upload.digest)
    app.segmented_control(key="text.classify.way").set_value("upload").run()
    app.segmented_control(key="step").set_value("guard").run()
    app.button(key="text.classify.guard.all").click().run()
    app.segmented_control(key="step").set_value("train").run()
    app.button(key="text.classify.start").click().run()
    source, params = submitted[0]
    assert source.digest == upload.digest
    assert "drop_exact_duplicates" in params["mends"]
    assert (params["target"], params["text"]) == ("label", "text")


def test_job_centre_lists_jobs_and_removes_one(monkeypatch):
    monkeypatch.setattr("core.jobs.local.start", lambda row: None)
    job = jobs.submit("text.classify", "train", Source(kind="sample", name="reviews_en"), {}, title="**Mine** <b>")
    app = opened("pages/workbench/jobs.py")
    assert not app.exception
    assert any("\\*\\*Mine\\*\\* \\<b\\>" in element.value for element in app.markdown)
    app.button(key=f"centre.cancel.{job.id}").click().run()
    app.button(key=f"centre.remove.{job.id}").click().run()
    assert not app.exception
    assert jobs.all_jobs() == []


def test_bad_upload_gives_one_sentence():
    app = opened("pages/text.py")
    app.segmented_control(key="text.classify.way").set_value("upload").run()
    app.file_uploader[0].set_value(("x.csv", b"\x89PNG\r\n\x1a\n" + bytes(64), "text/csv")).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "Error id" in app.error[0].value


@pytest.mark.parametrize(("rows", "is_job"), [(3, False), (2500, True)])
def test_few_rows_are_answered_at_once_and_many_by_a_job(monkeypatch, rows, is_job):
    from core.contracts import Message, Metric, Metrics, Report, Section
    from core.intake import spool
    from models.text import sentiment

    upload = spool("\n".join(["text", *(f"comment {i} is good" for i in range(rows))]).encode(), "many.csv")
    submitted: list[dict] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append(params)
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    answer = Report(
        "Answer", Message("{count} comments.", {"count": rows}), (Section("n", Metrics((Metric("n", rows, "texts"),))),)
    )
    monkeypatch.setattr(jobs, "submit", submit)
    object.__setattr__(sentiment.CAPABILITY, "run", lambda given, params, context: answer)
    try:
        app = opened("pages/text.py", capability="text.sentiment", data=upload.digest)
        app.segmented_control(key="text.sentiment.way").set_value("upload").run()
        app.button(key="text.sentiment.run").click().run()
    finally:
        object.__setattr__(sentiment.CAPABILITY, "run", sentiment.run)
    assert not app.exception
    assert bool(submitted) is is_job
    assert ([metric.value for metric in app.metric] == [str(rows)]) is not is_job
    if not is_job:
        app.button(key="text.sentiment.run").run()
        assert len(app.get("download_button")) == 2  # report and JSON: there is no table to take away


def test_an_upload_is_still_there_when_one_comes_back_to_the_data_and_gone_when_it_is_taken_out():
    rows = [f"{word} number {i},{label}" for i in range(30) for word, label in (("good", "yes"), ("bad", "no"))]
    content = ("text,label\n" + "\n".join(rows)).encode()
    app = opened("pages/text.py", capability="text.classify", use="train")
    app.segmented_control(key="text.classify.way").set_value("upload").run()
    app.file_uploader[0].set_value(("mine.csv", content, "text/csv")).run()
    app.segmented_control(key="step").set_value("guard").run()
    app.segmented_control(key="step").set_value("data").run()
    assert not app.exception and "data" in app.query_params
    assert any("Still here: mine" in caption.value for caption in app.caption) and app.button(key="text.classify.now")
    app.file_uploader[0].set_value(("mine.csv", content, "text/csv")).run()
    app.file_uploader[0].set_value(None).run()
    assert "data" not in app.query_params


def test_a_list_for_a_user_comes_by_one_click_with_cards_and_what_diversity_costs(monkeypatch):
    """An uploaded table of few rows: the columns are guessed, the list is there at once, an unknown item gets one sentence."""
    from core.intake import spool
    from models.recommend.lists import item_map
    from tests.models.recommend.shop import shop

    monkeypatch.setattr(item_map, "_placed", lambda vectors: vectors[:, :2])  # UMAP compiles itself for many seconds
    upload = spool(shop().frame.to_csv(index=False).encode(), "shop.csv")
    app = opened("pages/recommend.py", capability="recommend.user", data=upload.digest)
    app.segmented_control(key="recommend.user.way").set_value("upload").run()
    next(box for box in app.selectbox if box.label == "User").set_value("u4").run()
    app.button(key="recommend.user.run").click().run()
    assert not app.exception and not app.error
    assert [title.value for title in app.subheader][:2] == ["Recommended", "Why each is there"]
    assert any("User u4 chose 8 items" in element.value for element in app.markdown)
    assert len(app.get("plotly_chart")) >= 5
    app.text_input(key="recommend.user.params.liked").set_value("nothing of the kind").run()
    app.button(key="recommend.user.run").click().run()
    assert not app.exception and len(app.error) == 1 and "nothing of the kind" in app.error[0].value
