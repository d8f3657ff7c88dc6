#!/usr/bin/env python3
"""Writes text-extra.json: strings of many kinds and what the original normaliser makes of them.

    python3 -m venv venv && venv/bin/pip install ftfy==6.3.1 emoji==2.16.0 Unidecode==1.4.0
    venv/bin/pip download --no-deps dalle-mini==0.1.5 && unzip dalle_mini-0.1.5*.whl 'dalle_mini/model/text.py'
    venv/bin/python token-generator/src/test/python/text_vectors.py dalle_mini/model/text.py

With a third argument (a number) writes so many strings of each kind to standard output, one JSON array a line: kind,
text, normalized. Not part of the build. Where the original draws the word for <person>, the likeliest is taken.
"""

import importlib.util
import json
import random
import sys
import types
import warnings
from pathlib import Path

import emoji

HERE = Path(__file__).resolve().parents[1] / "resources/org/dallemini/dalle/text"
WORDS = HERE / "words.txt"
PER_KIND = 40

warnings.simplefilter("ignore")


def original(text_py):
    hub = types.ModuleType("huggingface_hub")
    hub.hf_hub_download = lambda *a, **k: str(WORDS)
    sys.modules["huggingface_hub"] = hub
    spec = importlib.util.spec_from_file_location("text", text_py)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.random = types.SimpleNamespace(choices=lambda words, weights: [words[0]])
    return module.TextNormalizer()


R = random.Random(20)
WORD = [line.split()[0] for line in WORDS.read_text().splitlines()]

PROMPTS = """a red circle on a blue background|an avocado armchair|Darth Vader's portrait, oil on canvas, 1890
the Eiffel Tower landing on the moon!!!|a cat wearing a top-hat & monocle (steampunk)|8k, ultra-detailed, trending on artstation
"The Starry Night" by Van Gogh in the style of Picasso|it's raining cats & dogs|we're here; they've left - don't ask, I'll stay
a 3.5" floppy disk next to a $1,000,000 bill|50% off!!! buy now at https://example.com/sale?id=1|sunset over the mountains... very pretty...
john's car: a 1969 Dodge Charger R/T|portrait of a woman, 35mm, f/1.8, bokeh|[1] a church in Paris [12]|12/05/2021 at 10:30 a.m.
U.S.A. vs. U.K.|e.g. a dog, i.e. an animal|a logo for 'Cafe-Bar' + restaurant|cyberpunk city @ night ~ neon = rain|C# and C++ code \\ a\\b
<person> and <person> at the beach|a photo of <person>|<person>, <person>, and <person> dancing|<b>bold</b> text with <i>tags</i>
yesssssss!!!!!! sooooo coooool|VIII century, III ships|1,234,567.89 km|v2.0.1 released 3-4 days ago|state-of-the-art hand-made mid-century
`quoted` text with "double" and 'single' quotes|``` code ```|{curly} [square] (round)|rock'n'roll, y'all, o'clock, 'tis|a|  spaces   and\ttabs  |,leading and trailing,
who's who? what's that? they'd've|http://a.b/c?d=e#f and www.site.com|100 % $ * / & ^ | < > = + ~|dog / cat|and/or|24/7 365/12/1|x=y; z:=w""".replace("\n", "|").split("|")

