"""Who may open what, domain by domain.

Each module has `PAGES`: the name of a page, with the name of what its address takes (a key of the
arguments) and one letter for each of `ROLES` in `tests/web/test_permissions.py`. A module that
needs rows of its own has `arguments(city)`, which makes them and returns them by that name.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

MODULES = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
PAGES: dict[str, tuple[str, str]] = {
    name: page for module in MODULES for name, page in module.PAGES.items()
}
