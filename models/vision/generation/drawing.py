"""Answers of `vision.generate`: pictures from seeds, or the way from one seed to another."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from core.contracts import Capability, Context, Gallery, Message, Report, Section
from core.language import N_
from models.vision.generation import engines, film, latents, show
from models.vision.generation.trained import draw

STRIP = 12  # pictures of a way that stand side by side
FRAMES = 72  # of the film, there and back
METADATA = N_("Each file says in its metadata that a model made it, which one, and from which seed.")


def draw_report(params: Any, capability: Capability, context: Context) -> Report:
    """Draws what `params` ask for with a generator."""
    started = perf_counter()
    context.progress(0.0, N_("Opening the model"))
    with engines.opened(params.model, capability) as (network, engine):
        context.progress(0.3, N_("Drawing"))
        details = {"Model": f"{engine.method} {engine.name}", "Truncation": f"{params.truncation:g}"}
        if params.task == "interpolation":
            sections = _way(network, params, details, context)
        else:
            seeds = latents.following(params.seed, params.count)
            drawn = draw(network, latents.seeded(seeds, network.latent, params.truncation), context)
            whole = show.gallery(drawn, seeds, details, METADATA)
            sections = (Section(whole.title, whole),)
        size = network.size
    known = engine.evidence
    evidence = replace(
        known, answered_by=f"{engine.name}, {engine.method}, {size} × {size}", caveats=(*known.caveats, *engine.caveats),
        seconds=perf_counter() - started,
    )  # fmt: skip
    return Report(capability.title, _summary(params, size), sections, evidence)


def _way(network: Any, params: Any, details: dict[str, str], context: Context) -> tuple[Section, ...]:
    """From one seed to the other, as a strip and as a film that comes back to where it began."""
    start, end = latents.seeded([params.seed, params.end_seed], network.latent, params.truncation)
    drawn = draw(network, latents.walk(start, end, STRIP), context)
    shares = np.linspace(0, 1, STRIP)
    images = tuple(
        show.image(one, Message(N_("{share} of the way"), {"share": f"{share:.0%}"}),
                   {**details, "Seed": f"{params.seed} to {params.end_seed}", "Share": f"{share:.3f}"})
        for one, share in zip(drawn, shares)
    )  # fmt: skip
    caption = Message(N_("From seed {seed} to seed {end}, along the arc between their random numbers."),
                      {"seed": params.seed, "end": params.end_seed})  # fmt: skip
    strip = Gallery(N_("From one to the other"), images, caption)
    there = draw(network, latents.walk(start, end, FRAMES // 2), context)
    moving = film.film(N_("From one to the other, as a film"), [*there, *there[::-1]], context, caption, film.RATE)
    return (Section(strip.title, strip, METADATA), Section(moving.title, moving))


def _summary(params: Any, size: int) -> Message:
    if params.task == "interpolation":
        return Message(N_("The way from seed {seed} to seed {end} in {count} pictures of {size} × {size} pixels, and as a film."),
                       {"seed": params.seed, "end": params.end_seed, "count": STRIP, "size": size})  # fmt: skip
    return Message(N_("{count} pictures of {size} × {size} pixels, seed {seed} and those that follow. The same seed gives the "
                      "same picture."), {"count": params.count, "size": size, "seed": params.seed})  # fmt: skip
