"""Addresses of the pages about evaluation."""

from django.urls import path

from youwo.web.evaluation import appeals, results, rounds, sheets, stacks, templates, whistles

app_name = "evaluation"

urlpatterns = [
    path("me/evaluations/", results.mine, name="mine"),
    path("work/evaluations/", rounds.index, name="rounds"),
    path("work/evaluations/new/", rounds.new, name="new"),
    path("work/evaluations/templates/", templates.index, name="templates"),
    path("work/evaluations/templates/new/", templates.new, name="new-template"),
    path("work/evaluations/templates/<int:pk>/", templates.detail, name="template"),
    path("work/evaluations/sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("work/evaluations/sheets/<int:pk>/keep/", sheets.keep, name="keep"),
    path("work/evaluations/stacks/<str:reference>/", stacks.stack, name="stack"),
    path("work/evaluations/<str:reference>/", rounds.detail, name="round"),
    path("work/evaluations/<str:reference>/export/", rounds.export, name="export"),
    path("work/evaluations/<str:reference>/sheets/", sheets.index, name="sheets"),
    path("work/evaluations/<str:reference>/<str:verb>/", rounds.act, name="act"),
    path("evaluations/whistles/<str:reference>/", whistles.look_back, name="whistle"),
    path("evaluations/<str:reference>/", results.detail, name="result"),
    path("evaluations/<str:reference>/facts/", results.facts, name="facts"),
    path("evaluations/<str:reference>/print/", results.printed, name="print"),
    path("evaluations/<str:reference>/export/", results.export, name="result-export"),
    path("evaluations/<str:reference>/reply/", results.reply, name="reply"),
    path("evaluations/<str:reference>/appeal/", appeals.appeal, name="appeal"),
    path("evaluations/<str:reference>/withdraw/", appeals.withdraw, name="withdraw-appeal"),
    path("evaluations/<str:reference>/decide/", appeals.decide, name="decide"),
    path("evaluations/<str:reference>/say/", sheets.say, name="say"),
    path("evaluations/<str:reference>/code/", sheets.code, name="code"),
]
