#!/usr/bin/env python3
"""Writes the two tables of the text normaliser that come from Python packages.

    python3 -m venv venv && venv/bin/pip install emoji==2.16.0
    venv/bin/python token-generator/src/main/python/text_tables.py

Not part of the build: the tables are checked in. Licences of the data: see the notice in docs/text.md.
"""

import html.entities
from pathlib import Path

import emoji

RESOURCES = Path(__file__).resolve().parents[1] / "resources/org/dallemini/dalle/text"


def code_points(text):
    return " ".join(f"{ord(c):X}" for c in text)


def write(name, comment, rows):
    lines = [f"# {comment}"] + ["\t".join(row) for row in sorted(rows)]
    (RESOURCES / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


write(
    "html-entities.tsv",
    "Named character references of HTML 5 (Python's html.entities.html5): name, code points",
    [(name, code_points(text)) for name, text in html.entities.html5.items()],
)

COMPONENT = emoji.STATUS["component"]
write(
    "emoji-names.tsv",
    f"English names of emoji {emoji.__version__}: code points, name, 'component' if it only modifies another emoji",
    [
        (code_points(text), data["en"][1:-1]) + (("component",) if data["status"] == COMPONENT else ())
        for text, data in emoji.EMOJI_DATA.items()
    ],
)
