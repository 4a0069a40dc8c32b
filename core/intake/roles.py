"""Which column plays which part: guessed from its name, in English or Chinese, together with what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.contracts.params import ColumnKind
from core.intake.dates import dates
from core.intake.limits import SNIFF_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["dates", "guess", "guess_all", "look"]

# English words match whole words of a name, Chinese ones any part of it. The earlier in the list, the stronger.
_HINTS = {
    "text": "text review comment content 评论 评价 内容 文本 正文 留言 反馈 sentence document message body feedback tweet post "
    "description utterance question 摘要 描述 问题 article abstract summary headline title 标题 note 备注",
    "label": "label target class sentiment 标签 类别 情感 polarity category 分类 情绪 labels intent topic 主题 意图 emotion y "
    "outcome 结果 churn anomaly fraud risk diagnosis survived rating stars 评分 星级 score 得分 type 类型 status 状态",
    "number": "amount value price 金额 价格 数值 sales 销量 销售额 quantity 数量 score rating 评分 count total revenue cost",
    "date": "date time datetime timestamp 日期 时间 day created updated month 月份 年月 year 年份",
    "group": "product user customer 商品 产品 用户 客户 userid productid customerid patient 患者 author 作者 item store 门店 "
    "店铺 shop brand 品牌 session speaker asin sku group 分组 member 会员 订单 order student 学生 编号",
    "source": "source src 原文 源 original",
    "translation": "translation target tgt 译文 翻译 目标 translated",
    "user": "user userid customer customerid member visitor client reader listener buyer uid card cardholder "
    "用户 客户 会员 买家 读者 卡号 session",
    "item": "item itemid product productid movie movieid film song track book article sku asin goods isbn "
    "terminal merchant 商品 产品 物品 电影 书籍 文章 物料 商户 终端",
    "title": "title name 标题 名称 片名 书名 品名 headline",
    "rating": "rating ratings stars score preference 评分 星级 打分 得分",
    "amount": "amount amt sum payment value price total 金额 数额 总额 消费 交易额",
    "protected": "sex gender age race ethnicity nationality foreign religion marital disability "
    "性别 年龄 民族 国籍 婚姻 种族 宗教",
    "exposure": "exposure exposures earned holders 风险暴露 暴露 保险年 承保年",
    "claims": "claims claim nclaims claimnb claimcount numclaims frequency 出险 索赔次数 赔案数 理赔次数",
    "loss": "loss losses claimamount claimcost payout incurred severity 赔款 赔付 损失 理赔金额",
    "asset": "ticker symbol asset security instrument isin share stock fund coin 代码 证券 股票 资产 基金 标的",
    "price": "close price nav return returns value 收盘 价格 净值 收益率 价",
}
_IDENTIFIERS = ("id", "uuid", "guid", "key", "编号", "index", "序号", "号码", "email", "url", "link", "链接")
_SPLIT_NAMES = ("split", "fold", "subset", "lang", "language")
_VARIED = 0.3  # least share of different cells in a column of texts: codes repeat more
_MOST_CODES = 50
_DATES_NEEDED = 0.8  # share of the values that must be dates
_MANY_CLASSES = 100
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class _Column:
    """What is known of a column from its name and its first rows."""

    name: str
    words: frozenset[str]
    place: float  # 0 for the first column, 1 for the last
    numeric: bool
    temporal: bool
    distinct: int
    share: float  # of distinct values among those that are there
    length: float  # mean, in characters, 0 for numbers; a hanzi counts as three, for it says as much
    dated: float  # share that are dates; numbers count only where the name says so

    def hint(self, kind: str) -> float:
        """0 where the name says nothing of this kind, else 1 to 2."""
        hints = _HINTS[kind].split()
        strengths = [2 - i / len(hints) for i, hint in enumerate(hints) if self._has(hint)]
        return max(strengths, default=0.0)

    @property
    def identifier(self) -> bool:
        return any(self._has(word) for word in _IDENTIFIERS)

    def _has(self, hint: str) -> bool:
        return hint in self.words if hint.isascii() else hint in self.name


def look(frame: pd.DataFrame) -> list[_Column]:
    """What is known of each column from its name and its first rows: enough to tell all parts, so look once at a table."""
    count = len(frame.columns)
    return [_look(frame[name], i / max(count - 1, 1)) for i, name in enumerate(frame.columns)]


def guess(frame: pd.DataFrame, kind: ColumnKind, columns: list[_Column] | None = None) -> str:
    """The column of `frame` that most likely plays the part of `kind`, or "" when none fits.

    `any` is the label where there is one, else the last column. Of `source` and `translation`, the source stands first where no
    name says which is which; they are never the same column. `columns` as `look` gives them, where that was done before.
    """
    if kind in ("picture", "sound"):
        return _references(frame, kind)
    if kind == "speaker":
        return _speakers(frame)
    columns = look(frame) if columns is None else columns
    if kind == "any":
        return _best(columns, "label") or (columns[-1].name if columns else "")
    if kind in ("source", "translation"):
        return _of_a_pair(columns)[kind]
    return _best(columns, kind)


def guess_all(frame: pd.DataFrame, kind: ColumnKind, columns: list[_Column] | None = None) -> list[str]:
    """All columns of `frame` that play the part of `kind`, in their order; none of kind `any`. `columns` as of `guess`."""
    if kind == "any":
        return []
    columns = look(frame) if columns is None else columns
    return [column.name for column in columns if _SCORES[kind](column) > 0]


def _of_a_pair(columns: list[_Column]) -> dict[str, str]:
    """The columns of a text and of its translation, "" where there are not two."""
    texts = [column for column in columns if _is_of_a_pair(column)]
    if len(texts) < 2:
        return {"source": "", "translation": ""}
    translation = max(texts, key=lambda column: (column.hint("translation"), -column.hint("source"), column.place))
    source = max((c for c in texts if c is not translation), key=lambda column: (column.hint("source"), -column.place))
    return {"source": source.name, "translation": translation.name}


def _is_of_a_pair(column: _Column) -> bool:
    if column.numeric or column.temporal or column.dated >= _DATES_NEEDED or column.identifier or not column.distinct:
        return False
    if column.words & frozenset(_SPLIT_NAMES):
        return False
    return column.share >= _VARIED or column.distinct > _MOST_CODES or bool(column.hint("source") or column.hint("translation"))


def _references(frame: pd.DataFrame, kind: ColumnKind) -> str:
    """The first column whose cells are references to uploaded pictures, or to recordings."""
    from core.intake import sound_sets
    from core.intake.pictures import sets

    is_reference = sound_sets.is_reference if kind == "sound" else sets.is_reference

    for name in frame.columns:
        cells = frame[name].dropna().head(SNIFF_ROWS)
        if len(cells) and all(map(is_reference, cells)):
            return str(name)
    return ""


def _speakers(frame: pd.DataFrame) -> str:
    """Of a set of recordings: who speaks by the names of the files, else the folders, where there are several."""
    from core.intake import sound_sets

    if sound_sets.SPEAKER in frame:
        return sound_sets.SPEAKER
    return sound_sets.LABEL if sound_sets.LABEL in frame and frame[sound_sets.LABEL].nunique() > 1 else ""


def _best(columns: list[_Column], kind: str) -> str:
    scored = [(_SCORES[kind](column), column.name) for column in columns]
    score, name = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return name if score > 0 else ""


def _look(column: pd.Series, place: float) -> _Column:
    """From the first rows, which show what repeats, and as many spread over the rest, which show every class."""
    import numpy as np
    import pandas as pd

    first, spread = np.arange(min(len(column), SNIFF_ROWS * 5)), np.linspace(0, max(len(column) - 1, 0), SNIFF_ROWS * 5)
    rows = np.union1d(first, spread.astype(int)) if len(column) else first
    name, values = str(column.name), column.iloc[rows].dropna()
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    temporal = pd.api.types.is_datetime64_any_dtype(values)
    texts = [] if numeric else values.astype(str)
    lengths = [len(text) + 2 * len(_HAN.findall(text[:1000])) for text in texts[:SNIFF_ROWS]]
    distinct = values.nunique() if numeric else len(set(texts))
    words = frozenset(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))
    known = _Column(
        name, words, place, numeric, temporal, distinct, distinct / max(len(values), 1), sum(lengths) / max(len(lengths), 1), 0.0
    )
    if not len(values) or (numeric and not known.hint("date")):
        return known
    dated = float(dates(values.head(SNIFF_ROWS)).notna().mean())
    return replace(known, dated=dated)


def _text_score(column: _Column) -> float:
    if column.numeric or column.temporal or column.dated >= _DATES_NEEDED or column.identifier or not column.distinct:
        return 0.0
    hint, talk = column.hint("text"), min(column.length / 100, 2.0)
    looks = column.length >= 20 and column.share >= _VARIED
    if hint and (looks or column.share >= 0.5 or column.length >= 40 or column.words <= frozenset(_HINTS["text"].split())):
        return 3 * hint + talk
    return talk if looks else 0.0


def _label_score(column: _Column) -> float:
    if column.temporal or column.dated >= _DATES_NEEDED or column.identifier or column.words & frozenset(_SPLIT_NAMES):
        return 0.0
    hint = column.hint("label") / max(1, len(column.words))  # "status" says more than "status_of_the_account"
    classes = column.length <= 60 and (column.distinct <= _MANY_CLASSES or column.share <= 0.5)
    few = 2 <= column.distinct <= (10 if column.numeric else 30) and column.share <= 0.5 and column.length <= 40
    few = few and not column.hint("group")
    return max(3 * hint * classes, (1 / max(column.distinct, 1) + column.place) * few)  # targets tend to stand last


def _number_score(column: _Column) -> float:
    if not column.numeric or column.identifier or column.hint("date") or not column.distinct:
        return 0.0
    return 3 * column.hint("number") + 0.5


def _date_score(column: _Column) -> float:
    return column.dated + column.hint("date") if column.dated >= _DATES_NEEDED else 0.0


def _group_score(column: _Column) -> float:
    hint = column.hint("group")
    repeated = column.distinct >= 2 and column.share < 1.0
    other = column.length > 120 or column.dated >= _DATES_NEEDED or (column.numeric and len(column.words) > 1)
    named = "id" in column.words or "编号" in column.name
    if not repeated or not (named or (hint and not other)):
        return 0.0
    return hint + named


def _name_score(kind: str, *, numeric: bool | None = None, repeated: bool = False) -> Callable[[_Column], float]:
    """A score by the name alone, for columns of numbers (or of none, or of either) whose values `repeated` asks to come again."""

    def score(column: _Column) -> float:
        if column.temporal or not column.distinct or (numeric is not None and column.numeric != numeric):
            return 0.0
        if repeated and column.share >= 1.0:
            return 0.0
        return column.hint(kind) / max(1, len(column.words - {"id", "the", "of"}))

    return score


def _protected_score(column: _Column) -> float:
    """Columns of few groups, or of a number such as an age."""
    groups = column.numeric or column.distinct <= _MOST_CODES
    return column.hint("protected") if groups and column.distinct >= 2 and not column.temporal else 0.0


def _asset_score(column: _Column) -> float:
    """Names or codes that come again. A column of numbers called "Fund A" holds that fund's prices."""
    is_code = "code" in column.words or "id" in column.words or "代码" in column.name
    return _name_score("asset", repeated=True)(column) if is_code or not column.numeric else 0.0


_SCORES = {"text": _text_score, "label": _label_score, "number": _number_score, "date": _date_score, "group": _group_score,
           "user": _name_score("user", repeated=True), "item": _name_score("item", repeated=True),
           "title": _name_score("title", numeric=False), "rating": _name_score("rating", numeric=True),
           "amount": _name_score("amount", numeric=True), "protected": _protected_score,
           "exposure": _name_score("exposure", numeric=True), "claims": _name_score("claims", numeric=True),
           "loss": _name_score("loss", numeric=True),
           "asset": _asset_score, "price": _name_score("price", numeric=True)}  # fmt: skip
