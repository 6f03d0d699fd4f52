"""Data files: what the reader takes, what it refuses, and whether it says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from cooperation.document import BYTES_AT_MOST, BadInput, Fault, line_of, read_file, read_text


def read(text: str) -> object:
    return read_text(text.encode(), "case.yaml")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("42", 42),
        ("-7", -7),
        ("0o17", "0o17"),
        ("12:30", "12:30"),
        ("2026-11-22", "2026-11-22"),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ('"42"', "42"),
        ("42(1)", "42(1)"),
        ("1_000", "1_000"),
    ],
    ids=str,
)
def test_a_plain_word_is_read_as_yaml_1_2_reads_it(written, value):
    assert read(f"key: {written}") == {"key": value}


def test_every_key_and_item_remembers_its_line():
    document = read("first: 1\nlist:\n  - one\n  - {deep: 2,\n     deeper: 3}\n")
    assert [line_of(document, p) for p in (["first"], ["list", 0], ["list", 1, "deeper"])] == [1, 3, 5]
    assert line_of(document, ["list", 7]) == 2


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "stands twice"),
        (b"a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        (b"b: *x\n", 1, "anchors and aliases"),
        (b"a: !!python/object:os.system x\n", 1, "is not allowed"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"? [1, 2]\n: 3\n", 1, "a key must be"),
        (b"a: [1, 2\n", 2, "is not YAML"),
        (b"a: 1\n\tb: 2\n", 2, "is not YAML"),
        (b"a: 1\nb: \xff\xfe\n", 2, "is not UTF-8"),
        (b"\x7fELF\x02\x01\x01\x00\x00", 1, "character that YAML does not allow"),
        (b"", 0, "is empty"),
        (b"# nothing but a comment\n", 0, "is empty"),
        (b"[" * 100_000, 1, "nested deeper than 40"),
        (b"{a: " * 100_000, 1, "nested deeper than 40"),
    ],
    ids=[
        "duplicate key",
        "anchor",
        "alias",
        "tag",
        "second document",
        "key that is no word",
        "bracket left open",
        "tab",
        "not UTF-8",
        "binary",
        "empty",
        "only a comment",
        "100,000 brackets",
        "100,000 braces",
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(content, line, words):
    with pytest.raises(BadInput) as caught:
        read_text(content, "case.yaml")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("case.yaml", line)
    assert words in fault.problem


def test_a_file_that_cannot_be_read_is_told_by_name(tmp_path: Path):
    big = tmp_path / "big.yaml"
    big.write_bytes(b"#" * (BYTES_AT_MOST + 1))
    for path, words in [
        (tmp_path / "none.yaml", "cannot be read: No such file or directory"),
        (tmp_path, "is a folder"),
        (big, "is larger than 2,000,000 bytes"),
    ]:
        with pytest.raises(BadInput, match=words):
            read_file(path, called=path.name)


def test_a_fault_reads_as_place_key_problem_and_mend():
    assert (
        str(Fault("a.yaml", 3, "acts", "has no submit", "add it")) == "a.yaml:3: acts: has no submit (add it)"
    )
    assert str(Fault("a.yaml", 0, "", "is empty")) == "a.yaml: is empty"


def test_faults_are_told_in_the_order_of_their_files_and_lines():
    bad = BadInput([Fault("b", 1, "", "x"), Fault("a", 10, "", "y"), Fault("a", 9, "", "z")])
    assert [(f.file, f.line) for f in bad.faults] == [("a", 9), ("a", 10), ("b", 1)]
