// Node's ws behind node:http, as its README shows it: an `upgrade` listener that checks the token.
const http = require("node:http");
const { task, check, listen, HOST, PATH, UNAUTHORIZED } = require("./publishing.js");
const { WebSocketServer } = require(`${task.modules}/ws`);

const sockets = new Set();
const server = http.createServer();
const acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false });
server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => {});
  if (request.url !== PATH || check(request.headers.authorization) === null) {
    socket.end(
      `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\nContent-Length: ${UNAUTHORIZED.length}\r\n\r\n${UNAUTHORIZED}`,
    );
    return;
  }
  acceptor.handleUpgrade(request, socket, head, (websocket) => {
    sockets.add(websocket);
    websocket.on("close", () => sockets.delete(websocket));
  });
});
server.listen(task.port, HOST, 4096);
listen(sockets, (socket, text) => socket.send(text));
