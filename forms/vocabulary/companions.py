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

ACCESS = (
    kind(
        "ACCESS",
        "access file",
        """
        format         | one of access/1         | yes | | Language and version of this file.
        roles          | list of [ROLE]          |     | | Named sets of permissions.
        resource_sets  | list of [RESOURCE_SET]  |     | | Named sets of things.
        protected      | name or list of name    |     | | Sets no binding reaches.
        bindings       | list of [BINDING]       |     | | Who has which role on what.
        standard_roles | list of [STANDARD_ROLE] |     | | Who has a role that ships with the product.
        tests          | list of [ACCESS_TEST]   |     | | Who may and may not do what, tried by deskhand test.
        """,
        open=True,
    ),
    kind(
        "ROLE",
        "role",
        """
        id          | name           | yes | | Name.
        title       | string         |     | | What it is, in words.
        includes    | name or list of name     | | | Roles whose permissions are added.
        permissions | string or list of string | | | Permissions.
        holders     | one of protected, ordinary | | | Who may change accounts that hold the role: those who hold as much, or whoever may change other people too. Left out, it is protected where it reaches more than what belongs to the holder, as the own department.
        covers      | name or list of name     | | | Roles whose holders may be helped with this one, although it does not give the same.
        """,
    ),
    kind(
        "RESOURCE_SET",
        "resource set",
        """
        id        | name             | yes | | Name.
        title     | string           |     | | What it is, in words.
        resources | list of [RESOURCE] | yes | | What is in it; entries add up.
        except    | list of [RESOURCE] |     | | What is taken away again.
        """,
    ),
    kind(
        "RESOURCE",
        "resource",
        """
        users        | [SELECTED] or one of all           | | | People.
        groups       | [SELECTED_GROUPS] or one of all    | | | Groups.
        computers    | [SELECTED] or one of all           | | | Computers.
        contacts     | [SELECTED_BY_PLACE] or one of all  | | | Mail contacts.
        mailboxes    | [SELECTED_MAILBOXES] or one of all | | | Mailboxes.
        lists        | [SELECTED_LISTS] or one of all     | | | Distribution lists.
        ous          | [SELECTED_BY_PLACE] or one of all  | | | Units.
        mail_domains | [SELECTED_BY_NAME] or one of all   | | | Domains that addresses are made in.
        forms        | [SELECTED_BY_NAME] or one of all   | | | Forms.
        """,
    ),
    kind(
        "SELECTED",
        "selection of people or computers",
        """
        under    | string                   | | | A unit: what stands in it, at any depth.
        in_group | string                   | | | A group: its members, never the group itself.
        nested   | boolean                  | | true | Members through other groups too.
        id       | string or list of string | | | These by name; for people also $(actor.id), whoever asks.
        match    | map to anything          | | | Attributes with their value, also $(actor.department).
        """,
    ),
    kind(
        "SELECTED_GROUPS",
        "selection of groups",
        """
        under    | string                   | | | A unit: what stands in it, at any depth.
        in_group | string                   | | | A group: the groups that are members of it.
        nested   | boolean                  | | true | Members through other groups too.
        id       | string or list of string | | | These by name.
        match    | map to anything          | | | Attributes with their value, also one of the actor.
        in_list  | string                   | | | A shared list: the groups named in its columns of groups.
        """,
    ),
    kind(
        "SELECTED_BY_PLACE",
        "selection of units or contacts",
        """
        under | string                   | | | A unit: what stands in it, at any depth; a unit is in itself.
        id    | string or list of string | | | These by name.
        match | map to anything          | | | Attributes with their value, also one of the actor.
        """,
    ),
    kind(
        "SELECTED_MAILBOXES",
        "selection of mailboxes",
        """
        in_group | string                         | | | A group: mailboxes whose owner is a member.
        nested   | boolean                        | | true | Members through other groups too.
        id       | string or list of string       | | | These by address.
        match    | map to anything                | | | Attributes with their value, also one of the actor.
        kind     | one of personal, shared, room  | | | What the mailbox is for.
        """,
    ),
    kind(
        "SELECTED_LISTS",
        "selection of distribution lists",
        """
        id    | string or list of string | | | These by address.
        match | map to anything          | | | Attributes with their value, also one of the actor.
        """,
    ),
    kind(
        "SELECTED_BY_NAME",
        "selection of mail domains or forms",
        """
        id | string or list of string | | | These by name.
        """,
    ),
    kind(
        "BINDING",
        "binding",
        """
        id         | name             | yes | | Name.
        principals | list of anything | yes | | People, groups, clients, or everyone.
        role       | name             | yes | | Role.
        on         | name or list of name | | | Resource sets.
        forms      | name or list of name | | | Only inside these forms.
        from       | string           |     | | First day.
        until      | string           |     | | Last day.
        """,
    ),
    kind(
        "STANDARD_ROLE",
        "assignment of a standard role",
        """
        role       | string           | yes | | Name of the role.
        principals | list of anything | yes | | People, groups, clients, or everyone.
        targets    | list of [TARGETED] or one of everything | yes | | What the role reaches, written out.
        from       | string           |     | | First day.
        until      | string           |     | | Last day.
        """,
    ),
    kind(
        "TARGETED",
        "target of a standard role",
        """
        group | string | | | A group: it, and the people and computers in it.
        unit  | string | | | A unit: it, the units below it, and the people and computers there.
        list  | string | | | A shared list: the groups that come with its products.
        form  | string | | | A form.
        """,
    ),
    kind(
        "ACCESS_TEST",
        "test of the access file",
        """
        name    | string                   |     | | What it shows.
        who     | anything                 | yes | | A login, a client, or everyone (somebody who was given nothing else).
        may     | string or list of string |     | | Permissions this one has.
        may_not | string or list of string |     | | Permissions this one has not.
        on      | [ACCESS_TEST_THING]      |     | | The thing it is about; left out when it is about the installation.
        form    | name                     |     | | Inside this form; left out, outside every form.
        on_day  | string                   |     | | The day, when not that of the fixture.
        fixture | name                     |     | | Company the test runs against, when not the first beside the access file.
        """,
    ),
    kind(
        "ACCESS_TEST_THING",
        "thing of a test",
        """
        user        | string | | | A person, by login or name.
        group       | string | | | A group, by name.
        computer    | string | | | A computer, by name.
        contact     | string | | | A mail contact, by name.
        mailbox     | string | | | A mailbox, by address or name.
        list        | string | | | A distribution list, by address or name.
        ou          | string | | | A unit, by name.
        mail_domain | string | | | A mail domain.
        form        | string | | | A form, by id.
        """,
    ),
)
