"""URLs that others wrote."""

from yarl import URL


def url_of(text: str) -> URL:
    """Return a text as a URL; ``ValueError`` where it is none, for which yarl raises ``IndexError`` as well."""
    try:
        return URL(text)
    except IndexError as err:
        raise ValueError("a URL that ends where its host should be") from err
