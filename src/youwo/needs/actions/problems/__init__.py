"""What happens to a problem, from the first voice to the residents' word that it is solved."""

from youwo.needs.actions.problems.moving import take_over
from youwo.needs.actions.problems.received import report

__all__ = ["report", "take_over"]
