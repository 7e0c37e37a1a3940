"""Names of Python's arguments in messages, as the command line has them."""

import re

_ARGUMENTS = re.compile(r"the arguments? (?=`\w+`)")
_NAME = re.compile(r"`([a-z][a-z_]+)`")


def option_names(message: str) -> str:
    """A message in which the arguments that it names are options.

    Examples:
        >>> option_names("name one with the argument `tag_column`")
        'name one with --tag-column'
    """
    if not _ARGUMENTS.search(message):
        return message
    bare = _ARGUMENTS.sub("", message)
    return _NAME.sub(lambda found: "--" + found[1].replace("_", "-"), bare)
