"""A template is the file itself with {{names}} in it: the part of Mustache that configuration files need.

  {{name}}                      the value; one that does not exist is an error, not an empty text
  {{#name}} … {{/name}}         for each element of a list; once for what is true or a mapping; not at all otherwise
  {{^name}} … {{/name}}         only for what is empty or false
  {{! why }}                    for whoever reads the template

A line that holds nothing but one of the last three leaves no line behind. Inside a section the names of its element
come first.
"""

import re

_TAG = re.compile(r"(?m:^[ \t]*)\{\{([#^/!])([^}]*)\}\}[ \t]*\n|\{\{([#^/!]?)([^}]*)\}\}")


class TemplateError(Exception):
    """A template that cannot be filled in: a name that does not exist, a section without its end."""


def render(text, values):
    """Fills in a template. `values` is a mapping; nested mappings are reached as {{outer.inner}}."""
    return "".join(_fill(_parse(_tokens(text)), [values]))


def _tokens(text):
    position = 0
    for match in _TAG.finditer(text):
        if match.start() > position:
            yield "text", text[position:match.start()]
        kind, name = (match[1], match[2]) if match[1] else (match[3] or "=", match[4])
        yield kind, name.strip()
        position = match.end()
    yield "text", text[position:]


def _parse(tokens, section=None):
    """The nodes up to the end of `section`: (kind, value, inner nodes). All levels share one iterator."""
    nodes = []
    for kind, value in tokens:
        if kind == "/":
            if value != section:
                raise TemplateError(f'"{{{{/{value}}}}}" ends section "{section}"')
            return nodes
        if kind != "!":
            nodes.append((kind, value, _parse(tokens, value) if kind in "#^" else None))
    if section is not None:
        raise TemplateError(f'section "{section}" has no end')
    return nodes


def _fill(nodes, scopes):
    for kind, value, inner in nodes:
        if kind == "text":
            yield value
        elif kind == "=":
            yield str(_find(value, scopes))
        else:
            found = _find(value, scopes)
            if kind == "^":
                if not found:
                    yield from _fill(inner, scopes)
                continue
            for element in found if isinstance(found, list) else [found] if found else []:
                yield from _fill(inner, scopes + [element] if isinstance(element, dict) else scopes)


def _find(name, scopes):
    first, *others = name.split(".")
    for scope in reversed(scopes):
        if first in scope:
            value = scope[first]
            for other in others:
                if not isinstance(value, dict) or other not in value:
                    raise TemplateError(f'no value is named "{name}"')
                value = value[other]
            return value
    raise TemplateError(f'no value is named "{name}"')
