"""A form with a ``csv`` question for the tests of files, and how a file goes through it."""

from forms.answering.csv_template import rows_of_file
from forms.answering.working_out import Worked
from forms.errors import AnswersError
from tests.forms.answering.answering_desk import Reading, situation_for, small_form, validated

FORM = small_form("""
target: { type: user }
fields:
  - id: people
    type: csv
    max_rows: 5
    unique_by: [mail]
    columns:
      - { id: name, type: text, label: { en: Full name, nl: Volledige naam }, required: true, max_length: 40,
          placeholder: Ada Example }
      - { id: mail, type: email, label: Mail }
      - { id: start_on, type: date, label: First day }
      - { id: remote, type: boolean, label: Works from home }
      - { id: boss, type: user, label: Manager, within: [staff] }
      - { id: teams, type: group, label: Teams, multiple: true }
      - { id: site, type: choice, label: Site, options: [{ value: ams, label: Amsterdam }, { value: osl, label: Oslo }] }
      - { id: days, type: choices, label: Days, options: [Mon, Tue, Wed] }
      - { id: hours, type: number, label: Hours, min: 1, max: 40 }
      - { id: phone, type: phone, label: Phone, region: NL, placeholder: +31 20 123 4567 }
      - { id: badge, type: text, label: Badge, default: none }
      - { id: meets, type: datetime, label: Meets at }
      - { id: login, type: computed, value: $(name | slug), unique: { in: [directory.user.login], when_taken: number } }
operations:
  - { id: act, do: directory.user.update, for_each: $(people), with: { user: $(target), set: { title: $(item.login) } } }
""")
PEOPLE = FORM.fields[0]


def uploaded(content: bytes | str, reading: Reading | None = None) -> Worked:
    """Return the form worked out with a file as its only answer; raises `CsvError` or `AnswersError`."""
    rows, _ = rows_of_file(PEOPLE, content.encode() if isinstance(content, str) else content)
    return validated(situation_for(FORM), {"people": rows}, reading)


def problems_of(content: bytes | str, reading: Reading | None = None) -> dict[str, str]:
    """Return what is wrong with a file whose shape is right: ``7 mail`` to the sentence."""
    try:
        uploaded(content, reading)
    except AnswersError as wrong:
        return {f"{problem.row} {problem.column}": problem.message for problem in wrong.problems}
    return {}
