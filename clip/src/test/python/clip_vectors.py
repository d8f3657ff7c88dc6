"""Golden vectors for org.dallemini.clip: two small CLIPs with random weights, run by transformers' FlaxCLIPModel.

    pip install "transformers==4.25.1" "flax==0.6.11" "jax[cpu]==0.4.13" "numpy<1.24" ftfy pillow
    python clip_vectors.py ../resources/org/dallemini/clip

Writes two models (one as msgpack, one as safetensors), a tokenizer of 700 tokens in CLIP's way, 200
texts with their ids, pictures with their preprocessed pixels, and both towers' embeddings and logits.
"""

import collections
import json
import pathlib
import random
import sys

import numpy as np
from PIL import Image
from transformers import CLIPConfig, CLIPFeatureExtractor, CLIPTokenizer, CLIPTokenizerFast, FlaxCLIPModel
from transformers.models.clip.tokenization_clip import bytes_to_unicode

OUT = pathlib.Path(sys.argv[1])
SEED = 20261201

CORPUS = """
a red apple on a table two dogs in the snow the moon over the sea an astronaut riding a horse a cat with a hat
a photograph of a yellow taxi in the rain a painting of a sunflower a bowl of soup that is a portal to another dimension
a smiling face a birthday cake with candles an old sailing boat a city street at night a child's drawing of a house
the quick brown fox jumps over the lazy dog 3d render isometric pixel art watercolour black and white photograph
"""


def tokenizer():
    """A vocabulary as CLIP's: bytes, bytes that end a word, merges, start, end."""
    letters = bytes_to_unicode()
    vocabulary = list(letters.values()) + [letter + "</w>" for letter in letters.values()]
    words = collections.Counter(CORPUS.lower().split())
    split = {word: [letters[b] for b in word.encode()] for word in words}
    for parts in split.values():
        parts[-1] += "</w>"
    merges = []
    while len(vocabulary) + len(merges) < 698:
        pairs = collections.Counter()
        for word, parts in split.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for word, parts in split.items():
            i = 0
            while i < len(parts) - 1:
                if (parts[i], parts[i + 1]) == best:
                    parts[i : i + 2] = ["".join(best)]
                else:
                    i += 1
    vocabulary += ["".join(pair) for pair in merges] + ["<|startoftext|>", "<|endoftext|>"]
    folder = OUT / "tokenizer"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(vocabulary)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in merges) + "\n")
    return folder


def texts():
    rng = random.Random(SEED)
    words = CORPUS.split()
    special = [
        "",
        " ",
        "Größe, naïve café",
        "ΑΒΓ привет 日本語 🦊🚀",
        "it's we'll they're I'd",
        "  two   spaces\tand\nlines ",
        "UPPER lower MiXeD",
        "12345 3.14 50% #hashtag @name",
        "a-b_c/d\\e",
        "....!!!???",
        "word " * 100,
        "\u00e9 e\u0301 \ufb01 ½",
        "<|endoftext|> inside",
        "&amp; &lt;b&gt;",
    ]
    plain = [" ".join(rng.choice(words) for _ in range(rng.randint(1, 30))) for _ in range(200 - len(special))]
    return special + plain


def picture(rng, width, height):
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / rng.uniform(2, 20) + rng.uniform(0, 6)) * np.cos(y / rng.uniform(2, 20)) for _ in range(3)]
    noise = np.array([[rng.random() for _ in range(width * 3)] for _ in range(height)]).reshape(height, width, 3)
    return np.clip(127 + 100 * np.stack(waves, -1) + 60 * (noise - 0.5), 0, 255).astype(np.uint8)


