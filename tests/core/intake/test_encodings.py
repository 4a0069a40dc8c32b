import pytest

from core.intake import encodings, read_table, spool

CHINESE = ["好", "差评", "评论,标签\n物流很快,1\n", "a,b\n手机不错,1\n", "龙凤呈祥，恭喜发财。", "id,评价\n1,垃圾\n2,一般般吧\n"]
WESTERN = [
    "café",
    "naïve façade",
    "a,b\nÄpfel,1\nÖl,2\n",
    "señor año\n",
    "“curly” – quotes cost 5 €",
    "Größe;Maß\n1;2\n",
    "œuvre à déjà",
]


@pytest.mark.parametrize("text", CHINESE)
def test_short_chinese_texts_are_gb18030(text):
    assert encodings.of_sample(text.encode("gb18030")) == "gb18030"


@pytest.mark.parametrize("text", WESTERN)
def test_short_western_texts_are_latin_1(text):
    assert encodings.of_sample(text.encode("cp1252")) in ("cp1252", "latin-1")


@pytest.mark.parametrize("text", CHINESE + WESTERN + ["plain", "emoji 😀 of four bytes"])
def test_valid_utf_8_is_always_utf_8(text):
    assert encodings.of_sample(text.encode()) == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
def test_tables_in_every_encoding_read_the_same(encoding):
    text = "评论,label\n物流很快 works well,1\n质量太差，退货,0\n"
    table = read_table(spool(text.encode(encoding), "x.csv"))
    assert table.columns == ["评论", "label"]
    assert table.frame["评论"].tolist() == ["物流很快 works well", "质量太差，退货"]


def test_a_late_high_byte_is_found_beyond_the_sample():
    content = b"text,n\n" + b"plain,1\n" * 200_000 + "质量太差，退货,2\n".encode()
    assert read_table(spool(content, "x.csv")).frame["text"].iloc[-1] == "质量太差，退货"


def test_a_few_bad_bytes_do_not_change_the_encoding():
    table = read_table(spool("文本,n\n质量太差,1\n".encode() + b"a\xffb,2\n", "x.csv"))
    assert table.frame["文本"].tolist() == ["质量太差", "a\ufffdb"]
    assert len(table.notices) == 1


def test_stray_zero_bytes_do_not_make_it_utf_16():
    assert encodings.of_sample(b"text,n\ngo\x00od one,1\nbad,2\n") == "utf-8"


def test_russian_is_not_taken_for_chinese():
    content = "Отличный товар, очень доволен покупкой. Доставка быстрая, качество хорошее.".encode("cp1251")
    assert encodings.decode(content, encodings.of_sample(content)).startswith("Отличный")
