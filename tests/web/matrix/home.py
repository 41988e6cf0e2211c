"""Who may open the pages of home."""

PAGES = {
    "home": ("", "ooooooooo"),
    "this_year": ("", "ooooooooo"),
    "place": ("", "ooooooooo"),
    "look": ("", "xxxxxxxxx"),
    "language": ("", "xxxxxxxxx"),
    "manifest": ("", "ooooooooo"),
}
