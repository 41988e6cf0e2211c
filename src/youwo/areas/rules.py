"""What a place's code and official name say about it."""

from __future__ import annotations

from youwo.areas.models import Area

_KINDS = {
    4: Area.Kind.CITY,
    6: Area.Kind.COUNTY,
    9: Area.Kind.TOWN,
    12: Area.Kind.COMMUNITY,
}
_VILLAGE_ENDINGS = ("村民委员会", "村委会")
_COMMUNITY_ENDINGS = ("居民委员会", "居委会")
_VIRTUAL = "虚拟社区"
# In the official scheme the last three digits of a town are 001 to 399; from 400 on stand units
# that the statisticians treat like one.
_FIRST_STATISTICAL = 400


def kind_of(code: str) -> Area.Kind | None:
    """Return what kind of place an official code stands for; None where it stands for none here.

    The first digit, of the provinces, is 1 to 8 (GB/T 2260).
    """
    if not (code.isascii() and code.isdigit() and "1" <= code[0] <= "8"):
        return None
    return _KINDS.get(len(code))


def code_above(code: str) -> str | None:
    """Return the code that stands directly above a code; None above the city."""
    if "-" in code:
        return code.partition("-")[0]
    return {6: code[:4], 9: code[:6], 12: code[:9]}.get(len(code))


def codes_above(code: str) -> list[str]:
    """Return the codes from the city down to a code, itself included."""
    found = [code]
    while (above := code_above(found[0])) is not None:
        found.insert(0, above)
    return found


def short_name(official_name: str) -> str:
    """Return a place's name as people say it: 金税社区 for 金税社区居委会."""
    for ending in _VILLAGE_ENDINGS:
        if official_name.endswith(ending):
            return _ending_in("村", official_name.removesuffix(ending))
    for ending in _COMMUNITY_ENDINGS:
        if official_name.endswith(ending):
            return _ending_in("社区", official_name.removesuffix(ending))
    return official_name


def _ending_in(word: str, stem: str) -> str:
    return stem if stem.endswith(word) else stem + word


def is_rural(official_name: str) -> bool:
    """Tell whether a villagers' committee stands here, instead of a residents' committee."""
    return official_name.endswith(_VILLAGE_ENDINGS)


def is_statistical(code: str, official_name: str) -> bool:
    """Tell whether only statisticians know a place: a zone, a collector, a prison, its inside."""
    if kind_of(code) == Area.Kind.TOWN:
        return int(code[-3:]) >= _FIRST_STATISTICAL
    return official_name.endswith(_VIRTUAL)
