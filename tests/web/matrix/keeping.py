"""Who may open the pages of keeping."""

PAGES = {
    "keeping:index": ("", "l--o-o--o"),
    "keeping:calendar": ("", "l-------o"),
    "keeping:set-days": ("", "l-------o"),
    "keeping:clear-days": ("", "l-------x"),
    "keeping:hours": ("", "l-------o"),
    "keeping:clear-hours": ("hours", "l-------x"),
    "keeping:areas": ("", "l-->->-->"),
    "keeping:area": ("community", "l--o----o"),
    "keeping:set-hours": ("community", "l-------o"),
    "keeping:add-compound": ("community", "l--o----o"),
    "keeping:rename": ("compound", "l--o----o"),
    "keeping:end": ("community", "l--f----o"),
    "keeping:outside": ("", "l-------o"),
    "keeping:add-matter": ("", "l-------o"),
    "keeping:matter": ("matter", "l-------o"),
    "keeping:switch-matter": ("matter", "l-------x"),
    "keeping:consents": ("", "l-------o"),
    "keeping:publish": ("purpose", "l-------o"),
}
