"""The corpus: pins are complete, archives are unpacked safely, nothing is fetched twice."""

import importlib.util
import io
import tarfile
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def corpus():
    spec = importlib.util.spec_from_file_location("corpus_under_test", BENCHMARKS / "corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_archive(path, members):
    with tarfile.open(path, "w:gz") as tar:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.linkname = content.decode()
                tar.addfile(info)
    return path


def test_every_project_is_pinned_by_hash(corpus):
    pins = corpus.read_pins()
    assert len(pins) == 7
    assert {project for project, _, _ in pins} >= {"prefect", "lnbits", "dstack"}


@pytest.mark.parametrize(
    "line", ["prefect==3.9.1", "prefect>=3 --hash=sha256:" + "0" * 64, "prefect==1 --hash=sha256:12"]
)
def test_an_incomplete_pin_is_refused(corpus, tmp_path, line):
    path = tmp_path / "corpus.txt"
    path.write_text(f"# a comment\n{line}\n")
    with pytest.raises(corpus.CorpusError):
        corpus.read_pins(path)


def test_only_regular_files_below_the_target_are_unpacked(corpus, tmp_path):
    archive = make_archive(
        tmp_path / "a.tar.gz",
        [
            ("top/pkg/module.py", tarfile.REGTYPE, b"x = 1\n"),
            ("top/../../evil.py", tarfile.REGTYPE, b"evil"),
            ("/top/absolute.py", tarfile.REGTYPE, b"evil"),
            ("top/link.py", tarfile.SYMTYPE, b"/etc/hostname"),
            ("top/hard.py", tarfile.LNKTYPE, b"top/pkg/module.py"),
            ("loose.py", tarfile.REGTYPE, b"no top folder"),
        ],
    )
    target = tmp_path / "out" / "tree"
    corpus.extract(archive, target)
    assert [
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    ] == ["tree/pkg/module.py"]


def test_a_complete_project_is_not_fetched_again_and_another_hash_is(corpus, tmp_path, monkeypatch):
    fetched = []

    def download(pin, folder):
        fetched.append(pin)
        return make_archive(Path(folder, "a.tar.gz"), [("top/m.py", tarfile.REGTYPE, b"x = 1\n")])

    monkeypatch.setattr(corpus, "download", download)
    first, second = ("demo", "1.0", "a" * 64), ("demo", "1.0", "b" * 64)
    for pin in (first, first, second):
        corpus.fetch([pin], tmp_path, say=lambda text: None)
    assert fetched == [first, second]
    assert (tmp_path / "demo-1.0" / "m.py").read_text() == "x = 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["demo-1.0"]


def test_a_failed_download_leaves_nothing_behind_and_exits_2(corpus, tmp_path, monkeypatch, capsys):
    def download(pin, folder):
        Path(folder, "half.tar.gz").write_bytes(b"half")
        raise corpus.CorpusError("demo: pip could not fetch it")

    monkeypatch.setattr(corpus, "download", download)
    assert corpus.main(["--dest", str(tmp_path / "corpus")]) == 2
    assert "could not fetch" in capsys.readouterr().err
    assert list((tmp_path / "corpus").iterdir()) == []
