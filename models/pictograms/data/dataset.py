#!/usr/bin/env python3
"""Builds the pictograms data set from packages of public registries: tar shards as WebDataset lays them out."""

import argparse
import collections
import functools
import hashlib
import io
import itertools
import json
import os
import pathlib
import random
import re
import tarfile
from concurrent.futures import ProcessPoolExecutor

import captions
import card
import pictures
from PIL import Image

HERE = pathlib.Path(__file__).parent
PROMPTS = HERE / "evaluation-prompts.jsonl"
# Places and sizes of things are in units of which a picture's side has 96.
SIDE = 96
SHARD = 2000
BIG = 80
GROUNDS = {name: tuple(rgb) for name, rgb in pictures.WORDS["grounds"].items()}
STYLES = pictures.WORDS["styles"]
HUES = {"red": 4, "orange": 28, "yellow": 51, "green": 125, "turquoise": 176, "blue": 218, "purple": 274, "pink": 325}
# How often a trainer is to see a single person or hand in an epoch: each comes in six skin tones.
PEOPLE = 0.2
# The same of all but things on white, as they are, where these are to be learned by heart.
OTHERS = 0.16

# How often a thing of a composition is of a group; people are a fifth of the pictures' names, but not of prompts.
WEIGHTS = {
    "animals-nature": 24,
    "food-drink": 22,
    "objects": 20,
    "travel-places": 14,
    "activities": 8,
    "smileys-emotion": 7,
    "people-body": 5,
}
PLACED = re.compile(r"(left|right) of|above|over|below|under|beneath|at the top")
KINDS = [("pair", 45), ("count", 20), ("place", 14), ("sizes", 11), ("three", 10)]


