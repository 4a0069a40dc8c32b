"""The record that one capability is, and the small protocols around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from core.contracts.inputs import Documents, Table, Texts
from core.contracts.media import Pictures, Sound, Video
from core.contracts.params import Params, column, parameter
from core.contracts.results import Evidence, Result, Section
from core.language import N_

if TYPE_CHECKING:
    import numpy as np


class Context:
    """How running work speaks to whoever waits for it. This base says nothing to nobody: right for short calls and tests.

    The worker's subclass writes all of it to the job's folder. `folder`, where set, survives an interruption: checkpoints go
    there.
    """

    folder: Path | None = None

    def progress(self, share: float, message: str = "", **values: object) -> None:
        """`share` of the work done, 0 to 1; `message` is a translatable sentence with placeholders for `values`."""

    def metric(self, step: float, **values: float) -> None:
        """One point of a live learning curve, e.g. `metric(3, train_loss=.4, validation_accuracy=.8)`."""

    def log(self, line: str) -> None:
        """One line for the job's log, in English."""

    def text(self, piece: str) -> None:
        """A piece of the answer (a sentence) as soon as it stands, for whoever reads along while the work goes on."""

    def part(self, result: Result) -> None:
        """A part of the result as soon as it stands, e.g. the sound of a sentence, likewise."""

    def check(self) -> None:
        """Raises `Cancelled` when the user has asked to stop. Call it at least once a second."""


class TrainingParams(Params):
    """What every training on a table has in common. Subclass it; the names are also the command line's options."""

    # What is learnt: "classification", or "translation". Guard, split, measuring and the panel of learning go by it.
    task: ClassVar[str] = "classification"

    target: str = column("label", title=N_("Target column"), help=N_("The column to learn, e.g. the label."))
    group: str = column(
        "group", optional=True, advanced=True, title=N_("Group column"),
        help=N_("Rows of one group (a customer, a product) stay on one side of the split."),
    )  # fmt: skip
    time: str = column(
        "date", optional=True, advanced=True, title=N_("Time column"),
        help=N_("The test part is the latest rows by this column."),
    )  # fmt: skip
    split: Literal["auto", "random", "group", "time", "given"] = parameter(
        "auto", advanced=True, title=N_("Split"), help=N_("How rows are kept aside to measure with."),
        choices={"auto": N_("Choose for me"), "random": N_("By row, same share of every class"), "group": N_("By group"),
                 "time": N_("By time"), "given": N_("As given in the column split")},
    )  # fmt: skip
    test_share: float = parameter(
        0.2, ge=0.05, le=0.5, advanced=True, title=N_("Test share"), help=N_("Share of rows kept aside to measure with."),
    )  # fmt: skip
    seed: int = parameter(
        0, ge=0, le=2**31 - 1, advanced=True, title=N_("Seed"), help=N_("The same seed gives the same split and model."),
    )  # fmt: skip
    # Names of the leak guard's mends, applied to the table in this order before it is split; the page sets it, no form field.
    mends: tuple[str, ...] = ()


class Model(Protocol):
    """A fitted model. It is saved as a folder of plain files (safetensors, npz, JSON…), never as a pickle."""

    def predict(self, inputs: Any, context: Context) -> Result: ...

    def save(self, folder: Path) -> None: ...

    def describe(self) -> dict[str, Any]:
        """JSON-able facts for the model card: method, classes, sizes, weights that it stands on."""
        ...


@dataclass(frozen=True)
class Learner:
    """The half of a capability that learns.

    `fit(train, validation, params, context)` gets two tables that share no row; the test rows are kept by
    `core.lifecycle.train`, which also evaluates, saves and logs. `load(folder)` reads what `Model.save` wrote.
    """

    params: type[TrainingParams]
    fit: Callable[[Table, Table, Any, Context], Model]
    load: Callable[[Path], Model]
    # Of a translation: further methods to beat, by name, each with its answers for the sources of the third table. They learn
    # from the first two tables only.
    baselines: Callable[[Table, Table, Table, Any, Context], dict[str, list[str]]] | None = None
    # More to show of a trained model: (model, the three parts with their targets, its answers for the third, params, context).
    illustrate: Callable[[Any, Sequence[Table], Any, Any, Context], tuple[Section, ...]] | None = None
    samples: tuple[str, ...] = ()  # tables to learn from; empty: the capability's own samples

    @property
    def task(self) -> str:
        """What is learnt, as `params` say."""
        return self.params.task


