"""What people type about evaluations, and whether it is well formed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from youwo.evaluation.actions import Asking, Said
from youwo.evaluation.models import EnteredFrom, Question, Subject, Template, Viewpoint
from youwo.people.models import Role

UNSAID = "none"
CHOOSE = _("Please choose one; “cannot say” is an answer, too.")


def _first_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def past_periods(today: date) -> dict[str, tuple[date, date]]:
    """Return the last whole quarter, half-year and year before a day (ends exclusive)."""
    quarter = _first_of_quarter(today)
    half = date(today.year, 1 if today.month <= 6 else 7, 1)
    year = date(today.year, 1, 1)
    return {
        "quarter": (_first_of_quarter(quarter - timedelta(days=1)), quarter),
        "half": (date(half.year - 1, 7, 1) if half.month == 1 else year, half),
        "year": (date(today.year - 1, 1, 1), year),
    }


class RoundForm(forms.Form):
    """A round to be: who is evaluated, where, over which days."""

    subject = forms.ChoiceField(
        label=_("Who is evaluated"), choices=Subject.choices, widget=forms.RadioSelect
    )
    area = forms.ChoiceField(label=_("Where"))
    period = forms.ChoiceField(label=_("Which days"), widget=forms.RadioSelect)
    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    last_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    opens_on = forms.DateField(
        label=_("Sheets are laid out on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(
        self, *args: Any, areas: Iterable[tuple[str, str]], today: date, words: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.periods = past_periods(today)
        choices = [(name, words(*days)) for name, days in self.periods.items()]
        self.fields["area"].choices = list(areas)  # type: ignore[attr-defined]
        self.fields["period"].choices = [*choices, ("own", _("other days"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("period") == "own":
            for name in ("starts_on", "last_on"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _now("Please give the day."))
            if given.get("last_on"):
                given["ends_on"] = given["last_on"] + timedelta(days=1)
        elif given.get("period"):
            given["starts_on"], given["ends_on"] = self.periods[given["period"]]
        return given

    def clean_opens_on(self) -> date:
        day: date = self.cleaned_data["opens_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over."))
        return day


def as_chosen(answers: Mapping[int, int | None]) -> dict[str, str]:
    """Return answers as the form of a sheet holds them."""
    return {f"q{key}": UNSAID if step is None else str(step) for key, step in answers.items()}


def as_steps(chosen: Mapping[int, str]) -> dict[int, int | None]:
    """Return what was chosen as the steps of questions."""
    return {key: None if step == UNSAID else int(step) for key, step in chosen.items()}


def steps_of(question: Question) -> list[tuple[str, Any]]:
    """Return what can be chosen, the best first, and the way out that one cannot say."""
    steps = [(str(step), words) for step, words in enumerate(question.steps)]
    return [*reversed(steps), (UNSAID, _("cannot say"))]


class SheetForm(forms.Form):
    """The questions of a sheet, each with its steps and the way out that one cannot say."""

    words = forms.CharField(
        label=_("Something to add"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"q{question.pk}"] = forms.ChoiceField(
                label=question.text,
                choices=steps_of(question),
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE},
            )
        self.order_fields([f"q{question.pk}" for question in questions])

    def said(self) -> Said:
        """Return what has been answered so far."""
        chosen = {
            question.pk: step
            for question in self.questions
            if (step := self.cleaned_data.get(f"q{question.pk}"))
        }
        return Said(as_steps(chosen), self.cleaned_data.get("words", ""))


class EnterSheetForm(SheetForm):
    """A sheet that is entered for somebody."""

    entered_from = forms.ChoiceField(
        label=_("How they said it"), choices=EnteredFrom.choices, widget=forms.RadioSelect
    )


class WordsForm(forms.Form):
    """A few sentences."""

    words = forms.CharField(
        label=_("Your words"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class AppealForm(forms.Form):
    """Why a result is to be looked at again."""

    reason = forms.CharField(
        label=_("What is to be looked at again, and why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class ExtendForm(ReasonForm):
    """More days, with a reason."""

    days = forms.IntegerField(
        label=_("More working days"),
        initial=5,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        widget=forms.NumberInput(attrs={"min": 1, "max": 20, "inputmode": "numeric"}),
    )

    field_order = ("days", "reason")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class TemplateForm(forms.Form):
    """A version of a sheet, written as lines of plain text."""

    name = forms.CharField(label=_("Name of the sheet"), max_length=60)
    opens = forms.ChoiceField(
        label=_("Who opens a round"),
        choices=[(role.value, role.label) for role in (Role.WORKER, Role.COORDINATOR)],
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=_("Working days to fill in the sheets"),
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    asks_public = forms.BooleanField(
        label=_("Residents may fill in a sheet by its QR code, too"), required=False
    )
    levels = forms.CharField(
        label=_("What results are called"),
        help_text=_("One line each: from which number of hundred on, then the words."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    signatories = forms.CharField(
        label=_("Who signs"),
        help_text=_("One line each, as a title."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for viewpoint in Viewpoint:
            self.fields[f"weight_{viewpoint}"] = forms.IntegerField(
                label=_("Weight"),
                required=False,
                validators=[MinValueValidator(0), MaxValueValidator(100)],
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields[f"questions_{viewpoint}"] = forms.CharField(
                label=_("Questions"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @property
    def viewpoints(self) -> list[tuple[str, Any, Any]]:
        """The viewpoints with their weight and their questions."""
        return [
            (str(one.label), self[f"weight_{one}"], self[f"questions_{one}"]) for one in Viewpoint
        ]

    def clean_levels(self) -> list[tuple[int, str]]:
        levels = []
        for line in _lines(self.cleaned_data["levels"]):
            least, _space, words = line.partition(" ")
            if not (least.isdecimal() and int(least) <= 100 and words.strip()):
                raise forms.ValidationError(
                    _("This line begins with no number of 0 to 100: %(line)s") % {"line": line[:40]}
                )
            levels.append((int(least), words.strip()))
        return levels

    def clean_signatories(self) -> list[str]:
        return _lines(self.cleaned_data["signatories"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["weights"] = {
            viewpoint.value: given[f"weight_{viewpoint}"]
            for viewpoint in Viewpoint
            if given.get(f"weight_{viewpoint}")
        }
        given["questions"] = [
            asking
            for viewpoint in Viewpoint
            for asking in self._askings(viewpoint, given.get(f"questions_{viewpoint}", ""))
        ]
        return given

    def _askings(self, viewpoint: Viewpoint, text: str) -> list[Asking]:
        found = []
        for line in _lines(text):
            question, _colon, steps = line.replace(":", "：").partition("：")
            words = [step.strip() for step in steps.replace("／", "/").split("/") if step.strip()]
            if len(question) > 80 or not words:
                self.add_error(
                    f"questions_{viewpoint}",
                    _now("Write this line as “question: step / step / step”: %(line)s")
                    % {"line": line[:40]},
                )
            found.append(Asking(viewpoint.value, question.strip(), words))
        return found


def written(template: Template) -> dict[str, Any]:
    """Return a version as the form shows it, to begin the next one with."""
    questions: dict[str, list[str]] = {}
    for question in template.questions.order_by("number"):
        line = f"{question.text}：{' / '.join(question.steps)}"
        questions.setdefault(question.viewpoint, []).append(line)
    return {
        "name": template.name,
        "opens": template.opens,
        "days": template.days,
        "asks_public": template.asks_public,
        "levels": "\n".join(f"{least} {words}" for least, words in template.levels),
        "signatories": "\n".join(template.signatories),
        **{f"weight_{row.viewpoint}": row.weight for row in template.weights.all()},
        **{f"questions_{name}": "\n".join(lines) for name, lines in questions.items()},
    }
