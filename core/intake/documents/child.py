"""`python -m core.intake.documents.child KIND PATH [ocr] BYTES`: parses one file and writes JSON lines to standard output.

Lines with `share` tell the progress; the last one is the document, or `{"error": …}`. Started by `reading.py` only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from core.intake.documents.problem import Problem


def say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def main(kind: str, path: str, ocr: str, limit: str) -> int:
    _limit_memory(int(limit))
    try:
        say(**_read(kind, Path(path), bool(ocr)))
        return 0
    except Problem as problem:
        say(error=problem.name)
    except MemoryError:
        say(error="memory")
    return 1


def _read(kind: str, path: Path, ocr: bool) -> dict[str, Any]:
    if kind == "pdf":
        from core.intake.documents import pdf

        return pdf.read(path, ocr, lambda share: say(share=share))
    if kind == "docx":
        from core.intake.documents import word

        return word.read(path)
    from core.intake.documents import web

    return web.read(path)


def _limit_memory(bytes_: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
