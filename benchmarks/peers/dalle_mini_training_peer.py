"""Trains a checkpoint with the original's model and loss: its logits for a batch, and the time of an update with AdamW.

Reads a JSON file with input_ids, attention_mask, decoder_input_ids and labels (rows of numbers), and prints one JSON object.
"""

import argparse
import json
import pathlib
import sys
import time
import types
import warnings

import jax
import jax.numpy as jnp
import numpy

# Two things that dalle-mini 0.1.5 imports: a service it only downloads with, and a name that JAX has moved.
sys.modules["wandb"] = types.ModuleType("wandb")
jax.experimental.PartitionSpec = jax.sharding.PartitionSpec
warnings.filterwarnings("ignore")

import transformers  # noqa: E402
from dalle_mini.model import DalleBart  # noqa: E402


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--model", type=pathlib.Path, required=True, help="folder with dalle-bart/")
    arguments.add_argument("--batch", type=pathlib.Path, required=True, help="JSON file")
    arguments.add_argument("--updates", type=int, default=0, help="updates to time, with AdamW (needs optax)")
    options = arguments.parse_args()
    transformers.logging.set_verbosity_error()
    dalle, params = DalleBart.from_pretrained(str(options.model / "dalle-bart"), dtype=jnp.float32, _do_init=False)
    params = jax.tree_util.tree_map(jnp.asarray, dalle.to_fp32(params))
    batch = {name: jnp.asarray(rows) for name, rows in json.loads(options.batch.read_text()).items()}
    labels = batch.pop("labels")

    def logits_of(params):
        return dalle(**batch, params=params)[0]  # without dropout, which the published models have none of

    def loss_of(params):
        logits = logits_of(params)
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], -1).mean()

    logits = numpy.asarray(logits_of(params))
    result = {"shape": logits.shape, "logits": logits.ravel().tolist(), "loss": float(loss_of(params))}
    if options.updates:
        result["seconds"] = seconds(loss_of, params, options.updates)
        del result["logits"]
    print(json.dumps(result))


def seconds(loss_of, params, updates):
    """The shortest update of some, without compiling."""
    import optax

    optimizer = optax.adamw(1e-4)
    state = optimizer.init(params)

    @jax.jit
    def update(params, state):
        loss, gradients = jax.value_and_grad(loss_of)(params)
        changes, state = optimizer.update(gradients, state, params)
        return loss, optax.apply_updates(params, changes), state

    best = float("inf")
    for _ in range(updates + 1):
        began = time.perf_counter()
        loss, params, state = update(params, state)
        loss.block_until_ready()
        best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    main()
