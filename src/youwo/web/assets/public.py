"""The card of an asset: what everybody reads who scans its label, and the rest for its keepers."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from youwo.core.references import spaced
from youwo.service import upkeep
from youwo.service.models import Asset
from youwo.web.access import public
from youwo.web.assets.acts import titles
from youwo.web.assets.forms import InspectForm
from youwo.web.assets.reach import any_asset, today, verbs, works_with


@public
@require_safe
def asset(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what an asset is and who keeps it; to keepers and staff also where it comes from."""
    found = any_asset(reference)
    last = found.inspections.select_related("by").first()
    context: dict[str, Any] = {
        "asset": found,
        "community": found.area.parent if found.area.kind == "compound" else found.area,
        "compound": found.area_id if found.area.kind == "compound" else "",
        # What a report of a problem begins with.
        "said": _("%(thing)s (label %(reference)s): ")
        % {"thing": found.name, "reference": spaced(found.reference)},
        "nonce": uuid.uuid4(),
        "last": last,
        "expired": found.is_expired(today()),
        "due": found.is_due(today()),
        "verbs": verbs(request, found),
        "works_with": works_with(request, found),
        "titles": titles(),
        "inspect_form": InspectForm(initial={"on": today().isoformat()}),
    }
    if context["works_with"]:
        context |= _for_keepers(found)
    return render(request, "assets/asset.html", context)


def _for_keepers(found: Asset) -> dict[str, Any]:
    events = found.events.select_related("area", "keeper_organization", "by")[:50]
    return {"origin": upkeep.origin(found), "events": list(events)}
