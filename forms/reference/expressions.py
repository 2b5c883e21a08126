"""The page of the reference about expressions. Pure."""

from forms.expressions import FUNCTIONS
from forms.reference.markdown import code, table

_TOP = """# Expressions

Two rules. Keys that ask for yes or no (`when`, `required`, `readonly`, `check`, `validate`, `only_if`, `where`) hold a bare
condition: `has_end and end_date > today()`. Every other value is literal text in which `$( … )` is filled in:
`Hello $(target.first_name)`. A value that is nothing but one `$( … )` passes what is inside with its type: a list stays a list,
a date a date. A literal `$(` is written `$$(`.

## Names

| name | what it is |
|---|---|
| a field's id | its answer; `null` while it is not answered or not asked |
| `target` | what the form is about, with its attributes: `target.department`, `target.manager.mail` |
| `actor` | who fills the form in |
| `request` | `ticket`, `reason`, `channel`, `created_at` |
| `org` | the constants of `settings.yaml` |
| `value` | the answer itself, inside `validate` |
| `row` | the row of a list or a search, in labels and `where` of options |
| `item` | the element, inside `for_each` |
| `steps` | what an operation further up gave: `steps.create.user` |
| `run` | `id`, `outcome`, `finished_at`, in messages after the run |

## Operators

| written | means |
|---|---|
| `and`, `or`, `not` | yes and no |
| `==`, `!=` | equal or not, of like types; texts exactly, objects by identity |
| `<`, `<=`, `>`, `>=` | order of numbers, dates, texts, spans |
| `in`, `not in` | whether a list, or a text, has it |
| `contains` | the same from the other side |
| `matches` | whether the whole text fits a pattern |
| `+`, `-`, `*`, `/` | numbers; texts are joined by `+`; dates and spans: `start + 30d`, `end - start` |
| `a \\| f(b)` | the same as `f(a, b)` |
| `people.mail` | a dot on a list reads the attribute of every element |

Spans are written `15min`, `2h`, `30d`, `2w`, `6mo`, `1y`; a month added to the 31st ends at the last day of the shorter month.

## Nothing

What is not answered is `null`; a yes/no field is never null. Comparing for equality works with null; `<`, `in`, `contains`
and `matches` with null are false; arithmetic and text functions with null give null; in a text, null leaves nothing behind.

## Limits

An expression has at most 500 characters and 20 levels; there are no loops, no assignments and no functions of one's own.
Patterns have no look-around, no back-references and no nested repetitions, so that none takes long.

## Functions"""


def expressions_page() -> str:
    """Return the page about expressions."""
    rows = (
        (code(each.signature), each.meaning, code(each.example), each.gives)
        for each in sorted(FUNCTIONS.values(), key=lambda one: one.name)
    )
    return f"{_TOP}\n\n{table(('function', 'gives', 'example', 'type'), rows)}\n"
