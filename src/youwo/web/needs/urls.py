"""Addresses of the pages about wishes."""

from django.urls import path

from youwo.web.needs import board, follow, new, promises, staff, suggest

app_name = "needs"

urlpatterns = [
    path("wishes/", board.index, name="board"),
    path("wishes/map/", board.on_map, name="map"),
    path("wishes/points.json", board.points, name="points"),
    path("wishes/new/", new.new, name="new"),
    path("wishes/<str:reference>/", board.detail, name="detail"),
    path("wishes/<str:reference>/claim/", promises.claim, name="claim"),
    path("wishes/<str:reference>/release/", promises.release, name="release"),
    path("wishes/<str:reference>/deliver/", promises.deliver, name="deliver"),
    path("wishes/<str:reference>/code/", promises.code, name="code"),
    path("wishes/<str:reference>/contact/", promises.contact, name="contact"),
    path("wishes/<str:reference>/photos/<int:pk>/", follow.photo, name="photo"),
    path("me/wishes/", promises.mine, name="mine"),
    path("follow/", follow.find, name="follow"),
    path("follow/<str:reference>/", follow.case, name="case"),
    path("follow/<str:reference>/<str:verb>/", follow.act, name="follow-act"),
    path("work/wishes/", staff.index, name="staff-list"),
    path("work/wishes/export/", staff.export, name="staff-export"),
    path("work/wishes/new/", staff.enter, name="enter"),
    path("work/wishes/<str:reference>/", staff.detail, name="staff"),
    path("work/wishes/<str:reference>/sheet/", staff.sheet, name="sheet"),
    path("work/wishes/<str:reference>/reveal/", staff.reveal, name="reveal"),
    path("work/wishes/<str:reference>/<str:verb>/", staff.act, name="staff-act"),
    path("work/suggestions/", suggest.inbox, name="suggestions"),
    path("work/suggestions/<int:pk>/", suggest.answer, name="suggestion-answer"),
    path("work/suggestions/<int:pk>/phone/", suggest.phone, name="suggestion-phone"),
    path("suggest/", suggest.suggest, name="suggest"),
    path("suggest/<str:reference>/", suggest.sent, name="suggestion"),
]
