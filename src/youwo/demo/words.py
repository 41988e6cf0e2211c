"""The invented words of the demo city, read from `data/`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def read(name: str) -> dict[str, Any]:
    """Return one file of words."""
    return tomllib.loads(files("youwo.demo").joinpath(f"data/{name}.toml").read_text("utf-8"))


def person_name(draw: Random) -> str:
    """Draw the name of somebody who does not exist; the first surnames are the common ones."""
    words: dict[str, str] = read("names")
    surnames = words["surnames"]
    surname = surnames[int(len(surnames) * draw.random() ** 2)]
    if draw.random() < 0.2:
        return surname + draw.choice(words["second"])
    return surname + draw.choice(words["first"]) + draw.choice(words["second"])


def door(draw: Random) -> str:
    """Draw a building, an entrance and a door."""
    floor, side = draw.randint(1, 6), draw.randint(1, 2)
    return f"{draw.randint(1, 18)} 号楼 {draw.randint(1, 4)} 单元 {floor}0{side}"


def phone(number: int) -> str:
    """Return a number from the invented block 199 000 xxxxx."""
    if number >= 100_000:
        raise ValueError(number)
    return f"199000{number:05d}"
