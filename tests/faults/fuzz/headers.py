"""The request's headers that something in the stack reads, each with values that it might trip over.

Found by reading: daphne (http_protocol, ws_protocol), Twisted's and autobahn's HTTP, Channels' OriginValidator,
Django's handler and middleware, WhiteNoise, and Tracker itself; and what others in their place would read.
"""

import random

from tests.faults.fuzz.values import HOSTS, NUMERALS, OTHER_HOST, WORDS, as_bytes, odd

DATES = [
    "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 0000 23:59:59 GMT",
    "Sun, 06 Nov 1994 25:61:61 GMT", "now", "Thu, 01 Jan 99999999999 00:00:00 GMT",
]  # fmt: skip
ETAGS = ['"x"', 'W/"x"', "*", "x", '"', '""', '"a", "b"', "W/", '"\x80"']
COOKIES = [
    'sessionid="\\000aaaaaaa"', 'sessionid="\\101"', "sessionid=", "sessionid", "=", ";",
    "sessionid=a; sessionid=b", "sessionid=" + "a" * 5000, "sessionid=../../etc/passwd", "sessionid=\xff\xfe",
    "sessionid='; --", "csrftoken=short", "csrftoken=" + "b" * 32, "csrftoken=" + "b" * 64, 'csrftoken="\\000"',
    "csrftoken=\xe9", "messages=x", 'messages="', "messages=.eJw",
    "messages=W1siX19qc29uX21lc3NhZ2UiLDAsMjAsIngiXV0:1:2", 'known_browser="\\000"', "known_browser=W10:1rX:x",
    "known_browser=.x:y:z", "$Version=1; $Path=/", "__Host-sessionid=1", "a=b," * 50,
    'messages="[[\\"__json_message\\"\\0540\\05425\\054\\"x\\"]]"', "; ".join(f"c{n}=1" for n in range(300)),
]  # fmt: skip
TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=idna", "application/x-www-form-urlencoded; charset=zlib",
    "application/x-www-form-urlencoded; charset=no-such", "application/x-www-form-urlencoded; charset=undefined",
    "application/x-www-form-urlencoded; charset=\xe9", "application/x-www-form-urlencoded; charset=\"utf-8",
    "application/x-www-form-urlencoded; charset=latin-1", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\xff", "multipart/form-data; boundary=" + "b" * 500,
    'multipart/form-data; boundary="', "multipart/form-data; boundary=x; charset=utf-7",
    "multipart/mixed; boundary=x", "multipart/form-data; boundary=a b", "multipart/form-data; boundary*=utf-8''x",
    "multipart/form-data; boundary*0=x; boundary*1=y", "text/plain", "", "application/json",
    "application/json; charset=utf-32", "/", ";", "text/html; q=\x00", "application/x-www-form-urlencoded;",
]  # fmt: skip
ACCEPTED = [
    "application/json", "text/html", "*/*", "application/*", "", ",", ";q=", "text/html;q=2", "a/b;q=nan", "x",
    "application/json;q=0.5, text/html", "/", "text/html;version=1e400", "*/json", ";", "application/json;\xff",
    "a" * 4000,
]  # fmt: skip
NAMES = [
    *HOSTS, "127.0.0.1", "localhost", "127.0.0.1:99999", "127.0.0.1:", "[::1]", "[::1", "::1", "", " ", "a_b",
    "xn--", "127.0.0.1.", "127.0.0.1/", "127.0.0.1?", "127.0.0.1#", "127.0.0.1, evil.example", "LOCALHOST", "\xe9",
]  # fmt: skip
ADDRESSES = [
    "127.0.0.1", "::1", "fe80::1%eth0", "unknown", "1.2.3.4, 5.6.7.8", ",", "1.2.3.4:80", "[::1]:80", "\xff", "%00",
    "999.1.1.1", "1" * 5000, "::ffff:1.2.3.4", "1.2.3.4\t",
]  # fmt: skip
ENCODINGS = [
    "gzip", "br", "identity", "*;q=0", "gzip;q=1e400", "", ",", "deflate, gzip;q=1.0, *;q=0.5", "\xff", "chunked",
]  # fmt: skip
PREFIXES = [*HOSTS, "/x", "/x/", "x", "%2f%2f" + OTHER_HOST, "%00", "%ff", "/../..", "\xe9", "", "/{}", "/%0d%0aX:%20y"]
LANGUAGES = ["de", "en-us,en;q=0.5", "*", "xx-" + "y" * 100, "de;q=1e400", "../x", "\xe9", "de-\x00", ",,,"]
RANGES = [
    "bytes=0-0", "bytes=0-", "bytes=-1", "bytes=5-1", "bytes=99999999999999999999-", "bytes=a-b", "bytes=0-0,1-1",
    "bytes=", "bytes", "x=0-1", "bytes=-0", "bytes=0-99999999999999999999999", "bytes=--1", "bytes=1_0-",
]  # fmt: skip
SCHEMES = ["https", "http", "HTTPS", "https,http", "javascript", "", "\xe9", "ws"]
AUTHORITIES = [
    "Bearer ", "Bearer \xff", "Bearer a-token-for-the-tests", "Basic", "Basic \xff", "Basic OjpAOg==",
    "Negotiate x",
]  # fmt: skip
TOKENS = ["a" * 32, "a" * 64, "", "\xe9" * 32, "a" * 31 + "\\", "a" * 100_0, "%00"]
IDS = ["a" * 64, "a" * 65, "\x1b[31m", "x y", "\xe9", "", "a-b-c-d-e-f", "{}", "%s%s%n"]
PIECES = [
    "chunked", "gzip, chunked", "identity", "chunked, identity", "xchunked", " chunked", "chunked;q=1", "\xe9", "",
]  # fmt: skip
LENGTHS = [
    "0", "-1", "+5", "5, 5", "5, 6", "0x5", "1e1", "٣", "99999999999999999999", "4294967297", "", "5 ", "1_0",
    "NaN",
]  # fmt: skip

