"""What both peers share: options, the text, threads, memory, and the line of results. Needs the standard library only."""

import argparse
import json
import os
import pathlib
import re
import resource
import sys

TEXT_LENGTH = 64
PAD = 1
TEXT = [0, *range(1000, 1014), 2]  # 16 tokens, start and end among them
NO_TEXT = [0, 2]  # what both peers encode for the unconditional row

GUIDANCE = 10
TOP_K = 256
WARM_UP = 4  # decoder steps before the timed ones
MOST_STEPS = 250  # an image has 256, some of them for warming up

_results = sys.stdout
sys.stdout = sys.stderr  # whatever a library prints, standard output holds results alone


def options(peer, stages):
    parser = argparse.ArgumentParser(description=f"Measures {peer} on a checkpoint in the original Flax layout.")
    parser.add_argument("--model", type=pathlib.Path, required=True, help="folder that holds dalle-bart/ and vqgan/")
    parser.add_argument("--stage", choices=stages, default=stages[0])
    parser.add_argument("--batch", type=_batches, default=[1, 4, 16], help="images at a time, such as 1,4,16")
    parser.add_argument("--steps", type=_positive, default=16, help="decoder steps (or image batches) to time")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=_positive, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--out", type=pathlib.Path, help="file for --stage logits (.npy)")
    chosen = parser.parse_args()
    if not (chosen.model / "dalle-bart").is_dir():
        parser.error(f"{chosen.model} has no folder dalle-bart")
    if chosen.steps > MOST_STEPS:
        parser.error(f"--steps {chosen.steps}: {MOST_STEPS} at most")
    if chosen.stage == "logits" and not chosen.out:
        parser.error("--stage logits needs --out FILE")
    cores = sorted(os.sched_getaffinity(0))
    if chosen.threads > len(cores):
        parser.error(f"--threads {chosen.threads}: there are {len(cores)} cores")
    os.sched_setaffinity(0, cores[: chosen.threads])  # XLA takes its number of threads from here
    return chosen


def _positive(text):
    if not re.fullmatch("[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _batches(text):
    return [_positive(part) for part in text.split(",")]


def padded(tokens):
    return tokens + [PAD] * (TEXT_LENGTH - len(tokens))


def image_tokens(start, count):
    """A fixed sequence of image tokens: the same input for both peers."""
    return [start, *(i * 7919 % 16384 for i in range(1, count))]


def tell(text):
    print(text, file=sys.stderr, flush=True)


def emit(peer, version, libraries, chosen, batch, **figures):
    """Prints one line of results."""
    line = {
        "peer": peer,
        "version": version,
        "stage": chosen.stage,
        "precision": chosen.precision,
        "batch": batch,
        "threads": chosen.threads,
        **figures,
        "rssMb": _peak_memory(),
        "libraries": libraries,
    }
    print(json.dumps(line), file=_results, flush=True)


def step_figures(batch, image_length, median, best):
    return {
        "msPerStep": round(median, 2),
        "bestMsPerStep": round(best, 2),
        "imagesPerSecond": round(batch * 1000 / (image_length * median), 4),
    }


def image_figures(batch, median, best):
    return {"secondsPerImage": round(median / batch, 3), "bestSecondsPerImage": round(best / batch, 3)}


def forget_peak_memory():
    """Starts the count of the resident memory's peak anew (Linux), so that loading the model is not in it."""
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def _peak_memory():
    try:
        peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path("/proc/self/status").read_text())
    except OSError:
        peak = None
    return (int(peak[1]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024