PHRASES = {
    "latin": "Ünïcödé café naïve façade|Ærøskøbing smørrebrød|Dvořák’s Škoda – Příliš žluťoučký kůň|Łódź, Kraków, Gdańsk ęąśćżźń|ÇEŞME ığüşöç İstanbul|“São Paulo” à la carte|L’Étoile œuvre cœur Œdipe|straße groß ẞ|¿Qué? ¡Sí, señor! 25°C ½ ¼ ¾|Þórður Ðjúpivogur|Țară și Brașov|ỳ ấm áp Việt Nam đường phố|ŵ ŷ Ġgantija ħ|fiancée – “crème brûlée”…|Zürich—Genève".split("|"),
    "cyrillic and greek": "Красная площадь в Москве|Київ, Україна: Єдність і Їжак|объект подъезд съёмка|Београд Џ Љ Њ Ћ Ђ|Ελληνικά: Αθήνα, Ακρόπολη|όμορφο ηλιοβασίλεμα στη Σαντορίνη|Ωμέγα άλφα ΐ ΰ|Беларусь Ўў|Қазақстан Ә ә|ﬁnal θ κ ς Σ".split("|"),
    "east asia": "北京的天空|東京タワー|こんにちは世界|コーヒーとお茶|ｶﾀｶﾅ ﾊﾝｶｸ ｶﾞ|ＦＵＬＬ ＷＩＤＴＨ １２３！|서울의 밤하늘|안녕하세요 세계|鳥の絵、青い空。|「富士山」・春|中文，标点！（括号）|日本語の『本』ー長音|漢字カタカナひらがな混ぜ|　全角空白　|ㄱㄴㄷ|龍 龜 鬱|〒100-0001 東京都".split("|"),
    "other scripts": "القاهرة في الليل|سلام دنیا ۱۲۳|שלום עולם ירושלים|נוֹף הָרִים וְיָם|नमस्ते दुनिया|ताज महल का चित्र|สวัสดีชาวโลก|ประเทศไทย|தமிழ் நாடு|বাংলাদেশ|ગુજરાત|ಕನ್ನಡ|ქართული თბილისი|Հայաստան Երևան|አዲስ አበባ|ᚠᚢᚦᚨᚱᚲ|ᏣᎳᎩ|မြန်မာ|ខ្មែរ|བོད|ѣ ѳ|ﷲ اللّٰه".split("|"),
    "symbols": "™ ® © ℗ № ℃ ℉ Ω µ|½ ⅓ ⅔ ¾ ⅛|≤ ≥ ≠ ≈ ± × ÷ − ∞ √ ∑|→ ← ↑ ↓ ⇒ ↔|★ ☆ ✓ ✗ ✔ ✘ ❌|♥ ♡ ♠ ♣ ♦ ♪ ♫ ♯|€ £ ¥ ₹ ₽ ₿ ₺ ¢ ₩|“curly” ‘quotes’ «guillemets» „low“ ‚x‘|— – ‒ ― … ‥ · •|① ② ⑳ Ⓐ ⓩ ⑴ ⒈|𝓯𝓪𝓷𝓬𝔂 𝕋𝕖𝕩𝕥 𝐛𝐨𝐥𝐝 𝟙𝟚|ᴀᴇsᴛʜᴇᴛɪᴄ ˢᵘᵖᵉʳ ₛᵤᵦ|🅰🅱🅲 🄰🄱 🅐🅑|¯\\_(ツ)_/¯|(╯°□°）╯︵ ┻━┻|ʕ•ᴥ•ʔ|x² + y³ = z⁴ H₂O|¼ cup ½ tsp|§ ¶ † ‡ ‰|█▓▒░ ┌─┐│└┘|\u200bzero\u200cwidth\u200d\ufeff|a\u0301 e\u0308 n\u0303 o\u0302|\x1b[31mred\x1b[0m|\x00\x01\x07bell\x7f|line\r\nbreak\u2028sep\x85nel|﷼ ﷽".split("|"),
}
ALL_PHRASES = [p for group in PHRASES.values() for p in group]
ENCODINGS = "latin-1 sloppy-windows-1252 sloppy-windows-1251 sloppy-windows-1250 sloppy-windows-1253 sloppy-windows-1254 sloppy-windows-1257 iso-8859-2 macroman cp437".split()


def words(n):
    return " ".join(R.choices(WORD, k=n))


def prompt():
    a = R.choice(PROMPTS)
    return R.choice([a, f"{words(2)} {a}", f"{a}, {words(3)}", f"{a}; {R.choice(PROMPTS)}", a.upper(), a.title(), f'"{a}"', f"{a} -- {words(1)}..."])


def break_once(text):
    encoding = R.choice(ENCODINGS[:2] if R.random() < 0.6 else ENCODINGS)
    broken = text.encode("utf-8", "replace").decode(encoding, "replace")
    if R.random() < 0.1:
        broken = broken.replace("\xa0", " ")
    if R.random() < 0.1:
        broken = "".join("\ufffd" if 0x80 <= ord(c) < 0xA0 else c for c in broken)
    if R.random() < 0.05:
        broken = "".join("?" if 0x80 <= ord(c) < 0xA0 else c for c in broken)
    return broken


def mojibake():
    import ftfy  # registers the sloppy codecs

    assert ftfy
    text = R.choice(ALL_PHRASES + EMOJI[:200])
    for _ in range(R.choice([1, 1, 1, 2, 3])):
        text = break_once(text)
    return R.choice([text, f"{words(2)} {text} {words(1)}", f"{text}\n{R.choice(ALL_PHRASES)}", f"{text} {break_once(R.choice(ALL_PHRASES))}", text[1:], text[:-1] + "."])


EMOJI = sorted(emoji.EMOJI_DATA)
ZWJ, VS15, VS16 = "\u200d", "\ufe0e", "\ufe0f"
TONES = [chr(c) for c in range(0x1F3FB, 0x1F400)] + ["🦰", "🦳"]


