"""The pictures: which there are, what each of them shows, and how they are drawn.

Every icon of every set is tied to an emoji of emojibase by its code point or its name, so that all sets call the same
thing by the same name. What has no such emoji is left out.
"""

import collections
import io
import json
import pathlib
import re
import subprocess
import tarfile
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy
import resvg_py
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
WORDS = json.loads((HERE / "words.json").read_text())

SPRITE = 144  # the longest side of a kept picture; it is only ever made smaller

PACKAGES = {
    "@iconify-json/fluent-emoji": ("1.2.7", "MIT"),
    "@iconify-json/fluent-emoji-flat": ("1.2.6", "MIT"),
    "@iconify-json/noto": ("1.2.9", "Apache-2.0"),
    "@iconify-json/noto-v1": ("1.2.5", "Apache-2.0"),
    "@iconify-json/fxemoji": ("1.2.2", "Apache-2.0"),
    "@lobehub/fluent-emoji-3d": ("1.1.0", "MIT"),
    "emojibase-data": ("17.0.0", "MIT"),
    "emojilib": ("4.0.3", "MIT"),
}
SETS = [name.split("/")[1] for name in PACKAGES if name.startswith("@")]
TONES = ["neutral", "light", "medium-light", "medium", "medium-dark", "dark"]


@dataclass(frozen=True)
class Picture:
    """One icon. `tone` is an index of TONES, or None where the emoji has no skin tones."""

    set: str
    icon: str
    label: str
    tone: int | None
    group: str
    subgroup: str
    flip: bool = False

    @property
    def source(self):
        return f"{self.set}/{self.icon}"

    @property
    def licence(self):
        return next(licence for name, (_, licence) in PACKAGES.items() if name.split("/")[-1] == self.set)


