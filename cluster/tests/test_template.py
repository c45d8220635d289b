"""Tests of the template language."""

import unittest

from rendering.template import TemplateError, render


class TemplateTests(unittest.TestCase):
    """Each test checks one rule of the language."""

    def test_a_name_is_replaced_by_its_value_and_dots_reach_nested_values(self):
        self.assertEqual(render("a={{a}} b={{b.c}}\n", {"a": 1, "b": {"c": "x"}}), "a=1 b=x\n")

    def test_a_section_is_repeated_for_each_element_and_its_tags_leave_no_lines(self):
        text = "hosts:\n{{#hosts}}\n  - {{name}} of {{all}}\n{{/hosts}}\nend\n"
        self.assertEqual(
            render(text, {"hosts": [{"name": "a"}, {"name": "b"}], "all": 2}), "hosts:\n  - a of 2\n  - b of 2\nend\n")

    def test_an_inverted_section_is_rendered_for_false_and_empty_values(self):
        text = "{{#old}}\nold\n{{/old}}\n{{^old}}\nnew\n{{/old}}\n"
        self.assertEqual([render(text, {"old": old}) for old in (True, False, [])], ["old\n", "new\n", "new\n"])

    def test_sections_nest_and_the_innermost_name_wins(self):
        text = "{{#a}}{{n}}{{#b}}{{n}}{{/b}}{{n}}{{/a}}"
        self.assertEqual(render(text, {"n": 0, "a": {"n": 1, "b": [{"n": 2}, {"n": 3}]}}), "1231")

    def test_a_comment_is_removed_with_its_line(self):
        self.assertEqual(render("a\n{{! why }}\nb\n", {}), "a\nb\n")

    def test_an_unknown_name_is_an_error(self):
        for text in "{{nobody}}", "{{a.nobody}}", "{{#nobody}}{{/nobody}}":
            with self.assertRaisesRegex(TemplateError, r'^no value is named "(a\.)?nobody"$'):
                render(text, {"a": {}})

    def test_a_section_without_its_end_is_an_error(self):
        with self.assertRaisesRegex(TemplateError, '^section "a" has no end$'):
            render("{{#a}}x", {"a": 1})
        with self.assertRaisesRegex(TemplateError, '^"{{/b}}" ends section "a"$'):
            render("{{#a}}x{{/b}}", {"a": 1})


if __name__ == "__main__":
    unittest.main()
