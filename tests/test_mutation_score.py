"""The tally of mutants: each counts for its room, and what no test noticed is named."""

from __future__ import annotations

import io

import pytest

from support.mutation_score import main, stats

RESULTS = """\
    openrouter_preflight.keys.masking.x_mask_keys__mutmut_1: killed
    openrouter_preflight.keys.masking.x_mask_keys__mutmut_2: timeout
    openrouter_preflight.keys.masking.x_mask_keys__mutmut_3: survived
    openrouter_preflight.detect.windows.x_flatten__mutmut_1: no tests
    openrouter_preflight.scan.readers.engine.x_scan__mutmut_1: survived
"""


def test_each_mutant_counts_for_its_room() -> None:
    found = stats(RESULTS.splitlines(), ("keys", "detect"))
    assert found["keys"][0] == {"killed": 1, "timeout": 1, "survived": 1}
    assert found["keys"][1] == ["keys.masking.x_mask_keys__mutmut_3"]
    assert found["detect"][1] == ["detect.windows.x_flatten__mutmut_1"]


@pytest.mark.parametrize(("killed", "code"), [(8, 1), (9, 0), (10, 0)])
def test_nine_in_ten_are_enough(
    killed: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = ["killed"] * killed + ["survived"] * (10 - killed)
    lines = "".join(f"    openrouter_preflight.keys.x__mutmut_{at}: {end}\n" for at, end in enumerate(ends))
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    monkeypatch.setattr("sys.argv", ["mutation_score.py", "keys"])
    assert main() == code
    assert f"keys: 10 mutants, {killed} killed" in capsys.readouterr().out


def test_a_room_without_mutants_was_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setattr("sys.argv", ["mutation_score.py", "keys"])
    assert main() == 1
