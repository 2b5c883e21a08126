"""Work out the type of every node, and refuse what can never be right. Pure.

The tree that comes back is the same one with what evaluation needs from the types: the kind of object an attribute is
read from, and whether a sum of day and span is a day or a moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from forms.errors import ExpressionError
from forms.expressions.functions import FUNCTIONS, Function, Parameter
from forms.expressions.kinds import (
    attributes_of,
    called,
    common,
    is_loose,
    is_object,
    is_text,
    item_of,
)
from forms.expressions.operators import comparison_type, sum_type
from forms.expressions.printing import secret_error
from forms.expressions.syntax import (
    Attribute,
    Binary,
    Call,
    Items,
    Literal,
    Logic,
    Name,
    Node,
    Unary,
    start_of,
)
from forms.expressions.text_functions import moment_parts, number_format
from forms.values import ANY, BOOL, DURATION, NULL, NUMBER, TEXT, Duration, Type, list_of

Names = Mapping[str, Type]
_PLACES = {
    "item": "It is known in an operation with  for_each: … , as one element of that list.",
    "row": "It is known in the  label  and  where  of options, as one of them.",
    "value": "It is known under  validate: , as the answer that is judged.",
    "steps": "It is known in operations, for those above, and in  result  and  notify .",
    "run": "It is known in  result  and  notify .",
    "target": "The form has no target: write  target: { type: user } .",
}
_ELSEWHERE = {"yes": "true", "no": "false", "True": "true", "False": "false", "None": "null", "empty": "null"}


def inferred(node: Node, names: Names) -> tuple[Node, Type]:
    """Return ``node`` with its type.

    Raises `ExpressionError`: E210 unknown name, E211 unknown attribute, E212 unknown function, E213 wrong arguments,
    E214 types that do not go together, E216 and E217 for patterns, E230 for a secret that something is done with.
    """
    match node:
        case Literal(value):
            return node, _constant_type(value)
        case Name(name, offset):
            return node, _name_type(name, offset, names)
        case Attribute():
            return _attribute(node, names)
        case Call():
            return _call(node, names)
        case Items():
            return _items(node, names)
        case Unary():
            return _unary(node, names)
        case Logic(operator, operands):
            done = tuple(_yes_no(operand, operator, names) for operand in operands)
            return replace(node, operands=done), BOOL
        case Binary():
            return _binary(node, names)


def _open(node: Node, names: Names) -> tuple[Node, Type]:
    """Work out a node that something is done with, which a secret may not be."""
    done, type_ = inferred(node, names)
    if type_.name == "secret" or (type_.name == "list" and item_of(type_).name == "secret"):
        raise secret_error(start_of(node))
    return done, type_


def _constant_type(value: object) -> Type:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, str):
        return TEXT
    return DURATION if isinstance(value, Duration) else NUMBER


def _name_type(name: str, offset: int, names: Names) -> Type:
    if name in names and names[name].name == "table":
        message = f'nothing is picked in the table "{name}", so nothing can be done with it'
        fix = "Add  select: one  or  select: many  to it; what it shows can be counted in conditions and texts only."
        raise ExpressionError(message, code="E210", offset=offset, fix=fix)
    if name in names:
        return names[name]
    if name in FUNCTIONS and name != "empty":
        fix = f"It is a function: write  {FUNCTIONS[name].signature} ."
    elif name in _ELSEWHERE:
        fix = f"Write  {_ELSEWHERE[name]} ."
    else:
        fix = _meant(name, names) or _elsewhere(name, names)
    raise ExpressionError(f'there is no field or value called "{name}"', code="E210", offset=offset, fix=fix)


def _elsewhere(name: str, names: Names) -> str:
    """Say where a name would be known: in the rows of a field, or in an operation that is done for each of them."""
    if name in _PLACES:
        return _PLACES[name]
    for field, type_ in names.items():
        columns = attributes_of(item_of(type_)) if type_.name == "list" and item_of(type_).name == "row" else None
        if columns and name in columns:
            return f"Each row of {field} has it: write  {field}.{name} , or  item.{name}  with  for_each: $({field}) ."
    return ""


def _meant(name: str, known: Iterable[str]) -> str:
    choices = sorted(known)
    by_case = [each for each in choices if each.lower() == name.lower()]
    close = by_case or get_close_matches(name, choices, 1, 0.6)
    return f'Did you mean "{close[0]}"?' if close else ""


def _attribute(node: Attribute, names: Names) -> tuple[Node, Type]:
    subject, type_ = _open(node.subject, names)
    several = type_.name == "list"
    one = item_of(type_) if several else type_
    found = _attribute_type(node, one)
    kind = one.name if is_object(one) else ""
    done = replace(node, subject=subject, kind=kind)
    if not several:
        return done, found
    return done, found if found.name == "list" else list_of(found)


def _attribute_type(node: Attribute, type_: Type) -> Type:
    attributes = attributes_of(type_)
    if attributes is None:
        return ANY
    if node.name in attributes:
        return attributes[node.name]
    subject = called(type_)
    if type_.name == "row" and isinstance(node.subject, Name | Attribute):
        subject = f'"{node.subject.name}"'
    if isinstance(node.subject, Name) and node.subject.name == "steps":
        above = f"Above it: {', '.join(attributes)}." if attributes else "It is the first one."
        message = f'there is no operation "{node.name}" above this one'
        raise ExpressionError(message, code="E211", offset=node.offset, fix=_meant(node.name, attributes) or above)
    if not attributes:
        message = f'{subject} has no attributes, so no "{node.name}"'
        raise ExpressionError(message, code="E211", offset=node.offset)
    fix = _meant(node.name, attributes) or f"It has: {', '.join(sorted(attributes)[:12])}."
    raise ExpressionError(f'{subject} has no "{node.name}"', code="E211", offset=node.offset, fix=fix)


def _items(node: Items, names: Names) -> tuple[Node, Type]:
    done = [_open(item, names) for item in node.items]
    item = common([type_ for _, type_ in done]) or ANY
    return replace(node, items=tuple(each for each, _ in done)), list_of(item)


def _unary(node: Unary, names: Names) -> tuple[Node, Type]:
    if node.operator == "not":
        return replace(node, operand=_yes_no(node.operand, "not", names)), BOOL
    operand, type_ = _open(node.operand, names)
    if not is_loose(type_) and type_.name not in ("number", "duration"):
        message = f'"-" needs a number or a span of time, this is {called(type_)}'
        raise ExpressionError(message, code="E214", offset=node.offset)
    return replace(node, operand=operand), type_


def _yes_no(node: Node, operator: str, names: Names) -> Node:
    done, type_ = _open(node, names)
    if type_.name != "bool" and not is_loose(type_):
        message = f'"{operator}" joins yes/no values, this is {called(type_)}'
        if operator == "not":
            message = f'"not" needs a yes/no value, this is {called(type_)}'
        raise ExpressionError(message, code="E214", offset=start_of(node), fix="Compare it, or use answered(…).")
    return done


def _binary(node: Binary, names: Names) -> tuple[Node, Type]:
    left, left_type = _open(node.left, names)
    right, right_type = _open(node.right, names)
    done = replace(node, left=left, right=right)
    if node.operator not in ("+", "-", "*", "/"):
        return done, comparison_type(done, left_type, right_type)
    type_ = sum_type(done, left_type, right_type)
    gives = type_.name if type_.name in ("date", "datetime") else ""
    return replace(done, gives=gives), type_


# --- calls ----------------------------------------------------------------------------------------------------------


def _call(node: Call, names: Names) -> tuple[Node, Type]:
    function = FUNCTIONS.get(node.function)
    if function is None:
        fix = _meant(node.function, FUNCTIONS)
        if node.function in names:
            fix = f'"{node.function}" is a value: write it without brackets.'
        raise ExpressionError(f'there is no function "{node.function}"', code="E212", offset=node.offset, fix=fix)
    _check_count(node, function)
    done = [_open(argument, names) for argument in node.arguments]
    for place, (argument, type_) in enumerate(done):
        _check_argument(argument, type_, function, place)
    result = function.result([type_ for _, type_ in done])
    if result is None:
        message = f'the values of "{function.name}" are of different kinds'
        raise ExpressionError(message, code="E214", offset=node.offset, fix=f"Example:  {function.example}")
    _check_pattern(node, done[0][1] if done else ANY)
    return replace(node, arguments=tuple(argument for argument, _ in done)), result


def _check_count(node: Call, function: Function) -> None:
    count = len(node.arguments)
    if function.takes(count):
        return
    fix = f"Write  {function.signature} ."
    expected = "no arguments" if function.most == 0 else f"{'more' if count < function.least else 'fewer'} arguments"
    raise ExpressionError(f'"{function.name}" needs {expected}', code="E213", offset=node.offset, fix=fix)


def _check_argument(node: Node, type_: Type, function: Function, place: int) -> None:
    parameter = function.parameters[min(place, len(function.parameters) - 1)]
    if not _fits(type_, parameter.accepts):
        _refuse_argument(node, type_, function, parameter)
    elif type_.name == "list" and not _fits(item_of(type_), (parameter.item,)):
        message = f'"{function.name}" needs a list of yes/no values, this is {type_}'
        raise ExpressionError(message, code="E213", offset=start_of(node), fix=f"Example:  {function.example}")


def _fits(type_: Type, accepts: tuple[str, ...]) -> bool:
    if is_loose(type_) or "any" in accepts or type_.name in accepts:
        return True
    return is_text(type_) and "text" in accepts


def _refuse_argument(node: Node, type_: Type, function: Function, parameter: Parameter) -> None:
    wanted = " or ".join(called(Type(name)) for name in parameter.accepts)
    fix = f"Example:  {function.example}"
    if type_.name == "delta":
        fix = f"Take one side of the change:  {function.name}(….add)  or  {function.name}(….remove) ."
    elif type_.name == "list" and "text" in parameter.accepts:
        fix = 'Make one text of the list first:  join(…, ", ") .'
    message = f'"{function.name}" needs {wanted}, this is {called(type_)}'
    raise ExpressionError(message, code="E213", offset=start_of(node), fix=fix)


def _check_pattern(node: Call, type_: Type) -> None:
    if node.function != "format" or not isinstance(node.arguments[1], Literal):
        return
    pattern = str(node.arguments[1].value)
    try:
        if type_.name == "number":
            number_format(pattern)
        elif not is_loose(type_):
            moment_parts(pattern)
    except ExpressionError as error:
        error.offset = node.arguments[1].offset
        raise
