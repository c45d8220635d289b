"""Templates: what is filled in, and what is refused."""

import unittest

from rendering.template import TemplateError, render


class TemplateTests(unittest.TestCase):
    """Each test is one rule of the language."""

    def test_names_become_values_and_nested_ones_are_reached_by_dots(self):
        self.assertEqual(render("a={{a}} b={{b.c}}\n", {"a": 1, "b": {"c": "x"}}), "a=1 b=x\n")

    def test_a_list_repeats_its_section_and_leaves_no_line_of_its_own(self):
        text = "hosts:\n{{#hosts}}\n  - {{name}} of {{all}}\n{{/hosts}}\nend\n"
        self.assertEqual(
            render(text, {"hosts": [{"name": "a"}, {"name": "b"}], "all": 2}), "hosts:\n  - a of 2\n  - b of 2\nend\n")

    def test_what_is_false_or_empty_shows_the_inverted_section(self):
        text = "{{#old}}\nold\n{{/old}}\n{{^old}}\nnew\n{{/old}}\n"
        self.assertEqual([render(text, {"old": old}) for old in (True, False, [])], ["old\n", "new\n", "new\n"])

    def test_sections_nest_and_the_innermost_name_wins(self):
        text = "{{#a}}{{n}}{{#b}}{{n}}{{/b}}{{n}}{{/a}}"
        self.assertEqual(render(text, {"n": 0, "a": {"n": 1, "b": [{"n": 2}, {"n": 3}]}}), "1231")

    def test_a_comment_leaves_nothing(self):
        self.assertEqual(render("a\n{{! why }}\nb\n", {}), "a\nb\n")

    def test_a_name_that_does_not_exist_is_an_error(self):
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
