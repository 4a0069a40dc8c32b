"""Documents as sentences and back: paragraphs, headings and items stay; what is too much is left out."""

from core.contracts import Block, Document, Documents
from models.text.translation import documents
from models.text.translation.languages import detect, shared_language

BLOCKS = (
    Block("User guide", "heading", level=1), Block("Open the file. Press the button!", "paragraph"),
    Block("First steps", "heading", level=2), Block("Click Save.", "item"), Block("Click Close.", "item"), Block("— · —", "row"),
)  # fmt: skip
GIVEN = Documents((Document("guide.md", BLOCKS),), "guide.md")


def upper(plan: documents.Plan) -> dict[str, str]:
    return {sentence: sentence.upper() for sentence in plan.asked}


def test_the_form_of_a_document_stays() -> None:
    plan = documents.plan(GIVEN, "zh", 100)
    assert plan.asked == ("User guide", "Open the file.", "Press the button!", "First steps", "Click Save.", "Click Close.")
    blocks = [documents.whole(piece, upper(plan), "de") for piece in plan.pieces]
    assert documents.text_of(plan.pieces, blocks, ["guide.md"]).split("\n\n") == [
        "# USER GUIDE", "OPEN THE FILE. PRESS THE BUTTON!", "## FIRST STEPS", "- CLICK SAVE.", "- CLICK CLOSE.", "— · —",
    ]  # fmt: skip


def test_sentences_are_joined_as_the_target_language_does() -> None:
    plan = documents.plan(GIVEN, "zh", 100)
    answers = {"Open the file.": "打开文件。", "Press the button!": "按下按钮！"}
    assert documents.whole(plan.pieces[1], answers, "zh") == "打开文件。按下按钮！"
    assert documents.whole(plan.pieces[1], answers, "en") == "打开文件。 按下按钮！"


def test_each_sentence_is_asked_once_however_often_it_stands_there() -> None:
    plan = documents.plan(Documents.of(["Click Save. Click Save.", "Click Save."]), "zh", 100)
    assert plan.asked == ("Click Save.",) and len(plan.pieces) == 2
    named = documents.text_of(plan.pieces, ["a", "b"], ["one", "two"])
    assert named == "[one]\n\na\n\n[two]\n\nb"


def test_what_is_in_the_target_language_already_stays_as_it_is() -> None:
    plan = documents.plan(Documents.of("请先保存文件。 Then close the window. 然后重新启动。"), "zh", 100)
    assert plan.asked == ("Then close the window.",) and plan.foreign == 2
    whole = documents.whole(plan.pieces[0], {"Then close the window.": "然后关闭窗口。"}, "zh")
    assert whole == "请先保存文件。然后关闭窗口。然后重新启动。"


def test_beyond_the_limit_sentences_are_left_out_and_counted() -> None:
    text = "\n\n".join(f"This is sentence number {k}. And one more, {k}." for k in range(50))
    plan = documents.plan(Documents.of(text), "zh", 7)
    assert len(plan.asked) == 7 and plan.left_out >= 43
    assert not documents.plan(Documents.of(text), "zh", 100).left_out


def test_a_sentence_without_an_end_is_cut_at_a_space() -> None:
    plan = documents.plan(Documents.of("word " * 1_000), "zh", 100)
    assert all(len(sentence) <= documents.LONGEST_SENTENCE for sentence in plan.asked)
    assert sum(len(part.split()) for part in plan.pieces[0].sentences) == 1_000


def test_languages_are_told_apart() -> None:
    told = {
        "Click the button to save the file.": "en", "点击按钮以保存文件。": "zh", "ボタンをクリックして保存します。": "ja",
        "버튼을 클릭하여 파일을 저장하십시오.": "ko", "Нажмите кнопку, чтобы сохранить файл.": "ru",
        "Klicken Sie auf die Schaltfläche, um die Datei zu speichern.": "de",
        "Cliquez sur le bouton pour enregistrer le fichier dans le dossier.": "fr", "12 %": "other",
    }  # fmt: skip
    assert {text: detect(text) for text in told} == told
    assert shared_language(["点击按钮。"] * 3 + ["Click."]) == "zh"
