import io
import os
import subprocess
import sys
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smh_p2p
from smh_p2p.__main__ import main
from smh_p2p.render import to_text
from smh_p2p.testing import exchanges


def command(**environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "smh_p2p"],
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("columns", [1, 20, 40, 80, 300])
def test_no_line_is_wider_than_the_terminal_but_for_a_long_word(columns: int) -> None:
    done = command(COLUMNS=str(columns), PYTHONIOENCODING="utf-8")
    assert done.stderr == b""
    for line in done.stdout.decode().splitlines():
        assert len(line) <= columns or len(line.split()) == 1


def test_nothing_is_lost_where_the_terminal_is_not_utf_8() -> None:
    assert rb"CBO\u2019s" in command(PYTHONIOENCODING="ascii").stdout


def test_a_reader_that_stops_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "smh_p2p"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@given(exchanges(), st.integers(1, 120))
def test_any_exchange_is_printed_with_every_name_in_it(
    exchange: smh_p2p.Exchange, width: int
) -> None:
    words = "".join(to_text(exchange, width).split())
    names = [sea.name for sea in exchange.seas] + [each.name for each in exchange.organizations]
    titles = [session.title for session in exchange.sessions]
    for text in (exchange.title, *names, *titles):
        assert "".join(text.split()) in words


def test_the_command_prints_to_whatever_stands_for_the_terminal() -> None:
    with redirect_stdout(io.StringIO()) as printed:
        main()
    assert printed.getvalue().startswith(
        "School Mental Health Peer-to-Peer (P2P) Exchange Series\n"
    )


def test_what_is_inferred_is_said_to_be() -> None:
    with redirect_stdout(io.StringIO()) as printed:
        main()
    (line,) = (line for line in printed.getvalue().splitlines() if "Group 1:" in line)
    assert line.endswith("(inferred)")
