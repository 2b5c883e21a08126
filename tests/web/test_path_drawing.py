"""Pictures of paths: every word is there, inside its box, and boxes and arrows follow each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.delegation.graphs.pages import PathNode, PathPicture, PathStep
from runner.web.path_drawing import Box, Drawing, across, down, measured, wrapped


def path(*labels: str, verb: str = "can reset the password of") -> PathPicture:
    nodes = tuple(PathNode(f"n{n}", "DH_User", "person", label) for n, label in enumerate(labels))
    return PathPicture(nodes, tuple(PathStep("DH_CanResetPassword", verb, "…") for _ in labels[1:]))


def overlap(one: Box, other: Box) -> bool:
    across_ = one.x < other.x + other.width and other.x < one.x + one.width
    return across_ and one.y < other.y + other.height and other.y < one.y + one.height


def fits(drawing: Drawing) -> bool:
    return all(
        box.x >= 0 and box.x + box.width <= drawing.width and box.y >= 0 and box.y + box.height <= drawing.height
        for box in drawing.boxes
    )


@pytest.mark.parametrize("draw", [across, down])
@pytest.mark.parametrize("length", [1, 2, 4, 5, 9])
def test_boxes_stay_apart_and_inside_however_long_the_path_is(draw: object, length: int) -> None:
    drawing = draw(path(*("A person with quite a long name" for _ in range(length))))  # type: ignore[operator]
    assert len(drawing.boxes) == length
    assert len(drawing.arrows) == length - 1
    assert fits(drawing)
    boxes = drawing.boxes
    assert not any(overlap(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :])


def test_across_goes_from_left_to_right_and_on_below_the_other_way() -> None:
    boxes = across(path(*"abcdef")).boxes
    assert [box.x for box in boxes[:4]] == sorted(box.x for box in boxes[:4])
    assert boxes[4].x == boxes[3].x
    assert boxes[4].y > boxes[3].y
    assert boxes[5].x < boxes[4].x


def test_down_goes_down_and_is_narrow() -> None:
    drawing = down(path("a", "b", "c"))
    assert drawing.width <= 340
    assert [box.y for box in drawing.boxes] == sorted(box.y for box in drawing.boxes)


def test_long_words_are_cut_where_names_have_joints() -> None:
    lines = wrapped("desk-rotterdam/group:SD-Rotterdam/assignable-groups", 128, 7.6)
    assert "".join(lines) == "desk-rotterdam/group:SD-Rotterdam/assignable-groups"
    assert all(line[-1] in "-/:" for line in lines[:-1])


@given(st.text(max_size=120), st.integers(60, 300))
def test_lines_are_as_wide_as_there_is_room_and_say_what_was_said(text: str, width: int) -> None:
    lines = wrapped(text, width, 7.6)
    assert len(lines) <= 6
    assert all(measured(line, 7.6) <= width + 7.6 for line in lines)
    said, wanted = "".join(lines).replace(" ", "").rstrip("…"), "".join(text.split())
    assert wanted.startswith(said)
    assert said == wanted or lines[-1].endswith("…")
