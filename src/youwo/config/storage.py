"""Where collected static files go: under hashed names, compressed."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Leaves comments about source maps alone: vendored files name maps that we do not ship."""

    patterns = tuple(
        (
            kind,
            tuple(
                p for p in found if "sourceMappingURL" not in (p if isinstance(p, str) else p[0])
            ),
        )
        for kind, found in CompressedManifestStaticFilesStorage.patterns
    )
