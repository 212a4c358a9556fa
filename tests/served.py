"""A server under test: begun on a free port, asked over plain HTTP, ended. Prints TAP like the other tests."""
import contextlib
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

failed = False


def check(name, held, detail=""):
    global failed
    print(("ok " if held else "not ok ") + name, flush=True)
    if not held:
        failed = True
        for line in str(detail).splitlines()[:12]:
            print("#   " + line, flush=True)


class Server:
    def __init__(self, program, *options, folder=None, environment=None):
        words = [program, "serve", "--port", "0", "--no-open", "--quiet", *options]
        if folder:
            words += ["--scenarios", folder]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, **(environment or {})})
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        self.url = self.process.stdout.readline().strip() if ready else ""
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port = parts.hostname, parts.port

    def ask(self, target, method="GET", body=None, headers=None, timeout=300):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        connection.request(method, target, body=body, headers=headers or {})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, dict(response.getheaders()), content

    def refusal(self, target, **more):
        """Status and message of a refused question."""
        status, _, content = self.ask(target, **more)
        try:
            return status, json.loads(content)["error"]["text"]
        except (ValueError, KeyError, TypeError):
            return status, "no error in: " + content[:200].decode("utf-8", "replace")

    def raw(self, data, timeout=10, wait=True):
        """Bytes straight to the socket, and what comes back."""
        with socket.create_connection((self.host, self.port), timeout=timeout) as s:
            got = b""
            with contextlib.suppress(OSError):
                s.sendall(data)
                if wait:
                    s.shutdown(socket.SHUT_WR)
                    while part := s.recv(65536):
                        got += part
            return got

    def events(self, target, timeout=300, method="GET", body=None):
        """Server-sent events as they come: (event, data)."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        connection.request(method, target, body=body)
        response = connection.getresponse()
        event = None
        for line in response:
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                yield event, line[6:]
        connection.close()

    def children(self):
        """Process ids of the children at work."""
        found = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry}/stat") as stat:
                    state, parent = stat.read().rpartition(")")[2].split()[:2]
                if int(parent) == self.process.pid and state != "Z":
                    found.append(int(entry))
        return found

    def memory(self):
        """Resident kilobytes."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def alive(self):
        return self.process.poll() is None

    def end(self, number=signal.SIGINT):
        """Ends it; (exit code, seconds it took, what it said)."""
        begun = time.monotonic()
        if self.alive():
            self.process.send_signal(number)
        try:
            _, said = self.process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
        return self.process.returncode, time.monotonic() - begun, said


def until(held, seconds=60):
    """Waits until something holds; whether it came to."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if held():
            return True
        time.sleep(0.05)
    return held()


def soon(took, seconds):
    """Whether something took no longer than it may, on a machine that has much else to do."""
    return took < 6 * seconds


def ended(pid):
    """Whether a process is gone, or gone but for somebody to ask how it went."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def finish():
    sys.exit(failed)
