"""Addresses of messages."""

from django.urls import path

from youwo.web.notices import views

app_name = "notices"

urlpatterns = [
    path("me/messages/", views.inbox, name="inbox"),
    path("me/messages/read/", views.read_all, name="read-all"),
    path("me/messages/preferences/", views.preferences, name="preferences"),
    path("me/messages/<int:key>/", views.message, name="message"),
    path("work/deliveries/", views.given_up, name="given-up"),
    path("work/deliveries/<int:key>/again/", views.send_again, name="send-again"),
]
