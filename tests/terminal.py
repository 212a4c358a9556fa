"""usage: terminal.py COLUMNS [--all] [--interrupt] COMMAND...

Runs a command with its standard error, or with --all its standard output too, on a terminal of that width; with --interrupt
it is interrupted once something has stood on the last line. Prints JSON: its exit code, how many seconds it took, the lines
a person sees at the end, and what stood on the last line on the way ("frames", with the seconds since the start).
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time


def watch(columns, command, interrupt, everything):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=slave if everything else subprocess.DEVNULL, stderr=slave, stdin=subprocess.DEVNULL)
    os.close(slave)
    lines, at, frames = [""], 0, []
    raw = b""
    while time.monotonic() - start < 600:
        if interrupt and any(text for _, text in frames):
            child.send_signal(signal.SIGINT)
            interrupt = False
        ready, _, _ = select.select([master], [], [], 0.1)
        if not ready:
            if child.poll() is not None:
                break
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        raw += data
        try:
            text, raw = raw.decode("utf-8"), b""
        except UnicodeDecodeError:
            continue
        for character in text:
            if character == "\r":
                frames.append((round(time.monotonic() - start, 2), lines[-1].rstrip()))
                at = 0
            elif character == "\n":
                lines.append("")
                at = 0
            else:
                lines[-1] = lines[-1][:at].ljust(at) + character + lines[-1][at + 1:]
                at += 1
    os.close(master)
    seconds = round(time.monotonic() - start, 2)
    return {"code": child.wait(), "seconds": seconds, "lines": [line.rstrip() for line in lines], "frames": [f for f in frames if f[1]]}


def main():
    arguments = sys.argv[1:]
    columns = int(arguments.pop(0))
    everything = arguments[0] == "--all"
    arguments = arguments[everything:]
    interrupt = arguments[0] == "--interrupt"
    arguments = arguments[interrupt:]
    json.dump(watch(columns, arguments, interrupt, everything), sys.stdout)


main()
