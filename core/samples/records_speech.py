"""Samples that are heard."""

from __future__ import annotations

from typing import Any

from core.language import N_
from core.samples.kinds import Recordings, Sample, SoundSet

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
