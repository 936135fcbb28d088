"""Names that people choose, made safe to stand in a line of ours."""

NAME_LENGTH = 100


def one_line(text: str) -> str:
    """The text on one line, without characters that show nothing or turn the line around."""
    flat = " ".join(text.split())
    return flat if flat.isprintable() else "".join(filter(str.isprintable, flat))


def plain_name(name: str) -> str:
    """A name as it may stand in a card or before a post: it must not pass for a line of its own."""
    return one_line(name)[:NAME_LENGTH]
