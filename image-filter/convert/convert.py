"""Converts nsfwjs' MobileNetV2 (TensorFlow.js layers, 8-bit weights) to ONNX.

    npm install --ignore-scripts nsfwjs@4.3.0
    python convert.py node_modules/nsfwjs/dist/models/mobilenet_v2 nsfwjs-mobilenet-v2.onnx

Needs node, and numpy and onnx 1.23.2 for Python. The weights stay the bytes that nsfwjs ships; the graph makes float32
of them, byte * scale + min in double precision as TensorFlow.js does when it loads them (in single precision scores would
be off by 2e-5). ONNX Runtime does so once, when it opens the graph. The output is a function of the input files:
converting again gives the same bytes.
"""

import base64
import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE, CLASSES, OPSET, IR_VERSION = 224, 5, 17, 8


def module(path):
    """What a file of a bundler exports."""
    program = "console.log(JSON.stringify(require(process.argv[1])))"
    return json.loads(subprocess.run(["node", "-e", program, path.resolve()], check=True, capture_output=True).stdout)


class Writer:
    def __init__(self, manifest, raw):
        self.nodes, self.constants = [], []
        self.stored = {}
        at = 0
        for group in manifest:
            for weight in group["weights"]:
                count = int(np.prod(weight["shape"], dtype=np.int64))
                quantised = weight["quantization"]
                assert quantised["dtype"] == "uint8"
                values = np.frombuffer(raw, np.uint8, count, at).reshape(weight["shape"])
                self.stored[weight["name"]] = values, quantised["scale"], quantised["min"]
                at += count
        assert at == len(raw)

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def weight(self, name, axes=None):
        values, scale, least = self.stored[name]
        if axes:
            values = values.transpose(axes)
        value = self.node("Cast", [self.constant(name, values)], name + "/double", to=TensorProto.DOUBLE)
        value = self.node("Mul", [value, self.constant(name + "/scale", np.float64(scale))], name + "/scaled")
        value = self.node("Add", [value, self.constant(name + "/min", np.float64(least))], name + "/moved")
        return self.node("Cast", [value], name + "/value", to=TensorProto.FLOAT)


def convolution(w, name, config, x):
    depthwise = config["kind"] == "DepthwiseConv2D"
    kernel = name + ("/depthwise_kernel" if depthwise else "/kernel")
    shape = w.stored[kernel][0].shape  # height, width, in, out
    assert config["activation"] == "linear"
    inputs = [x, w.weight(kernel, (2, 3, 0, 1) if depthwise else (3, 2, 0, 1))]
    if config["use_bias"]:
        inputs.append(w.weight(name + "/bias"))
    pad = {"auto_pad": "SAME_UPPER"} if config["padding"] == "same" else {}
    return w.node(
        "Conv", inputs, name, strides=config["strides"], group=shape[2] if depthwise else 1, kernel_shape=shape[:2], **pad
    )


def layer(w, kind, name, config, inputs):
    x = inputs[0] if inputs else "planes"
    if kind in ("InputLayer", "Dropout"):
        return x
    if kind in ("Conv2D", "DepthwiseConv2D"):
        return convolution(w, name, {**config, "kind": kind}, x)
    if kind == "BatchNormalization":
        values = [w.weight(f"{name}/{part}") for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        return w.node("BatchNormalization", [x, *values], name, epsilon=config["epsilon"])
    if kind == "ReLU":
        if config.get("max_value") is None:
            return w.node("Relu", [x], name)
        bounds = [w.constant(f"{name}/{end}", np.float32(v)) for end, v in (("least", 0), ("most", config["max_value"]))]
        return w.node("Clip", [x, *bounds], name)
    if kind == "Add":
        return w.node("Add", inputs, name)
    if kind == "ZeroPadding2D":
        (top, bottom), (left, right) = config["padding"]
        pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
        return w.node("Pad", [x, w.constant(name + "/pads", pads)], name)
    if kind == "AveragePooling2D":
        return w.node("AveragePool", [x], name, kernel_shape=config["pool_size"], strides=config["strides"])
    if kind == "Flatten":  # of rows, columns, channels
        return w.node("Flatten", [w.node("Transpose", [x], name + "/last", perm=[0, 2, 3, 1])], name)
    if kind == "Dense":
        out = w.node("Gemm", [x, w.weight(name + "/kernel"), w.weight(name + "/bias")], name + "/sums")
        return {
            "linear": lambda: out,
            "relu": lambda: w.node("Relu", [out], name),
            "softmax": lambda: w.node("Softmax", [out], name, axis=1),
        }[config["activation"]]()
    raise ValueError(kind)


def main(folder, target):
    model = module(folder / "model.min.js")
    w = Writer(model["weightsManifest"], base64.b64decode(module(folder / "group1-shard1of1.min.js")))
    w.node("Transpose", ["image"], "planes", perm=[0, 3, 1, 2])
    values = {}
    out = ""
    for part in model["modelTopology"]["model_config"]["config"]["layers"]:
        config = part["config"]
        name = config["name"]
        inbound = part["inbound_nodes"]
        inputs = [values[source[0]] for source in inbound[0]] if inbound else []
        out = values[name] = layer(w, part["class_name"], name, config, inputs)
    w.node("Identity", [out], "probabilities")
    graph = helper.make_graph(
        w.nodes,
        "nsfwjs-mobilenet-v2",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, CLASSES])],
        w.constants,
    )
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="dallemini")
    result.ir_version = IR_VERSION
    onnx.checker.check_model(result)
    target.write_bytes(result.SerializeToString(deterministic=True))


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
