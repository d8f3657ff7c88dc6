"""Reads the arrays of a Flax checkpoint (flax_model.msgpack) and turns them into the state dicts of min-dalle's modules."""

import re

import msgpack
import numpy
import torch

_ARRAY = 1  # msgpack extension type of an array

_BART_NAMES = [
    ("GLU_0/LayerNorm_", "glu/ln"),
    ("GLU_0/Dense_", "glu/fc"),
    ("FlaxBartAttention_0", "self_attn"),
    ("FlaxBartAttention_1", "encoder_attn"),
    ("LayerNorm_0", "pre_self_attn_layer_norm"),
    ("LayerNorm_1", "self_attn_layer_norm"),
    ("LayerNorm_2", "pre_encoder_attn_layer_norm"),
    ("LayerNorm_3", "encoder_attn_layer_norm"),
]


def read(file):
    """The arrays of a file by their paths, such as "lm_head/kernel"."""
    tree = msgpack.unpackb(file.read_bytes(), ext_hook=_array, max_ext_len=2**31 - 1)
    return dict(_flat("", tree))


def _array(code, data):
    if code != _ARRAY:
        raise ValueError(f"unexpected msgpack extension {code}")
    shape, dtype, raw = msgpack.unpackb(data)
    return numpy.frombuffer(raw, dtype).reshape(shape)


def _flat(prefix, tree):
    for name, value in tree.items():
        if name == "__msgpack_chunked_array__":
            raise ValueError(f"{prefix}: arrays in several pieces (more than 2^30 bytes) are not supported")
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}/", value)
        else:
            yield prefix + name, value


def bart_state(arrays, half):
    """The state dict of min-dalle's DalleBartEncoder or DalleBartDecoder; half is "encoder" or "decoder"."""
    state = {}
    for path, array in arrays.items():
        if path == "lm_head/kernel" and half == "decoder":
            _put(state, path, array)
        elif path.startswith(f"model/{half}/"):
            for old, new in _BART_NAMES:
                path = path.replace(old, new)
            path = path.removeprefix(f"model/{half}/")
            layer = re.match(r"layers/FlaxBart\w+coderLayer(s|_(\d+))/", path)
            if layer is None:
                _put(state, path, array)
            elif layer[2]:
                _put(state, f"layers/{layer[2]}/{path[layer.end():]}", array)
            else:  # all layers stacked in one array
                for i, one in enumerate(array):
                    _put(state, f"layers/{i}/{path[layer.end():]}", one)
    return state


def vqgan_state(arrays):
    """The state dict of min-dalle's VQGanDetokenizer."""
    state = {}
    for path, array in arrays.items():
        if path.startswith(("decoder/", "post_quant_conv/", "quantize/")):
            path = path.removeprefix("quantize/")
            path = re.sub(r"up_(\d)/(block|attn)_(\d)", r"up/\1/\2/\3", path)
            path = re.sub(r"up_(\d)/", r"up/\1/", path)
            _put(state, path, array)
    return state


def _put(state, path, array):
    module, _, kind = path.rpartition("/")
    if kind == "kernel":  # Flax keeps [in, out] and [height, width, in, out]
        array = array.transpose(3, 2, 0, 1) if array.ndim == 4 else array.T
    parameter = "bias" if kind == "bias" else "weight"
    state[f"{module}/{parameter}".replace("/", ".")] = torch.from_numpy(array.astype(numpy.float32))


def load(module, state):
    """Loads a state dict; only norms that the checkpoint holds without a scale may stay as they are (all ones)."""
    missing, unexpected = module.load_state_dict(state, strict=False)
    scales = {f"{name}.weight" for name, part in module.named_modules() if isinstance(part, torch.nn.LayerNorm)}
    wrong = unexpected + [name for name in missing if name not in scales]
    if wrong:
        raise ValueError(f"the checkpoint does not fit {type(module).__name__}: {wrong}")
    return module