def emojis():
    pieces = []
    for _ in range(R.randint(1, 6)):
        kind = R.random()
        if kind < 0.5:
            pieces.append(R.choice(EMOJI))
        elif kind < 0.7:
            pieces.append(R.choice("👩👨🧑🐶🏳❤🔥🌈👋☀️1#*ⓂA "))
        elif kind < 0.8:
            pieces.append(R.choice([ZWJ, ZWJ, VS15, VS16]))
        elif kind < 0.9:
            pieces.append(R.choice(TONES))
        else:
            pieces.append(R.choice([words(1), "🇫", "🇷", "\U000e0067", "\u20e3"]))
    return "".join(pieces)


def entity():
    import html.entities

    name = R.choice(sorted(html.entities.html5))
    return R.choice([
        f"&{name}", f"&{name.rstrip(';')};", f"&{name.rstrip(';')}", f"&{name.upper()}", f"&amp;{name}", f"&amp;amp;{name}",
        f"&#{R.choice([38, 60, 62, 8217, 8220, 233, 128512, 150, 129, 0, 9, 13, 11, 65534, 55357, 1114112, 99999999999])};",
        f"&#x{R.choice(['26', '2019', 'e9', '1F600', '80', '9D', 'D83D', '110000', '1c'])};", "&#39;", "&quot;", "&lt;b&gt;", "&nbsp;", "&;", "&#;", "&#x;", "&", "&#38",
    ])


def markup():
    pieces = [R.choice([entity(), entity(), words(1), R.choice(["<b>", "</b>", "<br/>", "<", ">", "<>", "<a href='x'>", "\n"]), R.choice(ALL_PHRASES)]) for _ in range(R.randint(1, 6))]
    return R.choice(["", " "]).join(pieces)


def hashtag():
    def tag():
        parts = R.choices(WORD, k=R.randint(1, 4))
        style = R.random()
        body = "".join(parts) if style < 0.5 else "".join(p.title() for p in parts) if style < 0.7 else "_".join(parts) if style < 0.8 else "".join(parts) + str(R.randint(1, 2030)) if style < 0.9 else R.choice(["2021", "qqqq", "C3PO", "a.b", "x-y", "café", "日本", "it's", "__", "1st2nd3rd"])
        return "#" + body
    return R.choice([" ", "", ", "]).join([R.choice([tag(), tag(), words(1)]) for _ in range(R.randint(1, 4))])


ASCII_PIECES = list("aA1 ,.'\"`-/#_\\&%$*()[]{}<>?!:;|=+~@^0\t\n") + ["<person>", "and", "http://", "http", "1,000", "12/3", "'s", "'re", "'ll", "a.b", "a-b", "aaaa", "....", "[1]", "&amp;", "&lt;", "xtokx", "''''", '"" "', ", ,", "  "]


def ascii_noise():
    return "".join(R.choices(ASCII_PIECES, k=R.randint(1, 25)))


def people():
    return "".join(R.choices(["<person>", "<PERSON>", "<person>", ", ", " and ", "and", " ", ",", "with ", "dog"], k=R.randint(2, 10)))


CHARACTERS = [c for c in map(chr, range(0x20, 0x3000)) if c.isprintable()] + [chr(c) for c in range(0xA0, 0x500)] * 4


def unicode_noise():
    return "".join(R.choice(CHARACTERS) if R.random() < 0.6 else R.choice("ab c,.") for _ in range(R.randint(1, 20)))


KINDS = {"prompts": prompt, "ascii noise": ascii_noise, "people": people, "hashtags": hashtag, "html": markup, "emoji": emojis, "mojibake": mojibake}
for kind, phrases in PHRASES.items():
    KINDS[kind] = lambda phrases=phrases: R.choice([R.choice(phrases), f"{words(1)} {R.choice(phrases)}", R.choice(phrases) + R.choice(phrases), R.choice(phrases).upper()])
KINDS["unicode noise"] = unicode_noise


def vectors(normalize, per_kind, attempts=20):
    for kind, make in KINDS.items():
        seen = set()
        for _ in range(per_kind * attempts):
            text = make()
            if text in seen or len(seen) == per_kind:
                continue
            seen.add(text)
            yield {"kind": kind, "text": text, "normalized": normalize(text)}


if __name__ == "__main__":
    normalize = original(sys.argv[1])
    if len(sys.argv) > 2:
        for v in vectors(normalize, int(sys.argv[2])):
            print(json.dumps([v["kind"], v["text"], v["normalized"]]))
    else:
        lines = [json.dumps(v) for v in vectors(normalize, PER_KIND)]
        (HERE / "text-extra.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