def fetch(work):
    """Downloads the packages that are not there yet."""
    for name, (version, _) in PACKAGES.items():
        folder = work / "packages" / name
        if not folder.exists():
            folder.mkdir(parents=True)
            archive = subprocess.run(
                ["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", str(folder)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()[-1]
            with tarfile.open(folder / archive) as tar:
                tar.extractall(folder, filter="data")
            (folder / archive).unlink()


def read(work, package, file):
    return json.loads((work / "packages" / package / "package" / file).read_text())


def slug(text):
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['.]", "", plain)).strip("-")


def code(text):
    """A sequence of code points, without the variation selector, which the sources use differently."""
    return "-".join(part for part in text.lower().split("-") if part != "fe0f")


class Emoji:
    """What emojibase and emojilib say: labels, groups, tags."""

    def __init__(self, work):
        groups = read(work, "emojibase-data", "meta/groups.json")
        keywords = {
            key.replace("\ufe0f", ""): words for key, words in read(work, "emojilib", "dist/emoji-en-US.json").items()
        }
        self.entries, self.by_code, self.by_slug, self.by_squashed = {}, {}, {}, {}
        shortcodes = [
            read(work, "emojibase-data", f"en/shortcodes/{name}.json")
            for name in ("cldr", "github", "iamcal", "emojibase", "joypixels")
        ]
        unicode_names = read(work, "emojibase-data", "meta/unicode-names.json")
        for entry in read(work, "emojibase-data", "en/data.json"):
            label = entry["label"]
            group = groups["groups"].get(str(entry.get("group")), "component")
            subgroup = groups["subgroups"].get(str(entry.get("subgroup")), "component")
            self.entries[label] = {
                "group": group,
                "subgroup": subgroup,
                "tones": bool(entry.get("skins")),
                "tags": list(entry.get("tags", [])),
                "keywords": keywords.get(entry["emoji"].replace("\ufe0f", ""), [])[1:],
            }
            names = [(label, 0 if entry.get("skins") else None, entry["hexcode"])]
            for skin in entry.get("skins", []):
                tone = skin["tone"]
                names.append((label, tone if isinstance(tone, int) else "several", skin["hexcode"]))
            for name, tone, hexcode in names:
                self.by_code[code(hexcode)] = (name, tone)
            self.by_slug.setdefault(slug(label), names[0][:2])
            for tone, word in enumerate(TONES[1:], 1):
                if entry.get("skins"):
                    for suffix in (word, f"{word}-skin-tone"):
                        self.by_slug.setdefault(f"{slug(label)}-{suffix}", (label, tone))
            for codes in shortcodes:
                found = codes.get(entry["hexcode"], [])
                for name in [found] if isinstance(found, str) else found:
                    self.by_squashed.setdefault(slug(name).replace("-", ""), names[0][:2])
            formal = unicode_names.get(entry["hexcode"]) or unicode_names.get(entry["hexcode"].removesuffix("-FE0F"))
            if formal:
                self.by_squashed.setdefault(slug(formal).replace("-", ""), names[0][:2])
        for label in self.entries:
            self.by_squashed[slug(label).replace("-", "")] = (label, 0 if self.entries[label]["tones"] else None)

    def reason_to_leave_out(self, label, tone):
        entry = self.entries[label]
        if entry["group"] == "flags":
            return "flags"
        if entry["group"] == "component":
            return "regional letters, tags, tone and hair samples"
        if entry["subgroup"] in ("alphanum", "keycap") or label in WORDS["letters"]:
            return "letters, digits and words"
        if label.startswith("family: "):
            return "families that differ only in tiny figures"
        if tone == "several":
            return "two skin tones in one picture"
        return None


def catalogue(work):
    """All pictures that are used, and how many were left out of each set and why."""
    emoji = Emoji(work)
    codes = {name: read(work, f"@iconify-json/{name}", "chars.json") for name in ("fluent-emoji-flat", "noto")}
    named = {icon: code(hexcode) for chars in codes.values() for hexcode, icon in chars.items()}
    chosen, left_out = [], collections.defaultdict(collections.Counter)
    for name in SETS:
        found = {}
        for icon, flip in icons(work, name):
            known = identify(emoji, named, codes.get(name), name, icon)
            if known is None or known[0] not in emoji.entries:
                left_out[name]["no emoji of that name (logos, second names, old or private signs)"] += 1
                continue
            label, tone = known
            reason = emoji.reason_to_leave_out(label, tone)
            if reason is None and f"{name}/{icon}" in WORDS["wrong"]:
                reason = "shows something else than its name"
            if reason is None and (label, tone) in found:
                reason = "second name of the same picture"
            if reason:
                left_out[name][reason] += 1
                continue
            entry = emoji.entries[label]
            found[label, tone] = Picture(name, icon, label, tone, entry["group"], entry["subgroup"], flip)
        tones = collections.Counter(label for label, tone in found if tone is not None)
        for picture in found.values():
            if picture.tone is not None and tones[picture.label] < len(TONES):
                left_out[name]["not in all six skin tones"] += 1
            else:
                chosen.append(picture)
    return chosen, left_out, emoji


def icons(work, name):
    """The icons of a set and whether each is mirrored; true icons before second names."""
    if name == "fluent-emoji-3d":
        folder = work / "packages" / "@lobehub" / name / "package" / "assets"
        return [(file.stem, False) for file in sorted(folder.glob("*.webp"))]
    data = read(work, f"@iconify-json/{name}", "icons.json")
    return [(icon, False) for icon in data["icons"]] + [
        (icon, alias.get("hFlip", False)) for icon, alias in data.get("aliases", {}).items()
    ]


def identify(emoji, named, chars, name, icon):
    if name == "fluent-emoji-3d":
        return emoji.by_code.get(code(icon))
    if name == "fxemoji":
        return emoji.by_squashed.get(slug(WORDS["fxemoji"].get(icon, icon)).replace("-", ""))
    return emoji.by_slug.get(icon) or emoji.by_code.get(named.get(icon))


def svg_of(data, picture):
    icon = picture.icon
    alias = data.get("aliases", {}).get(icon)
    icon = data["icons"][alias["parent"] if alias else icon]
    size = [
        icon.get(key, data.get(key, default))
        for key, default in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
    ]
    box = " ".join(str(value) for value in size)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box}" width="{size[2]}" height="{size[3]}">{icon["body"]}</svg>'
    )


def sprite_file(work, picture):
    return work / "sprites" / picture.set / f"{picture.icon}.png"


def draw_sprite(job):
    """Draws a picture without ground and cut to its edges, and returns what its colours are."""
    file, svg, webp, flip, whole = job
    if not file.exists():
        if svg:
            png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=2 * SPRITE))
            image = Image.open(io.BytesIO(png)).convert("RGBA")
        else:
            image = Image.open(webp).convert("RGBA")
        if flip:
            image = ImageOps.mirror(image)
        box = None if whole else image.getchannel("A").point(lambda alpha: 255 * (alpha > 8)).getbbox()
        image = image.crop(box) if box else image
        scaled(image, SPRITE).save(file)
    return colours(Image.open(file))


def scaled(image, longest):
    """The image with the given longest side; colours are weighted by alpha, so that edges take no fringe."""
    factor = longest / max(image.size)
    size = [max(1, round(side * factor)) for side in image.size]
    return image.convert("RGBa").resize(size, Image.LANCZOS).convert("RGBA")


