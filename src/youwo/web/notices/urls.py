"""Addresses of messages."""

from django.urls import path

from youwo.web.notices import robots, views

app_name = "notices"

urlpatterns = [
    path("me/messages/", views.inbox, name="inbox"),
    path("me/messages/read/", views.read_all, name="read-all"),
    path("me/messages/preferences/", views.preferences, name="preferences"),
    path("me/messages/week/", views.week, name="week"),
    path("me/messages/<int:key>/", views.message, name="message"),
    path("work/deliveries/", views.given_up, name="given-up"),
    path("work/deliveries/<int:key>/again/", views.send_again, name="send-again"),
    path("work/robots/", robots.index, name="robots"),
    path("work/robots/new/", robots.add, name="add-robot"),
    path("work/robots/<int:key>/", robots.show, name="robot"),
    path("work/robots/<int:key>/change/", robots.change, name="change-robot"),
    path("work/robots/<int:key>/test/", robots.try_out, name="try-robot"),
    path("work/robots/<int:key>/pause/", robots.pause, name="pause-robot"),
    path("work/robots/<int:key>/resume/", robots.resume, name="resume-robot"),
    path("work/robots/<int:key>/remove/", robots.remove, name="remove-robot"),
    path("work/robots/posts/<int:key>/again/", robots.send_again, name="post-again"),
]
