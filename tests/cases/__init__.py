"""Small inputs of the kinds that users of taggers report, each with what may be expected of it."""

from tests.cases import folders, json_forms, names, odd_tables, outputs, pictures, tables, verbs
from tests.cases.case import Case

ALL: tuple[Case, ...] = (
    *tables.CASES,
    *odd_tables.CASES,
    *json_forms.CASES,
    *folders.CASES,
    *pictures.CASES,
    *names.CASES,
    *outputs.CASES,
    *verbs.CASES,
)