@dataclass(frozen=True)
class Reference:
    """A published figure and how it was measured."""

    value: float
    source: str
    protocol: str


@dataclass(frozen=True)
class Bar:
    """A promise that `python -m core bench` checks: `metric` of `run` or `train` on `sample`, at least `value`."""

    sample: str
    metric: str
    value: float
    params: dict[str, object] = field(default_factory=dict)
    reference: Reference | None = None
    shipped: str = ""  # name of a shipped model to evaluate instead of training (training takes over a minute)
    table: Callable[[], Table] | None = None  # what is learnt from where that is more than the sample
    # Measures the bar of a capability that does not learn: the evidence has score, interval, baseline, rows and who answered.
    measure: Callable[[Context], Evidence] | None = None
    lower_is_better: bool = False
    unit: str = ""  # of `value`; empty for a share of 1


@dataclass(frozen=True)
class Chat:
    """A capability that is talked to, turn by turn.

    `message` names the params field that the chat box fills; empty: what is typed is the input itself (`Texts`). The params'
    field `history` holds the earlier turns, `("user" or "assistant", text)` each. `stream(input, params, context)` gives the
    answer piece by piece; without it, `run` gives it whole. Closing the iterator stops the model; its `notices` and `facts`
    (messages, where it has them) stand below the answer. `spoken`: what is said to it is a recording (`Sound`), what it
    answers is heard, and its params' field `documents` may name documents that were given. `warm(params)` loads what an answer
    needs; the page calls it in a thread of its own, so that models load while the user still speaks.
    """

    message: str = ""
    spoken: bool = False
    stream: Callable[[Any, Any, Context], Iterator[str]] | None = None
    placeholder: str = ""
    warm: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Live:
    """A capability that also looks at a camera while it films.

    `open(params, context)` gives a function from a frame, uint8 (height, width, 3) RGB, to the frame with its marks, at that
    size or smaller. What it remembers (tracks, counts) belongs to that function, and one is opened for every session. It is
    called for one frame after the other, in a thread of its own; the size of the frames may change on the way.
    `allows` names the values that a parameter may have live; one that may have a single value is not asked for.
    """

    open: Callable[[Any, Context], Callable[[np.ndarray], np.ndarray]]
    allows: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Capability:
    """Everything that form, API, command line, README row and tests derive from.

    `run(input, params, context)` answers with a `returns`; `takes` lists the input types that it accepts. Where it is empty, the
    params say all, and what `run` is given is not read.
    Titles are marked with `N_`; the docstring of the module is the long description.
    """

    id: str
    title: str
    summary: str
    takes: tuple[type[Texts] | type[Table] | type[Documents] | type[Pictures] | type[Video] | type[Sound], ...]
    returns: type[Any]
    params: type[Params]
    run: Callable[[Any, Any, Context], Result]
    samples: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    metric: str = ""
    bars: tuple[Bar, ...] = ()
    learner: Learner | None = None
    ready: bool = False  # whether a capability that learns answers without being trained first, too
    example: tuple[str, ...] = ()  # a short input to show when a panel opens
    chat: Chat | None = None
    live: Live | None = None
    # Whether the answer to this input is quick although the input is large, e.g. because its index stands on disk.
    is_quick: Callable[[Any, Any], bool] | None = None
    # Whether these params say all, such as whom to forget: then no input is asked for, and what `run` is given is not read.
    alone: Callable[[Any], bool] | None = None
    # Whether it takes longer than one waits although the input is small, e.g. a page that is read aloud.
    is_slow: Callable[[Any, Any], bool] | None = None

    @property
    def field(self) -> str:
        return self.id.partition(".")[0]

    @property
    def training_samples(self) -> tuple[str, ...]:
        """The samples to learn from."""
        return (self.learner.samples if self.learner else ()) or self.samples