def main():
    folder = tokenizer()
    slow = CLIPTokenizer.from_pretrained(folder, model_max_length=20)
    fast = CLIPTokenizerFast.from_pretrained(folder, model_max_length=20)
    all_texts = texts()
    # The fast one: it is what CLIPProcessor takes, and so the notebooks of DALL·E mini.
    ids = [fast(text, truncation=True, max_length=20)["input_ids"] for text in all_texts]
    others = [i for i, text in enumerate(all_texts) if slow(text, truncation=True, max_length=20)["input_ids"] != ids[i]]
    print("the slow tokenizer differs on", [all_texts[i] for i in others])

    rng = random.Random(SEED)
    for name, act, seed in (("quick-gelu", "quick_gelu", 1), ("gelu", "gelu", 2)):
        config = CLIPConfig(
            text_config=dict(
                vocab_size=700, hidden_size=32, intermediate_size=72, num_hidden_layers=3, num_attention_heads=4,
                max_position_embeddings=20, hidden_act=act),
            vision_config=dict(
                hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=3, image_size=40,
                patch_size=8, hidden_act=act),
            projection_dim=24)
        model = FlaxCLIPModel(config, seed=seed)
        # Scales, biases and embeddings away from their beginnings, or the vectors would prove nothing of them.
        state = np.random.RandomState(seed)
        import flax

        flat = flax.traverse_util.flatten_dict(model.params)
        flat = {
            key: np.asarray(value) + (0.2 if key[-1] in ("bias", "scale") else 0.05) * state.randn(*np.shape(value))
            if key != ("logit_scale",)
            else np.asarray(2.5)
            for key, value in flat.items()
        }
        flat = {key: np.asarray(value, np.float32) for key, value in flat.items()}
        model.params = flax.traverse_util.unflatten_dict(flat)
        target = OUT / name
        model.save_pretrained(target)
        if name == "gelu":
            save_safetensors(flat, target)
        (target / "tokenizer.json").write_text(fast.backend_tokenizer.to_str())

        extractor = CLIPFeatureExtractor(size={"shortest_edge": 40}, crop_size={"height": 40, "width": 40})
        pictures = [picture(rng, *size) for size in ((40, 40), (96, 96), (256, 256), (64, 80), (33, 20))]
        prepared = [extractor(Image.fromarray(p), return_tensors="np")["pixel_values"][0] for p in pictures]
        some = [5, 17, 40, 99, 150]
        text_embeds, logits = [], []
        for i in some:
            output = model(
                input_ids=np.array([ids[i]]),
                pixel_values=np.stack(prepared).astype(np.float32),
                attention_mask=np.ones((1, len(ids[i])), np.int32))
            text_embeds.append(np.asarray(output.text_embeds[0]).tolist())
            logits.append(np.asarray(output.logits_per_image)[:, 0].tolist())
            image_embeds = np.asarray(output.image_embeds).tolist()
        for i, pixels in enumerate(pictures):
            Image.fromarray(pixels).save(target / f"{i}.png")
        (target / "vectors.json").write_text(json.dumps({
            "texts": [all_texts[i] for i in some],
            "textEmbeddings": text_embeds,
            "imageEmbeddings": image_embeds,
            "logits": logits,
            "pixels": [[float(v) for v in p.transpose(1, 2, 0).reshape(-1)[::97]] for p in prepared],
        }))
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    (OUT / "texts.json").write_text(json.dumps(
        [{"text": text, "ids": numbers} for text, numbers in zip(all_texts, ids)], ensure_ascii=True, indent=0))


def save_safetensors(flat, target):
    """As FlaxPreTrainedModel.save_pretrained(safe_serialization=True) of later versions does, instead of msgpack."""
    import struct

    header, data = {"__metadata__": {"format": "flax"}}, b""
    for key in sorted(flat):
        array = np.ascontiguousarray(flat[key], np.float32)
        span = [len(data), len(data) + array.nbytes]
        header[".".join(key)] = {"dtype": "F32", "shape": list(np.shape(flat[key])), "data_offsets": span}
        data += array.tobytes()
    text = json.dumps(header).encode()
    (target / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (target / "flax_model.msgpack").unlink()


main()
