"""The address of every page."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("youwo.web.urls")),
]

handler400 = "youwo.web.errors.bad_request"
handler403 = "youwo.web.errors.forbidden"
handler404 = "youwo.web.errors.not_found"
handler500 = "youwo.web.errors.server_error"
# Asked for by the sign-in pages.
handler429 = "youwo.web.errors.too_many"
