"""What a capability is, what it takes, what it returns and how it fails.

Everything that the pages, the command line, the API and the tests know of a capability they know from these types.
"""

from core.contracts.audible import Audio, Transcript, Utterance, Word
from core.contracts.capability import Bar, Capability, Chat, Context, Learner, Live, Model, Reference, TrainingParams
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
from core.contracts.media import Picture, Pictures, Sound, Video
from core.contracts.params import Params, column, columns, drawing, parameter, recording
from core.contracts.results import (
    Card,
    Cards,
    Curves,
    Evidence,
    Graph,
    Highlights,
    Labels,
    Matrix,
    Metric,
    Metrics,
    Points,
    Queue,
    Ranking,
    Records,
    Report,
    Result,
    Section,
    Series,
    Spans,
    Terms,
    Text,
)
from core.contracts.serial import dump, load
from core.contracts.visual import Boxes, Film, Gallery, Image, Keypoints, Regions

__all__ = [
    "Audio", "Bar", "Block", "Boxes", "BusyError", "Cancelled", "Capability", "Card", "Cards", "Chat", "Context", "Curves",
    "Document", "Documents", "Evidence", "Film", "Gallery", "Graph", "Highlights", "Image", "InputError", "Keypoints", "Labels",
    "Learner", "LimitError", "Live", "Matrix", "Message", "Metric", "Metrics", "Model", "NotFoundError", "Params", "Picture",
    "Pictures", "Points", "Queue", "Ranking", "Records", "Reference", "Regions", "Report", "Result", "Section", "Series", "Sound",
    "Spans", "Table", "Terms", "Text", "Texts", "TrainingParams", "Transcript", "UnavailableError", "UserError", "Utterance",
    "Video", "Word", "column", "columns", "drawing", "dump", "load", "parameter", "recording",
]  # fmt: skip
