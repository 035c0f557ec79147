#!/usr/bin/env python3
"""Reads the reports of `vrfsim test` with the programs that they are for.

JUnit is read by junitparser, TAP by prove (perl), GitHub's annotations by the grammar of their documentation. What these
readers see is compared with the JSON of the same run. Each check is also shown a report that is spoilt, which it must refuse.

usage: check_reports.py --vrfsim PROGRAM
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import junitparser
except ImportError:
    # A Python of one's own may lack what Debian's has.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3") and "CHECK_REPORTS" not in os.environ:
        os.execve("/usr/bin/python3", ["/usr/bin/python3", *sys.argv], dict(os.environ, CHECK_REPORTS="1"))
    sys.exit("check_reports: the Python package junitparser is missing (Debian: python3-junitparser)")

# A network of one machine whose pings go out well and badly; names and texts with all that must be escaped.
GOOD = {"vrfsim": 1, "name": "good", "nodes": {"h": {}}, "timeline": [{"id": "p", "on": "h", "run": "ping -c 1 127.0.0.1"}],
        "expect": [{"id": "answer", "of": "p", "is": "answered", "points": 2}, {"always": "no-loop"}]}
BAD = {"vrfsim": 1, "nodes": {"h": {"commands": ["ip route add unreachable 10.0.0.0/8"]}},
       "timeline": [{"id": "p", "on": "h", "run": "ping -c 1 10.1.1.1"}],
       "expect": [{"id": "a", "of": "p", "is": "answered", "fail": "50% & <more>: \"a,b\" # c\\d\r\nnext | `x`\u0001 \u2028ü", "points": 3},
                  {"id": "w", "of": "p", "is": "answered", "severity": "warning"},
                  {"id": "s", "of": "p", "is": "answered", "stop": True}, {"id": "never", "of": "p", "is": "answered"}]}
REFUSED = {"vrfsim": 1, "name": "refused", "nodes": {"h": {"commands": ["ip route add 10.0.0.0/8 via 1.2.3.4"]}},
           "expect": [{"always": "no-loop"}]}


def folder_of_scenarios(base):
    for name, scenario in [("good", GOOD), ("50%,bad:one", BAD), ("refused", REFUSED)]:
        folder = Path(base) / name
        folder.mkdir()
        (folder / "scenario.json").write_text(json.dumps(scenario, indent=1), encoding="utf-8")
    (Path(base) / "broken").mkdir()
    (Path(base) / "broken" / "scenario.json").write_text('{"vrfsim": 1,\n', encoding="utf-8")
    (Path(base) / "other.json").write_text("{}", encoding="utf-8")


class Refused(Exception):
    pass


def want(condition, words):
    if not condition:
        raise Refused(words)


# --- the readers ---------------------------------------------------------------------------------------------------


def check_junit(path, document):
    try:
        suites = junitparser.JUnitXml.fromfile(path)
    except Exception as error:
        raise Refused(f"junitparser: {error}")
    summary = document["summary"]
    unusable = summary["scenarios_invalid"] + summary["scenarios_exhausted"] + summary["scenarios_interrupted"]
    expectations = summary["held"] + summary["failed"] + summary["warned"] + summary["skipped"]
    want(suites.tests == expectations + unusable, f"tests: {suites.tests}")
    want((suites.failures, suites.errors, suites.skipped) == (summary["failed"], unusable, summary["skipped"]), "totals")
    seen = {}
    for suite in suites:
        for case in suite:
            kinds = [type(result).__name__ for result in (case.result or [])]
            seen[(suite.name, case.name)] = (kinds, [result.message for result in case.result or []])
        told = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        want(told == (suite.tests, suite.failures, suite.errors, suite.skipped), f"{suite.name}: its figures are not its cases'")
    words = {"held": [], "failed": ["Failure"], "warned": [], "skipped": ["Skipped"]}
    for scenario in document["scenarios"]:
        for expectation in scenario["expectations"]:
            found = seen.get((scenario["name"], expectation["name"]))
            want(found is not None, f"no case {scenario['name']} {expectation['name']}")
            want(found[0] == words[expectation["result"]], f"{expectation['name']}: {found[0]}")
            if expectation["result"] == "failed":
                want(found[1] == [f"wanted {expectation['wanted']}, got {'; '.join(expectation['got'])}"], str(found[1]))
        if scenario["result"] == "invalid":
            want(seen[(scenario["name"], scenario["file"])][0] == ["Error"], f"{scenario['file']} is no error")


def check_tap(text, document, base):
    first, rest = text.split("\n", 1)
    want(first == "TAP version 14", f"first line {first}")
    # The prove of Debian 12 knows version 13, whose grammar of test points and blocks is the same.
    path = Path(base) / "report.tap"
    path.write_text("TAP version 13\n" + rest, encoding="utf-8")
    run = subprocess.run(["prove", "-e", "cat", "--verbose", str(path)], capture_output=True, text=True)
    summary = document["summary"]
    want("Parse errors" not in run.stdout, run.stdout)
    failing = summary["failed"] + summary["scenarios_invalid"]
    points = failing + summary["held"] + summary["warned"] + summary["skipped"]
    want(f"Files=1, Tests={points}," in run.stdout, run.stdout)
    want(("Result: FAIL" in run.stdout) == (failing > 0), run.stdout)
    if failing:
        want(f"Tests: {points} Failed: {failing})" in run.stdout, run.stdout)
    want(run.stdout.count("# SKIP") == summary["skipped"] and run.stdout.count("# Todo") == summary["warned"], run.stdout)


PROPERTY = r"(?:[^%\r\n:,]|%25|%0D|%0A|%3A|%2C)*"
ANNOTATION = re.compile(
    rf"::(error|warning|notice)(?: ((?:file|line|endLine|col|endColumn|title)={PROPERTY}"
    rf"(?:,(?:file|line|endLine|col|endColumn|title)={PROPERTY})*))?::((?:[^%\r\n]|%25|%0D|%0A)*)")


def plain(text):
    for code, character in [("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")]:
        text = text.replace(code, character)
    return text


def check_github(text, table, document):
    lines = [line for line in text.split("\n") if line.startswith("::")]
    seen = set()
    messages = {}
    for line in lines:
        match = ANNOTATION.fullmatch(line)
        want(match, f"no annotation: {line}")
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        messages[plain(properties["title"])] = plain(match[3])
        seen.add((match[1], plain(properties["file"]), int(properties["line"]), int(properties["col"]), plain(properties["title"])))
    wanted = set()
    for scenario in document["scenarios"]:
        for expectation in scenario["expectations"]:
            word = {"failed": "error", "warned": "warning"}.get(expectation["result"])
            if word:
                message = messages.get(f"{scenario['name']} / {expectation['name']}", "")
                want(expectation["more"] in message, f"message: {message}")
                wanted.add((word, scenario["file"], expectation["line"], expectation["column"],
                            f"{scenario['name']} / {expectation['name']}"))
    want(wanted <= seen, f"missing: {wanted - seen}")
    invalid = {scenario["file"] for scenario in document["scenarios"] if scenario["result"] == "invalid"}
    want({name for word, name, *_ in seen - wanted} == invalid, f"{seen - wanted}")
    rows = [line for line in table.split("\n") if line.startswith("|")]
    want(len(rows) == 2 + len(document["scenarios"]), f"{len(rows)} rows")
    for row in rows:
        want(len(re.findall(r"(?<!\\)\|", row)) == 7, f"no six cells: {row}")


# --- the run -------------------------------------------------------------------------------------------------------


def must_refuse(check, *arguments):
    try:
        check(*arguments)
    except Refused:
        return
    sys.exit(f"check_reports: {check.__name__} lets a spoilt report pass")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vrfsim", required=True)
    program = str(Path(parser.parse_args().vrfsim).resolve())
    with tempfile.TemporaryDirectory() as base, tempfile.TemporaryDirectory() as out:
        folder_of_scenarios(base)

        def run(*options, code=2, **environment):
            result = subprocess.run(
                [program, "test", ".", *options], cwd=base, capture_output=True, env=dict(os.environ, **environment))
            if result.returncode != code:
                sys.exit(f"check_reports: exit code {result.returncode}, wanted {code}: {result.stderr.decode()}")
            return result.stdout.decode()

        document = json.loads(run("--json"))
        counts = document["summary"]
        if (counts["scenarios"], counts["held"], counts["failed"], counts["warned"], counts["skipped"]) != (4, 2, 2, 1, 1):
            sys.exit(f"check_reports: {counts}")

        junit = str(Path(out) / "report.xml")
        run("--junit", junit)
        tap = run("--tap")
        summary = Path(out) / "summary.md"
        github = run("--github", GITHUB_STEP_SUMMARY=str(summary))
        table = summary.read_text(encoding="utf-8")
        try:
            check_junit(junit, document)
            check_tap(tap, document, out)
            check_github(github, table, document)
        except Refused as refused:
            sys.exit(f"check_reports: {refused}")

        good = json.loads(run("--json", "--filter", "good", code=2))
        if [scenario["name"] for scenario in good["scenarios"]][-1:] != ["refused"] and len(good["scenarios"]) < 2:
            sys.exit("check_reports: scenarios that cannot be read are told with every filter")

        # Can they fail?
        spoilt = str(Path(out) / "spoilt.xml")
        text = Path(junit).read_text(encoding="utf-8")
        for old, new in [("</testsuite>", ""), ('failures="2"', 'failures="1"'), ("<failure ", "<error "), ("&lt;", "<")]:
            Path(spoilt).write_text(text.replace(old, new, 1).replace("</failure>", "</error>", 1 if "failure" in old else 0))
            must_refuse(check_junit, spoilt, document)
        for old, new in [("not ok", "ok"), ("ok 3", "ok 4"), ("1..", "2.."), (" # SKIP", " # SKOP")]:
            must_refuse(check_tap, tap.replace(old, new, 1), document, out)
        for old, new in [("::error ", "::eror "), ("%0A", "\n"), ("%25", "%"), (",col=", ":col="), ("%2C", ",")]:
            must_refuse(check_github, github.replace(old, new, 1), table, document)
        must_refuse(check_github, github, table.replace("| --- |", "|", 1), document)
    print(f"reports: JUnit read by junitparser, TAP by {subprocess.run(['prove', '--version'], capture_output=True, text=True).stdout.strip()}, "
          "annotations by their grammar; spoilt ones refused")


if __name__ == "__main__":
    main()
