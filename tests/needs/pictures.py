"""Pictures as phones make them."""

import io

from PIL import Image


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (40, 30), *, position: bool = False
) -> bytes:
    """A small picture, if wanted with a position in its EXIF data."""
    out = io.BytesIO()
    exif = Image.Exif()
    if position:
        exif[0x8825] = {1: "N", 2: (35.0, 1.0, 30.0), 3: "E", 4: (111.0, 0.0, 15.0)}
        exif[0x010F] = "Maker"
    Image.new("RGB", size, "#b93a2b").save(out, kind, exif=exif)
    return out.getvalue()
