"""What the pages and the command line are given: plain, finished data, already cut down to what this actor may see.

A view hands these to one template.  Texts are in the reader's language, dates still dates, nothing here is HTML: where a
text is Markdown, the web renders it with a safe renderer.  Ids are opaque.
"""

from runner.pipeline.pages.files import CsvCellView, CsvRowView, CsvTemplate, CsvView, FileView
from runner.pipeline.pages.journey import (
    AnswerLine,
    AnswersView,
    ChangeLine,
    ChoosePage,
    FillPage,
    Head,
    Journey,
    MethodView,
    NextView,
    OperationView,
    PlanPage,
    ShowView,
    SubmissionPage,
    VerifyPage,
)
from runner.pipeline.pages.lists import (
    Chip,
    DeskPage,
    Fact,
    FindPage,
    HistoryLine,
    HistoryPage,
    PersonPage,
    PickPage,
    Thing,
    Tile,
)
from runner.pipeline.pages.questions import FieldView, OptionView, Posted, SectionView
from runner.pipeline.pages.tables import CellView, ColumnView, RowView, TableFile, TableView
from runner.pipeline.pages.way_plans import WayPage
from runner.pipeline.pages.ways import KeptPart, UnclearView, Ways

__all__ = [
    "AnswerLine",
    "AnswersView",
    "CellView",
    "ChangeLine",
    "Chip",
    "ChoosePage",
    "ColumnView",
    "CsvCellView",
    "CsvRowView",
    "CsvTemplate",
    "CsvView",
    "DeskPage",
    "Fact",
    "FieldView",
    "FileView",
    "FillPage",
    "FindPage",
    "Head",
    "HistoryLine",
    "HistoryPage",
    "Journey",
    "KeptPart",
    "MethodView",
    "NextView",
    "OperationView",
    "OptionView",
    "PersonPage",
    "PickPage",
    "PlanPage",
    "Posted",
    "RowView",
    "SectionView",
    "ShowView",
    "SubmissionPage",
    "TableFile",
    "TableView",
    "Thing",
    "Tile",
    "UnclearView",
    "VerifyPage",
    "WayPage",
    "Ways",
]
