"""Measures min-dalle (PyTorch) on a checkpoint in the original Flax layout: its own modules in its own loop."""

import contextlib
import importlib.metadata
import json
import math
import statistics
import tempfile
import time
import warnings

import measuring
import numpy
import torch

import flax_checkpoint
from min_dalle.min_dalle import IMAGE_TOKEN_COUNT, MinDalle
from min_dalle.models import DalleBartDecoder, DalleBartEncoder, VQGanDetokenizer

NAME = "min-dalle"
STAGES = ["tokens", "vqgan", "logits"]
MEGA_SIZE = 2048
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


class Enough(Exception):
    """Ends the loop of min-dalle, which would go on for a whole image."""


class LocalMinDalle(MinDalle):
    """min-dalle, except that weights come from a checkpoint here and text is always the same tokens; it would download both."""

    def __init__(self, model, precision):
        self.model = model
        config = json.loads((model / "dalle-bart" / "config.json").read_text())
        with tempfile.TemporaryDirectory() as empty:  # it makes folders for its downloads
            super().__init__(
                models_root=empty,
                dtype=PRECISIONS[precision],
                device="cpu",
                is_mega=config["d_model"] == MEGA_SIZE,
                is_reusable=False,
                is_verbose=False,
            )
        self.is_reusable = True  # parts stay loaded, but only those that the stage asks for are loaded at all

    def init_tokenizer(self):
        self.tokenizer = self

    def tokenize(self, text, is_verbose=False):
        return measuring.TEXT

    def init_bart(self):
        arrays = flax_checkpoint.read(self.model / "dalle-bart" / "flax_model.msgpack")
        sizes = {
            "layer_count": self.layer_count,
            "embed_count": self.embed_count,
            "attention_head_count": self.attention_head_count,
            "glu_embed_count": self.glu_embed_count,
            "device": self.device,
        }
        texts = {"text_vocab_count": self.text_vocab_count, "text_token_count": self.text_token_count}
        encoder = DalleBartEncoder(**sizes, **texts)
        decoder = DalleBartDecoder(**sizes, image_vocab_count=self.image_vocab_count)
        flax_checkpoint.load(encoder, flax_checkpoint.bart_state(arrays, "encoder"))
        flax_checkpoint.load(decoder, flax_checkpoint.bart_state(arrays, "decoder"))
        self.encoder = encoder.to(self.dtype).eval()
        self.decoder = decoder.to(self.dtype).eval()

    def init_detokenizer(self):
        arrays = flax_checkpoint.read(self.model / "vqgan" / "flax_model.msgpack")
        self.detokenizer = VQGanDetokenizer().eval()
        flax_checkpoint.load(self.detokenizer, flax_checkpoint.vqgan_state(arrays))


def autocast(precision):
    """min-dalle asks for mixed precision on CUDA only; this asks for it on the CPU."""
    if precision == "fp32":
        return contextlib.nullcontext()
    return torch.autocast("cpu", dtype=PRECISIONS[precision])


def grid(batch):
    side = math.isqrt(batch)
    if side * side != batch:
        raise SystemExit(f"min-dalle draws square grids only: --batch must be 1, 4, 9, 16 ..., not {batch}")
    return side


def step_times(peer, batch, steps, precision):
    """Milliseconds between the ends of consecutive decoder steps."""
    ends = []
    sample_tokens = type(peer.decoder).sample_tokens

    def timed(**arguments):
        result = sample_tokens(peer.decoder, **arguments)
        ends.append(time.perf_counter())
        if len(ends) > measuring.WARM_UP + steps:
            raise Enough
        return result

    peer.decoder.sample_tokens = timed
    stream = peer.generate_raw_image_stream(
        text="", seed=1, grid_size=grid(batch), top_k=measuring.TOP_K, supercondition_factor=measuring.GUIDANCE
    )
    with autocast(precision), contextlib.suppress(Enough):
        next(stream)
    ends = ends[measuring.WARM_UP :]
    return [(after - before) * 1000 for before, after in zip(ends, ends[1:])]


def image_times(peer, batch, repeats, precision):
    """Seconds to turn the tokens of a batch into pixels."""
    grid(batch)
    torch.manual_seed(1)
    tokens = torch.randint(0, peer.detokenizer.vocab_count, (batch, IMAGE_TOKEN_COUNT))
    seconds = []
    for _ in range(1 + repeats):
        start = time.perf_counter()
        with autocast(precision):
            peer.image_grid_from_tokens(tokens, is_seamless=False)
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def logits(peer, steps, precision):
    """Logits of both rows (without text, with text) along fixed image tokens: [2, steps, 16384]."""
    text = torch.tensor([measuring.padded(measuring.NO_TEXT), measuring.padded(measuring.TEXT)])
    cache = torch.zeros(peer.layer_count, 4, IMAGE_TOKEN_COUNT, peer.embed_count)
    rows = []
    with autocast(precision):
        state = peer.encoder(text)
        for position, token in enumerate(measuring.image_tokens(2**14, steps)):
            step, cache = peer.decoder.forward(
                attention_mask=text.not_equal(measuring.PAD)[:, None, None, :],
                encoder_state=state,
                attention_state=cache,
                prev_tokens=torch.tensor([[token]]),
                token_index=torch.tensor([position]),
            )
            rows.append(step[:, -1, : 2**14].float())
    return torch.stack(rows, 1).numpy()


def main():
    chosen = measuring.options(NAME, STAGES)
    warnings.filterwarnings("ignore", message=".*(torch.cuda.amp|CUDA is not available).*")
    torch.set_num_threads(chosen.threads)
    measuring.tell(f"{NAME}: loading {chosen.model}")
    peer = LocalMinDalle(chosen.model, chosen.precision)
    if chosen.stage == "vqgan":
        peer.init_detokenizer()
    else:
        peer.init_bart()
    if chosen.stage == "logits":
        numpy.save(chosen.out, logits(peer, chosen.steps, chosen.precision))
        return
    libraries = {"torch": torch.__version__}
    for batch in chosen.batch:
        measuring.tell(f"{NAME}: {chosen.stage}, {chosen.precision}, batch of {batch}, {chosen.threads} thread(s)")
        measuring.forget_peak_memory()
        if chosen.stage == "tokens":
            times = step_times(peer, batch, chosen.steps, chosen.precision)
            figures = measuring.step_figures(batch, IMAGE_TOKEN_COUNT, statistics.median(times), min(times))
        else:
            times = image_times(peer, batch, chosen.steps, chosen.precision)
            figures = measuring.image_figures(batch, statistics.median(times), min(times))
        measuring.emit(NAME, importlib.metadata.version(NAME), libraries, chosen, batch, **figures)


if __name__ == "__main__":
    main()
