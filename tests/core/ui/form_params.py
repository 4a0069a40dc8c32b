"""Params with a field of every kind."""

from typing import Literal

from core.contracts import Params, column, columns, parameter


class Everything(Params):
    method: Literal["line", "net"] = parameter("line", title="Method", help="How.", choices={"line": "Line", "net": "Net"})
    many: Literal["a", "b", "c", "d"] = parameter("c", title="Many", help="Which.")
    pattern: str = parameter(
        "auto", title="Pattern", help="Which.", choices={"auto": "Auto", "zh": "Chinese"}, pattern="^(auto|zh)$"
    )
    epochs: int = parameter(5, title="Epochs", help="Passes.", unit="rounds", ge=1, le=50, when={"method": ("net",)})
    share: float = parameter(0.2, title="Share", help="Kept aside.", ge=0.05, le=0.5, advanced=True)
    rate: float = parameter(1e-3, title="Rate", help="Speed.", gt=0, advanced=True)
    balanced: bool = parameter(True, title="Balanced", help="Weights.")
    note: str = parameter("", title="Note", help="Free text.", max_length=20)
    text: str = column("text", title="Text", help="The texts.")
    group: str = column("group", title="Group", help="The groups.", optional=True, advanced=True)
    value: str = parameter("", title="Value", help="Of the group.", advanced=True, values_of="group")
    limit: int | None = parameter(None, title="Limit", help="None: all.", advanced=True)
    protected: tuple[str, ...] = columns("protected", title="Protected", help="For checks of fairness.", advanced=True)
    mends: tuple[str, ...] = ()
