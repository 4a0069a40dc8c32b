"""Pictures from a description, by a diffusion model (Rombach et al. 2022) of a hub, in the files of the library diffusers.

A hub's model brings safetensors only; no code of its own is run. Nothing here measures how good it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from core import cache, weights
from core.contracts import Capability, Context, Evidence, Gallery, InputError, Message, Report, Section
from core.language import N_
from models.vision.generation import latents, show

SHOWN = 1  # pictures are as large as they are drawn
MISUSE = N_("A diffusion model can draw what offends, deceives or shows real people. It has no filter of its own here: look at "
            "its pictures before you pass them on, and never pass them off as photographs.")  # fmt: skip
BIAS = N_("It draws the world as its training pictures from the web show it, prejudice included, and garbles text and hands.")
SLOW = N_("On a processor each step takes seconds to minutes; a GPU is used where there is one.")


def draw_report(params: Any, capability: Capability, context: Context) -> Report:
    """Draws what `params.prompt` describes, a picture for each seed.

    Raises InputError without a description, UnavailableError where the weights are not here or not accepted.
    """
    if not params.prompt.strip():
        raise InputError(N_("Describe what to draw: a few words, in English for this model."))
    if params.task != "pictures":
        raise InputError(
            N_("A diffusion model draws single pictures. Choose a generator (DCGAN) for the way from one to another.")
        )
    started, item = perf_counter(), weights.entry(params.model)
    seeds = latents.following(params.seed, params.drawings)
    details = {"Model": item.title, "Prompt": params.prompt, "Steps": str(params.steps), "Guidance": f"{params.guidance:g}"}
    folder = weights.locate(params.model, context)
    context.progress(0.0, N_("Opening the model"))
    with cache.lease(("diffusion", params.model), lambda: load(folder)) as pipeline:
        images = tuple(
            show.image(pixels, Message(N_("Seed {seed}"), {"seed": seed}), {**details, "Seed": str(seed)}, SHOWN)
            for seed, pixels in zip(seeds, draw(pipeline, params, seeds, context), strict=True)
        )
    whole = Gallery(N_("Generated pictures"), images, Message(N_("Drawn from: {prompt}"), {"prompt": params.prompt}))
    evidence = Evidence(
        answered_by=item.title, license=item.licence, seconds=perf_counter() - started,
        caveats=(Message(MISUSE), Message(BIAS), Message(SLOW)),
    )  # fmt: skip
    values: dict[str, object] = {"count": len(images), "size": params.side, "seed": params.seed}
    summary = Message(N_("{count} pictures of {size} × {size} pixels, seed {seed} and those that follow. The same seed gives the "
                         "same picture on the same machine."), values)  # fmt: skip
    return Report(capability.title, summary, (Section(whole.title, whole),), evidence)


def load(folder: Path) -> Any:
    """The pipeline in `folder`, on the fastest device, in half precision on a GPU."""
    from diffusers import DiffusionPipeline

    from core.device import half_precision, torch_device

    pipeline = DiffusionPipeline.from_pretrained(
        str(folder), torch_dtype=half_precision(), use_safetensors=True, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(torch_device())


def draw(pipeline: Any, params: Any, seeds: list[int], context: Context) -> Iterator[np.ndarray]:
    """A picture for each seed, uint8 (side, side, 3). Reports and can be stopped after each step."""
    import torch

    total = len(seeds) * params.steps
    for place, seed in enumerate(seeds):

        def told(_pipeline: Any, step: int, _time: Any, kept: dict[str, Any], place: int = place) -> dict[str, Any]:
            context.check()
            context.progress((place * params.steps + step + 1) / total, N_("Step {step} of {steps}"),
                             step=place * params.steps + step + 1, steps=total)  # fmt: skip
            return kept

        context.check()
        # Random numbers come from the processor whatever the device, so that a seed is the same picture everywhere, nearly.
        drawn = pipeline(
            params.prompt, num_inference_steps=params.steps, guidance_scale=params.guidance, width=params.side,
            height=params.side, generator=torch.Generator("cpu").manual_seed(seed), output_type="np", callback_on_step_end=told,
        )  # fmt: skip
        yield np.rint(np.clip(drawn.images[0], 0, 1) * 255).astype(np.uint8)
