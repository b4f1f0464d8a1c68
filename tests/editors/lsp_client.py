"""A small client of the language server protocol over a child process's pipes; the standard library only."""

import json
import queue
import subprocess
import threading


class Client:
    """Starts a server, speaks JSON-RPC with it, and remembers the diagnostics it publishes."""

    def __init__(self, command, cwd, env=None):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=cwd, env=env, stdin=pipe, stdout=pipe, stderr=pipe)
        self.answers, self.published, self.said, self.heard = {}, queue.Queue(), [], []
        self.arrived = threading.Condition()
        self.errors = []
        self.number = 0
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()

    def _read_errors(self):
        self.errors.extend(line.decode("utf-8", "replace") for line in self.process.stderr)

    def _read(self):
        stream = self.process.stdout
        while True:
            length = 0
            while True:
                line = stream.readline()
                if not line:
                    return
                if not line.strip():
                    break
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.heard.append(stream.read(length))
            message = json.loads(self.heard[-1])
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.put(message["params"])
            elif "method" in message:
                self.said.append(message)
                if "id" in message:
                    self._send({"id": message["id"], "result": None})
            else:
                with self.arrived:
                    self.answers[message["id"]] = message
                    self.arrived.notify_all()

    def _send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def ask(self, method, params, timeout=60):
        """Answer the result of a request; AssertionError if there is none in time."""
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        with self.arrived:
            assert self.arrived.wait_for(lambda: number in self.answers, timeout), "".join(self.errors)
        message = self.answers.pop(number)
        assert "error" not in message, message
        return message["result"]

    def start(self, folder, capabilities=None, settings=None):
        uri = folder.as_uri()
        result = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "capabilities": capabilities or {},
                "workspaceFolders": [{"uri": uri, "name": "w"}],
            },
        )
        self.notify("initialized", {})
        if settings is not None:
            self.notify("workspace/didChangeConfiguration", {"settings": settings})
        return result

    def open(self, path, text, language="python"):
        document = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return self.diagnostics(path)

    def change(self, path, text, version=2):
        document = {"uri": path.as_uri(), "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return self.diagnostics(path)

    def settled(self, path, text, language="python"):
        """Open a file with our own server, which says what it finds twice: of the file, and with the project."""
        self.open(path, text, language)
        return self.diagnostics(path)

    def diagnostics(self, path, timeout=60):
        """Answer the next diagnostics published for a file."""
        while True:
            try:
                params = self.published.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError("no diagnostics: " + "".join(self.errors)) from None
            if params["uri"] == path.as_uri():
                return params["diagnostics"]

    def stop(self):
        """End the server as the protocol says; it is killed where it does not go."""
        try:
            self.ask("shutdown", None, 20)
            self.notify("exit", None)
            self.process.wait(20)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
        finally:
            for stream in (self.process.stdin, self.process.stdout):
                stream.close()
            self.process.wait(20)
