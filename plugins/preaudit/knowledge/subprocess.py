"""subprocess: everything that starts a process or waits for one."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "subprocess.Popen": {
        "init": "subprocess",
        "methods": {
            "wait": "subprocess -> int",
            "communicate": "subprocess -> tuple",
            **each("free", "poll kill terminate send_signal"),
        },
        "attrs": {
            **each("free -> io.TextIOWrapper", "stdin stdout stderr"),
            **each("free", "pid returncode args"),
        },
    },
    "subprocess.CompletedProcess": {
        "methods": {"check_returncode": "free"},
        "attrs": {"returncode": "free -> int", **each("free", "stdout stderr args")},
    },
}
FUNCTIONS = {
    "subprocess.run": "subprocess -> subprocess.CompletedProcess",
    "subprocess.call": "subprocess -> int",
    "subprocess.check_call": "subprocess -> int",
    "subprocess.check_output": "subprocess",
    "subprocess.getoutput": "subprocess -> str",
    "subprocess.getstatusoutput": "subprocess -> tuple",
    "subprocess.list2cmdline": "free -> str",
}
INSTEAD = {
    "subprocess.": "asyncio.create_subprocess_exec",
    "subprocess.getoutput": "asyncio.create_subprocess_shell",
    "subprocess.getstatusoutput": "asyncio.create_subprocess_shell",
    "subprocess.Popen.wait": "asyncio.create_subprocess_exec",
}
TIMEOUTS = {
    "subprocess.run": ("timeout", None, None),
    "subprocess.call": ("timeout", None, None),
    "subprocess.check_output": ("timeout", None, None),
    "subprocess.Popen.wait": ("timeout", 0, None),
    "subprocess.Popen.communicate": ("timeout", 1, None),
}
