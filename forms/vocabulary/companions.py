"""The records of the files that stand beside the forms."""

from forms.vocabulary.table import kind

COMPANIONS = (
    kind(
        "SETTINGS",
        "settings file",
        """
        format               | one of settings/1            | yes |     | Language and version of this file.
        languages            | list of string               |     | en  | Languages of the texts; the first has to be there.
        timezone             | string                       |     | UTC | Name of the organisation's time zone.
        org                  | map to string                |     |     | Constants for forms, as org.<name>.
        password_policies    | map to [PASSWORD_POLICY]     |     |     | How passwords are made or checked.
        reserved_logins      | list of string               |     |     | Logins nobody gets.
        default_verification | name                         |     |     | Policy proposed to authors.
        """,
        open=True,
    ),
    kind(
        "PASSWORD_POLICY",
        "password policy",
        """
        kind      | one of words, random | yes |    | How it is made.
        words     | integer              |     | 3  | Number of words.
        digits    | integer              |     | 2  | Number of digits behind the words.
        separator | string               |     | -  | Between the words.
        length    | integer              |     | 20 | Number of characters.
        without   | string               |     |    | Characters that are not used.
        """,
    ),
    kind(
        "LOOKUPS",
        "lookups file",
        """
        format  | one of lookups/1 | yes | | Language and version of this file.
        lookups | list of [LOOKUP] | yes | | Named searches.
        """,
        open=True,
    ),
    kind(
        "LOOKUP",
        "search",
        """
        id        | name                  | yes |           | Name.
        title     | string                |     |           | What it finds, in words.
        connector | one of directory, mailbox |  | directory | System that is searched.
        find      | one of user, group, ou, computer, contact, mailbox, mail_list | yes | | Kind of object.
        in        | list of name          |     |           | Resource sets.
        takes     | map to [TAKES]        |     |           | Arguments.
        where     | map to value          |     |           | All of it must hold: attributes, in_group, under, any, not.
        search    | list of string        |     |           | Attributes the typed words are looked for in.
        sort      | string                |     |           | Attribute to sort by; with a minus, the last first.
        limit     | integer               |     | 200       | Most rows at once, at most 1000.
        """,
    ),
    kind(
        "TAKES",
        "argument of a search",
        """
        type     | string  | yes |       | Type of the value.
        required | boolean |     | false | Not searched while this is empty.
        """,
    ),
    kind(
        "LIST",
        "list file",
        """
        format  | one of list/1                | yes | | Language and version of this file.
        id      | name                         | yes | | Name; same as the file name.
        title   | string                       |     | | What it lists, in words.
        columns | list of [COLUMN]             | yes | | Columns, with value first.
        rows    | list of map to anything      | yes | | Rows.
        """,
        open=True,
    ),
    kind(
        "COLUMN",
        "column",
        """
        id     | identifier | yes |       | Name in expressions.
        type   | string     | yes |       | Type of its values.
        unique | boolean    |     | false | No value twice.
        unit   | string     |     |       | Unit.
        """,
    ),
    kind(
        "FIELDS",
        "fields file",
        """
        format | one of fields/1 | yes | | Language and version of this file.
        fields | list of [FIELD] | yes | | Questions that several forms use.
        """,
        open=True,
    ),
    kind(
        "TEXTS",
        "texts file",
        """
        format | one of texts/1 | yes | | Language and version of this file; every other key names a text of the form.
        """,
        open=True,
    ),
    kind(
        "VERIFICATION",
        "verification file",
        """
        format       | one of verification/1 | yes | | Language and version of this file.
        policies     | list of [POLICY]      | yes | | What a form may ask for.
        methods      | list of [METHOD]      | yes | | Ways to check a caller.
        not_a_method | list of string        |     | | Facts that never count.
        """,
        open=True,
    ),
    kind(
        "POLICY",
        "verification policy",
        """
        id        | name         | yes |     | Name.
        title     | text         | yes |     | What it is, in words.
        need      | integer      | yes |     | How many methods.
        methods   | list of name | yes |     | Methods that count.
        attempts  | integer      |     | 3   | How often it may be tried.
        valid_for | duration     |     | 10m | How long it lasts.
        """,
    ),
    kind(
        "METHOD",
        "method",
        """
        id    | name         | yes | | Name.
        kind  | name         | yes | | checklist, one_time_code, push or confirm_by.
        title | text         | yes | | What the agent sees.
        to    | value        |     | | Where a code is sent.
        who   | value        |     | | Who is asked.
        ask   | list of text |     | | Boxes of a checklist.
        """,
    ),
    kind(
        "FIXTURE",
        "fixture file",
        """
        format    | one of fixture/1        | yes | | Language and version of this file.
        id        | name                    | yes | | Name.
        today     | string                  | yes | | The date on which the tests run.
        actor     | string                  | yes | | Who fills the forms in.
        users     | list of map to anything |     | | People.
        groups    | list of map to anything |     | | Groups.
        units     | list of map to anything |     | | Units.
        computers | list of map to anything |     | | Computers.
        contacts  | list of map to anything |     | | Mail contacts.
        mailboxes | list of map to anything |     | | Mailboxes.
        """,
        open=True,
    ),
)