def share(text):
    """A number in 0..1 that depends on nothing but the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


class World:
    """The pictures with their colours, splits and names."""

    def __init__(self, work, workers, style=None, groups=None):
        """`style` and `groups` say which pictures are used; names and splits are always those of all."""
        pictures.fetch(work)
        self.style = style
        self.work = work
        self.pictures, self.left_out, self.emoji = pictures.catalogue(work)
        self.used = [
            picture
            for picture in self.pictures
            if style in (None, STYLES[picture.set]) and picture.group in (groups or [picture.group])
        ]
        self.colours = pictures.sprites(work, self.used, workers)
        self.names = {captions.name_of(picture.label) for picture in self.pictures}
        sets = collections.defaultdict(set)
        for picture in self.pictures:
            sets[picture.label].add(picture.set)
        # A label is held out of one set at most, so that its concept is always seen in the others.
        self.held_out = set()
        for label, names in sets.items():
            if len(names) > 2 and share(f"validation {label}") < 0.02 * len(names):
                self.held_out.add((sorted(names)[int(share(f"set {label}") * len(names))], label))
        self.entries = self.emoji.entries
        self.known_by = collections.defaultdict(set)
        for label, entry in self.entries.items():
            for tag in captions.tags_of(entry, ""):
                self.known_by[tag].add(label)

    @functools.cache
    def telling(self, label):
        """Three tags that together belong to this thing only and are not in its name; none if there are no such."""
        tags = captions.tags_of(self.entries[label], " ".join(captions.names_of(label)))
        found = [
            some
            for some in itertools.combinations(tags[:8], 3)
            if set.intersection(*(self.known_by[tag] for tag in some)) == {label}
        ]
        return min(found, key=lambda some: sum(len(self.known_by[tag]) for tag in some), default=())

    def split(self, picture):
        return "validation" if (picture.set, picture.label) in self.held_out else "train"

    def seen_on(self, picture, ground, turn=None):
        """Whether the edge of the picture stands out from the ground."""
        rim = [255 * value for value in self.colours[picture.source]["rim"]]
        return turn is not None or sum((a - b) ** 2 for a, b in zip(rim, GROUNDS[ground])) ** 0.5 > 105

    def turns(self, picture):
        """The colours to which a picture of one hue can honestly be turned, with the angle of each."""
        known = self.colours[picture.source]
        if (
            not known.get("colour")
            or picture.group in ("people-body", "symbols", "flags")
            or picture.subgroup == "heart"
        ):
            return {}
        result = {}
        for colour, hue in HUES.items():
            name = captions.uncoloured(captions.name_of(picture.label))
            if (
                colour != known["colour"]
                and f"{colour} {name}" not in self.names
                and pictures.hue_name(hue, *known["depth"]) == colour
            ):
                result[colour] = hue - known["hue"]
        return result

    def natural_colour(self, picture):
        """The colour word that may be said of the picture as it is, where it is not already in its name."""
        colour = self.colours[picture.source].get("colour")
        if not colour or picture.group in ("people-body", "symbols") or picture.subgroup == "heart":
            return None
        return (
            None if captions.uncoloured(captions.name_of(picture.label)) != captions.name_of(picture.label) else colour
        )


def pick_ground(world, rng, pictures_and_turns, among):
    """A ground on which all the things can be seen; white if there is none."""
    fit = [
        name
        for name in among
        if all(world.seen_on(picture, name, turn) or name == "white" for picture, turn in pictures_and_turns)
        and not any(colour == name for _, colour in pictures_and_turns)
    ]
    # Nearly everything stands out from black, little from gray.
    return rng.choices(fit, [{"black": 1, "gray": 4}.get(name, 2) for name in fit])[0] if fit else "white"


def part_of(world, picture, colour, turn, place, size, box):
    return {
        "label": picture.label,
        "picture": picture,
        "colour": colour,
        "turn": turn,
        "tone": picture.tone,
        "place": place,
        "size": size,
        "box": box,
    }


def plan_singles(world, seed, one_size, grounds, names_only):
    """
    `one_size` makes all things equally large, so that the image tokens of a thing are the same each time; `grounds` is
    the number of coloured grounds that each is drawn on, but for figures and hands, which come in six skin tones.
    """
    plans = []
    for picture in world.used:
        rng = random.Random(f"{seed} {picture.source}")
        whites = ["white"] if world.seen_on(picture, "white") or picture.subgroup != "geometric" else []
        coloured = []
        for _ in range(grounds if picture.tone is None else 1):
            among = [name for name in GROUNDS if name != "white" and name not in coloured]
            coloured.append(pick_ground(world, rng, [(picture, None)], among))
        natural = world.natural_colour(picture)
        chosen = [
            (ground, natural if rng.random() < 0.35 else None, None) for ground in dict.fromkeys([*whites, *coloured])
        ]
        turns = sorted(world.turns(picture).items())
        for colour, turn in rng.sample(turns, min(3, len(turns))):
            ground = "white" if rng.random() < 0.6 else pick_ground(world, rng, [(picture, colour)], list(GROUNDS))
            chosen.append((ground, colour, turn))
        for ground, colour, turn in chosen:
            split = world.split(picture)
            said = captions.of_single(
                rng,
                world.entries[picture.label],
                picture.label,
                picture.tone,
                STYLES[picture.set],
                colour if turn is not None else None,
                ground,
                split,
                world.telling(picture.label),
                names_only,
            )
            if natural and turn is None and split == "train" and colour:
                said.append(
                    captions.article_fixed(captions.with_article(f"{natural} {captions.name_of(picture.label)}"))
                )
            side = BIG if one_size else rng.randint(BIG - 4, BIG + 4)
            plans.append(
                {
                    "kind": "single",
                    "ground": ground,
                    "split": split,
                    "captions": said,
                    "style": STYLES[picture.set],
                    "parts": [
                        part_of(
                            world,
                            picture,
                            colour if turn is not None else None,
                            turn,
                            "centre",
                            "big",
                            (SIDE / 2, SIDE / 2, side),
                        )
                    ],
                }
            )
    random.Random(f"{seed} order").shuffle(plans)
    return plans


class Stock:
    """Pictures to compose from: drawn by group, then name, then set, so that no large family outweighs another."""

    def __init__(self, world):
        self.world = world
        self.by_label = collections.defaultdict(dict)
        for picture in world.used:
            if world.style is None or world.split(picture) == "train":
                self.by_label[picture.label][picture.set, picture.tone] = picture
        self.groups = {group: sorted(label for label in self.by_label if self.fits(label, group)) for group in WEIGHTS}
        self.people = 0

    def fits(self, label, group):
        entry = self.world.entries[label]
        dull = {"time", "sound", "hotel", "family", "place-map", "other-symbol", "emotion"}
        return entry["group"] == group and (entry["subgroup"] not in dull) and len(captions.name_of(label).split()) <= 5

    def label(self, rng, test=lambda label: True):
        while True:
            group = rng.choices(list(WEIGHTS), WEIGHTS.values())[0]
            label = rng.choice(self.groups[group])
            if test(label):
                return label

    def picture(self, rng, label, wish, splits):
        """A picture of the label, of the wished set if that has it; tones take turns."""
        known = [picture for picture in self.by_label[label].values() if self.world.split(picture) in splits]
        in_set = [picture for picture in known if picture.set == wish]
        if in_set:
            known = in_set
        else:
            chosen = rng.choice(sorted({picture.set for picture in known}))
            known = [picture for picture in known if picture.set == chosen]
        if known[0].tone is None:
            return known[0]
        tone = self.people % len(pictures.TONES)
        self.people += 1
        return next(picture for picture in known if picture.tone == tone)


def pair_share(one, two):
    return share("pair " + " + ".join(sorted((one, two))))


def held_for(one, two):
    """Pairs of concepts of which the compositions of training know nothing."""
    value = pair_share(one, two)
    return "prompt" if value < 0.03 else "validation" if value < 0.06 else "train"


def count_held_for(label, count):
    value = share(f"count {count} {label}")
    return "prompt" if value < 0.04 and count > 1 else "train"


def plan_compositions(world, count, seed):
    stock = Stock(world)
    return [plan_composition(world, stock, random.Random(f"{seed} composition {index}")) for index in range(count)]


def plan_composition(world, stock, rng, split=None, kind=None):
    split = split or ("validation" if rng.random() < 0.02 else "train")
    splits = {"train"} if split == "train" else {"train", "validation"}
    kind = kind or rng.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
    wish = rng.choice(pictures.SETS) if rng.random() < 0.5 else None
    axis, labels = None, []
    if kind == "count":
        many = rng.choice([2, 3, 4] if split == "prompt" else [1, 2, 2, 3, 3, 4, 4])
        labels = [
            stock.label(
                rng,
                lambda label: captions.countable(label)
                and world.entries[label]["group"] != "people-body"
                and count_held_for(label, many) == ("prompt" if split == "prompt" else "train"),
            )
        ] * many
        boxes = layout_count(rng, many)
    elif kind == "place":
        labels = [stock.label(rng)]
        axis, size, place = rng.choice(
            [
                (None, "small", "centre"),
                (None, "big", "centre"),
                (None, "small", "top left"),
                (None, "small", "top right"),
                (None, "small", "bottom left"),
                (None, "small", "bottom right"),
                (None, "small", "top"),
                (None, "small", "bottom"),
                (None, "small", "left"),
                (None, "small", "right"),
            ]
        )
        boxes = [(place, size, place_box(rng, place, size))]
    else:
        number = 3 if kind == "three" else 2
        labels = distinct(rng, stock, number, "prompt" if split == "prompt" else split)
        axis = rng.choice(["left", "left", "above"]) if kind == "pair" else rng.choice(["row", "triangle"])
        boxes = layout(rng, kind, axis)
    parts, first = [], {}
    for label, (place, size, box) in zip(labels, boxes):
        if kind == "count" and first:
            picture, colour, turn = first["it"]
        else:
            picture = stock.picture(rng, label, wish, splits)
            turns = sorted(world.turns(picture).items())
            colour, turn = rng.choice(turns) if turns and rng.random() < 0.3 else (None, None)
            if colour is None and rng.random() < 0.3:
                colour = world.natural_colour(picture)
            first["it"] = picture, colour, turn
        parts.append(part_of(world, picture, colour, turn, place, size, box))
    seen = [(part["picture"], part["colour"] if part["turn"] is not None else None) for part in parts]
    ground = (
        "white" if rng.random() < 0.3 else pick_ground(world, rng, seen, [name for name in GROUNDS if name != "white"])
    )
    styles = {STYLES[part["picture"].set] for part in parts}
    plan = {
        "kind": kind,
        "axis": axis,
        "ground": ground,
        "split": split,
        "parts": parts,
        "style": styles.pop() if len(styles) == 1 else None,
    }
    plan["captions"] = captions.of_composition(rng, plan, split, 1 if split == "prompt" else None)
    return plan


def distinct(rng, stock, number, held):
    """Labels that are not of one name and whose pairs are not held out for something else."""
    while True:
        labels = [stock.label(rng) for _ in range(number)]
        names = {captions.name_of(label) for label in labels}
        pairs = [held_for(one, two) for index, one in enumerate(labels) for two in labels[index + 1 :]]
        if (
            len(names) == number
            and (pairs[0] == held if number == 2 or held == "train" else True)
            and all(pair == "train" or held != "train" for pair in pairs)
        ):
            return labels


def about(rng, value, spread):
    return value + rng.uniform(-spread, spread)


def layout(rng, kind, axis):
    if kind == "sizes":
        boxes = [
            ("left", "big", (about(rng, 34, 2), about(rng, 46, 3), about(rng, 56, 3))),
            ("right", "small", (about(rng, 78, 2), about(rng, 60, 8), about(rng, 24, 2))),
        ]
        return (
            boxes
            if rng.random() < 0.5
            else [
                ("left", "small", (about(rng, 18, 2), about(rng, 60, 8), about(rng, 24, 2))),
                ("right", "big", (about(rng, 62, 2), about(rng, 46, 3), about(rng, 56, 3))),
            ]
        )
    if kind == "three":
        if axis == "row":
            return [
                (place, "small", (about(rng, x, 1), about(rng, 48, 3), about(rng, 27, 1)))
                for place, x in (("left", 17), ("centre", 48), ("right", 79))
            ]
        return [
            (place, "medium", (about(rng, x, 2), about(rng, y, 1), about(rng, 38, 2)))
            for place, x, y in (("top", 48, 26), ("bottom left", 25, 71), ("bottom right", 71, 71))
        ]
    if axis == "left":
        return [
            (place, "medium", (about(rng, x, 1), about(rng, 48, 5), about(rng, 40, 2)))
            for place, x in (("left", 25), ("right", 71))
        ]
    return [
        (place, "medium", (about(rng, 48, 5), about(rng, y, 1), about(rng, 40, 2)))
        for place, y in (("top", 25), ("bottom", 71))
    ]


def layout_count(rng, many):
    side = {1: 66, 2: 40, 3: 38, 4: 38}[many]
    spots = {
        1: [(48, 48)],
        2: [(25, 48), (71, 48)],
        3: [(48, 26), (25, 71), (71, 71)],
        4: [(25, 25), (71, 25), (25, 71), (71, 71)],
    }[many]
    if many == 3 and rng.random() < 0.5:
        side, spots = 28, [(17, 48), (48, 48), (79, 48)]
    jitter = rng.uniform(-2, 2)
    return [
        ("centre" if many == 1 else "one of several", "medium", (about(rng, x, 1), about(rng, y, 1), side + jitter))
        for x, y in spots
    ]


def place_box(rng, place, size):
    side = about(rng, 80, 3) if size == "big" else about(rng, 36, 3)
    x = 26 if "left" in place else 70 if "right" in place else 48
    y = 26 if "top" in place else 70 if "bottom" in place else 48
    return about(rng, x, 2) if size == "small" else 48, about(rng, y, 2) if size == "small" else 48, side


def draw(work, plan, pixels=128):
    """The picture of a plan, as the bytes of a PNG."""
    canvas = Image.new("RGB", (pixels, pixels), GROUNDS[plan["ground"]])
    for part in plan["parts"]:
        x, y, side = (pixels / SIDE * value for value in part["box"])
        sprite = pictures.scaled(Image.open(pictures.sprite_file(work, part["picture"])), side)
        if part["turn"] is not None:
            sprite = pictures.turned(sprite, part["turn"])
        canvas.paste(sprite, (round(x - sprite.width / 2), round(y - sprite.height / 2)), sprite)
    bytes_ = io.BytesIO()
    canvas.save(bytes_, "PNG", compress_level=6)
    return bytes_.getvalue()


def concept(part, toned=True):
    name = captions.name_of(part["label"])
    if part["colour"]:
        name = f"{part['colour']} {captions.uncoloured(name)}"
    return captions.with_tone(name, part["tone"] if toned else None)


def weight(plan, mostly_white):
    """How often a trainer is to see it in an epoch: of people and hands, which come in six skin tones, each a fifth."""
    people = plan["kind"] == "single" and plan["parts"][0]["picture"].group == "people-body"
    if not mostly_white:
        return PEOPLE if people else 1
    if plan["kind"] == "single" and plan["ground"] == "white" and plan["parts"][0]["colour"] is None:
        return PEOPLE / 2 if people else 1
    return OTHERS * (PEOPLE if people else 1)


def described(plan, mostly_white):
    sources = list(dict.fromkeys(part["picture"].source for part in plan["parts"]))
    licences = sorted({part["picture"].licence for part in plan["parts"]})
    return {
        "captions": plan["captions"],
        "concept": ", ".join(dict.fromkeys(concept(part) for part in plan["parts"])),
        "source": ", ".join(sources),
        "licence": " AND ".join(licences),
        "split": plan["split"],
        "weight": weight(plan, mostly_white),
        "kind": plan["kind"],
        "parts": [
            {
                "concept": concept(part),
                "label": captions.name_of(part["label"]),
                "colour": part["colour"],
                "tone": None if part["tone"] is None else pictures.TONES[part["tone"]],
                "group": part["picture"].group,
                "style": STYLES[part["picture"].set],
                "source": part["picture"].source,
                "place": part["place"],
                "size": part["size"],
            }
            for part in plan["parts"]
        ],
        "ground": plan["ground"],
    }


def write_shard(job):
    work, file, prefix, start, plans, mostly_white, pixels = job
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as tar:
        for index, plan in enumerate(plans, start):
            for ending, content in (
                ("png", draw(work, plan, pixels)),
                ("json", json.dumps(described(plan, mostly_white), separators=(",", ":")).encode()),
            ):
                entry = tarfile.TarInfo(f"{prefix}-{index:06d}.{ending}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return file.stat().st_size


def write(world, out, prefix, plans, options):
    prompted = {json.loads(line)["prompt"] for line in PROMPTS.read_text().splitlines()}
    told = prompted.intersection(line for plan in plans for line in plan["captions"])
    if told:
        raise SystemExit(f"{len(told)} captions are evaluation prompts, such as {min(told)!r}")
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob(f"{prefix}-*.tar"):
        old.unlink()
    jobs = [
        (
            world.work,
            out / f"{prefix}-{shard:04d}.tar",
            prefix,
            shard * SHARD,
            plans[shard * SHARD : (shard + 1) * SHARD],
            options.mostly_white,
            options.pixels,
        )
        for shard in range((len(plans) + SHARD - 1) // SHARD)
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        size = sum(pool.map(write_shard, jobs))
    print(f"{prefix}: {len(plans)} samples in {len(jobs)} shards, {size / 1e6:.0f} MB")


def prompts(world, known, seed=1):
    """The evaluation prompts; none of them is a caption."""
    rng, stock = random.Random(f"{seed} prompts"), Stock(world)
    result, used = [], set()

    def add(kind, prompt, concepts, ground=None, count=None, **more):
        if prompt in known or prompt in used:
            return False
        used.add(prompt)
        result.append(
            {
                "id": f"{kind}-{sum(entry['kind'] == kind for entry in result):03d}",
                "kind": kind,
                "prompt": prompt,
                "concepts": concepts,
                "ground": ground,
                "count": count,
                **more,
            }
        )
        return True

    def total(kind):
        return sum(entry["kind"] == kind for entry in result)

    labels = set()
    while total("name") < 200:
        label = stock.label(rng, lambda label: label not in labels)
        labels.add(label)
        name = captions.name_of(label)
        add("name", captions.article_fixed(rng.choice(captions.PROMPT).format(a=captions.with_article(name))), [name])
    labels = set()
    while total("paraphrase") < 150:
        label = stock.label(rng, lambda label: label not in labels and world.entries[label]["group"] != "people-body")
        labels.add(label)
        name = captions.name_of(label)
        telling = world.telling(label)
        if not telling:
            continue
        one, two, three = telling
        add(
            "paraphrase",
            rng.choice(
                [
                    f"something with {one}, {two} and {three}",
                    f"{one} and {two}, also {three}",
                    f"a thing of {one}: {two}, {three}",
                    f"{one} {two} {three}",
                ]
            ),
            [name],
        )
    while total("composition") < 100:
        plan = plan_composition(world, stock, rng, "prompt", rng.choice(["pair", "pair", "pair", "sizes"]))
        parts = plan["parts"]
        add(
            "composition",
            plan["captions"][0],
            [concept(part, " skin" in plan["captions"][0]) for part in parts],
            places=[part["place"] for part in parts] if PLACED.search(plan["captions"][0]) else None,
            sizes=[part["size"] for part in parts] if plan["kind"] == "sizes" else None,
        )
    while total("attribute") < 50:
        if rng.random() < 0.4:
            plan = plan_composition(world, stock, rng, "prompt", "count")
            add("attribute", plan["captions"][0], [concept(plan["parts"][0])], count=len(plan["parts"]))
            continue
        label = stock.label(rng)
        name, colour = captions.name_of(label), None
        ground = rng.choice(list(GROUNDS))
        if rng.random() < 0.4:
            picture = stock.picture(rng, label, None, {"train"})
            turns = sorted(world.turns(picture))
            if not turns:
                continue
            colour = rng.choice(turns)
            name = f"{colour} {captions.uncoloured(name)}"
        if colour == ground:
            continue
        said = captions.with_article(name)
        add(
            "attribute",
            captions.article_fixed(rng.choice(captions.GROUND_PROMPT).format(said=said, ground=ground)),
            [name],
            ground=ground,
            colour=colour,
        )
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "command",
        choices=["singles", "compositions", "captions", "prompts", "card", "sheet"],
        help=(
            "what to write: shards of single things, shards of compositions, captions.txt, the "
            "evaluation prompts, DATA.md, or a sheet of sample pictures to look at"
        ),
    )
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("dataset"), help="folder of the shards")
    parser.add_argument("--work", type=pathlib.Path, help="folder of downloads and drawn icons (OUT/work)")
    parser.add_argument("--pixels", type=int, default=128, help="height and width of the pictures")
    parser.add_argument("--count", type=int, default=60000, help="how many compositions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--style", choices=sorted(STYLES.values()), help="pictures of this style alone")
    parser.add_argument("--one-size", action="store_true", help="singles: draw all things equally large")
    parser.add_argument(
        "--grounds", type=int, default=1, metavar="N", help="singles: on how many coloured grounds each thing is drawn"
    )
    parser.add_argument(
        "--names-only", action="store_true", help="singles: half of the captions are names alone, none has tags"
    )
    parser.add_argument(
        "--mostly-white", action="store_true", help="a trainer is to see things on white, as they are, far more often"
    )
    parser.add_argument("--groups", nargs="+", metavar="GROUP", help="singles: of these groups of emoji alone")
    parser.add_argument(
        "--kind",
        default="composition",
        choices=["single", "turned", "composition", "people"],
        help="what the sheet shows",
    )
    options = parser.parse_args()
    options.work = options.work or options.out / "work"
    world = World(
        options.work, options.workers, options.style, options.groups if options.command == "singles" else None
    )
    singles, composed = [], []
    if options.command != "compositions":
        singles = plan_singles(
            world, options.seed, options.one_size, options.grounds, options.names_only
        )
    if options.command != "singles":
        composed = plan_compositions(world, options.count, options.seed)
    if options.command == "singles":
        write(world, options.out, "singles", singles, options)
    elif options.command == "compositions":
        write(world, options.out, "compositions", composed, options)
    elif options.command == "captions":
        options.out.mkdir(parents=True, exist_ok=True)
        lines = [line for plan in singles + composed for line in plan["captions"]]
        (options.out / "captions.txt").write_text("\n".join(lines) + "\n")
        print(f"{len(lines)} captions, {len(set(lines))} of them different")
    elif options.command == "prompts":
        known = {line for plan in singles + composed for line in plan["captions"]}
        lines = prompts(world, known)
        PROMPTS.write_text("".join(json.dumps(line) + "\n" for line in lines))
        print(f"{len(lines)} prompts, none of which is one of {len(known)} captions")
    elif options.command == "card":
        (HERE / "DATA.md").write_text(card.text(world, singles, composed))
    else:
        card.sheet(world, options.kind, singles, composed, draw, options.out / f"sheet-{options.kind}.png")


if __name__ == "__main__":
    main()
