import pytest

import make_data
from conftest import needs_docstrings


@needs_docstrings  # which schemas have as descriptions
@pytest.mark.parametrize(("path", "text"), make_data.made().items())
def test_what_is_made_of_other_files_is_current(path: str, text: str) -> None:
    current = (make_data.PROJECT / path).read_bytes().decode()
    assert current == text, "run: python tools/make_data.py"


def test_the_golden_files_are_small_and_each_is_made() -> None:
    folder = make_data.PROJECT / "tests" / "golden"
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    made = {path.removeprefix("tests/golden/") for path in make_data.golden()}
    assert files.keys() == made | {"page.txt"}
    assert sum(path.stat().st_size for path in files.values()) < 60_000