EXTENSIONS = ["permessage-deflate", "permessage-deflate; server_max_window_bits=99", "x;;", "\xe9", '"', ""]

HEADERS: dict[str, list[str]] = {
    # where the request went, and who has forwarded it
    "Host": NAMES, "X-Forwarded-Host": NAMES, "X-Forwarded-For": ADDRESSES, "X-Forwarded-Proto": SCHEMES,
    "X-Forwarded-Port": NUMERALS, "X-Forwarded-Prefix": PREFIXES, "X-Forwarded-Server": NAMES,
    "X-Forwarded-Scheme": SCHEMES, "X-Scheme": SCHEMES, "X-Forwarded-Ssl": ["on", "off"], "Front-End-Https": ["on"],
    "X-Real-IP": ADDRESSES, "Forwarded": [f"for=1.2.3.4;host={OTHER_HOST};proto=https", "for=\"", ";;;"],
    "Via": ["1.1 " + OTHER_HOST], "Daphne-Root-Path": PREFIXES, "Script-Name": PREFIXES, "X-Script-Name": PREFIXES,
    "X-Original-URL": PREFIXES, "X-Rewrite-URL": PREFIXES, "X-HTTP-Method-Override": ["DELETE", "PUT", "x"],
    "X-Method-Override": ["DELETE"], "True-Client-IP": ADDRESSES, "CF-Connecting-IP": ADDRESSES,
    "Client-IP": ADDRESSES,
    # who asks
    "Cookie": COOKIES, "Authorization": AUTHORITIES, "Proxy-Authorization": AUTHORITIES, "X-CSRFToken": TOKENS,
    "Origin": [*NAMES, "null", "http://127.0.0.1", "https://127.0.0.1:1"], "Referer": [*NAMES, "http://127.0.0.1/"],
    "User-Agent": ["", "\xff", "a" * 8000, "() { :; }; x", "%s", "{}"], "X-Request-ID": IDS,
    "Remote-User": ["admin"], "X-Requested-With": ["XMLHttpRequest", "x"],
    "Sec-Fetch-Site": ["cross-site", "same-origin", "x"], "Remote-Addr": ADDRESSES,
    # what is wanted
    "Accept": ACCEPTED, "Accept-Encoding": ENCODINGS, "Accept-Language": LANGUAGES,
    "Accept-Charset": ["utf-16", "*", "x"], "Range": RANGES, "If-Range": [*DATES, *ETAGS],
    "If-Modified-Since": DATES, "If-Unmodified-Since": DATES, "If-None-Match": ETAGS, "If-Match": ETAGS,
    "Cache-Control": ["no-cache", "only-if-cached", "max-age=x"], "TE": ["trailers", "gzip"],
    "Max-Forwards": NUMERALS, "Prefer": ["return=minimal"], "Save-Data": ["on"],
    # what is sent
    "Content-Type": TYPES, "Content-Encoding": ENCODINGS, "Content-Disposition": ["form-data; name=x", "\xff"],
    "Content-Language": LANGUAGES, "Content-MD5": WORDS[:20], "Content-Range": RANGES,
    "Trailer": ["Content-Length", "Host"],
    # how the connection goes on
    "Connection": ["close", "keep-alive", "Upgrade", "keep-alive, Upgrade", "Host", "x", ""],
    "Keep-Alive": ["timeout=1e400"],
    "Upgrade": ["websocket", "WebSocket", "h2c", "TLS/1.0", "websocket, h2c", "", "\xe9"],
    "HTTP2-Settings": ["AAMAAABkAAQAAP__"], "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ==", "x", "", "\xe9"],
    "Sec-WebSocket-Version": ["13", "8", "0", "99", "x", ""],
    "Sec-WebSocket-Protocol": ["a, b", "", ",", "\xe9", "%ff", "a" * 5000, "a/b"], "Proxy-Connection": ["close"],
    "Sec-WebSocket-Extensions": EXTENSIONS,
}  # fmt: skip
# These say where a request ends: with another value the server may rightly wait for more, or close.
FRAMING: dict[str, list[str]] = {
    "Content-Length": LENGTHS, "Transfer-Encoding": PIECES, "Expect": ["100-continue", "x", ""],
}  # fmt: skip
OFTEN = ["Cookie"] * 4 + ["Content-Type", "Host", "Daphne-Root-Path", "Origin"]  # more often than the others
ODD_NAMES = ["X" * 3000, "Host ", "X_Forwarded_Host", "Daphne_Root_Path", "", "X\x00Y", "x:y", "É", "\tX"]


def one(chance: random.Random) -> tuple[bytes, bytes]:
    """A header with an odd value; one in eight with any value, one in thirty with a name of its own."""
    name = chance.choice([*HEADERS, *OFTEN])
    value = odd(chance) if chance.random() < 0.125 else as_header(chance.choice(HEADERS[name]))
    if chance.random() < 0.03:
        name = chance.choice(ODD_NAMES)
    return as_header(name), without_line_ends(value) if chance.random() < 0.98 else value


def as_header(text: str) -> bytes:
    """As Latin-1, which is what a header is; what is none of it as UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return as_bytes(text)


def without_line_ends(value: bytes) -> bytes:
    """One that stays one header; the others make a request of another shape."""
    return value.replace(b"\r", b" ").replace(b"\n", b" ")
