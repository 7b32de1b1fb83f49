"""Which protocol the first bytes of an answer belong to when they are no HTTP/1; owns the marks of each protocol."""

import re

from ws101.handshake.answer import Kind

# How many first bytes are looked at; the longest mark is a greeting's first line.
SNIFFED = 512

# RFC 8446, 6 and the IANA registry of TLS alerts
ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
    30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate",
    43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
    47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error",
    60: "export_restriction", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
    110: "unsupported_extension", 111: "certificate_unobtainable", 112: "unrecognized_name",
    113: "bad_certificate_status_response", 114: "bad_certificate_hash_value", 115: "unknown_psk_identity",
    116: "certificate_required", 120: "no_application_protocol", 121: "ech_required",
}  # fmt: skip

# RFC 8446, 5.1: TLSPlaintext = type, legacy_record_version, length, fragment; an alert's fragment is level, description
_TLS_RECORD = re.compile(rb"[\x14-\x18]\x03[\x00-\x04]", re.DOTALL)
_TLS_ALERT = re.compile(rb"\x15\x03[\x00-\x04]\x00\x02", re.DOTALL)
_ALERT_BYTES = 7

# RFC 9113, 3.4: "The server connection preface consists of a potentially empty SETTINGS frame"; 6.5 and 6.8: SETTINGS and
#   GOAWAY stand on stream 0. A frame's header has 9 bytes (4.1).
_HTTP2_BYTES, _HTTP2_LEAST = 9, 4
_HTTP2_OPENERS = (0x04, 0x07)

_MARKS: tuple[tuple[bytes, str], ...] = (
    (rb"SSH-\d", "SSH"),  # RFC 4253, 4.2
    (rb"[245]\d\d[ -][^\n]*(?:SMTP|postfix|exim|sendmail)", "SMTP"),  # RFC 5321, 3.1
    (rb"[245]\d\d[ -][^\n]*FTP", "FTP"),  # RFC 959, 5.4
    (rb"[245]\d\d[ -]", "SMTP or FTP"),
    (rb"\* (?:OK|BYE|PREAUTH|BAD)\b", "IMAP"),  # RFC 9051, 7.1
    (rb"\+OK\b", "POP3"),  # RFC 1939, 3
    (rb"INFO \{", "NATS"),
    (rb"-ERR 'unknown protocol operation'", "NATS"),
    (rb"-(?:ERR|DENIED|NOAUTH|WRONGPASS|LOADING|MISCONF|READONLY)\b", "Redis"),
    (rb"AMQP[\x00-\x03]", "AMQP"),  # AMQP 0-9-1, 4.2.2
    (
        rb"..[\x00-\x02]\x00\x0a[0-9][\x20-\x7e]*\x00",
        "MySQL",
    ),  # HandshakeV10: length, sequence 0, protocol 10
    (rb"..\x00[\x00-\x02]\xff..[\x20-\x7e]", "MySQL"),  # ERR_Packet
    (rb"E\x00\x00..S(?:FATAL|ERROR|PANIC)\x00", "PostgreSQL"),  # ErrorResponse
    (rb"EFATAL:", "PostgreSQL"),  # ErrorResponse of protocol 2
    (rb"(?:CLIENT_|SERVER_)?ERROR(?:\r\n| [^:])", "Memcached"),
    (rb"ERROR\n(?:message|content-)", "STOMP"),
    (rb"(?:ERROR :|NOTICE |:\S+ (?:NOTICE|4\d\d|0\d\d) )", "IRC"),  # RFC 2812, 3.7.4
    (rb"UNKNOWN_COMMAND\r\n", "Beanstalkd"),
    (rb"RTSP/\d", "RTSP"),  # RFC 7826, 8.1
    (rb"SIP/2\.0", "SIP"),  # RFC 3261, 7.2
    (rb"ICY \d\d\d", "SHOUTcast"),
    (rb"RFB \d\d\d\.\d\d\d", "VNC"),  # RFC 6143, 7.1.1
    (rb"@RSYNCD:", "rsync"),
    (rb"\( success \(", "Subversion"),
    (rb"(?:<\?xml[^>]*\?>\s*)?<stream:(?:stream|error)", "XMPP"),  # RFC 6120, 4.2
    (rb"\xff\x00{7}.\x7f", "ZeroMQ"),  # ZMTP 3.1, 2.2
    (rb"\xff[\xfb-\xfe]", "Telnet"),  # RFC 854
    (rb"\x30[\x0c-\x84].{0,4}\x02\x01", "LDAP"),  # RFC 4511, 4.1.1
)


def sniff(first: bytes) -> tuple[Kind, str]:
    """Return the kind of an answer that does not begin with `HTTP/`, and its alert's or protocol's name."""
    first = first[:SNIFFED]
    if not first:
        return Kind.NOTHING, ""
    if _TLS_ALERT.match(first):
        return Kind.TLS_ALERT, ALERTS.get(first[6], f"alert {first[6]}") if len(first) >= _ALERT_BYTES else ""
    if _TLS_RECORD.match(first):
        return Kind.TLS, ""
    if _is_http2(first):
        return Kind.HTTP2, ""
    service = next(
        (service for mark, service in _MARKS if re.match(mark, first, re.DOTALL | re.IGNORECASE)), ""
    )
    return (Kind.BANNER, service) if service else (Kind.UNKNOWN, "")


def settled(first: bytes) -> bool:
    """Return whether more bytes would tell nothing more about which protocol this is."""
    kind, _ = sniff(first)
    if kind is Kind.TLS_ALERT:
        return len(first) >= _ALERT_BYTES
    if kind is Kind.HTTP2:
        return len(first) >= _HTTP2_BYTES
    if kind is Kind.BANNER:
        return len(first) >= SNIFFED or re.search(rb"[\n\x00\xff]", first) is not None
    return kind is Kind.TLS and len(first) > 4


def _is_http2(first: bytes) -> bool:
    """Return whether these are, as far as they go, the header of a frame that a server may open HTTP/2 with."""
    if len(first) < _HTTP2_LEAST or first[0] or first[3] not in _HTTP2_OPENERS:
        return False
    return first[4:5] in {b"", b"\x00"} and not any(first[5:_HTTP2_BYTES])
