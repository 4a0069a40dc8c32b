"""Parameters of a capability: a frozen pydantic model from which the form, the command line and the API follow."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.contracts.errors import InputError
from core.language import N_

ColumnKind = Literal[
    "text", "label", "number", "date", "group", "source", "translation", "picture", "sound", "any",
    "user", "item", "title", "rating", "amount", "protected", "exposure", "claims", "loss",
]  # fmt: skip


class Params(BaseModel):
    """Base of all parameters. Unknown names are refused, values are range-checked, instances are immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


Given = TypeVar("Given", bound=Params)


def parameter(
    default: Any,
    *,
    title: str,
    help: str,  # noqa: A002 - the widget's own word
    unit: str = "",
    choices: dict[str, str] | None = None,
    when: dict[str, tuple[object, ...]] | None = None,
    advanced: bool = False,
    values_of: str = "",
    guessed: bool = False,
    **limits: Any,
) -> Any:
    """A field of `Params`.

    `title`, `help` and the values of `choices` are marked with `N_` and translated when shown; `limits` are pydantic's
    (`ge`, `le`, `max_length`…). `when={"method": ("textcnn",)}` shows the field only for those values of another one;
    `advanced` folds it away. `values_of` names a column field: the form then offers that column's values, once one is chosen,
    and where `guessed` the one that names an event (`core.learning.scoring.guess_event`) first.
    """
    extra: dict[str, Any] = {
        "unit": unit, "choices": choices or {}, "when": when or {}, "advanced": advanced, "values_of": values_of,
        "guessed": guessed,
    }  # fmt: skip
    return Field(default, title=title, description=help, json_schema_extra={"panorama": extra}, **limits)


def column(kind: ColumnKind, *, title: str, help: str, optional: bool = False, advanced: bool = False) -> Any:  # noqa: A002
    """A field of `Params` that names a column of the table; empty means: guess it (or, where optional, none).

    The form offers the table's columns and preselects what `core.intake.roles.guess(frame, kind)` finds.
    """
    extra: dict[str, Any] = {"unit": "", "choices": {}, "when": {}, "advanced": advanced, "column": kind, "optional": optional}
    return Field("", title=title, description=help, json_schema_extra={"panorama": extra})


def columns(kind: ColumnKind, *, title: str, help: str, advanced: bool = False) -> Any:  # noqa: A002
    """A field of `Params` that names any number of columns: a tuple of names, annotated `tuple[str, ...]`; empty means none.

    The form preselects what `core.intake.roles.guess_all(frame, kind)` finds; of kind "any", nothing.
    """
    extra: dict[str, Any] = {"unit": "", "choices": {}, "when": {}, "advanced": advanced, "columns": kind, "optional": True}
    return Field((), title=title, description=help, json_schema_extra={"panorama": extra})


def drawing(
    kinds: tuple[Literal["line", "zone", "box"], ...], *, title: str, help: str, advanced: bool = False,  # noqa: A002
    when: dict[str, tuple[object, ...]] | None = None,
) -> Any:  # fmt: skip
    """A field of `Params` for shapes on the picture (or the video's first frame), drawn by hand: text, one shape a line.

    `line: 0.1,0.5 0.9,0.5` has two ends, `zone:` three corners or more, `box:` two opposite corners; numbers are shares of width
    and height. `core.contracts.shapes.parse_shapes` reads them. `when` as of `parameter`.
    """
    extra: dict[str, Any] = {"unit": "", "choices": {}, "when": when or {}, "advanced": advanced, "draws": kinds}
    return Field("", title=title, description=help, max_length=4_000, json_schema_extra={"panorama": extra})


def recording(*, title: str, help: str, when: dict[str, tuple[object, ...]] | None = None) -> Any:  # noqa: A002
    """A field of `Params` for a second recording: `sample:` and the name of a sample, or the SHA-256 of a file sent before.

    `core.source.second_sound` opens it.
    """
    extra: dict[str, Any] = {"unit": "", "choices": {}, "when": when or {}, "advanced": False, "recording": True}
    return Field("", title=title, description=help, max_length=120, json_schema_extra={"panorama": extra})


def details(model: type[Params], name: str) -> dict[str, Any]:
    """What `parameter`, `column`, `drawing` or `recording` noted of the field `name`."""
    extra = model.model_fields[name].json_schema_extra
    noted = extra.get("panorama", {}) if isinstance(extra, dict) else {}
    base = {"unit": "", "choices": {}, "when": {}, "advanced": False, "values_of": "", "guessed": False, "column": None,
            "columns": None, "optional": False, "draws": (), "recording": False}  # fmt: skip
    return {**base, **(noted if isinstance(noted, dict) else {})}


def parse(model: type[Given], given: dict[str, Any]) -> Given:
    """`given` as an instance of `model`; raises `InputError` that names the first thing wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or model.__name__
        raise InputError(N_("The parameter {name} is not right: {problem}."), name=name, problem=first["msg"]) from None
