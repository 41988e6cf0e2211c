"""What a form sends is one act: the case is locked when it is read, and read once."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from youwo.core.acts import acting
from youwo.web.access import View


def one_act(view: View) -> View:
    """Let a view that is sent something run as one act, from the first look at its case on.

    Stands below the mark of access. A refusal that the view answers with its form is caught around
    `attempt()`, so that nothing of what was refused stays.
    """

    @wraps(view)
    def acted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        storage: Any = get_messages(request)
        said = storage._queued_messages
        before = len(said)
        try:
            with acting():
                return view(request, *args, **kwargs)
        except BaseException:
            # Nothing of it was done: nobody is told that it was.
            del said[before:]
            raise

    return acted
