"""HTTP for integrators, in the same server as the dashboard: one POST per capability, derived from its record.

`create()` gives the application that `core.ui.server` mounts at `/api`: `/api/docs` (OpenAPI, without a content network),
`/api/v1/<id>` answers at once, `/api/v1/<id>/file` takes an upload (`?job=1`: as a job), `/api/v1/<id>/train` starts a job.
Results are `core.contracts.dump` of the typed result; films and sounds in them are fetched from `/api/v1/films/<name>` and
`/api/v1/sounds/<name>`. Errors are one sentence in the language of `Accept-Language`, with an error id.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import secrets
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.exceptions import HTTPException

from core import jobs, registry
from core.contracts import (
    Capability,
    Context,
    Document,
    Documents,
    InputError,
    LimitError,
    Pictures,
    Sound,
    Table,
    Texts,
    UserError,
    Video,
    dump,
)
from core.contracts.params import parse
from core.intake import clean_name, limits, read_table, spool
from core.intake.documents import collect, plain
from core.language import N_, best_language, translate
from core.sound import encode, keeping
from core.source import Source, open_input
from core.visual.film import path_of

log = logging.getLogger(__name__)
_JOB = "Answer at once with a job, for what takes long, such as videos."


def create() -> FastAPI:
    """The application with the routes of every capability that the registry finds."""
    app = FastAPIOffline(title="Panorama", version="1", description=__doc__.splitlines()[0] if __doc__ else "")
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _bug)
    _add_jobs(app)
    _add_films(app)
    _add_sounds(app)
    for capability in registry.capabilities().values():
        _add_run(app, capability)
        if capability.learner is not None:
            _add_train(app, capability)
    return app


def _user_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserError)
    language = best_language(request.headers.get("accept-language"))
    return JSONResponse({"error": translate(error, language), "error_id": error.error_id}, error.status)


def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    return _user_error(request, InputError(N_("The parameter {name} is not right: {problem}."), name=name, problem=first["msg"]))


def _refused(request: Request, error: Exception) -> JSONResponse:
    """What the server itself refuses: an unknown path, a broken upload."""
    assert isinstance(error, HTTPException)
    sentence = N_("The request could not be read: {problem}. Check the address and the form of what was sent.")
    answer = UserError(sentence, problem=str(error.detail).rstrip("."))
    language = best_language(request.headers.get("accept-language"))
    return JSONResponse({"error": translate(answer, language), "error_id": answer.error_id}, error.status_code)


def _bug(request: Request, error: Exception) -> JSONResponse:
    error_id = secrets.token_hex(4)
    log.error("error %s at %s", error_id, request.url.path, exc_info=error)
    sentence = translate(
        N_("Something went wrong on our side. The log names it under the error id."),
        best_language(request.headers.get("accept-language")),
    )
    return JSONResponse({"error": sentence, "error_id": error_id}, 500)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Document(_Body):
    text: str
    name: str = "document"


class _Picture(_Body):
    base64: str = Field(description="A picture file (JPEG, PNG, WebP…) in Base64.")
    name: str = "picture"


def _body_of(capability: Capability) -> type[BaseModel]:
    """The JSON body: `texts` and/or `columns` by what the capability takes, and its own `params`."""
    fields: dict[str, Any] = {"params": (capability.params, Field(default_factory=capability.params))}
    if Texts in capability.takes:
        example = list(capability.example) or ["…"]
        fields["texts"] = (list[str] | None, Field(None, description="One or more texts.", examples=[example]))
    if Table in capability.takes:
        fields["columns"] = (dict[str, list[Any]] | None, Field(None, description="A table: column name to values."))
    if Documents in capability.takes:
        fields["documents"] = (list[_Document] | None, Field(None, description="One or more documents."))
    if Pictures in capability.takes:
        fields["pictures"] = (list[_Picture] | None, Field(None, description="One or more pictures."))
    return create_model(capability.id.replace(".", "_"), __base__=_Body, **fields)


def _input_of(body: Any, capability: Capability) -> Any:
    takes = capability.takes
    if not takes or (capability.alone is not None and capability.alone(body.params)):
        return Texts(())
    texts, columns, documents, pictures = (getattr(body, name, None) for name in ("texts", "columns", "documents", "pictures"))
    if sum(given is not None for given in (texts, columns, documents, pictures)) != 1:
        raise InputError(N_("Send one of texts, columns, documents and pictures, as far as the capability takes them."))
    if pictures is not None:
        return open_input(_pictures(pictures), takes)
    if documents is not None:
        if len(documents) > limits.MAX_ROWS or sum(len(d.text) for d in documents) > limits.MAX_DOCUMENT_CHARACTERS:
            raise LimitError(N_("These are too many documents at once. Send them in parts."))
        return Documents(tuple(Document(clean_name(d.name), plain.blocks_of(d.text)) for d in documents))
    if texts is not None:
        if len(texts) > limits.MAX_ROWS:
            raise LimitError(
                N_("{count} texts are too many at once: send at most {limit}."), count=len(texts), limit=limits.MAX_ROWS
            )
        return Texts.of(texts)
    assert columns is not None
    if len({len(values) for values in columns.values()}) != 1:
        raise InputError(N_("All columns must have the same number of values."))
    # Through the same door as a file, so that the same limits and the same cleaning apply.
    rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
    content = "\n".join(json.dumps(row, ensure_ascii=True) for row in rows)
    return read_table(spool(content.encode(), "request.jsonl"))


def _pictures(given: list[_Picture]) -> Source:
    """The pictures of a body, through the same door as files, so that the same limits apply."""
    if not given or len(given) > limits.MAX_REQUEST_PICTURES:
        raise LimitError(
            N_("Send 1 to {limit} pictures at once, or a ZIP of them as a file; these are {count}."),
            limit=limits.MAX_REQUEST_PICTURES, count=len(given),
        )  # fmt: skip
    if sum(len(picture.base64) for picture in given) > limits.MAX_REQUEST_CHARACTERS:
        size = limits.MAX_REQUEST_CHARACTERS * 3 // 4 // 1024**2
        raise LimitError(N_("These pictures are larger than {limit} MB together. Send them in parts."), limit=size)
    uploads = []
    for place, picture in enumerate(given, 1):
        try:
            content = base64.b64decode("".join(picture.base64.split()), validate=True)  # command-line tools wrap it
        except (binascii.Error, ValueError) as error:
            raise InputError(N_("Picture {place} is not valid Base64. Send the bytes of the file so."), place=place) from error
        uploads.append(spool(content, picture.name))
    upload = uploads[0] if len(uploads) == 1 else collect(uploads)
    return Source(kind="upload", name=upload.name, digest=upload.digest)


def _add_run(app: FastAPI, capability: Capability) -> None:
    body_type = _body_of(capability)

    def run(body: Any) -> Any:
        return dump(capability.run(_input_of(body, capability), body.params, Context()))

    run.__annotations__ = {"body": body_type, "return": Any}
    run.__doc__ = capability.summary
    path = f"/v1/{capability.id}"
    app.post(path, tags=[capability.field], summary=capability.title, operation_id=capability.id)(run)
    if not {Table, Documents, Pictures, Video, Sound} & set(capability.takes):
        return

    def run_file(
        file: UploadFile, params: Annotated[str, Form()] = "{}", job: Annotated[bool, Query(description=_JOB)] = False
    ) -> Any:
        given = parse(capability.params, _json(params))
        upload = spool(file.file, file.filename or "upload")
        source = Source(kind="upload", name=upload.name, digest=upload.digest)
        if job:
            submitted = jobs.submit(capability.id, "run", source, given.model_dump(mode="json"))
            return JSONResponse(_job_json(submitted), 202)
        return dump(capability.run(open_input(source, capability.takes), given, Context()))

    run_file.__doc__ = (
        "The same on an uploaded table (CSV, TSV, XLSX, Parquet, JSONL, TXT), document (PDF, DOCX, HTML, TXT), picture (JPEG, "
        "PNG, WebP…), ZIP of pictures, video (MP4, MOV, AVI, MKV, WebM) or sound (WAV, MP3, FLAC, OGG, M4A, WebM), by what the "
        "capability takes; `params` is a JSON object."
    )
    accepted: dict[int | str, dict[str, Any]] = {202: {"description": "With `job=1`: the job. Ask `/v1/jobs/<id>` how it goes."}}
    app.post(path + "/file", tags=[capability.field], summary=f"{capability.title}: a file", responses=accepted)(run_file)


def _add_train(app: FastAPI, capability: Capability) -> None:
    assert capability.learner is not None
    params_type = capability.learner.params

    def train(file: UploadFile | None = None, sample: Annotated[str, Form()] = "", params: Annotated[str, Form()] = "{}") -> Any:
        given = parse(params_type, _json(params))
        if (file is None) == (not sample):
            raise InputError(N_("Send either a file or the name of a sample."))
        if file is not None:
            upload = spool(file.file, file.filename or "upload")
            source = Source(kind="upload", name=upload.name, digest=upload.digest)
        else:
            source = Source(kind="sample", name=sample)
        return _job_json(jobs.submit(capability.id, "train", source, given.model_dump(mode="json")))

    train.__doc__ = "Starts a training as a job; `params` is a JSON object. Ask `/v1/jobs/<id>` how it goes."
    app.post(
        f"/v1/{capability.id}/train", tags=[capability.field], summary=f"{capability.title}: train", status_code=202
    )(train)  # fmt: skip


def _add_films(app: FastAPI) -> None:
    def film(name: str) -> FileResponse:
        kind = "video/mp4" if name.endswith(".mp4") else "application/zip"
        return FileResponse(path_of(name), media_type=kind, headers={"X-Content-Type-Options": "nosniff"})

    film.__doc__ = (
        "The film that a result names, H.264 in MP4, or the ZIP that a gallery's `rest` names; a part of it where the request "
        "has `Range`."
    )
    app.get("/v1/films/{name}", tags=["films"], summary="A film to play", response_class=FileResponse)(film)


def _add_sounds(app: FastAPI) -> None:
    def sound(name: str) -> FileResponse:
        path = keeping.path_of(name)
        return FileResponse(path, media_type=encode.media_type(name), headers={"X-Content-Type-Options": "nosniff"})

    sound.__doc__ = "The sound that a result names, FLAC or WAV; a part of it where the request has `Range`."
    app.get("/v1/sounds/{name}", tags=["sounds"], summary="A sound to play", response_class=FileResponse)(sound)


def _add_jobs(app: FastAPI) -> None:
    def describe(job_id: str) -> Any:
        return _job_json(jobs.get(job_id))

    def cancel(job_id: str) -> Any:
        jobs.cancel(job_id)
        return _job_json(jobs.get(job_id))

    def result(job_id: str) -> Any:
        return dump(jobs.result(job_id))

    def listing() -> Any:
        return [
            {"id": c.id, "title": c.title, "summary": c.summary, "learns": c.learner is not None, "samples": c.samples}
            for c in registry.capabilities().values()
        ]

    app.get("/v1", tags=["capabilities"], summary="What can be asked")(listing)
    app.get("/v1/jobs/{job_id}", tags=["jobs"], summary="How a job goes")(describe)
    app.post("/v1/jobs/{job_id}/cancel", tags=["jobs"], summary="Stop a job")(cancel)
    app.get("/v1/jobs/{job_id}/result", tags=["jobs"], summary="The result of a finished job")(result)


def _job_json(job: Any) -> dict[str, Any]:
    return {
        "id": job.id, "capability": job.capability_id, "action": job.action, "state": job.state, "progress": job.progress,
        "message": str(job.message or ""), "seconds_left": job.seconds_left, "run": job.run_id,
        "error": str(job.error) if job.error else None, "created": job.created, "ended": job.ended,
    }  # fmt: skip


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise InputError(N_("The params must be a JSON object such as {example}."), example='{"seed": 1}')
    return value
