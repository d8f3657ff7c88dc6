"""Writes model.safetensors beside this file with the genuine library (pip install safetensors numpy ml_dtypes), as
transformers' FlaxPreTrainedModel.save_pretrained(safe_serialization=True) does: names joined by ".", and the metadata
{"format": "flax"}."""
import pathlib

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

arrays = {
    "model.encoder.embed_tokens.embedding": np.array([[1, -2, 3.5], [0, 1e-30, 65504]], np.float32),
    "model.decoder.layers.FlaxBartDecoderLayers.GLU_0.Dense_0.kernel": np.array(
        [[[0.5, -1], [65504, 2**-24]]], np.float16
    ),
    "lm_head.kernel": np.array([[1], [-2.5], [2.0**100]], ml_dtypes.bfloat16),
    "scalar": np.array(7, np.float32),
    "empty": np.zeros([0, 4], np.float32),
    "step": np.array([1, -1], np.int32),
}
save_file(arrays, pathlib.Path(__file__).with_name("model.safetensors"), {"format": "flax"})
