"""What is said of a picture: names, articles, plurals, phrasings."""

import functools
import re
import unicodedata

from pictures import TONES, WORDS

VOWEL = re.compile(r"^(?!(uni|ufo|ewe|euro|one[ -]|use))[aeiou]|^(hour|8|x-ray|suv\b)")
COUNTS = ["no", "one", "two", "three", "four"]
PREPOSITIONS = re.compile(
    r" (?:with|without|of|in|on|behind|at|to|from|between|over|for|and"
    r"|showing|facing|covering|licking|lifting|shaking|pouring|breast-feeding) "
)

# Phrasings of training, of validation, and of neither: the last are those of the evaluation prompts.
TRAIN = [
    "{a}",
    "{a}",
    "{name}",
    "{name}",
    "{styled}",
    "a picture of {a}",
    "a drawing of {a}",
    "an icon of {a}",
    "an emoji of {a}",
    "{style} drawing of {a}",
    "{style} icon of {a}",
    "{style} {name} icon",
    "a pictogram of {a}",
    "{name}, {style}",
]
VALIDATION = [
    "an illustration of {a}",
    "clip art of {a}",
    "{style} illustration of {a}",
    "a small image showing {a}",
    "{name} in {style} style",
    "this is {a}",
]
PROMPT = [
    "please draw {a}",
    "i would like to see {a}",
    "show me {a}",
    "can you paint {a} for me",
    "just {a}, nothing else",
    "make me a little image with {a}",
    "a nice sign that shows {a}",
    "draw {a} for a child",
]
GROUND = [
    "{said} on a {ground} background",
    "{said} on {ground}",
    "{said} on a {ground} ground",
    "{said} with a {ground} background",
]
GROUND_VALIDATION = ["{said} in front of a {ground} backdrop", "{said} against {ground}"]
GROUND_PROMPT = ["{said} before a {ground} wall", "{ground} all around {said}"]


def plain(text):
    text = text.replace("’", "'").replace("“", "").replace("”", "")
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()


@functools.cache
def name_of(label):
    """The name of an emoji as one would say it."""
    if label in WORDS["said"]:
        return WORDS["said"][label]
    text = plain(label)
    if text.endswith(" o'clock"):
        return f"clock showing {text}"
    if text.endswith("-thirty"):
        return f"clock showing half past {text.removesuffix('-thirty')}"
    head, _, rest = text.partition(": ")
    if not rest:
        return text
    parts = rest.split(", ")
    joined = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    if rest == "facing right":
        return f"{head} facing right"
    if rest == "bald":
        return f"bald {head}"
    if rest == "beard":
        return f"{head} with a beard"
    if rest.endswith("hair"):
        return f"{head} with {rest}"
    return f"{head} of {joined}"


def names_of(label):
    """The name, and other words for the same thing."""
    return [name_of(label)] + WORDS["names"].get(label, [])


def head_of(name):
    return PREPOSITIONS.split(name)[0]


def is_plural(name):
    first, last = name.split()[0], head_of(name).split()[-1]
    return first in ("people", "men", "women", "two") or bool(re.search(r"[^sui']s$", last)) and last != "rhinoceros"


def takes_article(name):
    return not (is_plural(name) or name in WORDS["mass"] or re.match(r"(woman|man) and ", name))


def with_article(name, before=""):
    said = f"{before} {name}" if before else name
    if not takes_article(name):
        return said
    return f"{'an' if VOWEL.match(said) else 'a'} {said}"


def countable(label):
    """Whether one can say 'three ...' of it and be understood."""
    name = name_of(label)
    return (
        takes_article(name)
        and name not in WORDS["uncountable"]
        and len(name.split()) <= 3
        and not PREPOSITIONS.search(f" {name} ")
        and not re.search(r"ing$|\bbutton\b|arrow|[:0-9]", name.split()[-1])
    )


def plural(name):
    head = head_of(name)
    words = head.split()
    last = words[-1]
    if last in WORDS["plurals"]:
        last = WORDS["plurals"][last]
    elif last.endswith("fish"):
        pass
    elif re.search(r"(s|x|z|ch|sh)$", last):
        last += "es"
    elif re.search(r"[^aeiou]y$", last):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join(words[:-1] + [last]) + name[len(head) :]


def with_tone(said, tone):
    """The skin tone is said after everything else of the thing."""
    if tone is None:
        return said
    return f"{said} with {'yellow' if tone == 0 else TONES[tone]} skin"


def tags_of(entry, name):
    """Single words that go with the thing and are not in its name; those that both sources know come first."""
    own = set(re.findall(r"[a-z]+", name))
    keywords = [plain(word).replace("_", " ") for word in entry["keywords"]]
    tags = [plain(word) for word in entry["tags"]]
    both = [word for word in tags if word in keywords]
    rest = [word for word in tags if word not in both] or keywords
    fit = [word for word in both + rest if re.fullmatch(r"[a-z][a-z ]{2,}", word)]
    return [
        word
        for word in dict.fromkeys(fit)
        if not (set(word.split()) | {word.rstrip("s")}) & own and not own & {word + "s", word + "es"}
    ]


