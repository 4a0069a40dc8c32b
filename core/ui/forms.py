"""A form from a `Params` model: purely derived, no word about any capability."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from unicodedata import east_asian_width
from zlib import crc32

import streamlit as st
from pydantic import ValidationError

from core.contracts import Params, Table
from core.contracts.params import details
from core.language import N_
from core.ui.language import _
from core.ui.plain import plain

MOST_SEGMENTS, SEGMENT_WIDTH = 3, 16  # choices side by side, and letters of each: more are cut off
MOST_VALUES = 50  # of a column that are offered as a choice; of more, one is typed


@dataclass(frozen=True)
class Field:
    """What the form needs to know of one parameter."""

    name: str
    kind: Literal["choice", "switch", "whole", "real", "text", "column", "columns", "drawing", "recording"]
    title: str
    help: str
    default: Any
    unit: str = ""
    options: tuple[Any, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    length: int | None = None
    when: dict[str, tuple[object, ...]] = field(default_factory=dict)
    advanced: bool = False
    column: str = ""
    optional: bool = False
    draws: tuple[str, ...] = ()
    values_of: str = ""
    guessed: bool = False

    @property
    def label(self) -> str:
        """Title with its unit, in the session's language."""
        return plain(_(self.title)) + (f" ({plain(_(self.unit))})" if self.unit else "")

    def shown(self, values: dict[str, Any]) -> bool:
        """Whether the values of other fields let this one appear."""
        if self.values_of and not values.get(self.values_of):
            return False
        return all(values.get(name) in allowed for name, allowed in self.when.items())


def fields(model: type[Params]) -> tuple[Field, ...]:
    """The fields of `model` that a person sets; those without a title are set by the page."""
    return tuple(_field(model, name) for name, info in model.model_fields.items() if info.title)


def _field(model: type[Params], name: str) -> Field:
    info, noted = model.model_fields[name], details(model, name)
    annotation, optional = _without_none(info.annotation)
    kind, options = _kind(annotation, bool(noted["column"]), tuple(noted["choices"]))
    if noted["columns"]:
        kind = "columns"
    if noted["draws"]:
        kind = "drawing"
    if noted["recording"]:
        kind = "recording"
    limits = {type(limit).__name__: limit for limit in info.metadata}
    low = next((getattr(limits[k], k.lower()) for k in ("Ge", "Gt") if k in limits), None)
    high = next((getattr(limits[k], k.lower()) for k in ("Le", "Lt") if k in limits), None)
    return Field(
        name, kind, info.title or name, info.description or "", info.default, unit=noted["unit"], options=options,
        choices=noted["choices"], low=low, high=high, length=getattr(limits.get("MaxLen"), "max_length", None),
        when=noted["when"], advanced=noted["advanced"], column=noted["column"] or noted["columns"] or "",
        optional=optional or noted["optional"],
        draws=tuple(noted["draws"]),
        values_of=noted["values_of"],
        guessed=noted["guessed"],
    )  # fmt: skip


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        parts = [part for part in typing.get_args(annotation) if part is not type(None)]
        return parts[0], True
    return annotation, False


