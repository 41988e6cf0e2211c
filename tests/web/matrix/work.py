"""Who may open the pages of work."""

PAGES = {
    "work:queue": ("", "loooooooo"),
    "work:rows": ("", "loooooooo"),
    "work:count": ("", "loooooooo"),
}
