"""Who may open the pages of insight."""

PAGES = {
    "insight:figures": ("", "ooooooooo"),
    "insight:definitions": ("", "ooooooooo"),
    "insight:fact": ("entry", "l--oo--o-"),
    "insight:place": ("area", "ooooooooo"),
    "insight:table": ("area", "ooooooooo"),
    "insight:figure": ("figure", "ooooooooo"),
    "insight:facts": ("figure", "l---o--o-"),
}
