"""Addresses of the pages of members and volunteers."""

from django.urls import path

from youwo.web.near import record, skills, views

app_name = "near"

urlpatterns = [
    path("near/", views.index, name="index"),
    path("near/items/<str:reference>/", views.item, name="item"),
    path("near/items/<str:reference>/join/", views.join, name="join"),
    path("near/items/<str:reference>/leave/", views.leave, name="leave"),
    path("service/<str:reference>/hands/", views.hands, name="hands"),
    path("me/skills/", skills.edit, name="skills"),
    path("me/record/", record.index, name="record"),
    path("me/record/export/", record.export, name="record-export"),
    path("me/record/sheet/", record.sheet, name="sheet"),
    path("me/record/sheets/<str:reference>/", record.printed, name="printed"),
    path("records/<str:reference>/", record.check, name="check"),
]
