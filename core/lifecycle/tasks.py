"""What is learnt, where it is neither classes nor pairs of texts: modules with a `train` of their own.

Such a module splits by itself and keeps whatever comes twice on one side, so the leak guard has nothing to add, but to those that
learn from tables: `GUARDED`.
"""

OWN_WAY = {
    "detection": "core.lifecycle.train_detection",
    "enhancement": "core.lifecycle.train_enhancement",
    "generation": "core.lifecycle.train_generation",
    "pricing": "core.lifecycle.train_pricing",
    "recommendation": "core.lifecycle.train_recommendation",
    "scoring": "core.lifecycle.train_scoring",
    "segmentation": "core.lifecycle.train_segmentation",
}
SCORING = "scoring"
GUARDED = (SCORING,)
