import pytest

import make_data


@pytest.mark.parametrize(("path", "text"), make_data.made().items())
def test_what_is_made_of_other_files_is_current(path: str, text: str) -> None:
    current = (make_data.PROJECT / path).read_text(encoding="utf-8")
    assert current == text, "run: python tools/make_data.py"
