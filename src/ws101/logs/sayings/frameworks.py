"""What web frameworks print when they refuse a handshake: Action Cable, Phoenix, Django Channels, CometD, Node proxies, Envoy."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_RAILS = "Rails: actioncable/lib/action_cable/connection/base.rb"
_PHOENIX = "Phoenix: lib/phoenix/socket/transport.ex"

SAYINGS = (
    *family(
        "action cable",
        Hop.SERVER,
        _RAILS,
        (
            (
                Says.ORIGIN,
                "Request origin not allowed: ",
                r"Request origin not allowed: (?P<origin>\S{0,400})",
                "Request origin not allowed: http://localhost:4000",
            ),
            (
                Says.NO_UPGRADE,
                "Failed to upgrade to WebSocket (REQUEST_METHOD: ",
                r"Failed to upgrade to WebSocket \(REQUEST_METHOD: (?P<method>[A-Z]{1,12}), HTTP_CONNECTION: [^,\n]{0,200}, HTTP_UPGRADE: ?(?!\s*websocket)[^,)\n]{0,80}\)",
                "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: close, HTTP_UPGRADE: )",
            ),
            (
                Says.NOTHING,
                "Failed to upgrade to WebSocket (REQUEST_METHOD: ",
                r"Failed to upgrade to WebSocket \(REQUEST_METHOD: (?P<method>[A-Z]{1,12}), ",
                "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: Upgrade, HTTP_UPGRADE: websocket)",
            ),
            (
                Says.CREDENTIALS,
                "An unauthorized connection attempt was rejected",
                "",
                "An unauthorized connection attempt was rejected",
            ),
        ),
    ),
    *family(
        "phoenix",
        Hop.SERVER,
        _PHOENIX,
        (
            (
                Says.ORIGIN,
                "Could not check origin for Phoenix.Socket transport",
                r"Could not check origin for Phoenix\.Socket transport\.?(?:\s{0,4}Origin of the request: (?P<origin>\S{1,400}))?",
                "[error] Could not check origin for Phoenix.Socket transport.",
            ),
        ),
    ),
    *family(
        "django",
        Hop.SERVER,
        "Django: http/request.py, get_host",
        (
            (
                Says.HOST,
                "Invalid HTTP_HOST header: '",
                r"Invalid HTTP_HOST header: '(?P<host>[^'\n]{1,255})'\. You may need to add ",
                "Invalid HTTP_HOST header: 'example.com'. You may need to add 'example.com' to ALLOWED_HOSTS.",
            ),
        ),
        vague=True,
    ),
    *family(
        "django",
        Hop.SERVER,
        "Django Channels: channels/routing.py, URLRouter",
        (
            (
                Says.NO_ROUTE,
                "No route found for path ",
                r"No route found for path '(?P<path>[^'\n]{1,2000})'",
                "ValueError: No route found for path 'ws/wrong'.",
            ),
        ),
    ),
    *family(
        "asp.net core",
        Hop.SERVER,
        "ASP.NET Core: Microsoft.IdentityModel and JwtBearerHandler",
        (
            (
                Says.TOKEN_AUDIENCE,
                'error_description="The audience',
                r'error="invalid_token", error_description="The audience\b',
                '401 error="invalid_token", error_description="The audience is invalid"',
            ),
            (
                Says.TOKEN_ISSUER,
                'error_description="The issuer',
                r'error="invalid_token", error_description="The issuer\b',
                'error="invalid_token", error_description="The issuer is invalid"',
            ),
            (
                Says.TOKEN_EXPIRED,
                'error_description="The token expired at',
                "",
                'error="invalid_token", error_description="The token expired at \'11/26/2026 01:00:00\'"',
            ),
            (
                Says.TOKEN_SIGNATURE,
                'error_description="The signature',
                r'error="invalid_token", error_description="The signature (?:is invalid|key was not found)',
                'error="invalid_token", error_description="The signature is invalid"',
            ),
        ),
        vague=True,
    ),
    *family(
        "the server",
        Hop.SERVER,
        "PyJWT, jsonwebtoken, php-jwt, jjwt, golang-jwt: the messages of their exceptions",
        (
            (
                Says.TOKEN_NOT_YET_VALID,
                "annot handle token prior to ",
                "",
                "Cannot handle token prior to 2026-11-26T01:00:00+0000",
            ),
            (
                Says.TOKEN_NOT_YET_VALID,
                "jwt not active",
                r"\bjwt not active\b",
                "JsonWebTokenError: jwt not active",
            ),
            (Says.TOKEN_EXPIRED, "jwt expired", r"\bjwt expired\b", "TokenExpiredError: jwt expired"),
            (
                Says.TOKEN_EXPIRED,
                "Signature has expired",
                "",
                "jwt.exceptions.ExpiredSignatureError: Signature has expired",
            ),
            (
                Says.TOKEN_EXPIRED,
                "token is expired",
                r"\btoken is expired\b",
                "token has invalid claims: token is expired",
            ),
            (
                Says.TOKEN_EXPIRED,
                "The Token has expired on ",
                "",
                "com.auth0.jwt.exceptions.TokenExpiredException: The Token has expired on 2026-11-26T01:00:00Z.",
            ),
            (
                Says.TOKEN_NOT_YET_VALID,
                "The token is not yet valid",
                r"The token is not yet valid \((?:iat|nbf)\)",
                "jwt.exceptions.ImmatureSignatureError: The token is not yet valid (nbf)",
            ),
            (
                Says.TOKEN_SIGNATURE,
                "Signature verification failed",
                "",
                "jwt.exceptions.InvalidSignatureError: Signature verification failed",
            ),
            (Says.TOKEN_SIGNATURE, "JsonWebTokenError: invalid signature", "", ""),
            (
                Says.TOKEN_SIGNATURE,
                "The Token's Signature resulted invalid",
                "",
                "com.auth0.jwt.exceptions.SignatureVerificationException: The Token's Signature resulted invalid when verified using the Algorithm: HmacSHA256",
            ),
            (Says.TOKEN_MALFORMED, "jwt malformed", r"\bjwt malformed\b", "JsonWebTokenError: jwt malformed"),
            (
                Says.TOKEN_AUDIENCE,
                "jwt audience invalid",
                "",
                "JsonWebTokenError: jwt audience invalid. expected: b",
            ),
            (
                Says.TOKEN_ISSUER,
                "jwt issuer invalid",
                "",
                "JsonWebTokenError: jwt issuer invalid. expected: b",
            ),
            (
                Says.TOKEN_AUDIENCE,
                "InvalidAudienceError: ",
                r"InvalidAudienceError: (?:Audience doesn't match|Invalid audience)",
                "jwt.exceptions.InvalidAudienceError: Audience doesn't match",
            ),
            (
                Says.TOKEN_ISSUER,
                "InvalidIssuerError: Invalid issuer",
                "",
                "jwt.exceptions.InvalidIssuerError: Invalid issuer",
            ),
        ),
        vague=True,
    ),
)