def _kind(annotation: Any, is_column: bool, choices: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    if is_column:
        return "column", ()
    if choices and annotation is str:
        return "choice", choices
    if typing.get_origin(annotation) is Literal:
        return "choice", typing.get_args(annotation)
    return {bool: "switch", int: "whole", float: "real"}.get(annotation, "text"), ()


def form(
    model: type[Params], key: str, *, table: Table | None = None, start: dict[str, Any] | None = None,
    ground: Callable[[], bytes] | None = None, allows: Mapping[str, tuple[Any, ...]] | None = None,
) -> Params | None:  # fmt: skip
    """Widgets for `model`; the params they make, or None (with a sentence shown) while they make none.

    `start` preselects values, e.g. from a shared link; `ground` gives the picture file on which shapes are drawn; `allows`
    narrows the values of some choices, and a field that may have one value only is not asked for.
    """
    return build(model, ask(model, key, table=table, start=start, ground=ground, allows=allows))


def ask(
    model: type[Params], key: str, *, table: Table | None = None, start: dict[str, Any] | None = None,
    only: Callable[[Field], bool] = lambda item: True, ground: Callable[[], bytes] | None = None,
    allows: Mapping[str, tuple[Any, ...]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Widgets for those fields of `model` that `only` picks; the values given. Advanced ones are folded away."""
    allows = allows or {}
    values: dict[str, Any] = {name: allowed[0] for name, allowed in allows.items() if len(allowed) == 1}
    wanted = [
        replace(item, options=allows[item.name], default=allows[item.name][0]) if item.name in allows else item
        for item in fields(model)
        if only(item) and item.name not in values and not ((item.column or item.values_of) and table is None)
    ]
    drawn = [item for item in wanted if item.kind == "drawing"]
    wanted = [item for item in wanted if item.kind != "drawing"]
    plainly, folded = [item for item in wanted if not item.advanced], [item for item in wanted if item.advanced]
    _widgets(plainly, key, table, start or {}, values)
    _drawings([item for item in drawn if not item.advanced], key, start or {}, values, ground)
    if any(item.shown({**_defaults(model), **values}) for item in folded):
        with st.expander(_("More settings")):
            _widgets(folded, key, table, start or {}, values)
    _drawings([item for item in drawn if item.advanced], key, start or {}, values, ground)
    return values


def _drawings(
    items: list[Field], key: str, start: dict[str, Any], values: dict[str, Any], ground: Callable[[], bytes] | None
) -> None:
    """What is drawn on the picture, folded where it is advanced; without a picture it keeps its default."""
    items = [item for item in items if item.shown(values)]
    picture = ground() if ground is not None and items else b""
    for item in items if picture else ():
        from core.ui.canvas import drawing

        with st.expander(item.label, expanded=not item.advanced):
            value = str(start.get(item.name, item.default))
            values[item.name] = drawing(_(item.help), None, item.draws, picture, f"{key}.{item.name}", value)


def build(model: type[Params], values: dict[str, Any]) -> Params | None:
    """`values` as params; None, and a sentence that names the wrong ones, where they are out of range."""
    try:
        return model(**values)
    except ValidationError as error:
        names = {item.name: _(item.title) for item in fields(model)}
        wrong = sorted({plain(names.get(str(item["loc"][0]), item["loc"][0])) for item in error.errors() if item["loc"]})
        st.error(_("This setting is out of its range: {names}. Correct it to go on.", names=", ".join(wrong)))
        return None


def _defaults(model: type[Params]) -> dict[str, Any]:
    return {name: info.default for name, info in model.model_fields.items()}


def _widgets(items: list[Field], key: str, table: Table | None, start: dict[str, Any], values: dict[str, Any]) -> None:
    """Draws the fields two to a row; a field whose `when` is not met is left at its default."""
    if not items:
        return
    columns = st.columns(2, gap="medium")
    place = 0
    for item in items:
        if item.shown({**{other.name: other.default for other in items}, **values}):
            with columns[place % 2]:
                offered = _values(table, values.get(item.values_of), item.guessed) if item.values_of else None
                value = start.get(item.name, item.default)
                if item.guessed and offered and value not in offered:
                    value = _event(offered)
                values[item.name] = widget(item, key, table, value, offered)
            place += 1


def _values(table: Table | None, column: Any, classes: bool) -> list[str] | None:
    """The different values of a column, the commonest first, written as `classes` are where it is learnt; None where they are
    too many to choose from.
    """
    if table is None or column not in table.frame:
        return None
    return _counted(table.digest, column, classes, table) if table.digest else _count(column, classes, table)


@st.cache_data(max_entries=64, show_spinner=False)
def _counted(digest: str, column: str, classes: bool, _table: Table) -> list[str] | None:
    """`_count`, once for all reruns: a column may have a million rows."""
    return _count(column, classes, _table)


def _count(column: str, classes: bool, table: Table) -> list[str] | None:
    if classes:
        from core.learning.scoring import counted_classes

        names = counted_classes(table.frame[column])
        return list(names) if len(names) <= MOST_VALUES else None
    counted = table.frame[column].dropna().astype("str").str.strip().value_counts()
    return [str(value) for value in counted.index if value] if len(counted) <= MOST_VALUES else None


def _event(values: list[str]) -> str:
    """The one that names an event; of two that name none the rarer one."""
    from core.learning.scoring import event_among

    return event_among(values)


def widget(item: Field, key: str, table: Table | None = None, value: Any = None, offered: list[str] | None = None) -> Any:
    """The widget of one field, preset to `value` where that is possible; `offered` are the values of its column."""
    own_key = f"{key}.{item.name}"
    common: dict[str, Any] = {"label": item.label, "help": _(item.help) or None, "key": own_key, "persist_state": "page"}
    if item.kind == "column":
        return _column(item, common, table, value)
    if item.kind == "columns":
        return _columns(item, common, table, value)
    if offered:
        common["key"] += f".{crc32(repr(offered).encode()):x}"  # another column: choose afresh
        index = offered.index(value) if value in offered else None
        return st.selectbox(options=offered, index=index, placeholder=_("Any value"), **common) or ""
    if item.kind == "recording":
        from core.ui.second import second

        return second(item.label, _(item.help), own_key, str(value or ""))
    if item.kind == "choice":
        return _choice(item, common, value)
    if item.kind == "switch":
        return st.toggle(value=bool(value), **common)
    if item.kind == "text":
        return st.text_input(value=str(value or ""), max_chars=item.length, **common)
    return _number(item, common, value)


def _choice(item: Field, common: dict[str, Any], value: Any) -> Any:
    def written(option: Any) -> str:
        return _(item.choices.get(option, str(option)))

    if len(item.options) <= MOST_SEGMENTS and all(_width(written(option)) <= SEGMENT_WIDTH for option in item.options):
        default = value if value in item.options else item.options[0]
        return st.segmented_control(options=item.options, default=default, required=True, format_func=written, **common)
    index = item.options.index(value) if value in item.options else 0
    return st.selectbox(options=item.options, index=index, format_func=written, **common)


def _width(text: str) -> int:
    """In Latin letters: a hanzi is as wide as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _number(item: Field, common: dict[str, Any], value: Any) -> Any:
    kind = int if item.kind == "whole" else float
    low, high = (None if bound is None else kind(bound) for bound in (item.low, item.high))
    preset = None if value is None else kind(value)
    if preset is not None:
        preset = max(preset, low) if low is not None else preset
        preset = min(preset, high) if high is not None else preset
    if kind is int:
        return st.number_input(min_value=low, max_value=high, value=preset, step=1, **common)
    if low is not None and high is not None and preset is not None and 0 < high - low <= 1 and low >= 0.0:
        step = 0.01 if high - low > 0.1 else 0.001
        if preset in (low, high) or preset >= step:  # a learning rate of 1e-3 is not for a slider that shows 0.00
            written = "%.2f" if step == 0.01 else "%.3f"
            return st.slider(min_value=low, max_value=high, value=preset, step=step, format=written, **common)
    small = preset is not None and 0 < abs(preset) < 0.01
    return st.number_input(min_value=low, max_value=high, value=preset, format="%.2e" if small else "%.4g", **common)


def _column(item: Field, common: dict[str, Any], table: Table | None, value: Any) -> str:
    from core.intake import roles

    assert table is not None, "a column field needs the table whose columns it offers"
    options = ([""] if item.optional else []) + [str(name) for name in table.columns]
    # A folded optional column stays empty until somebody asks for it: a wrong guess would quietly change the split.
    # Nor is a filter guessed, which any column could be.
    guess = not (item.optional and (item.advanced or item.column == "any"))
    guessed = value or (roles.guess(table.frame, item.column, _look(table)) if guess else "")  # type: ignore[arg-type]
    index = options.index(guessed) if guessed in options else 0
    common["key"] += f".{table.digest[:12]}"  # another table: guess afresh
    none = _(N_("None"))
    return st.selectbox(options=options, index=index, format_func=lambda name: name or none, **common) or ""


def _columns(item: Field, common: dict[str, Any], table: Table | None, value: Any) -> tuple[str, ...]:
    from core.intake import roles

    assert table is not None, "a field of columns needs the table whose columns it offers"
    options = [str(name) for name in table.columns]
    guessed = [name for name in value or () if name in options]
    guessed = guessed or roles.guess_all(table.frame, item.column, _look(table))  # type: ignore[arg-type]
    common["key"] += f".{table.digest[:12]}"
    return tuple(st.multiselect(options=options, default=guessed, placeholder=_(N_("None")), **common))


def _look(table: Table) -> Any:
    """What the guesses of all fields go by; looked at once for all fields, reruns and sessions."""
    from core.intake import roles

    return _looked(table.digest, table) if table.digest else roles.look(table.frame)


@st.cache_resource(max_entries=32, ttl=3600, show_spinner=False)
def _looked(digest: str, _table: Table) -> Any:
    from core.intake import roles

    return roles.look(_table.frame)
