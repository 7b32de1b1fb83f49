// What peers/publishing.py, peers/given.py and peers/token_check.py are, for the peers in Node.
const crypto = require("node:crypto");
const net = require("node:net");
const readline = require("node:readline");

const task = JSON.parse(process.env.WS101_BENCH);
const key = crypto.createSecretKey(Buffer.from(task.secret));
const HOST = "127.0.0.1";
const PATH = "/api/v1/timers/notifications";
const UNAUTHORIZED = '{"title":"The token is not valid","status":401,"detail":"The signature does not fit."}\n';
const TURN = 32;
const DEVICES = 3;

// Returns the user's id, or null.
function check(authorization) {
  try {
    if (!authorization.startsWith("Bearer ")) return null;
    const [head, body, signature] = authorization.slice(7).split(".");
    if (JSON.parse(Buffer.from(head, "base64url")).alg !== "HS256") return null;
    const expected = crypto.createHmac("sha256", key).update(`${head}.${body}`).digest();
    const sent = Buffer.from(signature, "base64url");
    if (sent.length !== expected.length || !crypto.timingSafeEqual(sent, expected)) return null;
    const claims = JSON.parse(Buffer.from(body, "base64url"));
    const fits = claims.aud === "ws101-timers" && claims.iss === "ws101-timers" && claims.exp > Date.now() / 1000;
    return fits ? claims.sub : null;
  } catch {
    return null;
  }
}

function message(number, due) {
  const value = { type: "Measured", due: due.padStart(20, "0"), seq: String(number).padStart(10, "0"), padding: "" };
  const bare = JSON.stringify(value);
  value.padding = "x".repeat(250 - bare.length);
  return JSON.stringify(value);
}

// `sockets` is a Set of open sockets, `send(socket, text)` writes one message.
function listen(sockets, send) {
  let sent = 0;
  const order = (line) => {
    const [count, due, word] = line.split(" ");
    const receivers = [...sockets];
    const users = word === "devices" ? Math.floor(receivers.length / DEVICES) : receivers.length;
    let left = Number(count);
    const turn = () => {
      for (let i = 0; i < TURN && left > 0; i++, left--) {
        sent++;
        const text = message(sent, due);
        for (let one = sent % users; one < receivers.length; one += users) send(receivers[one], text);
      }
      if (left > 0) setImmediate(turn);
    };
    turn();
  };
  net
    .createServer((control) => {
      control.on("close", () => process.exit(0)); // whoever measured is gone
      control.on("error", () => {});
      readline.createInterface({ input: control }).on("line", (line) => (line ? order(line) : control.write("\n")));
    })
    .listen(task.control, HOST);
}

module.exports = { task, check, listen, HOST, PATH, UNAUTHORIZED };
