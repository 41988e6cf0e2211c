"""What a line of a hearing is, guessed from its words: a wish or a problem, and of which kind."""

from __future__ import annotations

import re

from youwo.needs import triage
from youwo.needs.models import HearingLine

What = HearingLine.What

# How people speak of what they would like, and of what is wrong.
_WISHES = re.compile(
    "想(?!办法)|希望有人|盼|心愿|教我|教教|教一|教老|学会|陪|借|能不能帮|帮忙|帮我|请人|请个|送我|送给|需要一|要一[把辆台个副]|上门"
)
_PROBLEMS = re.compile(
    "坏|倒了|烂|荒草|不亮|漏|堵|积水|乱停|乱扔|乱堆|乱搭|占|噪|太吵|扰民|臭|异味|没人[管清修理]|不热|不制热|停[水电气]|裂|脱落|掉落|破|隐患"
    "|危险|飞线|老鼠|蟑螂|蚊|满了|坑|塌|松动|松了|不通|不平|不够|没有|缺|失灵|失效|过期|收费|不作为|投诉|拖了|反映|什么时候|何时|怎么还"
    # What all share is no one's own wish.
    "|的路|路灯|路面|护栏|楼顶|墙皮|围墙|车棚|车位|充电桩|垃圾|楼道|小区|下水|井盖|电梯|绿化|健身器材|监控|门禁|物业"
)


# The kind of a problem whose words point to no other.
_OTHER = "other"


def what_of(words: str, *, rural: bool = False) -> str:
    """Guess whether somebody wishes for something or says what is wrong."""
    wishes = len(_WISHES.findall(words)) + 2 * words.lstrip().startswith("想")
    problems = len(_PROBLEMS.findall(words)) + bool(triage.problem_kind_of(words, rural=rural))
    return What.WISH if wishes >= problems else What.PROBLEM


def kind_of(words: str, what: str, *, rural: bool = False) -> str:
    """Guess the kind for what a line is; empty where there is none."""
    if what == What.WISH:
        return triage.kind_of(words)
    if what != What.PROBLEM:
        return ""
    kind = triage.problem_kind_of(words, rural=rural)
    if kind is not None:
        return kind.code
    return _OTHER if any(kind.code == _OTHER for kind in triage.problem_kinds()) else ""
