"""Guard: does a column, or a word in every text, give the target away, or mark rows that belong together?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.intake.sound_sets import SPEAKER
from core.language import N_
from core.lifecycle.dates import looks_like_dates
from core.lifecycle.findings import Finding, fault
from core.lifecycle.look import Look

if TYPE_CHECKING:
    import pandas as pd

GIVEN_AWAY = 0.98  # share of rows whose class follows from the column alone
SAMPLE = 5_000  # rows looked at for a tree or for words
WORD_SAMPLE = 3_000
LONGEST = 2_000  # characters of a text searched for words that give the class away
MANY_CLASSES = 200
_IDENTITY = re.compile(
    r"(^|[_\W])(ids?|uid|uuid|user|users|customer|client|patient|subject|author|speaker|reviewer|product|item|asin|session|account|"
    r"employee|student|device|store|shop|hotel|seller)($|[_\W])|[a-z](Id|ID)$|用户|客户|顾客|患者|病人|作者|商品|产品|店铺|商家|编号|账号|学生",
    re.IGNORECASE,
)  # fmt: skip
_WORD = r"(?u)[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"


def columns(look: Look) -> Iterator[Finding]:
    """Target proxies among the columns and inside the texts, groups on both sides of the split, time order ignored."""
    if not 2 <= look.strata.max() + 1 <= MANY_CLASSES:
        return
    for name in look.frame.columns:
        if name in look.roles.taken or name in (look.roles.group, look.roles.time):
            continue
        cells = look.frame[name]
        if looks_like_dates(cells):
            yield from _time(look, name)
        elif _gives_away(look, cells):
            sentence = N_("The column {column} alone gives the target away almost perfectly: it was probably made from it and "
                          "will not be there for new rows; the mend leaves the column out.")  # fmt: skip
            every = range(len(look.frame))
            yield fault("target_proxy", "warn", sentence, every, cells.tolist(), mend=f"drop_column:{name}", column=name)
        else:
            yield from _group(look, name, cells)
    if look.roles.texts:
        yield from _words(look)


def _time(look: Look, name: str) -> Iterator[Finding]:
    if look.split is not None and look.split.kind == "random":
        sentence = N_("The column {column} holds dates but the split ignores them, so the model would be measured on days that "
                      "it has already seen; the mend measures with the latest rows.")  # fmt: skip
        dates = look.frame[name].tolist()
        yield fault("time_ignored", "warn", sentence, range(len(dates)), dates, mend=f"split_by_time:{name}", column=name)


def _group(look: Look, name: str, cells: pd.Series) -> Iterator[Finding]:
    """A column whose values come back on both sides and tell the class better than chance marks a group."""
    import pandas as pd

    codes = pd.factorize(cells)[0]
    values = int(codes.max()) + 1
    identity = names_somebody(name)
    speakers = bool(look.roles.sounds) and name == SPEAKER
    fewest = 1 if speakers else 4 if identity else _few(look)
    if look.split is None or values <= fewest or pd.api.types.is_float_dtype(cells):
        return
    straddling = look.measured & np.isin(codes, codes[look.learnt]) & (codes >= 0)
    found, chance, counted = _leave_one_out(codes, look.strata)
    if speakers and straddling.any():
        sentence = N_("{rows} test recordings are of speakers who are also learnt from, so the score would be that for known "
                      "voices only; the mend keeps each {column} on one side of the split.")  # fmt: skip
        yield fault("speakers_on_both_sides", "warn", sentence, np.flatnonzero(straddling), cells.tolist(),
                    mend=f"split_by_group:{name}", column=name)  # fmt: skip
        return
    if counted < 30 or not straddling.any():
        return
    if (found - chance) / max(1 - chance, 1e-9) < (0.15 if identity else 0.35):
        return
    sentence = N_("Rows with the same {column} mostly share a class, and {rows} test rows have theirs among the rows learnt "
                  "from, so the model can recognise the {column} instead of the class; the mend keeps each {column} on one "
                  "side of the split.")  # fmt: skip
    rows = np.flatnonzero(straddling)
    yield fault("group_leakage", "warn", sentence, rows, cells.tolist(), mend=f"split_by_group:{name}", column=name)


def names_somebody(column: str) -> bool:
    """Whether a column of that name marks rows of one customer, product, author and the like."""
    return bool(_IDENTITY.search(str(column)))


def _gives_away(look: Look, cells: pd.Series) -> bool:
    """Whether the class follows from the cell: by its value, by thresholds on a number, or by the name of the class in it."""
    import pandas as pd

    codes = pd.factorize(cells)[0]
    if codes.max() < 1:
        return False
    if codes.max() < _few(look):
        found, chance, counted = _leave_one_out(codes, look.strata)
        return counted >= 0.9 * len(codes) and _almost_perfect(found, chance)
    if pd.api.types.is_numeric_dtype(cells):
        return _separable(look, cells)
    return _names_class(look, cells)


def _leave_one_out(codes: np.ndarray, kinds: np.ndarray) -> tuple[float, float, int]:
    """How often the commonest class among the other rows of the same value is the row's own, how often the commonest class
    of all is, and the number of rows counted: those that are not alone with their value."""
    known = (codes >= 0) & (kinds >= 0)
    codes, kinds = codes[known], kinds[known]
    if not len(codes):
        return 0.0, 0.0, 0
    classes = int(kinds.max()) + 1
    cells, inverse, counts = np.unique(codes * classes + kinds, return_inverse=True, return_counts=True)
    owner = cells // classes
    best, second = np.zeros(codes.max() + 1, np.int64), np.zeros(codes.max() + 1, np.int64)
    order = np.lexsort((counts, owner))
    best[owner[order]] = counts[order]
    previous = order[:-1][owner[order[:-1]] == owner[order[1:]]]
    second[owner[previous]] = counts[previous]
    rival = np.where(counts == best[owner], second[owner], best[owner])
    right = counts - 1 > rival
    repeated = np.bincount(codes)[codes] > 1
    if not repeated.any():
        return 0.0, 0.0, 0
    chance = np.bincount(kinds[repeated]).max() / repeated.sum()
    return float(right[inverse][repeated].mean()), float(chance), int(repeated.sum())


def _separable(look: Look, cells: pd.Series) -> bool:
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    values = cells.to_numpy(np.float64, na_value=np.nan)
    rows = _sample(np.flatnonzero(np.isfinite(values) & (look.strata >= 0)), SAMPLE)
    kinds = look.strata[rows]
    counts = np.bincount(kinds)
    rows, kinds = rows[counts[kinds] >= 3], kinds[counts[kinds] >= 3]
    if len(rows) < max(30, 0.5 * min(len(cells), SAMPLE)) or len(set(kinds.tolist())) < 2:
        return False
    # Few leaves: a column of ever growing ids of rows sorted by class needs no more, one of noise would.
    tree = DecisionTreeClassifier(max_leaf_nodes=max(2 * len(set(kinds.tolist())), 4), random_state=0)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    found = cross_val_score(tree, values[rows, None], kinds, cv=folds).mean()
    return _almost_perfect(float(found), float(np.bincount(kinds).max() / len(kinds)))


def _names_class(look: Look, cells: pd.Series) -> bool:
    """Whether the name of the class stands in the cell (a file path, a tag), and the names of others do not."""
    rows = _sample(np.flatnonzero(look.strata >= 0), WORD_SAMPLE)
    values = [str(cell).casefold() for cell in cells.iloc[rows]]
    own = ["|".join(look.sets[row]).casefold() for row in rows]
    others = np.random.default_rng(0).permutation(own)
    hit = np.mean([name in value for name, value in zip(own, values)])
    differs = [(name, value) for name, value, mine in zip(others, values, own) if name != mine]
    return bool(hit >= GIVEN_AWAY and differs and np.mean([name in value for name, value in differs]) <= 0.1)


def _words(look: Look) -> Iterator[Finding]:
    """A word that stands in the texts of one class only and in nearly all of them, for (nearly) all classes but one."""
    from sklearn.feature_extraction.text import CountVectorizer

    filled = np.flatnonzero([bool(text.strip()) and kind >= 0 for text, kind in zip(look.texts, look.strata)])
    rows = _sample(filled, WORD_SAMPLE)
    kinds = np.unique(look.strata[rows], return_inverse=True)[1] if len(rows) else np.zeros(0, np.int64)
    sizes = np.bincount(kinds)
    if len(rows) < 30 or len(sizes) < 2:
        return
    least = max(5, int(0.5 * sizes.min()))
    counter = CountVectorizer(binary=True, token_pattern=_WORD, ngram_range=(1, 2), min_df=min(least, len(rows)), dtype=np.int32)
    try:
        present = counter.fit_transform([_ends(look.texts[row]) for row in rows])
    except ValueError:  # no word is that common
        return
    classes = np.eye(len(sizes), dtype=np.int32)[kinds]
    counts = np.asarray(present.T @ classes)
    quality = np.minimum(counts / counts.sum(1, keepdims=True), counts / sizes)  # the lesser of precision and recall
    best = quality.argmax(0)
    telling = quality[best, np.arange(len(sizes))] >= GIVEN_AWAY
    if telling.sum() < max(1, len(sizes) - 1) or sizes.min() < 5:
        return
    names = counter.get_feature_names_out()
    words = ", ".join(sorted({str(names[best[kind]]) for kind in np.flatnonzero(telling)})[:5])
    sentence = N_("Single words in the texts give the target away almost perfectly ({words}), so a model would learn these words "
                  "and nothing else: check whether new texts will have them, and remove them from the texts if not.")  # fmt: skip
    yield fault("target_word", "warn", sentence, range(len(look.frame)), look.texts, words=words)


def _ends(text: str) -> str:
    """Beginning and end of a text: where tags, prefixes and footers stand."""
    return text if len(text) <= LONGEST else text[: LONGEST * 3 // 4] + "\n" + text[-LONGEST // 4 :]


def _few(look: Look) -> int:
    """Number of values up to which a column is a category rather than a mark of groups."""
    return max(20, 3 * (int(look.strata.max()) + 1))


def _almost_perfect(found: float, chance: float) -> bool:
    return found >= GIVEN_AWAY and 1 - found <= 0.1 * (1 - chance)


def _sample(rows: np.ndarray, most: int) -> np.ndarray:
    return rows if len(rows) <= most else np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
