// Node's `ws`, as its README shows it: an `upgrade` listener that picks the server by path, and verifyClient for the
// token, which is asked after the handshake was looked at. Reads a policy (JSON, one line) from stdin, prints the port,
// ends when stdin does.
const crypto = require("node:crypto");
const http = require("node:http");
const readline = require("node:readline");
const { WebSocketServer } = require(process.argv[2]);

const SOCKET_PATH = "/api/v1/timers/notifications";

function claimsOf(compact, policy) {
  const [head, body, signature] = compact.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url"));
  const expected = crypto.createHmac("sha256", policy.secret).update(`${head}.${body}`).digest("base64url");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  const now = Date.now() / 1000;
  const good =
    header.alg === "HS256" &&
    (policy.key_ids.length === 0 || policy.key_ids.includes(header.kid)) &&
    signature === expected &&
    (claims.exp === undefined || now < claims.exp) &&
    (claims.nbf === undefined || now >= claims.nbf) &&
    claims.aud === "ws101-lab" &&
    claims.iss === "ws101-lab";
  return good ? claims : null;
}

function refusal(request, policy) {
  const origin = request.headers.origin;
  if (policy.overloaded) return [503, "overloaded", { "Retry-After": "30" }];
  if (policy.hosts.length && !policy.hosts.includes(request.headers.host)) return [400, "Invalid host header"];
  if (origin !== undefined && policy.origins.length && !policy.origins.includes(origin)) return [403, "Forbidden"];
  const [scheme, fromHeader] = (request.headers.authorization || "").split(" ");
  const fromQuery = new URL(request.url, "http://lab").searchParams.get("token");
  const compact = scheme.toLowerCase() === "bearer" && fromHeader ? fromHeader : fromQuery;
  let claims = null;
  try {
    claims = compact && claimsOf(compact, policy);
  } catch {
    claims = null;
  }
  if (!claims || !/^[1-9]$/.test(claims.sub || "")) return [401, "Unauthorized"];
  return (claims.scope || "").split(" ").includes("timers") ? null : [403, "Forbidden"];
}

function start(policy) {
  const server = http.createServer((request, response) => {
    const isPage = request.url === "/plain";
    response.writeHead(isPage ? 200 : 404, { "Content-Type": "text/plain" });
    response.end(isPage ? "a page without a socket\n" : "not found\n");
  });
  const echo = (socket) => socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  const late = (socket) => socket.close(4401, "bad token");
  const handleProtocols = (offered) => [...offered].find((name) => policy.subprotocols.includes(name)) || false;
  const verifyClient = ({ req }, done) => {
    const refused = policy.late ? null : refusal(req, policy);
    refused ? done(false, ...refused) : done(true);
  };
  const guarded = new WebSocketServer({ noServer: true, verifyClient, handleProtocols });
  guarded.on("connection", (socket, request) => (policy.late && refusal(request, policy) ? late(socket) : echo(socket)));
  const open = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const path = request.url.split("?")[0];
    if (path === SOCKET_PATH) {
      guarded.handleUpgrade(request, socket, head, (ws) => guarded.emit("connection", ws, request));
    } else if (path === "/open" || path === "/late") {
      open.handleUpgrade(request, socket, head, path === "/open" ? echo : late);
    } else {
      socket.destroy();
    }
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

const lines = readline.createInterface({ input: process.stdin });
lines.once("line", (line) => start(JSON.parse(line)));
lines.on("close", () => process.exit(0));
