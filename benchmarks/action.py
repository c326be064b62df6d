"""What a step with the Action costs under act, over a composite step that does nothing.

Each round is one workflow run with three steps: nothing, a scan of a push, and the scan with a check against the
simulator. Differences are taken within a round, so that both sides meet the same machine. The Action is a copy without
`__pycache__`, as a runner fetches it (`act_runner`); pip's cache is warm from the first round, which is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from openrouter_preflight.simulator import Simulator  # noqa: E402
from support import act_runner, github_events  # noqa: E402 - found on the path that is set above
from support.repos import make_repo  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.repos import Repo

NOTHING = """
name: Nothing
description: Nothing
runs:
  using: composite
  steps:
    - shell: bash
      run: "true"
"""
WORKFLOW = f"""
on: push
jobs:
  measure:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - {{uses: ./.nothing, id: nothing}}
      - {{uses: {act_runner.USES}, id: scan}}
      - uses: {act_runner.USES}
        id: check
        with: {{api-key: "${{{{ secrets.KEY }}}}", base-url: "${{{{ secrets.URL }}}}", min-balance: "5"}}
"""
STEPS = ("nothing", "scan", "check")


def main() -> None:
    """Print the medians and the bounds that hold for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        measured = list(measure(Path(folder), rounds + 1))[1:]
    for step, bound in (("scan", 1.0), ("check", 4.0)):
        over = sorted(each[step] - each["nothing"] for each in measured)
        print(
            f"{step}: {statistics.median(over):.2f} s over nothing ({over[0]:.2f} to {over[-1]:.2f}; bound {bound} s)"
        )
    print(f"nothing: {statistics.median(each['nothing'] for each in measured):.2f} s; {rounds} rounds")


def measure(folder: Path, rounds: int) -> Iterator[dict[str, float]]:
    """The seconds of each step, round by round."""
    repo, payload = consumer(folder / "consumer")
    workflow = folder / "workflow.yml"
    workflow.write_text(WORKFLOW, encoding="utf-8")
    with Simulator("healthy") as simulator:
        secrets = {"KEY": simulator.primary_key.reveal(), "URL": simulator.base_url}
        for _ in range(rounds):
            lines = act_runner.run_workflow(repo.path, workflow, "push", payload, secrets=secrets)
            yield {step: seconds_of(step, lines) for step in STEPS}


def seconds_of(step: str, lines: list[dict[str, Any]]) -> float:
    """The whole step's time, as act measured it. Fails where the step did."""
    (ended,) = (
        line
        for line in lines
        if line.get("stepID") == [step] and line.get("stage") == "Main" and "executionTime" in line
    )
    assert ended["stepResult"] == "success", step
    return float(ended["executionTime"]) / 1e9


def consumer(path: Path) -> tuple[Repo, dict[str, Any]]:
    """A repository of two hundred files with a push of three commits."""
    repo = make_repo(path)
    files = {f"src/module_{number}.py": f"VALUE = {number}\n" * 50 for number in range(200)}
    base = repo.commit({".nothing/action.yml": NOTHING, **files})
    for number in range(3):
        repo.commit({f"src/module_{number}.py": f"VALUE = {number}\n" * 60})
    return repo, github_events.push(base, repo.git("rev-parse", "HEAD"))


if __name__ == "__main__":
    main()
