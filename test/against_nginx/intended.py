"""Where sluice differs from nginx on purpose: patterns for names of cases, or for "FILE METHOD|URI|ARGS|REQUEST_URI|STATUS"
of log lines, and the reason. One that matches nothing any more fails the test."""

intended = {
    # Requests.
    r"uri\.test /a.*#.*": "a '#' in a target is refused: no client sends one, and what is behind it is read differently by others",
    r"an absolute target with arguments alone": "\"http://a?b\" is refused: nobody sends it",
    r"a method in lower case": "methods are case-sensitive tokens (RFC 9110 9.1), and it is for the peer to know them",
    r"HTTP/0\.9": "there is no HTTP/0.9",
    r"\S+ OPTIONS \*": "a valid request (RFC 9112 3.2.4)",

    # Answers.
    r"ret\.test /304|204 and 304 keep the connection": "a 304 has no Content-Length: 0, which would speak of the body of a 200",
    r"ret\.test /301(bare|empty)": "no empty Location",
    r"head\.test /203.*": "a status has its phrase",
    r"a 400 ends the connection|a 413 by return ends the connection": "it ends if the framing is in doubt, not because of the number",
    r"var\.test /headers X-A: one X-A: two .*": "values of fields that repeat are joined, as in nginx since 1.23",

    r"proxy\.test /regex-var/a%20b": "a space never stands bare in the request line to a peer",
    r"next\.test /auth/status/401\?h=WWW-Authenticate.*&h=WWW-Authenticate.*": "each challenge is kept, as in nginx since 1.23",

    # Bodies.
    r"1000 bytes in chunks to held": "what came with its head is in memory anyway, and needs no file",
    r"(20000|300000) bytes .*to streamed": "$request_body is the whole body or nothing; in nginx the part that was there when it was asked for",

    # Names of fields.
    r"(under|invalid)\.test / X-A: 1 X_A: 2": "values of fields that repeat are joined, as in nginx since 1.23",
    r"invalid\.test \S+ X(\(A|\xe4): .*": "what is no name by RFC 9110 5.1 is refused: peers read it in different ways, or not at all",

    r"access\.log GET\|/bind-foreign/x\|.*": "the peer that was to be asked is named, although no socket could be had",

    # Logs. Lines of the cases above.
    r"access\.log \w+\|/\S*\|.*\|403": "$proxy_host is known from the location on, not only once a peer is asked",
    r"access\.log GET\|/peer\|-\|/peer\|200": "see names of fields above",
    r"access\.log POST\|/(held|streamed|streamed-old|dropped|rest)/\w+\|.*": "$request_length counts a chunked body without its chunks",
    r"access\.log POST\|/(body|body-streamed|body-old|empty-body|body-off)/\|.*": "the same",
    r"access\.log GET\|/\S+/head-of/\d+/\|.*\|502": "no field is taken from a head that is too large",
    r"access\.log GET\|/regex-var/a b\|.*\|200": "see the space above",
    r"access\.log GET\|.*#.*\|200": "see '#' above",
    r"access\.log GET\|/\|x=1\|\?x=1\|200": "see arguments alone above",
    r"access\.log GET\|/304\|.*": "see 304 above",
    r"access\.log GET\|/301(bare|empty)\|.*": "see Location above",
    r"access\.log GET\|/headers\|.*": "see repeated fields above",
    r"access\.log .*\|(400|405|414|431|501|505)": "a refused head is logged with what could be read of it",
    r"access\.log (GET|POST)\|/(app|slash|size|413)\|.*\|(301|413)": "$proxy_host is known from the location on, not only once a peer is asked",
    r"access\.log GET\|/(target/\w*|pages/\w*|plain)\|\|.*": "arguments that were taken away are none: -",
    r"access\.log GET\|/proxy/(chunked|close)\|.*\|200": "$body_bytes_sent counts the body, not the lines of the chunks",
    r"access\.log POST\|/\|-\|/\|200": "$content_length is what the client says",
    r"access\.log (GET\|/pages/413|POST\|/body)\|.*": "$request_length counts a body that came along, read or not",
    r"access\.log GET\|/\w+\.txt\|with=body\|.*\|200": "the same",
    r"access\.log GET\|/a\.txt\|-\|/a\.txt\?again\|200": "$status is what was sent, 304 or 206, not what error_page had in mind",
    r"access\.log GET\|/cycle/again\|.*": "see arguments that were taken away",
    r"access\.log GET\|/a\.txt\|.*\|412": "$request_completion is OK for a 412 of a condition, as for other pages",
    r"access\.log GET\|\S+\|-\|/(trailer|inherited)\S*\|20[06]": "$body_bytes_sent again: what trails goes in chunks",
    r"access\.log GET\|/\|-\|/\|200": "$request_length counts empty lines before the request; there is no HTTP/0.9",
    r"access\.log POST\|/slash/a\|-\|/slash/a\|200": "$request_length counts a chunked body without its chunks",
}
