"""Compile the message catalogues whenever the package is built or installed in place."""

import os
from pathlib import Path

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):
    """Turn each .po into the .mo that gettext reads, so that an installation needs no tool for it."""

    def initialize(self, version, build_data):
        for source in Path(self.root, "src/youwo/locale").glob("*/LC_MESSAGES/*.po"):
            draft = source.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            # Put in place at once: a server may be reading the old one.
            draft.replace(source.with_suffix(".mo"))
