"""Converts a transformers encoder to OpenVINO: `python -m models.text.embedding.convert SOURCE TARGET`.

Run as a process of its own, so that the memory of torch and transformers goes back when it is done.
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.text.embedding.runners import import_openvino, load_transformer


def convert(source: Path, target: Path) -> None:
    """Writes model.xml and model.bin: inputs `input_ids` and `attention_mask`, output the last hidden states.

    Numbers are kept in float16, which loses nothing of weights that are float16 themselves.
    """
    import torch

    openvino = import_openvino()
    model = load_transformer(source, torch.float32)

    class LastStates(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids, mask = torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long)
    mask[1, 8:] = 0
    converted = openvino.convert_model(LastStates().eval(), example_input={"input_ids": ids, "attention_mask": mask})
    openvino.save_model(converted, target / "model.xml", compress_to_fp16=True)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
