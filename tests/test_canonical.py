import hashlib
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import smh_p2p
from conftest import HOUSE
from smh_p2p import canonical, packaged


@pytest.mark.parametrize("load", [smh_p2p.load, smh_p2p.load_summary])
def test_every_thread_gets_the_same_object(
    load: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (canonical, packaged):
        monkeypatch.setattr(room, "_loaded", {})
    barrier = threading.Barrier(16)
    got: list[object] = []

    def ask() -> None:
        barrier.wait()
        got.append(load())

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 16
    assert len({id(each) for each in got}) == 1


def test_only_what_was_said_can_be_asked_for(exchange: smh_p2p.Exchange) -> None:
    stated = smh_p2p.load(inferred=False)
    assert stated is smh_p2p.load(inferred=False)
    assert [group.phase for group in stated.groups] == [None, None]
    assert stated.seas == exchange.seas
    assert stated.sessions == exchange.sessions


def test_the_source_text_is_shipped_byte_for_byte(exchange: smh_p2p.Exchange) -> None:
    source = smh_p2p.resource("source.txt").read_bytes()
    assert hashlib.sha256(source).hexdigest() == exchange.source.sha256
    assert len(source.decode()) == 2672


@pytest.mark.parametrize("name", ["", "..", "../model.py", "exchange.jsn"])
def test_only_the_files_of_the_package_are_resources(name: str) -> None:
    with pytest.raises(smh_p2p.NotFoundError):
        smh_p2p.resource(name)


def test_the_package_works_from_a_zip(tmp_path: Path) -> None:
    package = HOUSE
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        for file in package.rglob("*"):
            if file.suffix in {".py", ".json", ".txt"}:
                packed.write(file, file.relative_to(package.parent))
    code = (
        "import smh_p2p; assert '.zip' in smh_p2p.__file__; smh_p2p.verify();"
        "text = smh_p2p.resource('source.txt').read_text('utf-8');"
        "print(smh_p2p.load().sea('AK').name, len(text))"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(tmp_path / 'packed.zip')!r}); {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "Alaska 2672\n"
