"""ASP.NET Core: the page for a Host that is not among AllowedHosts. Other refusals of Kestrel have no body."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import holds
from ws101.terms import Hop

SIGNATURES = (
    Signature(
        "aspnet-host",
        "asp.net core",
        Hop.SERVER,
        Says.HOST,
        "https://github.com/dotnet/aspnetcore/blob/main/src/Middleware/HostFiltering/src/HostFilteringMiddleware.cs",
        frozenset({400}),
        # The spaces in this tag tell it from the page of HTTP.sys that it imitates.
        holds("</ HEAD >\r\n<BODY><h2>Bad Request - Invalid Hostname</h2>"),
    ),
)
