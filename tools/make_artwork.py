"""Draw the two covers of the demo (3000 x 3000 RGB), as the directories ask for them.

Run by hand, once: the results are committed under ``config/demo/assets/``. Everything is drawn
here, shape by shape; the lettering is Inter Display (Debian package ``fonts-inter``, SIL Open Font
Licence), of which nothing but the drawn pixels ends up in the file.

    python tools/make_artwork.py
"""

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ASSETS = Path(__file__).resolve().parent.parent / "config" / "demo" / "assets"
FONTS = Path("/usr/share/fonts/opentype/inter")

SIZE = 3000
SCALE = 2  # drawn at twice the size and reduced, which is what smooths the edges
CANVAS = SIZE * SCALE

Colour = str
Point = tuple[float, float]

LAPIS, NIGHT, SAFFRON, IVORY = "#132b55", "#1c3b70", "#f3a51c", "#f8f0df"
TURQUOISE, TEAL = "#1d8a8a", "#146c6e"
FOREST, CREAM, CORAL, MOSS = "#12403a", "#f4ead6", "#e5532d", "#1e5a50"


def polar(centre: Point, radius: float, angle: float) -> Point:
    """The point at ``angle`` degrees, counted clockwise from the top."""
    turn = math.radians(angle)
    return centre[0] + radius * math.sin(turn), centre[1] - radius * math.cos(turn)


def disc(draw: ImageDraw.ImageDraw, centre: Point, radius: float, fill: Colour) -> None:
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def star(
    draw: ImageDraw.ImageDraw,
    centre: Point,
    radii: tuple[float, float],
    points: int,
    fill: Colour,
    *,
    turned: float = 0,
) -> None:
    """A star with ``points`` points between an outer and an inner radius."""
    step = 180 / points
    corners = [
        polar(centre, radii[corner % 2], turned + corner * step) for corner in range(2 * points)
    ]
    draw.polygon(corners, fill=fill)


def lettering(
    draw: ImageDraw.ImageDraw,
    text: str,
    *,
    top: float,
    width: float,
    weight: str,
    fill: Colour,
    spacing: float = 0,
) -> float:
    """Set one line to exactly ``width``, centred, its capitals' upper edge at ``top``.

    ``spacing`` is the space added between letters as a part of the letter size. Returns the lower
    edge of the capitals.
    """
    font_file = str(FONTS / f"InterDisplay-{weight}.otf")
    trial = ImageFont.truetype(font_file, 1000)
    natural = sum(trial.getlength(letter) for letter in text) + 1000 * spacing * (len(text) - 1)
    size = 1000 * width / natural
    font = ImageFont.truetype(font_file, size)
    upper, lower = font.getbbox(text[0], anchor="ls")[1::2]
    x = (CANVAS - width) / 2
    for letter in text:
        draw.text((x, top - upper), letter, font=font, fill=fill, anchor="ls")
        x += font.getlength(letter) + size * spacing
    return top - upper + lower


def ridge(draw: ImageDraw.ImageDraw, heights: list[Point], base: float, fill: Colour) -> None:
    """A silhouette through ``heights`` (parts of the canvas), closed at ``base``."""
    line = [(x * CANVAS, y * CANVAS) for x, y in heights]
    draw.polygon([(line[0][0], base * CANVAS), *line, (line[-1][0], base * CANVAS)], fill=fill)


def beams(draw: ImageDraw.ImageDraw, centre: Point, count: int, fill: Colour) -> None:
    """``count`` wedges of light with as much dark between them, one of them straight up."""
    half = 90 / count
    for beam in range(count):
        angle = beam * 360 / count
        edges = [polar(centre, 2 * CANVAS, angle + side) for side in (-half, half)]
        draw.polygon([centre, *edges], fill=fill)


