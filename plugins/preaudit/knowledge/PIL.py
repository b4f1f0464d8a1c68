"""Pillow: open() reads the header, load() and what needs pixels decode; drawing and filters compute."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pillow"

_OPS = (
    "autocontrast colorize equalize expand fit flip grayscale invert mirror pad posterize scale solarize contain cover"
)
CLASSES = {
    "PIL.Image.Image": {
        "methods": {
            **each(
                "cpu -> self",
                "convert resize rotate transpose filter crop copy reduce effect_spread quantize transform remap_palette"
                " getchannel point",
            ),
            **each("cpu", "load thumbnail save paste alpha_composite putalpha putdata getdata histogram entropy"),
            **each("cpu", "getcolors split verify show getextrema putpixel"),
            "tobytes": "cpu -> bytes",
            **each("free", "close getpixel getbbox getbands seek tell getexif frombytes"),
        },
        "attrs": each("free", "size width height mode format info im"),
    },
    "PIL.ImageFile.ImageFile": {"bases": ("PIL.Image.Image",)},
    "PIL.ImageDraw.ImageDraw": {
        "methods": each(
            "free", "line rectangle ellipse text polygon point arc chord multiline_text textbbox textlength"
        ),
    },
    "PIL.ImageFont.FreeTypeFont": {"methods": each("free", "getbbox getlength getmask")},
    "PIL.ImageEnhance.Brightness": {"methods": {"enhance": "cpu -> PIL.Image.Image"}},
    "PIL.ImageEnhance.Contrast": {"methods": {"enhance": "cpu -> PIL.Image.Image"}},
    "PIL.ImageEnhance.Sharpness": {"methods": {"enhance": "cpu -> PIL.Image.Image"}},
    "PIL.ImageEnhance.Color": {"methods": {"enhance": "cpu -> PIL.Image.Image"}},
}
FUNCTIONS = {
    "PIL.Image.open": "file -> PIL.ImageFile.ImageFile",
    "PIL.Image.new": "free -> PIL.Image.Image",
    **each(
        "cpu -> PIL.Image.Image",
        "PIL.Image.merge PIL.Image.blend PIL.Image.composite PIL.Image.alpha_composite PIL.Image.eval",
    ),
    **each("free -> PIL.Image.Image", "PIL.Image.fromarray PIL.Image.frombytes PIL.Image.frombuffer"),
    **{f"PIL.ImageOps.{name}": "cpu -> PIL.Image.Image" for name in _OPS.split()},
    "PIL.ImageOps.exif_transpose": "cpu -> PIL.Image.Image",
    "PIL.ImageDraw.Draw": "free -> PIL.ImageDraw.ImageDraw",
    "PIL.ImageFont.truetype": "file -> PIL.ImageFont.FreeTypeFont",
    "PIL.ImageFont.load_default": "free",
    "PIL.ImageGrab.grab": "cpu -> PIL.Image.Image",
    **each("cpu -> PIL.Image.Image", "PIL.ImageChops.difference PIL.ImageChops.add PIL.ImageChops.multiply"),
}
INSTEAD = {"PIL.": "asyncio.to_thread"}
