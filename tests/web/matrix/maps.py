"""Who may read what maps are drawn from."""

PAGES = {
    "maps:outlines": ("", "ooooooooo"),
    "maps:places": ("", "ooooooooo"),
}
