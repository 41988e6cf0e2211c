"""Who may open the pages of notices."""

PAGES = {
    "notices:inbox": ("", "loooooooo"),
    "notices:read-all": ("", "lxxxxxxxx"),
    "notices:preferences": ("", "loooooooo"),
    "notices:message": ("message", "lo-------"),
    "notices:given-up": ("", "l-------o"),
    "notices:send-again": ("delivery", "l-------x"),
}
