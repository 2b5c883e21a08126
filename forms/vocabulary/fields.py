"""Fields: the keys of every field, the field types with their own keys, and the records inside fields."""

from collections.abc import Mapping

from forms.vocabulary.table import FieldType, Key, key_table, kind

FIELD = kind(
    "FIELD",
    "field",
    """
    id          | identifier                     | yes |       | Name in expressions.
    type        | string                         | yes |       | Kind of field.
    label       | text                           |     |       | Question.
    help        | text                           |     |       | Help text.
    placeholder | text                           |     |       | Grey example.
    required    | boolean or condition           |     | false | Must be answered.
    default     | value                          |     |       | Starts with this; follows its sources until the user types.
    from        | path                           |     |       | Starts with this attribute of the target.
    when        | condition                      |     |       | Only asked then. A field that is not asked has no value.
    readonly    | boolean or condition           |     | false | Shown, not editable.
    validate    | condition or list of [CHECK]   |     |       | Rules; `value` is this answer.
    message     | text                           |     |       | Text for a one-line validate.
    sensitive   | boolean                        |     | false | Masked in lists and logs.
    width       | one of full, half, third       |     | full  | Width.
    """,
)

RECORDS_OF_FIELDS = (
    kind(
        "SECTION",
        "section",
        """
        section | text            | yes | | Heading.
        id      | identifier      |     | | Name for forms based on this one, and for translations.
        help    | text            |     | | Text under the heading.
        when    | condition       |     | | Only shown then; applies to everything inside.
        fields  | list of [FIELD] | yes | | Questions.
        """,
    ),
    kind(
        "USE",
        "use of a fragment",
        """
        use | name | yes | | Fragment whose fields stand here, fragments/<name>.fields.yaml.
        """,
    ),
    kind(
        "OPTIONS",
        "options record",
        """
        list    | name           | |       | Shared list.
        lookup  | string         | |       | Named search.
        with    | map to value   | |       | Arguments of the search.
        value   | string         | | value | Column that is stored.
        label   | text           | |       | Text per row, with $(row.…).
        columns | list of string | |       | Columns shown.
        search  | boolean        | | false | Type to search.
        where   | condition      | |       | Only rows for which this is true.
        """,
    ),
    kind(
        "OPTION",
        "option",
        """
        value | string    | yes | | Stored.
        label | text      | yes | | Shown.
        help  | text      |     | | Help.
        when  | condition |     | | Only offered then.
        """,
    ),
    kind(
        "UNIQUE",
        "uniqueness rule",
        """
        in         | list of string        | yes |        | Where it must be unique, as connector.object.attribute.
        compare    | value                 |     |        | Text that is looked up; the value itself when absent.
        max_length | integer               |     |        | Including the number.
        when_taken | one of number, refuse |     | refuse | Add a number or refuse.
        start      | integer               |     | 2      | First number.
        max        | integer               |     | 99     | Last number.
        try        | list of value         |     |        | Other patterns, before numbering.
        """,
    ),
    kind(
        "SOURCE",
        "source of a table",
        """
        lookup | string       | yes | | Named search.
        with   | map to value |     | | Arguments of the search.
        """,
    ),
)

# Own keys of field types; a type lists those it has.
_OWN: Mapping[str, Key] = key_table(
    """
    min_length   | integer                         | |       | Fewest characters.
    max_length   | integer                         | |       | Most characters.
    pattern      | pattern                         | |       | Pattern the whole answer must match.
    pattern_help | text                            | |       | What the pattern asks for, in words.
    unique       | [UNIQUE]                        | |       | Must not be in use yet.
    rows         | integer                         | | 3     | Height in lines.
    domains      | list of string                  | |       | Mail domains that are accepted.
    region       | string                          | |       | Country of numbers written without +, such as NL.
    min          | value                           | |       | Smallest value.
    max          | value                           | |       | Largest value.
    step         | value                           | |       | Distance between values.
    integer      | boolean                         | | false | Whole numbers only.
    unit         | string                          | |       | Unit behind the number.
    style        | one of radio, list              | |       | radio shows all options at once, list opens them.
    options      | [OPTIONS] or list of [OPTION]   | |       | What may be chosen.
    allow_other  | boolean                         | | false | Another answer may be typed.
    min_items    | integer                         | |       | Fewest answers.
    max_items    | integer                         | |       | Most answers.
    generate     | name                            | |       | Made by this password policy, never typed.
    policy       | name                            | |       | Typed, and checked against this password policy.
    repeat       | boolean                         | | true  | Typed twice.
    within       | list of name                    | |       | Resource sets to pick from.
    except       | list of name                    | |       | Resource sets that are refused.
    lookup       | string                          | |       | Named search to pick from.
    with         | map to value                    | |       | Arguments of the search.
    columns      | list of string                  | |       | Columns shown.
    multiple     | boolean                         | | false | Several may be picked.
    of           | value                           | |       | Person or group whose memberships change.
    keep         | list of string                  | |       | Names that are shown but never removed.
    max_changes  | integer                         | |       | Most changes.
    source       | [SOURCE]                        | |       | Where the rows come from.
    select       | one of none, one, many          | | none  | Whether rows may be picked.
    fields       | list of [FIELD]                 | |       | Questions of each row.
    min_rows     | integer                         | |       | Fewest rows.
    max_rows     | integer                         | |       | Most rows.
    unique_by    | list of identifier              | |       | No two rows alike in these.
    accept       | list of string                  | |       | Kinds of file: jpg, png, pdf or txt, or their media types.
    max_size     | integer                         | | 1048576 | Largest file, in bytes; at most 4194304.
    text         | text                            | |       | Text to read; Markdown.
    tone         | one of info, warning, success   | | info  | Colour.
    value        | value                           | |       | What it is worked out from.
    show         | boolean                         | | false | Displayed.
    """
)

