"""py3langid's model in little memory: 4 MB where the library takes 44, and numpy 20.

It looks for telling pieces of words (features) with an automaton that has a table of 256 next states for each of its
100,000 states. Nearly all of that follows from the tree of the features: where a letter leads nowhere, it is tried
again from the longest ending of what was read that is in the tree too (Aho and Corasick, 1975). So the tree and those
endings are all that is kept. The same features are found, and they are weighed as the library does it: naive Bayes,
with the logarithm of how often each is there, made comparable between short and long texts.
"""

from __future__ import annotations

import ast
import io
import lzma
import math
import struct
import unicodedata
import zipfile
from array import array
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import compress
from operator import ne
from pathlib import Path
from typing import Any

_LETTERS = range(256)


class Features:
    """The tree. States are numbered breadth first, so that the children of one stand in a row."""

    def __init__(self, table: Sequence[int], row_of: Sequence[int], feature_of: Sequence[int]) -> None:
        """The whole automaton: rows of 256 states, the row of each state, and the feature found there or -1."""
        order, ending, letters = [0], {0: 0}, bytearray()
        self._first = array("I")
        for state in order:  # which grows
            self._first.append(len(letters))
            mine, other = row_of[state] * 256, row_of[ending[state]] * 256
            if mine == other and state:
                continue
            here = table[mine : mine + 256]
            elsewhere = table[other : other + 256] if state else array("I", bytes(4 * 256))
            for letter in compress(_LETTERS, map(ne, here, elsewhere)):
                letters.append(letter)
                order.append(here[letter])
                ending[here[letter]] = elsewhere[letter]
        self._first.append(len(letters))
        place = {state: number for number, state in enumerate(order)}
        self._letters = bytes(letters)
        self._ending = array("I", (place[ending[state]] for state in order))
        self._feature = array("i", (feature_of[state] for state in order))

    def of(self, text: bytes) -> Counter[int]:
        """How often each feature stands in the text."""
        first, ending, feature, find = self._first, self._ending, self._feature, self._letters.find
        state, seen = 0, []
        for letter in text:
            while (at := find(letter, first[state], first[state + 1])) < 0 and state:
                state = ending[state]
            state = at + 1  # the children of the first state begin at 0, it is no child itself
            if feature[state] >= 0:
                seen.append(feature[state])
        return Counter(seen)


class LanguageModel:
    """Some languages (ISO 639-1 codes), and which of them a text is in. Loads for about a second."""

    def __init__(self, languages: Sequence[str]) -> None:
        file = _file()
        classes = file.text("classes")
        columns = sorted(classes.index(language) for language in languages)
        self._languages = [classes[column] for column in columns]
        self._weights = [file.column("ptc", column) for column in columns]
        before = file.numbers("pc")
        self._before = [before[column] for column in columns]
        self._features = Features(file.numbers("nextmove"), file.numbers("nextmove_row"), file.numbers("out_feat"))

    def classify(self, text: str) -> tuple[str, float]:
        """The likeliest language, and how likely it is (0..1). Where nothing tells, all are equally likely."""
        read = unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode("utf-8", "surrogatepass")
        found = [(feature, math.log1p(count)) for feature, count in self._features.of(read).items()]
        length = math.sqrt(len(read) or 1)
        scores = [
            (before + sum([often * weights[feature] for feature, often in found])) / length if found else 0.0
            for before, weights in zip(self._before, self._weights, strict=True)
        ]
        best = max(scores)
        return self._languages[scores.index(best)], 1 / sum(math.exp(score - best) for score in scores)


class _File:
    """Arrays as numpy keeps them in a file: a description and then the values."""

    def __init__(self, packed: io.BytesIO) -> None:
        self._arrays = zipfile.ZipFile(packed)

    def numbers(self, name: str) -> array[Any]:
        kind, _shape, values = self._read(name)
        found: array[Any] = array({"<u2": "H", "<u4": "I", "<i4": "i", "<f4": "f"}[kind])
        found.frombytes(values)
        return found

    def column(self, name: str, number: int) -> array[Any]:
        """Of a table of numbers of two bytes."""
        _kind, (rows, columns), values = self._read(name)
        picked = bytearray(2 * rows)
        picked[0::2], picked[1::2] = values[2 * number :: 2 * columns], values[2 * number + 1 :: 2 * columns]
        return array("f", struct.unpack(f"<{rows}e", picked))

    def text(self, name: str) -> list[str]:
        kind, _shape, values = self._read(name)
        size = 4 * int(kind.removeprefix("<U"))
        whole = [values[start : start + size].decode("utf-32-le") for start in range(0, len(values), size)]
        return [word.rstrip("\0") for word in whole]

    def _read(self, name: str) -> tuple[str, tuple[int, ...], bytes]:
        whole = self._arrays.read(f"{name}.npy")
        size = int.from_bytes(whole[8:10], "little")  # format 1.0
        told = ast.literal_eval(whole[10 : 10 + size].decode("latin-1"))
        return told["descr"], told["shape"], whole[10 + size :]


def _file() -> _File:
    library = find_spec("py3langid")  # which is not imported: it would load numpy
    if library is None or library.origin is None:
        raise ModuleNotFoundError("py3langid")
    with lzma.open(Path(library.origin).parent / "data" / "model.npz.xz") as packed:
        return _File(io.BytesIO(packed.read()))
