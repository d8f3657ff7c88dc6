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
PLAIN = [
    "{styled}",
    "the {name}",
    "my {name}",
    "{name}, {style}",
    "{style} {name}",
    "{style} drawing of {a}",
    "{style} icon of {a}",
    "{style} {name} icon",
    "{name} icon",
    "{name} emoji",
    "{name} symbol",
    "{name} picture",
    "{name}, please",
    "one {name}",
    "{adjective} {name}",
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
# What is said around a thing in training is put together of these; see framed().
OPENINGS = (
    "please|could you|can you|would you|will you|could you please|can you please|i want you to|i would like you to"
    "|i need you to|now|let us|try to|go and|hey|hello, please|kindly|you should|we want you to|i asked you to|help me"
).split("|")
VERBS = "draw|draw|paint|sketch|make|create|show|generate|design|do|render|give|send|print|produce|find|build".split("|")
RECIPIENTS = ["", "", "me", "us", "her"]
WISHES = (
    "i want|i need|i want to see|i would like|i would love|i would love to see|i'd like to see|i like|we need|we want"
    "|we would like to see|let me see|let me have|may i have|may i see|there is|here is|here comes|this shows|it is"
    "|that is|look at|only|just|simply|what about|how about|have you got|do you have|do you know|imagine|think of"
    "|something like|a kind of|my son likes|my daughter wants|my friend has|i saw|i see|i dream of|show|give me|draw"
    "|what does it look like,|the thing is|everybody loves|once more|this time|and now|next|next to nothing but"
).split("|")
MEDIA = (
    "picture|picture|image|image|drawing|drawing|icon|icon|emoji|emoji|pictogram|sign|symbol|sticker|sketch|painting"
    "|graphic|cartoon|stamp|badge|button|doodle|poster|logo|card|pic|photo|print|illustration"
).split("|")
ADJECTIVES = (
    "nice|nice|small|little|simple|beautiful|pretty|cute|flat|colourful|clean|big|good|great|lovely|funny|new|tiny"
    "|plain|friendly|modern|bright|fine|cool"
).split("|")
LINKS = ["of", "of", "of", "with", "showing", "that shows", "for", "depicting", "that has", "about"]
ENDINGS = (
    "please|for me|for us|thanks|thank you|for my son|for my mother|for my website|for the kids|for my little girl"
    "|for a card|and nothing else|on its own|alone|only|if you can|right now|as an icon|as an emoji|as a sticker"
    "|as a sign|in flat colours|to print|in a picture|for a boy|for school|like an emoji|and that is all|quickly|again"
).split("|")
GROUND = [
    "{said} on a {ground} background",
    "{said} on a {ground} background",
    "{said} on {ground}",
    "{said} on a {ground} ground",
    "{said} with a {ground} background",
    "{said}, {ground} background",
    "{said} in front of a {ground} wall",
    "{said} in front of {ground}",
    "{said} in front of a {ground} background",
    "{said} before a {ground} curtain",
    "{said} before {ground}",
    "{said} with {ground} behind it",
    "{said} with a {ground} wall behind it",
    "{said} with {ground} all around",
    "{said} with {ground} around it",
    "{said} surrounded by {ground}",
    "{said} on a {ground} wall",
    "{said} on {ground} paper",
    "{said} on a {ground} card",
    "{said} on a {ground} surface",
    "{said} on plain {ground}",
    "{said} on solid {ground}",
    "{said} in a {ground} square",
    "{said} inside a {ground} box",
    "{said}, the background is {ground}",
    "{said} and everything around it is {ground}",
    "{said}, all {ground} around",
    "{said} over {ground}",
    "{ground} background with {said}",
    "{ground} background and {said}",
    "{ground} behind {said}",
    "{ground} around {said}",
    "a {ground} wall behind {said}",
    "a {ground} picture with {said}",
    "on a {ground} background, {said}",
    "on {ground}, {said}",
    "before a {ground} background, {said}",
]
GROUND_VALIDATION = ["{said} in front of a {ground} backdrop", "{said} against {ground}"]
GROUND_PROMPT = ["{said} before a {ground} wall", "{ground} all around {said}"]
COMPOSITION_PROMPT = ["please draw {said}", "show me {said}", "i would like to see {said}", "{said}, nothing else"]
COMPOSITION_VALIDATION = ["an illustration of {said}", "clip art of {said}", "a small image showing {said}"]
# Frames of validation and of the evaluation prompts, which no caption of training may be made with.
HELD_BACK = {
    frame.replace("{said}", "{a}")
    for frame in [*VALIDATION, *PROMPT, *GROUND_VALIDATION, *GROUND_PROMPT, *COMPOSITION_PROMPT, *COMPOSITION_VALIDATION]
}
# Tags alone, and around a name.
TAGGED = [
    "{tags}",
    "{tags}",
    "{tags}",
    "something with {tags}",
    "something about {tags}",
    "something for {tags}",
    "a thing with {tags}",
    "a thing for {tags}",
    "it has to do with {tags}",
    "think of {tags}",
    "{tags} and so on",
    "things like {tags}",
    "a {tags} thing",
    "{tags} emoji",
    "{tags} icon",
]
JOINED = [" ", ", ", " and ", ", also ", ": ", " with ", " or "]


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


def framed(rng):
    """A phrasing of training with {it} for the thing, one of some hundred thousand."""
    while True:
        if rng.random() < 0.5:
            words = [rng.choice(OPENINGS) if rng.random() < 0.6 else "", rng.choice(VERBS), rng.choice(RECIPIENTS)]
        else:
            words = [rng.choice(WISHES) if rng.random() < 0.6 else ""]
        if rng.random() < 0.45:
            adjective = rng.choice(ADJECTIVES) if rng.random() < 0.4 else ""
            words += [rng.choice(["a", "a", "the", ""]), adjective, rng.choice(MEDIA), rng.choice(LINKS)]
        words.append("{it}")
        if rng.random() < 0.3:
            words += [rng.choice(["", ","]), rng.choice(ENDINGS)]
        frame = " ".join(word for word in words if word).replace(" ,", ",")
        if frame.replace("{it}", "{a}") not in HELD_BACK:
            return frame


def tagged(rng, tags, telling, name):
    """One to four tags in any order, perhaps with the name; never all those together that an evaluation prompt has."""
    while True:
        some = rng.sample(tags, min(len(tags), rng.choice([1, 2, 2, 3, 3, 4])))
        if not telling or not set(telling) <= set(some):
            break
    join = rng.choice(JOINED)
    if rng.random() < 0.25:
        some.insert(rng.randrange(len(some) + 1), name)
    elif len(some) == 3 and join in (" ", " and "):
        join = ", "
    said = join.join(some) if join in (" ", ", ") or len(some) < 3 else ", ".join(some[:-1]) + join + some[-1]
    said = rng.choice(TAGGED).format(tags=said)
    return framed(rng).format(it=said) if rng.random() < 0.15 else said


def of_single(rng, entry, label, tone, style, colour, ground, split, telling, names_only):
    """
    Captions of a picture of one thing: a fifth of them its name as it stands, the others in other words; with
    `names_only` half of them, and the others with the name.
    """
    names = names_of(label)
    tags = [] if names_only else tags_of(entry, " ".join(names))[:10]
    alone = 0.5 if names_only else 0.2
    wanted = {"validation": 6}.get(split, 48 if ground == "white" and colour is None else 24)
    captions = []
    for _ in range(3 * wanted):
        name = names[0] if rng.random() < 0.6 else rng.choice(names)
        if colour:
            name = f"{colour} {uncoloured(name)}"
        toned = tone is not None and rng.random() < (0.65 if tone else 0.3)
        forms = [with_article(name), with_article(name, style), name]
        a, styled, bare = (with_tone(form, tone) for form in forms) if toned else forms
        draw = rng.random()
        adjective = rng.choice(ADJECTIVES)
        after = split == "train" and rng.random() < (0.1 if ground == "white" else 1)
        if split == "validation":
            said = rng.choice(VALIDATION).format(a=a, styled=styled, name=bare, style=style)
            if rng.random() < (0.25 if ground == "white" else 0.7):
                said = rng.choice(GROUND_VALIDATION).format(said=said, ground=ground)
        elif draw < alone:
            said = rng.choice([a, a, bare])
        elif draw < alone + 0.1:
            said = rng.choice(PLAIN).format(a=a, styled=styled, name=bare, style=style, adjective=adjective)
        elif draw < (0.6 if ground == "white" else 0.4) and tags and colour is None:
            said = tagged(rng, tags, telling, bare)
        else:
            it = rng.choice([a, a, a, a, a, bare, bare, f"the {bare}", with_article(name, adjective)])
            if rng.random() < 0.05 and countable(label) and tone is None:
                it = rng.choice(["", "some ", "the "]) + plural(name)
            before = after and rng.random() < 0.6
            after = after and not before
            it = grounded(rng, it, ground, toned) if before else it
            said = framed(rng).format(it=it)
        said = grounded(rng, said, ground, toned) if after else said
        said = article_fixed(said)
        if said not in captions or said in (a, bare):
            captions.append(said)
        if len(captions) == wanted:
            break
    return captions


def grounded(rng, said, ground, toned=False):
    """The ground is said last, but for a tone ('with light skin and a red background')."""
    among = [frame for frame in GROUND if not frame.startswith("{said} with")] if toned else GROUND
    word = "grey" if ground == "gray" and rng.random() < 0.5 else ground
    return rng.choice(among).format(said=said, ground=word)


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
    frames = {"validation": COMPOSITION_VALIDATION, "prompt": COMPOSITION_PROMPT}
    wanted = use or (rng.randint(6, 10) if split == "validation" else 24)
    captions, attempts = [], 0
    while len(captions) < wanted and attempts < 60:
        attempts += 1
        if split == "train":
            said = SAYINGS[plan["kind"]](rng, plan)
            if rng.random() < (0.1 if plan["ground"] == "white" else 1):
                said = grounded(rng, said, plan["ground"])
            if rng.random() < 0.5:
                said = framed(rng).format(it=said)
        else:
            said = rng.choice(frames[split]).format(said=SAYINGS[plan["kind"]](rng, plan))
            # Where it is not said, chance is asked all the same: the evaluation prompts stay as they are.
            asked = plan["style"] and rng.random(), rng.random()
            if split == "validation" and asked[1] < (0.3 if plan["ground"] == "white" else 0.65):
                said = rng.choice(GROUND_VALIDATION).format(said=said, ground=plan["ground"])
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