_CSV_COLUMNS = Key("columns", "list of [FIELD]", True, "", "Questions answered by the columns of the file.")

_TEXT = "min_length max_length pattern pattern_help unique"
_PICKER = "within except lookup with columns multiple"


def _needed(keys: str) -> tuple[str, ...]:
    return tuple(word.rstrip("*") for word in keys.split() if word.endswith("*"))


FIELD_TYPES: Mapping[str, FieldType] = {
    name: FieldType(name, meaning, json, type_, tuple(keys.replace("*", "").split()), _needed(keys))
    for name, meaning, json, type_, keys in (
        ("text", "one line", "string", "text", _TEXT),
        ("multiline", "several lines", "string", "text", f"{_TEXT} rows"),
        ("email", "mail address", "string", "text", "domains unique"),
        ("phone", "phone number, stored as +31…", "string, E.164", "text", "region"),
        ("number", "number", "number or integer", "number", "min max step integer unit"),
        ("boolean", "yes or no; never empty", "boolean, never null", "bool", ""),
        ("choice", "one of", "string", "choice", "options* style allow_other"),
        ("choices", "some of", "array of strings", "list:choice", "options* min_items max_items"),
        ("date", "date", "string YYYY-MM-DD", "date", "min max"),
        ("datetime", "date and time", "string RFC 3339 with offset", "datetime", "min max"),
        (
            "password",
            "secret, made or typed",
            "string, write-only; absent when made",
            "secret",
            "generate policy repeat",
        ),
        ("user", "person picker", "string: object id, or array", "user", _PICKER),
        ("group", "group picker", "string: object id, or array", "group", _PICKER),
        ("ou", "unit picker", "string: object id, or array", "ou", _PICKER),
        ("computer", "computer picker", "string: object id, or array", "computer", _PICKER),
        ("mailbox", "mailbox picker", "string: object id, or array", "mailbox", _PICKER),
        (
            "membership",
            "dual list; the answer is what to add and what to remove",
            "{add: [id…], remove: [id…]}",
            "delta",
            f"{_PICKER} of* options keep max_changes",
        ),
        (
            "table",
            "rows to look at or pick from",
            "ids of the picked rows",
            "list:row",
            "source* columns select min_items max_items",
        ),
        ("rows", "repeatable group of fields", "array of objects", "list:row", "min_rows max_rows unique_by fields*"),
        ("file", "one file, kept until the form is done", "string: upload token", "file", "accept max_size"),
        ("csv", "CSV upload, checked row by row", "array of objects", "list:row", "max_rows unique_by columns*"),
        ("note", "text to read", "–", "null", "tone text*"),
        ("computed", "worked out, never typed; hidden unless shown", "not submitted", "any", "value* show unique"),
    )
}

ALIASES: Mapping[str, str] = {
    alias: name
    for name, aliases in (
        ("text", "string textfield text_field input line shorttext short_text str"),
        ("multiline", "textarea text_area longtext long_text paragraph memo"),
        ("email", "mail e-mail mailaddress"),
        ("phone", "tel telephone mobile phonenumber"),
        ("number", "integer int float decimal numeric spinner"),
        ("boolean", "bool checkbox toggle switch yesno yes_no"),
        ("choice", "dropdown select radio radiobuttons combobox enum list singleselect"),
        ("choices", "multiselect multi_select checkboxes checklist multichoice tags"),
        ("date", "datepicker day calendar"),
        ("datetime", "timestamp date_time datetimepicker"),
        ("password", "secret passwd credential"),
        ("user", "person people employee account userpicker"),
        ("group", "grouppicker adgroup"),
        ("ou", "container unit organizational_unit organisation_unit"),
        ("membership", "duallist dual_list shuttle memberships groupmembership"),
        ("table", "grid datagrid data_table report"),
        ("rows", "repeat repeater editgrid subform array"),
        ("file", "upload attachment"),
        ("note", "markdown html label info paragraph_text static message display"),
        ("computed", "calculated calculation hidden formula expression"),
    )
    for alias in aliases.split()
}


def keys_of(type_: str) -> Mapping[str, Key]:
    """Return every key a field of this type may have, in canonical order; raises `KeyError` for an unknown type."""
    field_type = FIELD_TYPES[type_]
    own = {name: _own_key(field_type, name) for name in field_type.keys}
    common = {name: key for name, key in FIELD.keys.items() if name != "width"}
    return {**common, **own, "width": FIELD.keys["width"]}


def _own_key(field_type: FieldType, name: str) -> Key:
    key = _OWN[name] if (field_type.name, name) != ("csv", "columns") else _CSV_COLUMNS
    return Key(name, key.kind, needed=name in field_type.needed, default=key.default, meaning=key.meaning)
