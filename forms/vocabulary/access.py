"""The records of the file that says who may do what."""

from forms.vocabulary.table import kind

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
        holders     | one of protected, ordinary | | | Who may change accounts that hold it: who holds as much, or anybody.
        covers      | name or list of name     | | | Roles whose holders are helped with this one.
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
