"""Who may open the pages of evaluation."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.dispatch.factories import answered
from tests.evaluation.factories import filled, planned, template
from youwo.dispatch.models import Whistle
from youwo.evaluation import actions
from youwo.evaluation.models import Sheet
from youwo.evaluation.whistles import ask_both_sides

PAGES = {
    "evaluation:mine": ("", "loooooooo"),
    "evaluation:rounds": ("", "l--ooooo-"),
    "evaluation:new": ("", "l--oooo--"),
    "evaluation:templates": ("", "l--oooooo"),
    "evaluation:template": ("sheet template", "l--oooooo"),
    "evaluation:new-template": ("", "l-------o"),
    "evaluation:sheet": ("community sheet", "l--o-----"),
    "evaluation:keep": ("community sheet", "lxxxxxxxx"),
    "evaluation:stack": ("community stack", "l--o-----"),
    "evaluation:round": ("round", "l--oo--o-"),
    "evaluation:export": ("round", "l--oo--o-"),
    "evaluation:sheets": ("round", "l-ooo----"),
    "evaluation:act": ("round close", "l-->>----"),
    "evaluation:result": ("evaluated", "l-ooo--o-"),
    "evaluation:facts": ("judged", "l-ooo--o-"),
    "evaluation:print": ("evaluated", "l-ooo--o-"),
    "evaluation:result-export": ("evaluated", "l-ooo--o-"),
    "evaluation:reply": ("evaluated", "lxxxxxxxx"),
    "evaluation:appeal": ("evaluated", "lxxxxxxxx"),
    "evaluation:withdraw-appeal": ("evaluated", "lxxxxxxxx"),
    "evaluation:decide": ("evaluated", "l---f----"),
    "evaluation:whistle": ("looked back", "l-ooo--o-"),
    "evaluation:say": ("judged", "ooooooooo"),
    "evaluation:code": ("judged", "l--oo----"),
}


def arguments(city):
    """An open round, and one whose result was published and appealed against."""
    people = city.people
    worker, member = people["worker"], people["member"]
    jinshui = worker.grants.get().area
    at = datetime(2025, 6, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    sheet = template(jinshui.parent.parent.parent, at, asks_public=True)
    open_ = planned(worker, sheet, jinshui, at)
    early = {"starts_on": date(2025, 4, 1), "ends_on": date(2025, 6, 1)}
    done = planned(worker, sheet, jinshui, at, **early)
    filled(done, "department", people["coordinator"], at)
    actions.close(done, by=worker, at=at)
    done = actions.publish(done, by=worker, at=at)
    evaluated = done.evaluated.get()
    actions.appeal(evaluated, reason="有一件事没有算上", by=member, at=at)
    community = Sheet.objects.get(evaluated__round=open_, viewpoint="community")
    unit = open_.evaluated.get().organization
    whistle = answered(worker, member, jinshui, [unit], at)
    Whistle.objects.filter(pk=whistle.pk).update(status="closed", closed_at=at, rings_at=None)
    ask_both_sides(at)
    return {
        "looked back": [whistle.reference],
        "sheet template": [sheet.pk],
        "round": [open_.reference],
        "round close": [open_.reference, "close"],
        "community sheet": [community.pk],
        "community stack": [str(community.stack_id)],
        "evaluated": [evaluated.reference],
        "judged": [open_.evaluated.get().reference],
    }
