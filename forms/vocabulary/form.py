"""The records of a form file other than its fields."""

from forms.vocabulary.table import kind

FORM = (
    kind(
        "FORM",
        "form",
        """
        format      | one of form/1               | yes |        | Language and version of this file.
        id          | name                        | yes |        | Name of the form in addresses and logs; same as the file name.
        version     | integer                     |     | 1      | Raised by one for every published change.
        title       | text                        | yes |        | What the user sees.
        description | text                        |     |        | Explanation shown above the form; Markdown.
        category    | string                      |     |        | Heading in the list of forms.
        icon        | string                      |     |        | Name of an icon.
        tags        | list of string              |     |        | Words to search by.
        owner       | string                      |     |        | Team that looks after this form.
        status      | one of draft, live, retired |     | live   | A draft can only be previewed; a retired form stays readable in the journal.
        languages   | list of string              |     |        | Languages every text must have.
        extends     | name                        |     |        | Form this one is based on.
        locked      | list of string              |     |        | Parts that forms based on this one cannot change, such as verify or target.except.
        requires    | list of string              |     |        | Extra permissions; those of the operations are added automatically.
        target      | [TARGET]                    |     |        | Person or thing the form acts on; always the first step.
        verify      | name or [VERIFY]            |     |        | How the caller is checked.
        record      | [RECORD]                    |     |        | Ticket number and reason for the journal.
        layout      | one of single, pages        |     | single | One page, or one section at a time.
        fields      | list of [FIELD]             |     |        | Questions, in order.
        checks      | list of [CHECK]             |     |        | Rules about several fields together.
        run_at      | value                       |     |        | Moment to run; at once when absent or past.
        confirm     | [CONFIRM]                   |     |        | What happens between filling in and running.
        approval    | [APPROVAL]                  |     |        | Who must agree first.
        operations  | list of [OPERATION]         |     |        | What is done, in order; may be left out when a table is shown.
        on_error    | one of stop, undo, continue |     | stop   | What happens when an operation fails.
        notify      | list of [NOTIFY]            |     |        | Messages.
        result      | [RESULT]                    |     |        | Last page.
        limits      | [LIMITS]                    |     |        | Brakes.
        tests       | list of [TEST]              |     |        | Examples that are run by `deskhand test`.
        """,  # noqa: E501 - one row, one line
        open=True,
    ),
    kind(
        "TARGET",
        "target",
        """
        type     | one of user, group, computer, contact, mailbox, mail_list, ou | yes | | Kind of object.
        label    | text            | |       | Question.
        help     | text            | |       | Help text.
        default  | value           | |       | Chosen beforehand.
        within   | list of name    | |       | Resource sets; always also limited by what the actor may reach.
        except   | list of name    | |       | Resource sets that are refused.
        search   | list of string  | |       | Attributes searched.
        show     | list of string  | |       | Attributes shown on the card.
        columns  | list of string  | |       | Columns in the pick list.
        where    | list of [CHECK] | |       | Conditions with the message for a refusal.
        multiple | boolean         | | false | More than one.
        max      | integer         | | 50    | Most targets at once.
        """,
    ),
    kind(
        "CHECK",
        "check",
        """
        id      | identifier |     | | Name for forms based on this one, and for translations.
        check   | condition  | yes | | Must be true.
        message | text       |     | | Shown when it is not.
        at      | identifier |     | | Field the message is shown at.
        """,
    ),
    kind(
        "VERIFY",
        "caller check",
        """
        policy  | name      | yes | | Policy from verification.yaml, or none.
        when    | condition |     | | Only then.
        because | string    |     | | Reason; needed with policy none.
        """,
    ),
    kind(
        "RECORD",
        "record",
        """
        ticket         | one of required, optional, off | | optional | Ticket number.
        ticket_pattern | pattern                        | |          | Pattern of a ticket number.
        reason         | one of required, optional, off | | off      | Free text reason.
        """,
    ),
    kind(
        "CONFIRM",
        "confirmation",
        """
        plan            | one of always, when_changes, never | | always | Show what will change first.
        message         | text         | | | Text above the plan.
        type_to_confirm | value        | | | Text the user has to type.
        acknowledge     | list of text | | | Boxes to tick.
        """,
    ),
    kind(
        "APPROVAL",
        "approval",
        """
        when      | condition               | |        | Only then; always when absent.
        approvers | list of [APPROVER]      | |        | Any of these.
        need      | integer                 | | 1      | How many different people.
        stages    | list of [STAGE]         | |        | One after the other.
        expires   | duration                | | 5d     | Then the request lapses.
        on_expiry | one of reject, escalate | | reject | What happens then.
        remind    | duration                | |        | Reminder every.
        message   | text                    | |        | Shown to the approver.
        show      | list of identifier      | |        | Fields shown; all when absent.
        """,
    ),
    kind(
        "STAGE",
        "stage",
        """
        title     | text               |     |   | Name.
        when      | condition          |     |   | Only then.
        approvers | list of [APPROVER] | yes |   | Any of these.
        need      | integer            |     | 1 | How many.
        """,
    ),
    kind(
        "APPROVER",
        "approver",
        """
        user       | value  | | | This person.
        group      | string | | | Members of this directory group.
        role       | name   | | | Holders of this role for the target.
        manager_of | value  | | | The manager of.
        owner_of   | value  | | | The owner of.
        """,
    ),
    kind(
        "OPERATION",
        "operation",
        """
        id       | identifier                  | yes |      | Name; outputs are steps.<id>.…
        do       | string                      | yes |      | What is done, as connector.object.verb.
        for_each | value                       |     |      | List; each element is `item`.
        title    | text                        |     |      | Line in plan and journal.
        only_if  | condition                   |     |      | Skipped otherwise.
        if_possible | boolean                  |     | false | Left out, with what only it asks, where it cannot be done.
        with     | map to value                |     |      | Arguments.
        until    | value                       |     |      | Last day; what it changed is taken back after it. Empty: never.
        revert   | one of auto, none           |     | auto | How it is taken back.
        on_error | one of stop, undo, continue |     |      | Overrides the form.
        undo     | one of auto, none           |     | auto | Whether it may be undone.
        retry    | integer                     |     | 0    | How often it is tried again.
        note     | text                        |     |      | Text for the journal.
        """,
    ),
    kind(
        "NOTIFY",
        "notification",
        """
        id      | identifier                 |     |      | Name for forms based on this one, and for translations.
        on      | list of one of submitted, approved, rejected, expired, done, partly_done, failed, ending_soon, ended | yes | | Events.
        when    | condition                  |     |      | Only then.
        before  | duration                   |     | 7d   | For ending_soon.
        to      | list of value              | yes |      | People or addresses.
        by      | one of mail, chat, webhook |     | mail | Channel.
        subject | text                       | yes |      | Subject.
        body    | text                       |     |      | Text.
        """,  # noqa: E501 - one row, one line
    ),
    kind(
        "RESULT",
        "result",
        """
        message | text           | | | Text; Markdown.
        show    | list of [SHOW] | | | Values.
        next    | list of [NEXT] | | | Links to other forms.
        """,
    ),
    kind(
        "SHOW",
        "shown value",
        """
        id     | identifier  |     |       | Name for forms based on this one, and for translations.
        label  | text        | yes |       | Label.
        value  | value       | yes |       | Value.
        secret | one of once |     |       | Shown one time, never stored.
        copy   | boolean     |     | false | Copy button.
        """,
    ),
    kind(
        "NEXT",
        "link",
        """
        form  | name         | yes | | Form.
        label | text         |     | | Text.
        with  | map to value |     | | Values to start with.
        """,
    ),
    kind(
        "LIMITS",
        "limits record",
        """
        per_actor   | rate    | | | At most n/hour or n/day by one person.
        per_target  | rate    | | | At most n/hour or n/day on one target.
        max_changes | integer | | | Most changes in one run.
        """,
    ),
    kind(
        "TEST",
        "test",
        """
        name    | string          | yes | | What it shows.
        as      | map to string   |     | | user, role, channel.
        target  | string          |     | | Login or name in the fixture.
        fixture | name            |     | | Company the test runs against, when not the one beside the form.
        fill    | map to anything |     | | Answers.
        expect  | [EXPECT]        | yes | | Outcome.
        """,
    ),
    kind(
        "EXPECT",
        "expectation",
        """
        visible    | list of identifier       | | | Fields that are asked.
        hidden     | list of identifier       | | | Fields that are not asked.
        values     | map to anything          | | | Answers after working out.
        errors     | map to string            | | | Messages by field.
        operations | list of identifier       | | | Operations of the plan, in order.
        approval   | one of none, required    | | | Whether somebody must agree.
        refused    | string                   | | | Why the target is refused.
        changes    | map to anything          | | | Attributes with their values before and after.
        rows       | map to anything          | | | Tables, with the logins or names in them, or how many rows they have.
        """,
    ),
)
