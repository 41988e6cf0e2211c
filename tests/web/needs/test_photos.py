"""Pictures that people add to a wish."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.needs.pictures import picture
from tests.web.needs.people import answers, signed_in, words
from youwo.needs import actions
from youwo.needs.models import Photo, Wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jinshui", "consent")]

NEW = "/wishes/new/"


def upload(content: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def huge_png(side: int) -> bytes:
    """A file of a few hundred bytes that says it is a picture of side × side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def browser(client):
    """The browser of the resident whose wish has a picture with a position in it."""
    client.post(NEW, answers(photo=upload(picture(position=True))))
    return client


@pytest.fixture
def address(browser):
    photo = Photo.objects.select_related("wish").get()
    return f"/wishes/{photo.wish.reference}/photos/{photo.pk}/"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_common_pictures_are_kept_as_plain_jpeg(client, kind):
    client.post(NEW, answers(photo=upload(picture(kind))))
    with Photo.objects.get().file.open() as file, Image.open(file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 30))


def test_position_and_maker_are_not_stored(browser):
    with Photo.objects.get().file.open() as file:
        stored = file.read()
    with Image.open(io.BytesIO(stored)) as kept:
        assert dict(kept.getexif()) == {}
    assert [word for word in (b"Exif", b"Maker", b"GPS") if word in stored] == []


def test_large_picture_is_made_smaller(client):
    client.post(NEW, answers(photo=upload(picture(size=(3200, 2400)))))
    photo = Photo.objects.get()
    assert (photo.width, photo.height) == (1600, 1200)


def refused(client, content: bytes, name: str = "a.jpg") -> list[str]:
    response = client.post(NEW, answers(photo=upload(content, name)))
    assert (response.status_code, Wish.objects.count()) == (422, 0)
    assert response.context["form"]["name"].value() == "张敬之"
    return list(response.context["form"].errors["photo"])


UNREADABLE = "这个文件不是能打开的照片，请用 JPEG 或 PNG 格式。"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        picture()[:200],
        b"GIF89a" + b"\0" * 20,
        b"\0" * 100,
    ],
    ids=["pdf", "svg", "program", "zip", "cut off", "broken gif", "zeros"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(client, content):
    assert refused(client, content) == [UNREADABLE]


def test_more_than_20_mb_is_refused(client, settings):
    settings.PHOTO_MAX_BYTES = 500
    assert refused(client, picture(size=(400, 300))) == ["照片超过 20 MB，请换一张小些的。"]


def test_empty_file_is_refused(client):
    assert len(refused(client, b"")) == 1


def test_picture_of_two_views_is_kept_as_one(client):
    out = io.BytesIO()
    view = Image.new("RGB", (40, 30))
    view.save(out, "MPO", save_all=True, append_images=[view])
    client.post(NEW, answers(photo=upload(out.getvalue())))
    assert Photo.objects.count() == 1


@pytest.mark.parametrize("side", [8_000, 10_000, 60_000])
def test_small_file_that_unfolds_into_a_huge_picture_is_refused(client, side):
    assert refused(client, huge_png(side)) in (["照片尺寸太大，请换一张小些的。"], [UNREADABLE])


def test_who_has_to_mend_something_is_told_to_choose_the_picture_again(client):
    response = client.post(NEW, answers(phone="1", photo=upload(picture())))
    assert "照片要麻烦您再选一次" in words(response)


def test_sent_twice_is_one_picture(client, at, monkeypatch):
    given = answers()
    client.post(NEW, {**given, "photo": upload(picture())})
    monkeypatch.setattr("django.utils.timezone.now", lambda: at.replace(minute=13))
    client.post(NEW, {**given, "photo": upload(picture())})
    assert Photo.objects.count() == 1


def test_the_resident_sees_the_picture(browser, address):
    response = browser.get(address)
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, max-age=3600",
    )
    response.getvalue()


def test_staff_of_the_area_see_the_picture(address, at_work):
    response = at_work.get(address)
    assert response.status_code == 200
    response.getvalue()


def test_who_promised_sees_the_picture(address, helper, volunteer, worker, at):
    wish = Wish.objects.get()
    words = {"public_title": "想学挂号的", "public_text": "", "public_person": "", "kind": "skill"}
    actions.publish(wish, **words, by=worker, at=at)
    assert helper.get(address).status_code == 404
    actions.claim(wish, by=volunteer, at=at, nonce=wish.nonce)
    response = helper.get(address)
    assert response.status_code == 200
    response.getvalue()


def test_nobody_else_sees_the_picture(address, stranger, helper):
    others = [Client(), signed_in(stranger), helper]
    assert [browser.get(address).status_code for browser in others] == [404, 404, 404]


@pytest.mark.parametrize("path", ["/wishes/W\0/photos/1/", f"/wishes/x/photos/{10**30}/"])
def test_garbled_address_of_a_picture_does_not_exist(client, path):
    assert client.get(path).status_code == 404


def test_picture_with_another_wishs_reference_does_not_exist(browser, address):
    other = Client()
    other.post(NEW, answers())
    reference = Wish.objects.latest("pk").reference
    pk = address.rstrip("/").rpartition("/")[2]
    assert other.get(f"/wishes/{reference}/photos/{pk}/").status_code == 404


def test_staff_see_no_picture_before_a_second_factor(address, at_work, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert at_work.get(address).status_code == 404


def test_what_unfolds_whole_may_be_smaller_than_a_photograph(client):
    for kind in ("PNG", "JPEG"):
        client.post(NEW, answers(photo=upload(picture(kind, (5000, 3500)))))
    assert [(photo.width, photo.height) for photo in Photo.objects.all()] == [(1600, 1120)]


def test_a_turned_picture_stands_upright(client):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (4000, 2000), "#b93a2b").save(out, "JPEG", exif=exif)
    client.post(NEW, answers(photo=upload(out.getvalue())))
    photo = Photo.objects.get()
    assert (photo.width, photo.height) == (800, 1600)
