"""Draws the harmless pictures of the golden vectors, in sizes that need resizing and one that does not.

    python pictures.py ../../models/shapes/contact-sheet.png ../src/test/resources/nsfwjs

Needs numpy and Pillow. The cells are pictures that the model shapes has drawn, cut from its contact sheet.
"""

import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw

sheet = Image.open(sys.argv[1]).convert("RGB")
target = pathlib.Path(sys.argv[2])


def grid(width, height):
    return np.mgrid[0:height, 0:width][::-1]


def gradient(width, height):
    x, y = grid(width, height)
    levels = np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x + y) * 255 // (width + height - 2)], -1)
    return Image.fromarray(levels.astype(np.uint8))


def checker(side, cell):
    x, y = grid(side, side)
    return Image.fromarray(np.repeat(((x // cell + y // cell) % 2 * 255).astype(np.uint8)[..., None], 3, 2))


def noise(side):
    state, levels = 1, np.zeros(side * side * 3, np.uint8)
    for i in range(levels.size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        levels[i] = state >> 24
    return Image.fromarray(levels.reshape(side, side, 3))


def icon(side, ground, *parts):
    picture = Image.new("RGB", (side, side), ground)
    draw = ImageDraw.Draw(picture)
    for kind, corners, colour in parts:
        getattr(draw, kind)([c * side // 100 for c in corners], fill=colour)
    return picture


def cell(column, row):
    left, top, side = 6 + 140 * column, 4 + 174 * row, 128
    return sheet.crop((left, top, left + side, top + side)).resize((64, 64), Image.Resampling.NEAREST)


pictures = {
    "gradient-224": gradient(224, 224),
    "gradient-320x200": gradient(320, 200),
    "gradient-9x5": gradient(9, 5),
    "checker-256": checker(256, 32),
    "noise-64": noise(64),
    "circle-256": icon(256, (30, 80, 200), ("ellipse", (25, 25, 75, 75), (220, 40, 40))),
    "house-256": icon(
        256,
        (200, 230, 250),
        ("rectangle", (0, 80, 100, 100), (90, 160, 70)),
        ("rectangle", (25, 45, 75, 85), (240, 220, 180)),
        ("polygon", (20, 45, 50, 15, 80, 45), (180, 60, 50)),
        ("rectangle", (44, 62, 56, 85), (110, 70, 40)),
    ),
    "face-128": icon(
        128,
        (255, 255, 255),
        ("ellipse", (8, 8, 92, 92), (255, 205, 60)),
        ("ellipse", (28, 32, 40, 46), (60, 40, 20)),
        ("ellipse", (60, 32, 72, 46), (60, 40, 20)),
        ("rectangle", (34, 66, 66, 72), (60, 40, 20)),
    ),
    "tree-512": icon(
        512,
        (245, 245, 235),
        ("rectangle", (45, 60, 55, 95), (120, 80, 50)),
        ("ellipse", (20, 10, 80, 68), (60, 140, 70)),
    ),
    "shapes-64-a": cell(0, 0),
    "shapes-64-b": cell(3, 2),
    "shapes-64-c": cell(5, 5),
}
for name, picture in pictures.items():
    picture.save(target / (name + ".png"), optimize=True)
