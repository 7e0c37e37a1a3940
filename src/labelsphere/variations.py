"""Names with variations, as in ``paper+dim=512``: how a command names methods and protocols."""

from collections.abc import Collection

from labelsphere.errors import UsageError


def split_variations(
    text: str, what: str, known: Collection[str], *, example: str
) -> tuple[str, dict[str, str]]:
    """Split a name from its variations.

    Args:
        text: A known name, then any number of ``+key=value``. Of a key given twice, the last
            value counts.
        what: What is named, for messages: ``"method"``.
        known: The names.
        example: A name with a variation, for messages.

    Returns:
        The name, and values by key, without blanks around them.

    Raises:
        UsageError: If the name is unknown, or a variation is not ``key=value``.

    Examples:
        >>> split_variations("few + share=0.05", "protocol", ["few"], example="few+share=0.05")
        ('few', {'share': '0.05'})
    """
    name, *variations = [part.strip() for part in text.split("+")]
    if name not in known:
        raise UsageError(f"{what} must be one of {', '.join(known)}, but got {name!r}")
    given = {}
    for variation in variations:
        key, equals, value = variation.partition("=")
        if not equals or not key:
            raise UsageError(
                f"a variation must be key=value, but got {variation!r}; example: {example}"
            )
        given[key] = value
    return name, given
