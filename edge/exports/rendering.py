"""The templates of what is exported as HTML."""

import jinja2


def template(name: str) -> jinja2.Template:
    """One of the folder `templates`; what it is given is escaped, and what it is not given raises."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("edge.exports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)
