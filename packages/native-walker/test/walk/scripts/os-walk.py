"""os.walk, driven step by step over pipes.

Each line of standard input is a JSON value. An object {top, topdown, followlinks} starts a walk; then, for
each step that was printed, an array is the new contents of dirnames, and null leaves the walk. Prints, one
JSON value a line: [dirpath, dirnames, filenames] for a step, {"errno", "path"} for a call of onerror, and
null at the end of the walk.
"""
import json
import os
import sys


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")


def hear():
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def onerror(error):
    say({"errno": error.errno, "path": error.filename})


while True:
    order = hear()
    steps = os.walk(order["top"], order["topdown"], onerror, order["followlinks"])
    for dirpath, dirnames, filenames in steps:
        say([dirpath, dirnames, filenames])
        decision = hear()
        if decision is None:
            steps.close()
            break
        dirnames[:] = decision
    say(None)
