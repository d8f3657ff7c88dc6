"""The data card, and sheets of sample pictures."""

import collections
import io
import random

import captions
import pictures
from PIL import Image, ImageDraw


def sheet(world, kind, singles, composed, draw, file, columns=8, rows=8):
    fits = {
        "single": lambda plan: plan["kind"] == "single",
        "turned": lambda plan: plan["kind"] == "single" and plan["parts"][0]["turn"] is not None,
        "people": lambda plan: plan["kind"] == "single" and plan["parts"][0]["tone"] is not None,
        "composition": lambda plan: plan["kind"] != "single",
    }[kind]
    plans = random.Random(7).sample([plan for plan in singles + composed if fits(plan)], columns * rows)
    canvas = Image.new("RGB", (columns * 200, rows * 130), "white")
    pen = ImageDraw.Draw(canvas)
    for index, plan in enumerate(plans):
        x, y = index % columns * 200 + 4, index // columns * 130 + 2
        canvas.paste(Image.open(io.BytesIO(draw(world.work, plan))), (x, y))
        said = plan["captions"][index % len(plan["captions"])]
        for line in range(2):
            pen.text((x, y + 98 + 13 * line), said[33 * line : 33 * line + 33], fill="black")
    canvas.save(file)


def text(world, singles, composed):
    """The card, in Markdown."""
    plans = singles + composed
    chosen = world.pictures
    tones = collections.Counter(picture.tone for picture in chosen if picture.tone is not None)
    drawn = collections.Counter(part["tone"] for plan in composed for part in plan["parts"] if part["tone"] is not None)
    genders = collections.Counter(gender(picture) for picture in chosen if is_figure(picture))
    split = {name: [plan for plan in plans if plan["split"] == name] for name in ("train", "validation")}
    said = {name: {caption for plan in part for caption in plan["captions"]} for name, part in split.items()}
    in_sets = collections.Counter(len(sets) for sets in by_label(chosen).values())
    lines = [
        "# Data card: pictograms",
        "",
        (
            "Written by `dataset.py card`; every figure is counted from what the other commands write with their"
            f" defaults (seed 1, {len(composed):,} compositions)."
        ),
        "",
        (
            "Pictures of things with English captions, 128 x 128 pixels, made from free icon sets. For training the small"
            " text-to-image model of this folder; the pictures themselves are not in the repository."
        ),
        "",
        "## Sources",
        "",
        "| package | version | licence | used for | style word | icons used |",
        "|---|---|---|---|---|---|",
    ]
    for package, (version, licence) in pictures.PACKAGES.items():
        name = package.split("/")[-1]
        used = sum(picture.set == name for picture in chosen)
        style = pictures.WORDS["styles"].get(name, "")
        purpose = "pictures" if used else "names, groups, tags, skin tones" if name == "emojibase-data" else "keywords"
        lines.append(f"| {package} | {version} | {licence} | {purpose} | {style} | {used or ''} |")
    lines += [
        "",
        (
            "The Fluent drawings are Microsoft's (the 3D ones packed by LobeHub), the Noto ones Google's, FxEmojis"
            " Mozilla's; emojibase is by Miles Johnson, emojilib by Mu-An Chiou. MIT and Apache-2.0 ask that copies of"
            " the drawings keep their notices; no drawing is shipped here."
        ),
        "",
        (
            "The style word says what the set looks like beside the others: `3d` is rendered, `shaded` is the same"
            " drawing with gradients, `flat` the same with plain areas, `cartoon` and `classic` are the new and the old"
            " Noto, `simple` is FxEmojis. 3d, shaded and flat are one design, so their pictures of a thing differ"
            " little in form."
        ),
        "",
        "## Counts",
        "",
        f"{len(chosen):,} pictures of {len(by_label(chosen)):,} names; "
        + ", ".join(f"{count:,} names in {number} set{'s' * (number > 1)}" for number, count in sorted(in_sets.items()))
        + ".",
        "",
        "| samples | train | validation | all |",
        "|---|---|---|---|",
    ]
    for title, test in (
        ("singles", lambda plan: plan["kind"] == "single"),
        (
            "... as they are, on white",
            lambda plan: plan["kind"] == "single" and plan["parts"][0]["turn"] is None and plan["ground"] == "white",
        ),
        (
            "... as they are, on a colour",
            lambda plan: plan["kind"] == "single" and plan["parts"][0]["turn"] is None and plan["ground"] != "white",
        ),
        ("... in another colour", lambda plan: plan["kind"] == "single" and plan["parts"][0]["turn"] is not None),
        ("compositions", lambda plan: plan["kind"] != "single"),
        *(
            (f"... {name}", lambda plan, name=name: plan["kind"] == name)
            for name in ("pair", "count", "place", "sizes", "three")
        ),
        ("all", lambda plan: True),
    ):
        numbers = [sum(map(bool, map(test, part))) for part in split.values()]
        lines.append(f"| {title} | {numbers[0]:,} | {numbers[1]:,} | {sum(numbers):,} |")
    total = sum(len(plan["captions"]) for plan in plans)
    lengths = sorted(len(caption.split()) for plan in plans for caption in plan["captions"])
    lines += [
        "",
        (
            f"{total:,} captions, {len(said['train'] | said['validation']):,} of them different;"
            f" {total / len(plans):.1f} a sample; {lengths[len(lengths) // 2]} words in the middle, {lengths[-1]} at"
            " most."
        ),
        "",
        "| group | pictures | share of the singles | share of the things in compositions |",
        "|---|---|---|---|",
    ]
    things = collections.Counter(part["picture"].group for plan in composed for part in plan["parts"])
    for group, count in collections.Counter(picture.group for picture in chosen).most_common():
        alone = sum(plan["parts"][0]["picture"].group == group for plan in singles) / len(singles)
        lines.append(
            f"| {group} | {count:,} | {100 * alone:.1f} % | {100 * things[group] / sum(things.values()):.1f} % |"
        )
    grounds = {
        name: collections.Counter(plan["ground"] for plan in part)
        for name, part in (("singles", singles), ("compositions", composed))
    }
    lines += ["", "| ground | RGB | singles | compositions |", "|---|---|---|---|"]
    for ground, rgb in pictures.WORDS["grounds"].items():
        lines.append(
            f"| {ground} | {', '.join(map(str, rgb))} | {grounds['singles'][ground]:,} | "
            f"{grounds['compositions'][ground]:,} |"
        )
    lines += [
        "",
        (
            "A ground is chosen among those on which the edge of every thing stands out, so some come up more often"
            " than others. Ground colours are exact: a checker may compare them."
        ),
        "",
        "## Split",
        "",
        (
            "A name that is in three sets or more is, with a chance of 2 % a set, held out of one of them: its"
            " pictures there, on every ground and in all skin tones, are validation. So the *concept* has been seen,"
            " drawn by the other sets, the *picture* has not, nor the *phrasing*: validation captions are written with"
            " phrasings of their own (`an illustration of ...`, `clip art of ...`, `... against blue`). 2 % of the"
            " compositions are validation too; those of two things are of pairs (3 % of all) that no composition of"
            " training holds, the others are new in phrasing only; no composition of training"
            " holds a picture held out. Captions in both splits:"
            f" {len(said['train'] & said['validation'])}."
        ),
        "",
        "Another 3 % of the pairs and 4 % of the counts of a thing are kept for the evaluation prompts.",
        "",
        "## Left out",
        "",
        "| reason | " + " | ".join(pictures.SETS) + " |",
        "|---|" + "---|" * len(pictures.SETS),
    ]
    reasons = collections.Counter()
    for counts in world.left_out.values():
        reasons.update(counts)
    for reason, _ in reasons.most_common():
        lines.append(
            f"| {reason} | " + " | ".join(str(world.left_out[name][reason] or "") for name in pictures.SETS) + " |"
        )
    turned = sum(plan["parts"][0]["turn"] is not None for plan in singles)
    lines += [
        "",
        (
            "Flags are left out as a whole. Logos of firms are in none of what is left: only what Unicode has as an"
            " emoji is taken. What is said to show something else was seen by eye, as a revolver that is named a water"
            " pistol."
        ),
        "",
        "## Balance",
        "",
        "A figure or hand that can have a skin tone is taken from a set only if it is there in all six (yellow and five"
        " tones). So the numbers are equal, not only near: "
        + ", ".join(f"{pictures.TONES[tone]} {count:,}" for tone, count in sorted(tones.items()))
        + ". In compositions the tones take turns: "
        + ", ".join(f"{pictures.TONES[tone]} {count:,}" for tone, count in sorted(drawn.items()))
        + ". About a third of the captions of a toned picture say nothing of the tone, so that `a doctor` should give "
        "every tone; yellow is named less often.",
        "",
        "Figures by the form that their name gives, counting every tone: "
        + ", ".join(f"{name} {count:,}" for name, count in genders.most_common())
        + ". `Neither` is what the name leaves open (a person, a pilot); the sets draw some of those alike to men or"
        " women.",
        "",
        "## Colours",
        "",
        (
            f"{turned:,} singles show a picture of one hue in another colour, which every caption of it names. A"
            " picture counts as of one hue if 92 % of its vivid pixels lie within 22 degrees; pale and dark colours"
            " without a plain name are not used. Figures, hands, hearts and symbols keep their colours."
        ),
        "",
        "## Limits",
        "",
        (
            "* Icons, not photographs or scenes: one to four things on a plain ground. Nothing overlaps, nothing stands"
            " on anything."
        ),
        (
            "* Names are those of the emoji. A word that is neither name nor tag nor one of the few added everyday"
            " words is not known."
        ),
        "* Captions are put together by rules; some are clumsy (`a man rowing boat`, `a big bacon`).",
        (
            "* The emoji have their own bias: what they hold of food, clothes, buildings and faiths is uneven, and so"
            " is what they draw as a doctor's or a farmer's clothes."
        ),
        (
            "* More than half of the singles are figures and hands, as every one comes in six tones. A trainer should"
            " draw them less often; `parts[0].group` says which they are."
        ),
        "* Tags are associations of people: some are loose, a few are opinions.",
        (
            "* The sets call some things alike that are drawn apart (old Noto's faces are not round, FxEmojis'"
            " frightened faces are blue)."
        ),
        "",
    ]
    return "\n".join(lines)


def by_label(chosen):
    sets = collections.defaultdict(set)
    for picture in chosen:
        sets[picture.label].add(picture.set)
    return sets


def is_figure(picture):
    return (
        picture.group == "people-body"
        and picture.subgroup.startswith(("person", "family"))
        and picture.subgroup != "person-symbol"
    )


def gender(picture):
    words = captions.name_of(picture.label).replace(".", "").split()
    women = bool({"woman", "women", "girl", "mermaid", "princess", "mrs"} & set(words))
    men = bool({"man", "men", "boy", "merman", "prince", "santa"} & set(words))
    return "both" if women and men else "women" if women else "men" if men else "neither"
