"""What a capability is, what it takes, what it returns and how it fails.

Everything that the pages, the command line, the API and the tests know of a capability they know from these types.
"""

from core.contracts.capability import Bar, Capability, Context, Learner, Model, Reference, TrainingParams
from core.contracts.errors import (
    BusyError,
    Cancelled,
    InputError,
    LimitError,
    NotFoundError,
    UnavailableError,
    UserError,
)
from core.contracts.inputs import Message, Table, Texts
from core.contracts.params import Params, column, parameter
from core.contracts.results import (
    Curves,
    Evidence,
    Highlights,
    Labels,
    Matrix,
    Metric,
    Metrics,
    Ranking,
    Records,
    Report,
    Result,
    Section,
    Series,
    Terms,
    dump,
    load,
)

__all__ = [
    "Bar", "BusyError", "Cancelled", "Capability", "Context", "Curves", "Evidence", "Highlights", "InputError",
    "Labels", "Learner", "LimitError", "Matrix", "Message", "Metric", "Metrics", "Model", "NotFoundError", "Params",
    "Ranking", "Records", "Reference", "Report", "Result", "Section", "Series", "Table", "Terms", "Texts", "TrainingParams",
    "UnavailableError", "UserError", "column", "dump", "load", "parameter",
]  # fmt: skip