def sprites(work, pictures, workers):
    """Draws all pictures that are not there yet; returns the colours of each, by its source."""
    kept = work / "sprites.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    pictures = [picture for picture in pictures if picture.source not in known]
    if not pictures:
        return known
    jobs, data = [], {}
    for picture in pictures:
        file = sprite_file(work, picture)
        file.parent.mkdir(parents=True, exist_ok=True)
        svg = webp = None
        if picture.set == "fluent-emoji-3d":
            webp = work / "packages" / "@lobehub" / picture.set / "package" / "assets" / f"{picture.icon}.webp"
        else:
            if picture.set not in data:
                data[picture.set] = read(work, f"@iconify-json/{picture.set}", "icons.json")
            svg = svg_of(data[picture.set], picture)
        jobs.append((file, svg, webp, picture.flip, picture.subgroup == "geometric"))
    with ProcessPoolExecutor(workers) as pool:
        known |= zip((picture.source for picture in pictures), pool.map(draw_sprite, jobs, chunksize=64))
    kept.write_text(json.dumps(known))
    return known


def hsv(pixels):
    """Hue in degrees, saturation and value of rows of RGB values in 0..1."""
    most, least = pixels.max(-1), pixels.min(-1)
    spread = most - least
    safe = numpy.where(spread == 0, 1, spread)
    r, g, b = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    hue = numpy.where(most == r, (g - b) / safe, numpy.where(most == g, 2 + (b - r) / safe, 4 + (r - g) / safe))
    return (hue * 60) % 360, numpy.where(most == 0, 0, spread / numpy.where(most == 0, 1, most)), most


def hue_name(hue, saturation, value):
    """The plain name of a colour, or None for one that people would argue about."""
    if saturation < 0.35 or value < 0.3:
        return None
    for name, low, high in WORDS["hues"]:
        if low <= hue < high:
            if name == "orange" and value < 0.76:
                return "brown"
            pale = saturation < {"orange": 0.65, "red": 0.6, "yellow": 0.5}.get(name, 0.45)
            dark = value < {"red": 0.6, "yellow": 0.8, "pink": 0.7}.get(name, 0.35)
            return None if pale or dark else name
    return None


def colours(image):
    """The one hue of a picture, if it has one, and the mean colour of its edge."""
    values = numpy.asarray(image).astype(float) / 255
    alpha, rgb = values[..., 3], values[..., :3]
    solid = alpha > 0.9
    padded = numpy.pad(alpha > 0.5, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    edge = solid & ~(
        inner & numpy.roll(inner, 3, 0) & numpy.roll(inner, -3, 0) & numpy.roll(inner, 3, 1) & numpy.roll(inner, -3, 1)
    )
    rim = rgb[edge] if edge.any() else rgb[alpha > 0.3]
    result = {"rim": [round(float(value), 3) for value in (rim.mean(0) if len(rim) else [0.5] * 3)], "hue": None}
    pixels = rgb[solid]
    if len(pixels) < 200:
        return result
    hue, saturation, value = hsv(pixels)
    vivid = (saturation > 0.3) & (value > 0.25)
    if vivid.mean() < 0.6:
        return result
    angle = numpy.radians(hue[vivid])
    mean = float(numpy.degrees(numpy.arctan2(numpy.sin(angle).mean(), numpy.cos(angle).mean())) % 360)
    away = numpy.abs((hue[vivid] - mean + 180) % 360 - 180)
    if (away < 22).mean() > 0.92:
        result["hue"] = round(mean, 1)
        result["colour"] = hue_name(mean, float(numpy.median(saturation[vivid])), float(numpy.median(value[vivid])))
        result["depth"] = [
            round(float(numpy.median(saturation[vivid])), 3),
            round(float(numpy.median(value[vivid])), 3),
        ]
    return result


def turned(image, degrees):
    """The image with all its hues turned."""
    values = numpy.asarray(image).astype(float) / 255
    hue, saturation, value = hsv(values[..., :3])
    sector = ((hue + degrees) % 360) / 60
    chroma = value * saturation
    second = chroma * (1 - numpy.abs(sector % 2 - 1))
    none = numpy.zeros_like(chroma)
    parts = [
        (chroma, second, none),
        (second, chroma, none),
        (none, chroma, second),
        (none, second, chroma),
        (second, none, chroma),
        (chroma, none, second),
    ]
    rgb = numpy.zeros_like(values[..., :3])
    for index, part in enumerate(parts):
        rgb = numpy.where((sector.astype(int) == index)[..., None], numpy.stack(part, -1), rgb)
    rgb += (value - chroma)[..., None]
    return Image.fromarray((numpy.concatenate([rgb, values[..., 3:]], -1) * 255).round().astype("uint8"))
