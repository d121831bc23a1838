"""Runs a command in a terminal of its own, as wide as asked, and types answers; what the terminal shows goes to stdout.

Before an answer is typed, the question is told by a line to file descriptor 3, and a line from stdin is waited for.

sys.argv[1]: {"command": [...], "columns": 80, "answers": [["what it asks", "what is typed"], ...]}
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios

asked = json.loads(sys.argv[1])
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, asked["columns"], 0, 0))
child = subprocess.Popen(asked["command"], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
os.close(theirs)
shown, answers, seen = b"", list(asked["answers"]), 0
while True:
    try:
        chunk = os.read(ours, 65536)
    except OSError:  # The last of them has closed it.
        break
    if not chunk:
        break
    shown += chunk
    while answers and answers[0][0].encode() in shown[seen:]:
        question, answer = answers.pop(0)
        seen = shown.index(question.encode(), seen) + len(question.encode())
        os.write(3, b"asked\n")
        sys.stdin.readline()
        os.write(ours, answer.encode())
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(child.wait())
