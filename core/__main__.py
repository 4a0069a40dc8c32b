"""The command line: `python -m core list | run | train | bench | fetch | serve`, each with `--json`.

What a capability takes and which `--param` it knows is derived from its record; `run ID --help-params` lists them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TypeVar

from core import registry
from core.contracts import Capability, Context, Documents, InputError, NotFoundError, Params, Texts, UserError, dump
from core.contracts.params import details, parse
from core.language import N_

Given = TypeVar("Given", bound=Params)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code (2 for a user's mistake, told in one line on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        answer = options.command(options)
    except UserError as error:
        print(json.dumps({"error": str(error), "error_id": error.error_id}) if options.json else f"{error}", file=sys.stderr)
        return 2
    if answer is not None:
        print(json.dumps(answer, ensure_ascii=False, indent=None if options.json else 2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="Panorama from the command line")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function: Any, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(command=function)
        command.add_argument("--json", action="store_true", help="one line of JSON")
        return command

    add("list", _list, "What Panorama can do")
    run = add("run", _run, "Run a capability on a file or a sample")
    train = add("train", _train, "Train on a table, as a job that the dashboard shows too")
    for command in (run, train):
        command.add_argument("id", help="a capability, e.g. text.classify")
        command.add_argument("--sample", default="", help="a sample of the catalogue instead of a file")
        command.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="may be given several times")
    kinds = "a table, text, document, picture, ZIP of pictures, video or sound, by what the capability takes"
    run.add_argument("--input", default="", help=f"a file ({kinds}), or - for lines on stdin")
    run.add_argument(
        "--output",
        default="",
        help="where to write the picture, film, transcript or sound, by its ending (.png .mp4 .zip .srt .vtt .txt .docx .flac …)",
    )
    train.add_argument("--data", default="", help="a file with a table")
    train.add_argument("--target", default="", help="the column to learn")
    train.add_argument("--keep", action="store_true", help="leave what the leak guard would mend as it is")
    bench = add("bench", _bench, "Measure the bars on held-out data")
    bench.add_argument("id", nargs="?", default="", help="one capability; all without it")
    bench.add_argument("--retrain", action="store_true", help="train again what takes over a minute")
    fetch = add("fetch", _fetch, "Bring all weights to this machine")
    fetch.add_argument("name", nargs="*", help="only these")
    fetch.add_argument("--accept", action="store_true", help="accept licences that are not open source")
    serve = add("serve", _serve, "Start the dashboard")
    serve.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    serve.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8501")))
    return parser


def _list(options: argparse.Namespace) -> Any:
    found = registry.capabilities().values()
    if options.json:
        return [
            {"id": c.id, "title": c.title, "summary": c.summary, "params": c.params.model_json_schema()["properties"],
             "train": c.learner.params.model_json_schema()["properties"] if c.learner else None,
             "samples": c.samples, "weights": c.weights}
            for c in found
        ]  # fmt: skip
    for capability in found:
        print(f"{capability.id}  {capability.title}\n    {capability.summary}")
        for title, model in (("run", capability.params), ("train", capability.learner.params if capability.learner else None)):
            for name, field in (model.model_fields if model else {}).items():
                choices = details(model, name)["choices"] if model else {}
                values = " | ".join(map(str, choices)) or repr(field.default)
                print(f"      {title} --param {name}={values}   {field.description or ''}")
    return None


def params_from(model: type[Given], pairs: list[str], **more: Any) -> Given:
    """`NAME=VALUE` pairs as params; a value that reads as JSON is taken as such, anything else as text."""
    given: dict[str, Any] = {name: value for name, value in more.items() if value}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise InputError(N_("Write a parameter as name=value, not {given}."), given=pair)
        if name not in model.model_fields:
            choices = ", ".join(model.model_fields)
            raise NotFoundError(N_("There is no parameter {name}. Choose one of: {choices}."), name=name, choices=choices)
        try:
            given[name] = json.loads(value)
        except ValueError:
            given[name] = value
        if model.model_fields[name].annotation is str:
            given[name] = value
    return parse(model, given)


def _source(file: str, sample: str) -> Any:
    from core.intake import spool
    from core.source import Source

    if bool(file) == bool(sample):
        raise InputError(N_("Give either a file or a sample."))
    if sample:
        return Source(kind="sample", name=sample)
    if not Path(file).is_file():
        raise NotFoundError(N_("There is no file {name}."), name=Path(file).name)
    with Path(file).open("rb") as stream:
        upload = spool(stream, Path(file).name)
    return Source(kind="upload", name=upload.name, digest=upload.digest)


def _run(options: argparse.Namespace) -> Any:
    capability = registry.get(options.id)
    params = params_from(capability.params, options.param)
    alone = capability.alone is not None and capability.alone(params)
    given = Texts(()) if alone else _input(capability, options)
    result = capability.run(given, params, Context())
    if options.output:
        from core.visual import saving

        return {"files": [str(path) for path in saving.write(result, Path(options.output))]}
    return dump(result)


def _input(capability: Capability, options: argparse.Namespace) -> Any:
    from core.source import open_input

    if not capability.takes:
        return Texts(())  # its params say all
    if options.input == "-":
        given = [line.rstrip("\n") for line in sys.stdin]
        return Texts.of(given) if Texts in capability.takes else Documents.of("\n".join(given), "standard input")
    if options.input.endswith(".txt") and Texts in capability.takes:
        from core.intake import read_texts, spool

        return read_texts(spool(Path(options.input).read_bytes(), Path(options.input).name))
    return open_input(_source(options.input, options.sample), capability.takes)


def _train(options: argparse.Namespace) -> Any:
    """Submits a job and follows it; the job goes on when this command is stopped with Ctrl-C twice."""
    from core import jobs
    from core.source import open_source

    capability = registry.get(options.id)
    if capability.learner is None:
        raise InputError(N_("{name} does not learn, so there is nothing to train."), name=capability.id)
    source = _source(options.data, options.sample)
    params = params_from(capability.learner.params, options.param, target=options.target)
    if not options.keep:
        from core.lifecycle import guard

        findings = guard.inspect(open_source(source), params, ())
        for finding in findings:
            print(f"{finding.severity}: {finding.message}", file=sys.stderr)
        params = params.model_copy(update={"mends": guard.recommended(findings)})
    job = jobs.submit(capability.id, "train", source, params.model_dump(mode="json"))
    job = _follow(job.id)
    if job.state != "done":
        raise InputError(N_("The job ended as {state}: {error}"), state=job.state, error=str(job.error or ""))
    return {"job": job.id, "run": job.run_id, "state": job.state, "metric": job.metric, "score": job.score,
            "unit": job.unit}  # fmt: skip


def _follow(job_id: str) -> Any:
    from core import jobs

    shown = ""
    try:
        while (job := jobs.get(job_id)).state in ("queued", "running"):
            line = f"{job.progress:4.0%}  {job.message or ''}"
            if line != shown:
                print(line, file=sys.stderr)
                shown = line
            time.sleep(0.5)
    except KeyboardInterrupt:
        jobs.cancel(job_id)
    return jobs.get(job_id)


def _bench(options: argparse.Namespace) -> Any:
    from core import bench

    rows = bench.bars(options.id, retrain=options.retrain)
    if options.json:
        return rows
    for row in rows:
        low, high = row["interval"] or (row["score"], row["score"])
        baseline = "none" if row["baseline"] is None else f"{row['baseline']:.3f}"
        verdict = "met" if row["met"] else "MISSED"
        print(
            f"{row['id']}  {row['data']}: {row['metric']} {row['score']:.3f} [{low:.3f}, {high:.3f}]"
            f"  bar {row['bar']:.3f} {verdict}  baseline {baseline}  by {row['weights']}  {row['seconds']:.0f} s"
        )
    return None


def _fetch(options: argparse.Namespace) -> Any:
    from core import weights

    answer = {}
    for name in options.name or weights.catalogue():
        try:
            weights.fetch(name, accept=options.accept)
            answer[name] = "present"
        except UserError as error:
            if options.name:
                raise
            answer[name] = str(error)
        if not options.json:
            print(f"{name}: {answer[name]}")
    return answer if options.json else None


def _serve(options: argparse.Namespace) -> None:
    from core.ui import server

    server.main(options.host, options.port)


if __name__ == "__main__":
    sys.exit(main())