def of_single(rng, entry, label, tone, style, colour, ground, split):
    """Six to twelve captions of a picture of one thing."""
    names = names_of(label)
    tags = tags_of(entry, " ".join(names))[:6]
    templates = TRAIN if split == "train" else VALIDATION
    grounds = GROUND if split == "train" else GROUND_VALIDATION
    wanted = rng.randint(6, 12)
    captions = []
    if split == "train" and colour is None and tags:
        few = rng.sample(tags, min(len(tags), rng.randint(1, 3)))
        captions.append(", ".join([with_tone(names[0], tone if rng.random() < 0.5 else None), *few]))
    attempts = 0
    while len(captions) < wanted and attempts < 60:
        attempts += 1
        name = names[0] if rng.random() < 0.6 else rng.choice(names)
        if colour:
            name = f"{colour} {uncoloured(name)}"
        toned = tone is not None and rng.random() < (0.65 if tone else 0.3)
        forms = [with_article(name), with_article(name, style), name]
        a, styled, bare = (with_tone(form, tone) for form in forms) if toned else forms
        said = article_fixed(rng.choice(templates).format(a=a, styled=styled, name=bare, style=style))
        if rng.random() < (0.25 if ground == "white" else 0.7):
            said = article_fixed(rng.choice(grounds[:3] if toned else grounds).format(said=said, ground=ground))
        if said not in captions:
            captions.append(said)
    return captions


def uncoloured(name):
    """The name without a colour at its start."""
    first, _, rest = name.partition(" ")
    return rest if rest and first in COLOURS else name


COLOURS = {*WORDS["grounds"], "golden", "grey"}


def article_fixed(text):
    """'a' before a vowel becomes 'an' and the reverse, after a word has been put between."""
    return re.sub(
        r"\b(a|an) (?=(\S+(?: |$)))",
        lambda match: ("an " if VOWEL.match(match[2] if match[2] != "one " else "one ") else "a "),
        text,
    )


def of_composition(rng, plan, split, use=None):
    """Captions of a composition: what is where, how many, how big, on which ground."""
    grounds = {"train": GROUND, "validation": GROUND_VALIDATION, "prompt": GROUND_PROMPT}[split]
    frames = {
        "train": ["{said}", "{said}", "{said}", "a picture of {said}", "a drawing of {said}", "an icon of {said}"],
        "validation": ["an illustration of {said}", "clip art of {said}", "a small image showing {said}"],
        "prompt": ["please draw {said}", "show me {said}", "i would like to see {said}", "{said}, nothing else"],
    }[split]
    wanted = use or rng.randint(6, 10)
    captions, attempts = [], 0
    while len(captions) < wanted and attempts < 60:
        attempts += 1
        said = rng.choice(frames).format(said=SAYINGS[plan["kind"]](rng, plan))
        if plan["style"] and rng.random() < 0.25 and split == "train":
            said = f"{said}, {plan['style']}"
        if rng.random() < (0.3 if plan["ground"] == "white" else 0.65) and split != "prompt":
            said = rng.choice(grounds).format(said=said, ground=plan["ground"])
        said = article_fixed(said)
        if said not in captions:
            captions.append(said)
    return captions


def thing(rng, part, size=False):
    """A thing with its article, perhaps its colour and skin, and its size where that is asked for."""
    names = names_of(part["label"])
    name = names[0] if rng.random() < 0.6 else rng.choice(names)
    if part["colour"]:
        name = f"{part['colour']} {uncoloured(name)}"
    said = with_article(name, part["size"] if size else "")
    return with_tone(said, part["tone"]) if part["tone"] is not None and rng.random() < 0.6 else said


def counted(rng, plan):
    part = plan["parts"][0]
    name = name_of(part["label"])
    if part["colour"]:
        name = f"{part['colour']} {uncoloured(name)}"
    count = len(plan["parts"])
    number = COUNTS[count] if rng.random() < 0.8 else str(count)
    if count == 1:
        return f"{rng.choice(['one', 'a single'])} {name}"
    return f"{number} {plural(name)}"


def related(rng, plan):
    first, second = plan["parts"]
    before, after = (
        (["to the left of", "left of", "on the left of"], ["to the right of", "right of", "on the right of"])
        if plan["axis"] == "left"
        else (["above", "over"], ["below", "under", "beneath"])
    )
    one, two = thing(rng, first), thing(rng, second)
    draw = rng.random()
    if draw < 0.45:
        return f"{one} {rng.choice(before)} {two}"
    if draw < 0.75:
        return f"{two} {rng.choice(after)} {one}"
    if plan["axis"] == "left":
        return rng.choice(
            [
                f"{one} next to {two}",
                f"{two} next to {one}",
                f"{one} beside {two}",
                f"{one} and {two}",
                f"{two} and {one}",
            ]
        )
    return rng.choice([f"{one} and {two}", f"{one} at the top and {two} at the bottom"])


def sized(rng, plan):
    one, two = (thing(rng, part, size=True) for part in plan["parts"])
    return rng.choice(
        [
            f"{one} and {two}",
            f"{two} and {one}",
            f"{one} next to {two}",
            f"{two} next to {one}",
            f"{one} left of {two}",
            f"{two} right of {one}",
        ]
    )


def placed(rng, plan):
    part = plan["parts"][0]
    if part["place"] == "centre":
        return thing(rng, part, size=True)
    said = thing(rng, part, size=rng.random() < 0.4)
    corner = " " in part["place"]
    where = rng.choice(["in the {} corner", "at the {}", "in the {}"] if corner else ["at the {}"]).format(
        part["place"]
    )
    return f"{said} {where}" if rng.random() < 0.85 else said


def three(rng, plan):
    one, two, last = (thing(rng, part) for part in plan["parts"])
    if plan["axis"] == "row":
        return rng.choice(
            [
                f"{one}, {two} and {last}",
                f"{two} between {one} and {last}",
                f"{one}, {two} and {last} in a row",
                f"{two} in the middle of {one} and {last}",
            ]
        )
    return rng.choice([f"{one} above {two} and {last}", f"{two} and {last} below {one}", f"{one}, {two} and {last}"])


SAYINGS = {"count": counted, "pair": related, "sizes": sized, "place": placed, "three": three}
