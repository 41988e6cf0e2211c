"""What holds for every page of a wish's way on a phone: its weight, its width, its buttons."""

import json

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

MOST_BYTES = 150_000

# A wish in every state that has a page of its own.
WISHES = """
import json
from datetime import timedelta
from django.utils import timezone
from tests.needs import factories as wishes
from youwo.areas.models import Area
from youwo.people.models import Person

def person(name):
    return Person.objects.get(username=name)

at = timezone.localtime() - timedelta(hours=3)
jinshui = Area.objects.get(pk="140802005022")
worker, member = person("worker"), person("member")
print(json.dumps({
    "received": wishes.received(jinshui, at).reference,
    "published": wishes.published(worker, jinshui, at).reference,
    "claimed": wishes.claimed(worker, member, jinshui, at).reference,
    "delivered": wishes.delivered(worker, member, jinshui, at).reference,
    "confirmed": wishes.confirmed(worker, member, jinshui, at).reference,
}))
"""

PUBLIC = [
    "/",
    "/wishes/",
    "/wishes/map/",
    "/wishes/new/",
    "/wishes/{published}/",
    "/follow/",
    "/problems/",
    "/problems/map/",
    "/problems/new/",
    "/problems/catalogue/",
    "/near/",
    "/suggest/",
    "/place/",
    "/figures/",
    "/account/login/",
]
MEMBERS = [
    "/wishes/{published}/claim/",
    "/wishes/{claimed}/",
    "/wishes/{claimed}/release/",
    "/wishes/{claimed}/deliver/",
    "/wishes/{delivered}/code/",
    "/me/wishes/",
    "/work/",
]
WORKERS = [
    "/work/",
    "/work/wishes/",
    "/work/wishes/new/",
    "/work/wishes/{received}/",
    "/work/wishes/{claimed}/",
    "/work/wishes/{delivered}/",
    "/work/wishes/{confirmed}/",
    "/work/wishes/{received}/reveal/",
    "/work/wishes/{delivered}/sheet/",
    "/work/suggestions/",
]

# What can be pressed and is less than so many pixels high or wide. Links within a sentence may be
# as high as its line, and a box or circle is pressed by the label around it.
SMALL = """(least) => {
  const small = [];
  const able = "a[href], button, input, select, textarea, summary, label.choice";
  for (const one of document.querySelectorAll(able)) {
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (box.width < 2 || box.bottom < 0 || one.matches(".skip, .sr")) continue;
    if (one.closest("label.choice") && one.matches("input")) continue;
    if (style.display === "inline" && one.closest("p, li, dd, td, th, .d, .muted")) continue;
    // A slim chip may be pressed a little above and below itself.
    const around = getComputedStyle(one, "::after");
    const height = around.position === "absolute" ? parseFloat(around.height) : box.height;
    const size = `${Math.round(box.width)}×${Math.round(height)}`;
    if (height < least - 0.5 || box.width < 43.5)
      small.push(`${size} ${one.outerHTML.slice(0, 90)}`);
  }
  return small;
}"""


@pytest.fixture
def city(site, installation):
    """The address of a city with wishes in every state, and their references."""
    return site, json.loads(installation.python(WISHES).splitlines()[-1])


def pages_of(city, make_phone):
    """Yield a phone for each sort of visitor, with the pages it opens."""
    url, references = city
    for username, paths in (("", PUBLIC), ("member", MEMBERS), ("worker", WORKERS)):
        phone = make_phone(url)
        if username:
            phone.sign_in(username)
        yield phone, [path.format(**references) for path in paths]


def test_first_visit_weighs_little(city, make_phone):
    url, references = city
    heavy = {}
    for path in PUBLIC:
        phone = make_phone(url)
        received = []
        devtools = phone.page.context.new_cdp_session(phone.page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda event, to=received: to.append(event))
        phone.open(path.format(**references))
        phone.page.wait_for_load_state("networkidle")
        weight = round(sum(event["encodedDataLength"] for event in received))
        if weight > MOST_BYTES:
            heavy[path] = weight
        assert received
        phone.page.context.close()
    assert heavy == {}


@pytest.mark.parametrize("elder", ["0", "1"], ids=["usual type", "large type"])
def test_pages_fit_the_phone(city, make_phone, elder):
    wide = {}
    for phone, paths in pages_of(city, make_phone):
        phone.page.context.add_cookies([{"name": "elder", "value": elder, "url": phone.url}])
        for path in paths:
            width = phone.open(path).evaluate("document.documentElement.scrollWidth")
            if width != 390:
                wide[path] = width
        assert phone.said == []
    assert wide == {}


@pytest.mark.parametrize(("elder", "least"), [("0", 44), ("1", 60)], ids=["usual", "large type"])
def test_everything_to_press_is_large_enough(city, make_phone, elder, least):
    small = {}
    for phone, paths in pages_of(city, make_phone):
        phone.page.context.add_cookies([{"name": "elder", "value": elder, "url": phone.url}])
        for path in sorted({*paths} - {"/figures/"}):
            found = phone.open(path).evaluate(SMALL, least)
            if found:
                small[path] = found
    assert small == {}, "\n".join(one for found in small.values() for one in found)
