"""Addresses of the pages about whistles."""

from django.urls import path

from youwo.web.dispatch import (
    acts,
    asking,
    blowing,
    deciding,
    ladders,
    linked,  # noqa: F401 (lets the pages of problems tell of whistles)
    lists,
    whistle,
)

app_name = "dispatch"

urlpatterns = [
    path("work/whistles/", lists.index, name="index"),
    path("work/whistles/export/", lists.export, name="export"),
    path("work/whistles/new/<str:reference>/", blowing.blow, name="blow"),
    path("work/whistles/<str:reference>/", whistle.detail, name="whistle"),
    path("work/whistles/<str:reference>/slip/", whistle.slip, name="slip"),
    path("work/whistles/<str:reference>/answer/", acts.answer, name="answer"),
    path("work/whistles/<str:reference>/decide/", deciding.decide, name="decide"),
    path("work/whistles/<str:reference>/units/<str:verb>/", asking.ask, name="ask"),
    path("work/whistles/<str:reference>/<str:verb>/", acts.act, name="act"),
    path("work/levels/", ladders.index, name="levels"),
    path("work/levels/new/", ladders.new, name="new-levels"),
    path("work/levels/<int:pk>/remove/", ladders.remove, name="remove-levels"),
]
