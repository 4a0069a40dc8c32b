"""What a capability is, what it takes, what it returns and how it fails.

Everything that the pages, the command line, the API and the tests know of a capability they know from these types.
"""

from core.contracts.capability import Bar, Capability, Chat, Context, Learner, Model, Reference, TrainingParams
from core.contracts.errors import (
    BusyError,
    Cancelled,
    InputError,
    LimitError,
    NotFoundError,
    UnavailableError,
    UserError,
)
from core.contracts.inputs import Block, Document, Documents, Message, Table, Texts
from core.contracts.params import Params, column, parameter
from core.contracts.results import (
    Curves,
    Evidence,
    Graph,
    Highlights,
    Labels,
    Matrix,
    Metric,
    Metrics,
    Points,
    Ranking,
    Records,
    Report,
    Result,
    Section,
    Series,
    Spans,
    Terms,
    Text,
    dump,
    load,
)

__all__ = [
    "Bar", "Block", "BusyError", "Cancelled", "Capability", "Chat", "Context", "Curves", "Document", "Documents",
    "Evidence", "Graph", "Highlights", "InputError", "Labels", "Learner", "LimitError", "Matrix", "Message", "Metric",
    "Metrics", "Model", "NotFoundError", "Params", "Points", "Ranking", "Records", "Reference", "Report", "Result",
    "Section", "Series", "Spans", "Table", "Terms", "Text", "Texts", "TrainingParams", "UnavailableError", "UserError",
    "column", "dump", "load", "parameter",
]  # fmt: skip
