"""Who may open the pages of people."""

PAGES = {
    "people:me": ("", "loooooooo"),
    "people:data": ("", "loooooooo"),
    "people:download": ("", "lxxxxxxxx"),
    "people:withdraw": ("consent", "lxxxxxxxx"),
    "people:forget": ("", "loooooooo"),
    "people:welcome": ("welcome", "---------"),
    "people:index": ("", "l-------o"),
    "people:enter": ("", "l-------o"),
    "people:person": ("person", "l-------o"),
    "people:unmask": ("person", "l-------x"),
    "people:invite": ("person", "l-------x"),
    "people:grant": ("person", "l-------o"),
    "people:end_grant": ("grant", "l-------o"),
    "people:journal": ("", "l------oo"),
}
