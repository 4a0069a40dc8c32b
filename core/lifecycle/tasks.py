"""What is learnt, where it is neither classes nor pairs of texts: modules with a `train` of their own.

Such a module splits by itself and keeps whatever comes twice on one side, so the leak guard has nothing to add.
"""

OWN_WAY = {
    "detection": "core.lifecycle.train_detection",
    "generation": "core.lifecycle.train_generation",
    "pricing": "core.lifecycle.train_pricing",
    "segmentation": "core.lifecycle.train_segmentation",
}
