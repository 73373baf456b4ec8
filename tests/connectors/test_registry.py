"""A network is one file that is dropped in; a bad one is refused by name and takes nothing else down."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors import networks, registry

GOOD = """
from connectors.networks.x import X as _X

class Postduif(_X):
    slug = "postduif"
    label = "Postduif"
"""


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Put a file among the networks, for this test."""
    monkeypatch.setattr(networks, "__path__", [*networks.__path__, str(tmp_path)])

    def put(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        registry.reset()

    yield put
    monkeypatch.undo()
    registry.reset()


def test_a_network_is_added_by_one_file(drop: Callable[[str, str], None]) -> None:
    before = [network.label for network in registry.all_networks()]
    drop("postduif", GOOD)
    assert registry.problems() == ()
    assert registry.get("postduif").label == "Postduif"
    after = [network.label for network in registry.all_networks()]
    assert after == sorted([*before, "Postduif"], key=str.lower)


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("syntax", "def (", "SyntaxError"),
        ("raises", "raise RuntimeError('weg')", "RuntimeError: weg"),
        ("empty", "", "it must hold one class with a slug, and holds 0"),
        ("two", GOOD + "\nclass Other(_X):\n    slug = 'other'", "holds 2"),
        ("taken", GOOD.replace('"postduif"', '"x"'), "“x” is taken"),
        ("slug", GOOD.replace('"postduif"', '"Post Duif"'), "a slug that is not lower-case"),
        ("bare", "class Bare:\n    slug = 'bare'", "lacks the method check"),
        ("streams", GOOD + "    streams = ['x']\n", "needs streams as a tuple of Stream"),
        ("label", GOOD.replace('label = "Postduif"', "label = 5"), "lacks the text label"),
    ],
)
def test_a_bad_file_is_named_and_the_others_stay(
    drop: Callable[[str, str], None], name: str, source: str, reason: str
) -> None:
    drop(f"z_bad_{name}", source)
    (problem,) = registry.problems()
    assert problem.startswith(f"connectors/networks/z_bad_{name}.py is not used:")
    assert reason in problem
    assert {network.slug for network in registry.all_networks()} >= {"facebook_page"}
    assert registry.get("x").label == "X"


def test_an_unknown_network_says_which_there_are() -> None:
    with pytest.raises(registry.UnknownNetwork, match=r"“hyves”.*facebook_page, .*x"):
        registry.get("hyves")
