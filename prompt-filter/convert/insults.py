"""Writes the model of alt-profanity-check as a file, and scores to hold a port to.

    python -m venv v && v/bin/pip install alt-profanity-check==1.9.1
    v/bin/python insults.py ../src/main/resources/org/dallemini/policy/insults.gz
    v/bin/python insults.py --scores ../../models/shapes/captions.tsv ../src/test/resources/org/dallemini/policy/insult-scores.tsv
"""

import gzip
import random
import sys

import numpy as np
from profanity_check import predict_prob
from profanity_check.profanity_check import model, vectorizer


def table(out):
    """Machines, words and their bytes as int32; intercept, a and b of each machine as float64; the words, a line each;
    idf and the weight in each machine of each word as float32. Big endian, as Java reads it."""
    machines = model.calibrated_classifiers_
    words = sorted(vectorizer.vocabulary_)
    text = "\n".join(words).encode()
    sigmoids = [m.calibrators[0] for m in machines]
    head = [[m.estimator.intercept_[0], s.a_, s.b_] for m, s in zip(machines, sigmoids)]
    columns = [vectorizer.idf_] + [m.estimator.coef_[0] for m in machines]
    order = [vectorizer.vocabulary_[word] for word in words]
    with open(out, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(np.array([len(machines), len(words), len(text)], ">i4").tobytes())
        packed.write(np.array(head, ">f8").tobytes())
        packed.write(text)
        packed.write(np.array(columns).T[order].astype(">f4").tobytes())


def scores(captions, out):
    """A thousand harmless texts: captions, words of the model at random in several scripts, cases and lengths."""
    rng = random.Random(1)
    with open(captions, encoding="utf-8") as file:
        texts = [line.split("\t")[-1].strip() for line in file][:200]
    # Words that count as harmless by themselves: the texts must be fit to be read.
    words = sorted(vectorizer.vocabulary_)
    quiet = [w for w, p in zip(words, predict_prob(words)) if p < 0.1]
    extra = ["naïve", "Ångström", "x_y", "x", "42", "’tis", "ΣΊΣΥΦΟΣ", "straße", "日本", "a", "été", "١٢٣", "½x"]
    while len(texts) < 1000:
        chosen = [rng.choice(quiet + extra) for _ in range(rng.choice([1, 2, 3, 5, 8, 20, 40]))]
        if rng.random() < 0.3:
            chosen += [chosen[0]] * rng.randrange(1, 4)
        text = rng.choice([" ", ", ", "-", "  ", "'"]).join(chosen)
        texts.append(rng.choice([str.lower, str.upper, str.title])(text))
    with open(out, "w", encoding="utf-8") as file:
        for text, score in zip(texts, predict_prob(texts)):
            file.write(f"{score!r}\t{text}\n".replace("np.float64(", "").replace(")\t", "\t", 1))


if sys.argv[1] == "--scores":
    scores(*sys.argv[2:])
else:
    table(sys.argv[1])
