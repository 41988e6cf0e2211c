"""Addresses of the pages of hearings."""

from django.urls import path

from youwo.web.hearings import closing, grid, listing, minutes, opening, pasting

app_name = "hearings"

urlpatterns = [
    path("work/hearings/", listing.index, name="list"),
    path("work/hearings/export/", listing.export, name="export"),
    path("work/hearings/new/", opening.new, name="new"),
    path("work/hearings/<str:reference>/", minutes.detail, name="hearing"),
    path("work/hearings/<str:reference>/about/", opening.about, name="about"),
    path("work/hearings/<str:reference>/attendees/", opening.attendees, name="attendees"),
    path("work/hearings/<str:reference>/lines/", grid.lines, name="lines"),
    path("work/hearings/<str:reference>/lines/send/", grid.send, name="send"),
    path("work/hearings/<str:reference>/paste/", pasting.paste, name="paste"),
    path("work/hearings/<str:reference>/close/", closing.close, name="close"),
    path("work/hearings/<str:reference>/reopen/", closing.reopen, name="reopen"),
    path("work/hearings/<str:reference>/sheet/", minutes.sheet, name="sheet"),
]
