"""Pictures that people add: checked, turned upright, made smaller, and rid of all else."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from youwo.core.refused import Refused
from youwo.needs.models import Photo, Report, Wish

_LONGEST = 1600
# Pictures of phones that hold two views (MPO) are opened as JPEG.
_KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
# A small file may unfold into a picture that fills the memory. JPEG is read at a fraction of its
# size; everything else is unfolded whole, at up to nine bytes a pixel.
_MOST_PIXELS = {"JPEG": 60_000_000, "MPO": 60_000_000}
_MOST_PIXELS_UNFOLDED = 16_000_000
# One at a time in a process, so that many pictures at once need no more memory than one.
_UNFOLDING = threading.Lock()
# It is judged here, from the head of the file.
Image.MAX_IMAGE_PIXELS = None
MOST = 3


@dataclass(frozen=True)
class Picture:
    """A plain JPEG, and its size in pixels."""

    content: bytes
    width: int
    height: int


def cleaned(upload: UploadedFile[Any]) -> Picture:
    """Return a picture as a plain JPEG without position, device or comments.

    Refuses what is too large or no picture.
    """
    if upload.size is not None and upload.size > settings.PHOTO_MAX_BYTES:
        raise Refused(_("This picture is larger than 20 MB. Please choose a smaller one."), "photo")
    try:
        with _UNFOLDING, Image.open(upload, formats=_KINDS) as picture:
            most = _MOST_PIXELS.get(picture.format or "", _MOST_PIXELS_UNFOLDED)
            if picture.width * picture.height > most:
                raise Refused(_("This picture is too large. Please choose a smaller one."), "photo")
            picture.draft("RGB", (_LONGEST, _LONGEST))
            # Made small before anything else, which would copy it whole.
            picture.thumbnail((_LONGEST, _LONGEST))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            # A new picture, so that nothing the old file carried comes along.
            plain = Image.new("RGB", upright.size)
            plain.paste(upright)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        raise Refused(
            _("This is not a picture that can be read. JPEG and PNG pictures work."), "photo"
        ) from error
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    return Picture(out.getvalue(), plain.width, plain.height)


def add(case: Wish | Report, picture: Picture, *, at: datetime) -> Photo:
    """Keep a cleaned picture with a wish, or with what somebody said of a problem."""
    photo = Photo(added_at=at, width=picture.width, height=picture.height)
    if isinstance(case, Wish):
        photo.wish = case
    else:
        photo.report = case
    photo.file.save(f"{case.reference}.jpg", ContentFile(picture.content))
    return photo
