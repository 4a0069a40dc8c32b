"""Translation: two sequence-to-sequence networks trained here, a translation memory, and models from elsewhere.

`model` is the fitted translator (vocabulary, network, beam search), `training` its loop, `dictionary` the word table that it is
compared with, `engines` what answers in the panel, and `hub`, `memory` and `few_shot` the engines that are not trained here.
"""
