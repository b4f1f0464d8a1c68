"""There are enough fixtures of each kind of deployment file, and at least half of them are silent."""

import harness
import pytest
from preaudit_hooks.documents.kinds import kind_of
from preaudit_hooks.registry import registry

LEAST = {"compose": 40, "dotenv": 25, "app-spec": 10}


@pytest.fixture(scope="module")
def fixtures():
    """Answer {kind: [whether silent, ...]} of the files in the fixtures of AUD901 to AUD912."""
    found = {kind: [] for kind in LEAST}
    for info in registry():
        if "AUD901" <= info.code <= "AUD912":
            for case in harness.fixture_cases(info.load()):
                for path, text in case.files.items():
                    kind = kind_of(path, text)
                    if kind in found:
                        found[kind].append(not harness.marks(text)[0])
    return found


@pytest.mark.parametrize("kind, least", LEAST.items())
def test_fixtures(fixtures, kind, least):
    files, silent = len(fixtures[kind]), sum(fixtures[kind])
    print(f"{kind}: {files} fixtures, {silent} of them silent")
    assert files >= least and 2 * silent >= files
