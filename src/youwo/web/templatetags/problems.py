"""Tags for lists of problems."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from youwo.needs.models import Problem, ProblemStatus
from youwo.web.templatetags.youwo import chip, stamp

register = template.Library()


@register.simple_tag
def problem_state(problem: Problem) -> SafeString | str:
    """Say where a problem stands, as everybody reads it: a chip, or the stamp of what is solved."""
    if problem.status == ProblemStatus.OPEN:
        return chip(_("waits to be taken on"))
    if problem.status == ProblemStatus.IN_HAND:
        return chip(_("being seen to"), "due")
    if problem.status == ProblemStatus.DONE:
        return chip(_("to be confirmed"), "due")
    if problem.status == ProblemStatus.CLOSED:
        return stamp(_("solved"))
    return chip(problem.get_status_display())
