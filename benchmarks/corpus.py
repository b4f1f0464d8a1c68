"""Fetch the corpus: pinned source distributions of real applications, into the ignored folder corpus/.

    python benchmarks/corpus.py [--dest corpus] [--list]

`pip` downloads, and refuses an archive whose sha256 is not the one in corpus.txt before it opens it.
pip wants the metadata of a source distribution even when it only downloads, and would run the
project's own build for it; the build backends are therefore replaced by one that answers from the
archive's PKG-INFO. Nothing that was downloaded is ever run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
PINS = HERE / "corpus.txt"
MARK = ".complete"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\]+)\s*\\?\s*--hash=sha256:([0-9a-f]{64})$", re.M)

# A build backend that builds nothing, under the name of every backend that the corpus asks for.
BACKENDS = ("hatchling/build", "poetry/core/masonry/api", "pdm/backend", "setuptools/build_meta", "flit_core/buildapi")
INERT = '''"""Answers the metadata that the archive already carries."""
import email, pathlib, shutil, sys


def get_requires_for_build_sdist(config_settings=None):
    return []


get_requires_for_build_wheel = get_requires_for_build_sdist


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    told = email.message_from_bytes(pathlib.Path("PKG-INFO").read_bytes())
    name = told["Name"].replace("-", "_") + "-" + told["Version"] + ".dist-info"
    folder = pathlib.Path(metadata_directory, name)
    folder.mkdir()
    shutil.copyfile("PKG-INFO", folder / "METADATA")
    return folder.name


def build_wheel(*args, **kwargs):
    raise RuntimeError("the corpus is only read, never built")


build_sdist = build_wheel
__legacy__ = sys.modules[__name__]
'''


class CorpusError(Exception):
    """The corpus could not be fetched; the text says why and what is left to do."""


def read_pins(path=PINS):
    """Answer [(project, version, sha256)] of a pins file; CorpusError if a line is none."""
    text = path.read_text(encoding="utf-8")
    pins = [match.groups() for match in _PIN.finditer(text.replace("\\\n", " "))]
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != len(pins):
        raise CorpusError(f"{path.name}: every line must read project==version --hash=sha256:...")
    return pins


def digest(path):
    """Answer the sha256 of a file as hexadecimal text."""
    value = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            value.update(block)
    return value.hexdigest()


def write_backends(folder):
    """Write the backend that builds nothing into `folder`, once per known name."""
    for name in BACKENDS:
        path = Path(folder, name + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for package in path.relative_to(folder).parents[:-1]:
            (Path(folder) / package / "__init__.py").touch()
        path.write_text(INERT, encoding="utf-8")


def download(pin, folder):
    """Answer the path of the archive of one (project, version, sha256), fetched by pip into `folder`."""
    project, version, sha256 = pin
    with tempfile.TemporaryDirectory() as work:
        write_backends(work)
        wanted = Path(work, "wanted.txt")
        wanted.write_text(f"{project}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation"]
        command += ["--no-binary", ":all:", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
        environment = {**os.environ, "PYTHONPATH": work, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise CorpusError(f"{project} {version}: pip could not fetch it:\n{done.stderr.strip()[-2000:]}")
    for path in Path(folder).iterdir():
        if path.is_file() and digest(path) == sha256:
            return path
    raise CorpusError(f"{project} {version}: pip fetched no file with sha256 {sha256}")


def extract(archive, target):
    """Unpack the regular files of a .tar.gz below `target`, without its top folder.

    Links, devices and names that lead out of the folder are left out; modes are not kept.
    """
    root = Path(target)
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = PurePosixPath(member.name).parts
            if not member.isfile() or len(parts) < 2 or ".." in parts or parts[0] == "/":
                continue
            path = root.joinpath(*parts[1:])
            path.parent.mkdir(parents=True, exist_ok=True)
            with tar.extractfile(member) as source, open(path, "wb") as sink:
                while block := source.read(1 << 20):
                    sink.write(block)


def fetch(pins, dest, say=print):
    """Bring every pinned project to dest/project-version; what is there already is not fetched again."""
    dest = Path(dest)
    dest.mkdir(parents=True, exist_ok=True)
    for pin in pins:
        project, version, sha256 = pin
        folder = dest / f"{project}-{version}"
        mark = folder / MARK
        if mark.is_file() and mark.read_text(encoding="utf-8").strip() == sha256:
            continue
        with tempfile.TemporaryDirectory(dir=dest, prefix=".fetch-") as work:
            archive = download(pin, work)
            fresh = Path(work, "tree")
            fresh.mkdir()
            extract(archive, fresh)
            (fresh / MARK).write_text(sha256 + "\n", encoding="utf-8")
            if folder.exists():
                folder.rename(Path(work, "old"))
            fresh.rename(folder)
        say(f"{folder.name}: {sum(1 for _ in folder.rglob('*.py'))} Python files")


def main(argv=None):
    """Fetch the corpus; answer the exit status: 0, or 2 with a message."""
    parser = argparse.ArgumentParser(prog="corpus.py", description=__doc__.splitlines()[0])
    parser.add_argument("--dest", default=HERE.parent / "corpus", help="the folder to fill (default: corpus/)")
    parser.add_argument("--list", action="store_true", help="print the pins and stop")
    options = parser.parse_args(argv)
    try:
        pins = read_pins()
        if options.list:
            print("\n".join(f"{project} {version} {sha256}" for project, version, sha256 in pins))
        else:
            fetch(pins, options.dest)
    except (CorpusError, OSError, subprocess.TimeoutExpired) as error:
        print(f"corpus: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
