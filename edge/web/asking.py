"""What every route does with a request: where it comes from, its form, and one sentence where it is refused."""

from urllib.parse import SplitResult, parse_qs, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from edge.delivery import page_words
from edge.model.language import Locale
from edge.web import languages
from edge.web.reader import Reader

COOKIE = "feverhub"
YEAR_S = 365 * 24 * 3600
MOST_BODY_BYTES = 4096
MOST_FIELDS = 40


class Refused(Exception):
    """One sentence for who asked, and the status. word: its name in `page_words.WORDS`."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(page_words.WORDS[word])
        self.status = status
        self._word = word

    def said(self, words: Locale) -> str:
        """The sentence in these words."""
        return page_words.fill(self._word, words)


def secret(request: Request, cookie: str = COOKIE) -> str:
    """What a phone, a browser or a script was let in with: its cookie, or its bearer token; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(cookie, "")


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def as_json(fields: dict[str, object], status: int = 200) -> Response:
    return Response(msgspec.json.encode(fields), status, media_type="application/json")


def set_cookie(request: Request, answer: Response, secret: str, lasts_s: int) -> None:
    """What a phone is known by. No script sees it, and no other site sends it along."""
    answer.set_cookie(
        COOKIE, secret, max_age=lasts_s, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def chosen(request: Request, reader: Reader) -> Response:
    """Keeps how this phone is to be spoken to, and leads back to the page of this hub from which that was asked."""
    before = _split(request.headers.get("referer", ""))
    here = before.netloc == request.headers.get("host", "") and not before.path.startswith(("//", "/\\"))
    back = f"{before.path}?{before.query}" if here and before.query else before.path if here else "/"
    answer = RedirectResponse(back or "/", status_code=303)
    answer.set_cookie(
        languages.COOKIE, f"{reader.language}.{reader.unit}", max_age=YEAR_S, httponly=True, samesite="lax"
    )
    return answer


def _split(address: str) -> SplitResult:
    """Its parts; none of an address that is none, such as one with half a bracket."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def same_origin(request: Request) -> None:
    """Every browser says where a form comes from; what says nothing, or another place, is refused (OWASP, CSRF)."""
    origin = request.headers.get("origin", "")
    if not origin or _split(origin).netloc != request.headers.get("host", ""):
        raise Refused(403, "elsewhere")


async def body(request: Request) -> bytes:
    """Raises Refused for more than any command holds."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > MOST_BODY_BYTES:
            raise Refused(413, "too_long")
    return found


async def form(request: Request) -> dict[str, list[str]]:
    """The fields of a form, each with all its values. Raises Refused for what is none, or has more than 40."""
    try:
        return parse_qs((await body(request)).decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(400, "not_read") from None


def last(fields: dict[str, list[str]]) -> dict[str, str]:
    """Of two fields with one name the last."""
    return {name: values[-1] for name, values in fields.items()}


def plain(text: str) -> str | int | bool:
    """A form has texts alone, and the verbs take whole numbers and true too."""
    if text == "true":
        return True
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text
