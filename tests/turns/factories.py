"""The plainest turn."""

from datetime import datetime, timedelta

from tests import factories
from youwo.turns.actions import Wanted


def wanted(at: datetime, *, hours: float = 5, area: str = "140802005022", **kwargs) -> Wanted:
    factories.area(area)
    given = {"kind": "wish.review", "reference": "W1", "title": "想学挂号", "role": "worker"}
    return Wanted(**{**given, **kwargs}, area=area, since=at, due_at=at + timedelta(hours=hours))
