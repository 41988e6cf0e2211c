"""What a line of a hearing is, guessed from its words: a wish or a problem, and of which kind."""

from __future__ import annotations

import re

from youwo.core.recent import Recent
from youwo.needs import triage
from youwo.needs.models import HearingLine, ProblemKind

What = HearingLine.What

# How people speak of what they would like, and of what is wrong.
_WISHES = re.compile(
    "想(?!办法)|希望有人|盼|心愿|教我|教教|教一|教老|学会|陪|借|能不能帮|帮忙|帮我|请人|请个|送我|送给|需要一|要一[把辆台个副]|上门"
)
_PROBLEMS = re.compile(
    "坏|不亮|漏|堵|积水|乱停|乱扔|乱堆|乱搭|占|噪|太吵|扰民|臭|异味|没人[管清修理]|不热|不制热|停[水电气]|裂|脱落|掉落|破|隐患"
    "|危险|飞线|老鼠|蟑螂|蚊|满了|坑|塌|松动|松了|不通|不平|不够|没有|缺|失灵|失效|过期|收费|不作为|投诉|拖了|反映|什么时候|何时|怎么还"
    # What all share is no one's own wish.
    "|的路|路灯|路面|围墙|车棚|车位|充电桩|垃圾|楼道|小区|下水|井盖|电梯|绿化|健身器材|监控|门禁|物业"
)


@Recent
def problem_kinds() -> list[ProblemKind]:
    """Return the catalogue in its order; read at most once a minute in each process."""
    return list(ProblemKind.objects.filter(active=True).order_by("place", "code"))


def problem_kind(words: str) -> ProblemKind | None:
    """Guess the kind of a problem; None where its words point to no kind of the catalogue."""
    compact = "".join(words.split())
    best, most = None, 0
    for kind in problem_kinds():
        # A longer match says more.
        score = sum(len(word) ** 2 for word in kind.words.split() if word in compact)
        if score > most:
            best, most = kind, score
    return best


def what_of(words: str) -> str:
    """Guess whether somebody wishes for something or says what is wrong."""
    wishes = len(_WISHES.findall(words)) + 2 * words.lstrip().startswith("想")
    problems = len(_PROBLEMS.findall(words)) + bool(problem_kind(words))
    return What.WISH if wishes >= problems else What.PROBLEM


def kind_of(words: str, what: str) -> str:
    """Guess the kind for what a line is; empty where its words do not say."""
    if what == What.WISH:
        return triage.kind_of(words)
    if what == What.PROBLEM:
        kind = problem_kind(words)
        return kind.code if kind else ""
    return ""
