#!/usr/bin/env python3
"""Tests more than 200 scenarios with one `vrfsim test`, and tells how long that takes.

The scenarios are those that are shipped, and every case recorded on Linux (Tests/LinuxParityTests/Cases), turned into a scenario that
expects on each interface as many frames as the kernel sent and received there.  Cases whose README says that they may differ, or
that the simulator refuses as known, are left out.

usage: many_scenarios.py --vrfsim PROGRAM [--keep DIR] [--jobs N]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARITY = ROOT / "Tests" / "LinuxParityTests"
sys.path.insert(0, str(PARITY / "Tools"))
from normalise import setup_time  # noqa: E402
FEWEST = 200


def recorded(case):
    """The scenario of a recorded case, with an expectation for each interface."""
    written = subprocess.run(
        [sys.executable, str(PARITY / "Tools" / "to_scenario.py"), str(case)], capture_output=True, text=True, check=True)
    scenario = json.loads(written.stdout)
    namespaces = sorted(set(json.loads((case / "golden" / "state.json").read_text())), key=len, reverse=True)
    # What is sent while the network is built was not recorded.
    settled = f"{round(setup_time(str(case)) * 1000)}ms.."
    scenario["expect"] = []
    for golden in sorted((case / "golden").glob("*.txt")):
        owner = next((name for name in namespaces if golden.name.startswith(name + ".")), None)
        if owner is None or golden.stem in ("tools", "kernel", "repeat"):
            continue
        device = golden.stem[len(owner) + 1:]
        frames = sum(1 for line in golden.read_text().split("\n") if line)
        scenario["expect"].append(
            {"id": golden.stem.replace("@", "-"), "interface": f"lab/{owner}:{device}", "count": frames, "at": settled})
    return scenario


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vrfsim", required=True)
    parser.add_argument("--keep", help="keep the scenarios in this folder")
    parser.add_argument("--jobs", type=int, help="as many scenarios at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(options.keep or temporary)
        for case in sorted(path.parent for path in (PARITY / "Cases").rglob("traffic.sh")):
            if (case / "not-supported").exists() or (case / "compare.json").exists():
                continue
            folder = base / "recorded" / case.relative_to(PARITY / "Cases")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "scenario.json").write_text(json.dumps(recorded(case), indent=1))
        command = [options.vrfsim, "test", str(ROOT / "scenarios"), str(base / "recorded"), "--json"]
        if options.jobs:
            command += ["--jobs", str(options.jobs)]
        began = time.monotonic()
        result = subprocess.run(command, capture_output=True, text=True)
        took = time.monotonic() - began
    try:
        summary = json.loads(result.stdout)
    except json.JSONDecodeError:
        sys.exit(f"many_scenarios: exit code {result.returncode}: {result.stderr}")
    counts = summary["summary"]
    for scenario in summary["scenarios"]:
        for expectation in scenario["expectations"]:
            if expectation["result"] != "held":
                print(f"{scenario['file']} {expectation['name']}: wanted {expectation['wanted']}, got {'; '.join(expectation['got'])}")
        for issue in scenario["issues"]:
            print(issue)
    jobs = options.jobs or os.cpu_count()
    print(f"{counts['scenarios']} scenarios with {counts['held']} of {counts['held'] + counts['failed']} expectations held "
          f"in {took:.1f} s, {jobs} at once")
    if counts["scenarios"] < FEWEST:
        sys.exit(f"many_scenarios: fewer than {FEWEST} scenarios")
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
