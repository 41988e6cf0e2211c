"""Addresses of joint meetings, the service list and its items."""

from django.urls import path

from youwo.web.service import answers, day, done, items, lists, meetings, minutes

app_name = "service"

urlpatterns = [
    path("meetings/", meetings.index, name="meetings"),
    path("meetings/export/", meetings.export, name="meetings-export"),
    path("meetings/new/", meetings.call, name="call"),
    path("meetings/rhythm/", meetings.rhythm, name="rhythm"),
    path("meetings/<str:reference>/", meetings.detail, name="meeting"),
    path("meetings/<str:reference>/answer/", answers.answer, name="answer"),
    path("meetings/<str:reference>/letters/", answers.letters, name="letters"),
    path("meetings/<str:reference>/agenda/", meetings.agenda, name="agenda"),
    path("meetings/<str:reference>/guests/", meetings.guests, name="guests"),
    path("meetings/<str:reference>/change/", meetings.change, name="change"),
    path("meetings/<str:reference>/run/", day.run, name="run"),
    path("meetings/<str:reference>/attendance/", day.attendance, name="attendance"),
    path("meetings/<str:reference>/decide/<int:pk>/", day.decide, name="decide"),
    path("meetings/<str:reference>/minutes/", minutes.page, name="minutes"),
    path("meetings/<str:reference>/minutes.docx", minutes.word, name="minutes-word"),
    path("meetings/<str:reference>/list/", lists.of_meeting, name="meeting-list"),
    path("meetings/<str:reference>/<str:verb>/", meetings.act, name="meeting-act"),
    path("service/", items.index, name="items"),
    path("service/export/", items.export, name="items-export"),
    path("service/new/", items.new, name="new"),
    path("service/list/", lists.of_place, name="list"),
    path("service/list/export/", lists.export, name="list-export"),
    path("service/<str:reference>/", items.detail, name="item"),
    path("service/<str:reference>/start/", items.start, name="start"),
    path("service/<str:reference>/deliver/", done.deliver, name="deliver"),
    path("service/<str:reference>/close/", done.close, name="close"),
    path("service/<str:reference>/<str:verb>/", items.act, name="item-act"),
]
