"""Who may open the pages of notices."""

from tests.notices.factories import RobotFactory
from youwo.areas.models import Area

PAGES = {
    "notices:inbox": ("", "loooooooo"),
    "notices:read-all": ("", "lxxxxxxxx"),
    "notices:preferences": ("", "loooooooo"),
    "notices:week": ("", "loooooooo"),
    "notices:message": ("message", "lo-------"),
    "notices:given-up": ("", "l-------o"),
    "notices:send-again": ("delivery", "l-------x"),
    "notices:robots": ("", "l-ooooo-o"),
    "notices:add-robot": ("", "l-ooooo-o"),
    "notices:robot": ("robot", "l--oo---o"),
    "notices:change-robot": ("robot", "l--oo---o"),
    "notices:try-robot": ("robot", "l-xxxxxxx"),
    "notices:pause-robot": ("robot", "l-xxxxxxx"),
    "notices:resume-robot": ("robot", "l-xxxxxxx"),
    "notices:remove-robot": ("robot", "l-xxxxxxx"),
    "notices:post-again": ("robot", "l-xxxxxxx"),
}


def arguments(city):
    """A robot of Jinshui's."""
    robot = RobotFactory(area=Area.objects.get(pk=city.arguments["community"][0]))
    return {"robot": [robot.pk]}
