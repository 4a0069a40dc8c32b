"""Whatever is uploaded to be looked at or learnt from: no installer is started, and nobody is asked over the network."""

import json
import os
import socket
import subprocess

import pytest

from core.contracts import Context, UserError
from core.intake import spool
from core.intake.pictures import read_pictures, table_of
from core.lifecycle import guard
from core.source import Source, open_input
from models.vision import detect
from tests.hostile.bad_pictures import BAD_PICTURES, archive, picture, video

ADDRESS = "http://127.0.0.1:9/steal"
YAML = f"path: ../../etc\ntrain: {ADDRESS}\nval: images\ndownload: pip install evil\nnames:\n  0: cat\n  1: dog\n"
COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 48, "coco_url": ADDRESS}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [500, 500, 20, 20]},
                    {"id": 2, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20]}],
    "categories": [{"id": 1, "name": "cat"}],
}  # fmt: skip
UPLOADS = {
    "a picture": ("a.png", lambda: picture(size=(320, 240))),
    "a video": ("a.mp4", lambda: video(4)),
    "a YOLO set that wants a download": ("yolo.zip", lambda: archive({
        "data.yaml": YAML.encode(), "requirements.txt": b"evil\n", "setup.py": b"import os; os.system('touch /tmp/evil')",
        "images/a.png": picture(), "images/b.png": picture(size=(32, 32)), "labels/a.txt": b"0 .5 .5 .4 .4\n",
        "labels/b.txt": b"1 .5 .5 .4 .4\n"})),
    "a COCO set with addresses and a box outside": ("coco.zip", lambda: archive({
        "a.png": picture(), "annotations.json": json.dumps(COCO).encode()})),
    "a table of addresses": ("urls.zip", lambda: archive({
        "a/1.png": picture(), "labels.csv": f"file,label\na/1.png,cat\n{ADDRESS}.png,dog\n".encode()})),
    **{name: (case.name, case.make) for name, case in BAD_PICTURES.items()},
}  # fmt: skip


@pytest.fixture(scope="module")
def detector():
    """Loaded before anything is forbidden: that is no upload's doing."""
    from core.contracts import Pictures
    from core.intake.pictures import pixels

    one = read_pictures(spool(picture(size=(320, 240)), "a.png")).items[0]
    pixels(one)
    return detect.CAPABILITY.run(Pictures((one,)), detect.CAPABILITY.params(), Context())


@pytest.mark.parametrize("name", UPLOADS)
def test_no_upload_starts_a_program_or_asks_the_network(name, detector, monkeypatch):
    (file, make), started = UPLOADS[name], []
    content = make()

    def refuse(*args, **_options):
        started.append(args)
        raise AssertionError("a program or a connection was started")

    for owner, call in ((socket, "socket"), (socket, "create_connection"), (socket, "getaddrinfo"), (subprocess, "Popen"),
                        (os, "system"), (os, "posix_spawn"), (os, "execv"), (os, "fork")):  # fmt: skip
        monkeypatch.setattr(owner, call, refuse)
    try:
        upload = spool(content, file)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), detect.CAPABILITY.takes)
        detect.CAPABILITY.run(given, detect.CAPABILITY.params(), Context())
        table = table_of(read_pictures(upload))
        guard.inspect(table, detect.CAPABILITY.learner.params())
        if "label" in table.columns:
            from models.vision.classify import CAPABILITY

            guard.inspect(table, CAPABILITY.learner.params(target="label"))
    except UserError as error:
        assert "Traceback" not in str(error)
    assert not started
