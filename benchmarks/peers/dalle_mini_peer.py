"""Measures dalle-mini (JAX, the original) on a checkpoint in its own layout: its own generate, compiled as a whole."""

import importlib.metadata
import statistics
import sys
import time
import types
import warnings

import measuring
import jax
import jax.numpy as jnp
import numpy

# Two things that dalle-mini 0.1.5 imports: a service it only downloads with, and a name that JAX has moved.
sys.modules["wandb"] = types.ModuleType("wandb")
jax.experimental.PartitionSpec = jax.sharding.PartitionSpec
warnings.filterwarnings("ignore", category=DeprecationWarning)

import transformers  # noqa: E402
from dalle_mini.model import DalleBart, modeling  # noqa: E402

NAME = "dalle-mini"
STAGES = ["tokens", "logits"]  # its VQGAN is another project, which no package index has
LIBRARIES = ["jax", "jaxlib", "flax", "transformers"]
REPEATS = 3


class BoundedLax:
    """jax.lax for dalle-mini's sampling loop, which then ends after a number of steps that is known only when it runs."""

    def __init__(self, steps):
        self.steps = steps

    def __getattr__(self, name):
        return getattr(jax.lax, name)

    def while_loop(self, condition, body, state):
        return jax.lax.while_loop(lambda s: condition(s) & (s.cur_len <= self.steps), body, state)


def load(model, precision):
    """The model and its weights, one array a layer: compiled that takes longer, but runs ten times faster on a CPU."""
    dtype = {"fp32": jnp.float32, "bf16": jnp.bfloat16}[precision]
    transformers.logging.set_verbosity_error()
    dalle, params = DalleBart.from_pretrained(str(model / "dalle-bart"), dtype=dtype, _do_init=False)
    params = dalle.unscan(dalle.to_fp32(params) if precision == "fp32" else dalle.to_bf16(params))
    return dalle, jax.tree_util.tree_map(jnp.asarray, params)


def text(tokens, batch):
    ids = numpy.tile(numpy.array(measuring.padded(tokens), numpy.int32), (batch, 1))
    return ids, (ids != measuring.PAD).astype(numpy.int32)


def compiled(dalle, params, batch):
    """generate as one program of (weights, key, steps)."""
    ids, mask = text(measuring.TEXT, batch)
    ids_uncond, mask_uncond = text(measuring.NO_TEXT, batch)

    def generate(params, key, steps):
        modeling.lax = BoundedLax(steps)
        return dalle.generate(
            input_ids=ids,
            attention_mask=mask,
            input_ids_uncond=ids_uncond,
            attention_mask_uncond=mask_uncond,
            condition_scale=float(measuring.GUIDANCE),
            top_k=measuring.TOP_K,
            prng_key=key,
            params=params,
        ).sequences

    return jax.jit(generate).lower(params, jax.random.PRNGKey(0), 0).compile()


def step_times(program, params, pad, steps):
    """Milliseconds a step, median and best: runs of many steps less those of one, which leaves out all that is done once."""

    def run(count):
        start = time.perf_counter()
        sequences = program(params, jax.random.PRNGKey(count), count).block_until_ready()
        seconds = time.perf_counter() - start
        drawn = numpy.count_nonzero(numpy.asarray(sequences)[:, 1:] != pad, axis=1)
        if (drawn != count).any():
            raise RuntimeError(f"{count} steps were asked for, {drawn} tokens were drawn")
        return seconds

    run(measuring.WARM_UP)
    short, long = zip(*((run(1), run(1 + steps)) for _ in range(REPEATS)))
    milliseconds = [(seconds - statistics.median(short)) * 1000 / steps for seconds in long]
    return statistics.median(milliseconds), min(milliseconds)


def logits(dalle, params, steps):
    """Logits of both rows (without text, with text) along fixed image tokens: [2, steps, 16384]."""
    ids, mask = (numpy.concatenate(rows) for rows in zip(text(measuring.NO_TEXT, 1), text(measuring.TEXT, 1)))
    start = dalle.config.decoder_start_token_id
    tokens = numpy.tile(numpy.array(measuring.image_tokens(start, steps), numpy.int32), (2, 1))
    outputs = dalle(input_ids=ids, attention_mask=mask, decoder_input_ids=tokens, params=params)
    return numpy.asarray(outputs.logits[:, :, : 2**14], numpy.float32)


def main():
    chosen = measuring.options(NAME, STAGES)
    measuring.tell(f"{NAME}: loading {chosen.model}")
    dalle, params = load(chosen.model, chosen.precision)
    if chosen.stage == "logits":
        numpy.save(chosen.out, logits(dalle, params, chosen.steps))
        return
    libraries = {library: importlib.metadata.version(library) for library in LIBRARIES}
    for batch in chosen.batch:
        measuring.tell(f"{NAME}: compiling for a batch of {batch} (a minute or two)")
        start = time.perf_counter()
        program = compiled(dalle, params, batch)
        measuring.tell(f"{NAME}: compiled in {time.perf_counter() - start:.0f} s; measuring")
        measuring.forget_peak_memory()
        median, best = step_times(program, params, dalle.config.pad_token_id, chosen.steps)
        figures = measuring.step_figures(batch, dalle.config.image_length, median, best)
        measuring.emit(NAME, importlib.metadata.version(NAME), libraries, chosen, batch, **figures)


if __name__ == "__main__":
    main()
