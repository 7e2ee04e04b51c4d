#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""recipes.py TITLE...: the recipes of a document on stdin, run as they are printed: a line that
begins with a prompt is a command, what follows is what it prints, where "..." is anything, and
"# exit N" behind a command what it ends with. Prompts: "#" and "$" this host, "app#" the
container, "client$" another machine. Each TITLE has to be there, and no recipe besides.

doc_at of commands.bash runs a command in its place."""
import os
import re
import subprocess
import sys

PROMPT = re.compile(r"(app|client)?[#$] (.*)")


def run(place, command):
    here = os.path.dirname(os.path.abspath(__file__))
    script = f'. "{here}/commands.bash"; doc_at "$0" "$1"'
    done = subprocess.run(["bash", "-c", script, place, command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    return done.returncode, done.stdout


def commands(lines):
    """(place, command, lines that it prints)"""
    found, at = [], 0
    while at < len(lines):
        prompt, at = PROMPT.match(lines[at]), at + 1
        if not prompt:
            if found:
                found[-1][2].append(lines[at - 1])
            continue
        command = prompt[2]
        ends = re.search(r"<<(\w+)", command)
        while ends and not command.endswith("\n" + ends[1]):
            command, at = command + "\n" + lines[at], at + 1
        found.append((prompt[1] or "host", command, []))
    return found


def flat(lines):
    """Without what the layout of a table depends on, and without the number of a process."""
    text = "\n".join(" ".join(line.split()) for line in lines if line.strip())
    return re.sub(r"pid \d+", "pid N", text)


def pattern(lines):
    return re.escape(flat(lines)).replace(re.escape("..."), ".*")


def check(title, block):
    wrong = 0
    for place, command, printed in commands(block):
        wanted = re.search(r"# exit (\d+)", command)
        status, output = run(place, command)
        output = flat(output.split("\n"))
        if status == int(wanted[1] if wanted else 0) and \
                re.fullmatch(pattern(printed), output, re.DOTALL):
            continue
        print(f"{title}: {place}: {command}\n  exit {status}, and printed\n{output}\n  expected\n"
              + "\n".join(printed))
        wrong += 1
    return wrong


def recipes(text):
    """{title: lines}: of Markdown, fenced below a heading; of a page, what the caller marked so."""
    found, title, fenced = {}, None, False
    for line in text.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        elif fenced:
            found.setdefault(title, []).append(line)
        elif line.startswith("### "):
            title = line[4:]
    return found


def main():
    found = recipes(sys.stdin.read())
    if sorted(found) != sorted(sys.argv[1:]):
        sys.exit(f"recipes: {sorted(found)}, expected {sorted(sys.argv[1:])}")
    wrong = 0
    for title in sys.argv[1:]:
        wrong += check(title, found[title])
        run("host", "doc_clean")
    sys.exit(wrong > 0)


main()
