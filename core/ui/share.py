"""A link that opens the same capability on the same sample with the same parameters."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.contracts import Params
from core.ui.language import language

MOST_CHARACTERS = 4000


def origin() -> str:
    """Scheme, host and port under which the browser sees this server."""
    parts = urlsplit(st.context.url or "http://127.0.0.1:8501/")
    return f"{parts.scheme}://{parts.netloc}"


def link(capability_id: str, source: Any, params: Params) -> str:
    """The address of the page with everything needed to see the same again. An upload travels as its digest only."""
    query = {"lang": language(), "capability": capability_id}
    if source is not None:
        query.update({"sample": source.name} if source.kind == "sample" else {"data": source.digest})
    changed = params.model_dump(mode="json", exclude_defaults=True)
    if changed:
        query["params"] = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(query)}"


def shared_values() -> dict[str, Any]:
    """Parameter values that the link carries; nonsense in it counts as none."""
    text = st.query_params.get("params", "")
    if not text or len(text) > MOST_CHARACTERS:
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def curl(capability_id: str, texts: tuple[str, ...], params: Params) -> str:
    """A command that asks the API for the same; `texts` is empty where the params say all."""
    body = {**({"texts": list(texts)} if texts else {}), "params": params.model_dump(mode="json", exclude_defaults=True)}
    sent = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
    return f"curl -X POST {origin()}/api/v1/{capability_id} \\\n  -H 'Content-Type: application/json' \\\n  -d '{sent}'"


def curl_file(capability_id: str, name: str, params: Params) -> str:
    """The same for a file."""
    sent = params.model_dump_json(exclude_defaults=True).replace("'", "'\\''")
    safe = name.replace("'", "_")
    return f"curl -X POST {origin()}/api/v1/{capability_id}/file \\\n  -F 'file=@{safe}' \\\n  -F 'params={sent}'"
