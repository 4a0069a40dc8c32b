"""Capabilities are found in `models` and in a team's own packages, and nowhere else."""

import sys
from pathlib import Path

import pytest

from core import registry
from core.contracts import NotFoundError

PLUGIN = """
from core.contracts import Capability, Params, Ranking, Texts
CAPABILITY = Capability(id="{id}", title="Own", summary="A team's own.", takes=(Texts,), returns=Ranking, params=Params,
                        run=lambda texts, params, context: Ranking("Length", texts.items, (1.0,) * len(texts)))
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes a package with one capability of the id given and names it in the environment."""

    def write(capability_id: str) -> None:
        package = tmp_path / "team_package"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "own.py").write_text(PLUGIN.format(id=capability_id))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setenv("PANORAMA_PACKAGES", "team_package")
        registry.capabilities.cache_clear()

    yield write
    registry.capabilities.cache_clear()
    for name in [name for name in sys.modules if name.startswith("team_package")]:
        del sys.modules[name]


def test_a_teams_own_package_is_found(plugin) -> None:
    plugin("team.own")
    assert "team.own" in registry.capabilities() and "text.classify" in registry.capabilities()


def test_two_of_the_same_id_are_refused(plugin) -> None:
    plugin("text.classify")
    with pytest.raises(ValueError, match="two capabilities"):
        registry.capabilities()


def test_an_unknown_id_lists_the_choices() -> None:
    with pytest.raises(NotFoundError, match=r"text\.classify"):
        registry.get("text.nothing")
