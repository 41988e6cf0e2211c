"""Two people at one stack of sheets in the same instant, each in a transaction of their own."""

import pytest

from tests import factories
from tests.evaluation.factories import enrolled_member, planned, said, template
from tests.side_by_side import meanwhile, on_postgresql
from youwo.evaluation import actions
from youwo.turns.models import Turn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


@pytest.mark.parametrize("many", [True, False])
def test_two_who_judge_at_once_leave_one_turn_with_the_right_number(
    worker, unit, jinshui, at, many
):
    for _ in range(3):
        enrolled_member(unit, jinshui)
    kind = template(jinshui, at, subject="member", weights={"community": 1})
    stack = planned(worker, kind, jinshui, at).stacks.get()
    first, second, _third = stack.sheets.order_by("pk")
    colleague = factories.granted("worker", jinshui)

    def behind():
        if many:
            actions.fill_in_many({second.pk: said(second)}, by=colleague, at=at)
        else:
            actions.fill_in(second, said=said(second), by=colleague, at=at)

    refused = meanwhile(
        lambda: actions.fill_in_many({first.pk: said(first)}, by=worker, at=at), behind
    )

    assert refused == []
    assert Turn.objects.get().detail == "社区评 · 待填 1 份"
