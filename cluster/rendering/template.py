"""Templates with {{names}}: the part of Mustache that configuration files need.

  {{name}}                      the value; an unknown name is an error
  {{#name}} … {{/name}}         once for each element of a list; once for a true value or a mapping; otherwise nothing
  {{^name}} … {{/name}}         once for an empty or false value
  {{! why }}                    a comment

A line that contains only one of the last three is removed. Inside a section the names of its element are looked up
first.
"""

import re

_TAG = re.compile(r"(?m:^[ \t]*)\{\{([#^/!])([^}]*)\}\}[ \t]*\n|\{\{([#^/!]?)([^}]*)\}\}")


class TemplateError(Exception):
    """A template that cannot be rendered: an unknown name, or a section without an end."""


def render(text, values):
    """Renders a template. `values` is a mapping; {{outer.inner}} names a value of a nested mapping."""
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