def rosette(draw: ImageDraw.ImageDraw, centre: Point, radius: float) -> None:
    """A tile star of ten rays: five countries, each looked at from two sides."""
    disc(draw, centre, radius, SAFFRON)
    disc(draw, centre, radius * 0.90, LAPIS)
    star(draw, centre, (radius * 0.86, radius * 0.52), 20, SAFFRON)
    disc(draw, centre, radius * 0.58, SAFFRON)
    star(draw, centre, (radius * 0.56, radius * 0.36), 10, LAPIS)
    disc(draw, centre, radius * 0.34, SAFFRON)
    disc(draw, centre, radius * 0.24, IVORY)


def spotlight() -> Image.Image:
    """A tile star rises over the steppe, and its beams are the spotlight."""
    image = Image.new("RGB", (CANVAS, CANVAS), LAPIS)
    draw = ImageDraw.Draw(image)
    horizon = 0.635
    centre = (CANVAS / 2, CANVAS * 0.545)
    beams(draw, centre, 20, NIGHT)
    rosette(draw, centre, CANVAS * 0.37)
    ridge(draw, [(0, 0.47), (0.13, 0.535), (0.2, 0.51), (0.5, 0.60)], horizon, TURQUOISE)
    ridge(draw, [(0.5, 0.60), (0.74, 0.53), (0.84, 0.56), (1, 0.49)], horizon, TURQUOISE)
    draw.rectangle((0, CANVAS * horizon, CANVAS, CANVAS), fill=IVORY)
    width = CANVAS * 0.88
    lower = lettering(draw, "SPOTLIGHT", top=CANVAS * 0.69, width=width, weight="Black", fill=LAPIS)
    lettering(
        draw,
        "ON CENTRAL ASIA",
        top=lower + CANVAS * 0.05,
        width=width,
        weight="Bold",
        fill=TEAL,
        spacing=0.06,
    )
    return image


def poplar(draw: ImageDraw.ImageDraw, foot: Point, size: Point, fill: Colour) -> None:
    """A poplar: a narrow crown, pointed above and round below, on a short trunk."""
    x, y = foot
    width, height = size
    crown: list[Point] = []
    for step in range(101):
        part = step / 100
        half = width / 2 * math.sin(math.pi * part**1.35) ** 0.8
        crown.append((x + half, y - height * (1 - part * 0.93)))
    mirrored = [(2 * x - right, height_at) for right, height_at in reversed(crown)]
    draw.polygon(crown + mirrored, fill=fill)
    draw.rectangle((x - width * 0.06, y - height * 0.12, x + width * 0.06, y), fill=fill)


def sreda() -> Image.Image:
    """Seven poplars are the week; the third is lit: Wednesday, which also means surroundings."""
    image = Image.new("RGB", (CANVAS, CANVAS), CREAM)
    draw = ImageDraw.Draw(image)
    ground = CANVAS * 0.60
    for day in range(7):
        x = CANVAS * (0.5 + (day - 3) * 0.122)
        height = CANVAS * (0.47 if day == 2 else 0.40 - 0.018 * abs(day - 3))
        poplar(draw, (x, ground), (CANVAS * 0.088, height), CORAL if day == 2 else FOREST)
    draw.rectangle((0, ground, CANVAS, CANVAS), fill=FOREST)
    for line in range(3):  # the irrigation ditch under the trees
        y = ground + CANVAS * (0.035 + 0.03 * line)
        inset = CANVAS * (0.06 + 0.09 * line)
        draw.line((inset, y, CANVAS - inset, y), fill=MOSS, width=round(CANVAS * 0.008))
    lettering(draw, "СРЕДА", top=CANVAS * 0.725, width=CANVAS * 0.88, weight="Black", fill=CREAM)
    return image


def main() -> None:
    for name, drawn in (("spotlight", spotlight()), ("sreda", sreda())):
        target = ASSETS / f"{name}-cover.png"
        cover = drawn.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        cover.save(target, optimize=True)
        print(f"{target.name}: {cover.size[0]} px, {cover.mode}, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
