"""The home page and the shell come up without anything heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Streamlit itself imports the outside of plotly; its figures are what takes time and memory.
HEAVY = ("torch", "plotly.graph_objs._figure", "pandas", "sklearn", "mlflow", "transformers", "scipy", "onnxruntime", "cv2", "av")
HOME = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "app.py")!r}, default_timeout=60)
app.query_params["lang"] = LANGUAGE
app.run()
assert not app.exception, app.exception
print(sorted(set(sys.modules) & set({HEAVY!r})))
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_home_imports_nothing_heavy(language):
    done = subprocess.run(
        [sys.executable, "-c", f"LANGUAGE = {language!r}\n{HOME}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"
