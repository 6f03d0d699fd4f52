"""Texts and catalogues: what is extracted, how it is written, and what is kept of a translation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.catalogue import Catalogue, Translation, empty_catalogue, kept_up, read_catalogue, template
from cooperation.document import BadInput
from cooperation.texts import Text, rulebook_texts, scenario_texts

SCENARIO = """\
scenario: small
title: A small one
objectives:
  - Ask first
states:
  XA: {name: Arvania, calendar: VN, seat: team}
requests:
  - id: preserve
    who: XA/contact_point_24_7
    type: preservation_expedited
    contents:
      data_description: The logs of one server
      data_category: [traffic_data]
      language: English
      urgency: {level: urgent, reasons: It rotates}
injects:
  - id: note
    title: A note
    body: >
      It says:
      pay.
"""
TITLE = Text("small: title", "A small one", "cooperation/data/scenarios/small.yaml", 2)


def translated(text: str, **more: str | bool | tuple[str, ...]) -> Translation:
    return Translation("small: title", text, "Một bài nhỏ", **more)  # type: ignore[arg-type]


def entries(content: str) -> list[Translation]:
    return list(read_catalogue(content, "small.po").translations)


# ---- what is extracted


def test_what_people_read_is_extracted_with_its_way_and_line(tmp_path: Path):
    (tmp_path / "small.yaml").write_text(SCENARIO)

    assert [(text.context, text.text, text.line) for text in scenario_texts(tmp_path)] == [
        ("small: title", "A small one", 2),
        ("small: objectives/1", "Ask first", 4),
        ("small: states/XA/name", "Arvania", 6),
        ("small: requests/preserve/contents/data_description", "The logs of one server", 12),
        ("small: requests/preserve/contents/urgency/reasons", "It rotates", 15),
        ("small: injects/note/title", "A note", 18),
        ("small: injects/note/body", "It says: pay.", 19),
    ]


@pytest.mark.parametrize("texts", [scenario_texts(), rulebook_texts()], ids=["scenarios", "rule book"])
def test_each_context_names_one_text_that_ships(texts):
    contexts = [text.context for text in texts]

    assert len(contexts) > 500
    assert len(set(contexts)) == len(contexts)
    assert [text.context for text in texts if not text.text] == []


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("articles: articles/42/title", "International request for expedited preservation of stored data"),
        ("fields: fields/intent_to_follow_up/label", "Statement that an MLA request will follow"),
        ("grounds: grounds/form/advice", "ask for more information (40(16)) before refusing"),
        ("request_types/mla_stored_data: name", "MLA - access to stored electronic data"),
        ("articles: articles/37/paragraphs/11", "prosecute if nationality is the only bar"),
    ],
)
def test_titles_labels_and_advice_of_the_rule_book_are_extracted(context, text):
    assert {t.context: t.text for t in rulebook_texts()}[context] == text


# ---- how it is written


def test_a_template_names_place_context_and_text():
    assert template([TITLE]).split("\n\n")[1] == (
        '#: cooperation/data/scenarios/small.yaml:2\nmsgctxt "small: title"\nmsgid "A small one"\nmsgstr ""\n'
    )


def test_the_same_texts_give_the_same_bytes_without_a_date():
    assert template([TITLE]) == template([TITLE])
    assert "POT-Creation-Date" not in template([TITLE])


def test_quotes_backslashes_and_lines_are_escaped():
    text = Text("a: b", 'Say "now"\\later\nand\tthen', "a.yaml", 1)

    assert 'msgid ""\n"Say \\"now\\"\\\\later\\n"\n"and\\tthen"\n' in template([text])


def test_a_text_with_a_placeholder_tells_the_translators_tool():
    text = Text("advice/questions: questions/a/asks", "Is {about} called for?", "a.yaml", 1)

    assert "\n#, python-brace-format\n" in template([text])
    assert "python-brace-format" not in template([TITLE])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t"\\'), min_size=1))
def test_whatever_is_written_is_read_again(text):
    [found] = entries(template([Text("a: b", text, "a.yaml", 1)]))

    assert (found.context, found.text, found.translated) == ("a: b", text, "")


def test_a_new_language_says_that_it_is_not_translated():
    content = kept_up([TITLE], empty_catalogue("vi"))

    assert '"Language: vi\\n"' in content
    assert '"PO-Revision-Date: not translated yet\\n"' in content


# ---- what is kept of a translation


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (translated("A small one"), translated("A small one")),
        (
            translated("A tiny one"),
            translated("A small one", is_fuzzy=True, before="A tiny one"),
        ),
        (
            Translation("small: summary", "A small one", "Một bài nhỏ"),
            translated("A small one", is_fuzzy=True),
        ),
        (
            translated("A small one", comments=("# checked by the ministry",)),
            translated("A small one", comments=("# checked by the ministry",)),
        ),
        (
            translated("A small one", is_fuzzy=True, before="Tiny"),
            translated("A small one", is_fuzzy=True, before="Tiny"),
        ),
        (Translation("other: title", "Another", "Khác"), Translation("small: title", "A small one")),
    ],
    ids=[
        "the same text",
        "the English has changed",
        "it stood in another place",
        "with a translator's comment",
        "a fuzzy one stays fuzzy",
        "of a text that is gone",
    ],
)
def test_a_translation_is_kept_as_far_as_it_can_be(found, kept):
    assert entries(kept_up([TITLE], Catalogue("Language: vi\n", (found,)))) == [kept]


def test_the_header_belongs_to_the_translators():
    found = read_catalogue(
        'msgid ""\nmsgstr ""\n"Last-Translator: A. Nguyen\\n"\n"Language: vi\\n"\n', "a.po"
    )

    assert '"Last-Translator: A. Nguyen\\n"' in kept_up([TITLE], found)


def test_keeping_up_twice_changes_nothing():
    once = kept_up([TITLE], Catalogue("Language: vi\n", (translated("A tiny one"),)))

    assert kept_up([TITLE], read_catalogue(once, "a.po")) == once


def test_what_a_tool_has_given_up_is_passed_over():
    assert entries('#~ msgid "Old"\n#~ msgstr "Cũ"\n\nmsgid "New"\nmsgstr "Mới"\n') == [
        Translation("", "New", "Mới")
    ]


def test_a_broken_catalogue_is_told_with_its_lines():
    with pytest.raises(BadInput) as caught:
        read_catalogue('msgid "A"\nmsgstr "B\n\nnonsense\n', "vi.po")

    assert [(fault.file, fault.line, fault.problem) for fault in caught.value.faults] == [
        ("vi.po", 2, "is no line of a catalogue"),
        ("vi.po", 4, "is no line of a catalogue"),
    ]
