"""Draws images with OpenAI's client: its base URL is all that differs.

    pip install -r requirements-openai.txt
    python openai_images.py "a red circle on a blue background"
    python openai_images.py "a green square" 64x64
"""

import os
import sys
import urllib.request

import openai


def main():
    text = sys.argv[1] if len(sys.argv) > 1 else "a red circle on a blue background"
    size = sys.argv[2] if len(sys.argv) > 2 else "auto"
    client = openai.OpenAI(
        base_url=os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1"),
        # One of `dallemini keys create`; `dallemini up` asks for none.
        api_key=os.environ.get("OPENAI_API_KEY", "none"),
    )
    try:
        images = client.images.generate(
            prompt=text, n=2, size=size, response_format="url", extra_body={"seed": 7, "guidance_scale": 10}
        )
    except openai.BadRequestError as e:
        sys.exit(f"{e.param}: {e.code}: {e.message}")
    for i, image in enumerate(images.data):
        name = f"image-{i}.png"
        urllib.request.urlretrieve(image.url, name)
        print(f"{name} {image.url}")


if __name__ == "__main__":
    main()
