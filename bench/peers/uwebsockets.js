// uWebSockets.js, from npm's @trufflesuite/uws-js-unofficial: HTTP, frames and sockets in C++.
const { task, check, listen, HOST, PATH, UNAUTHORIZED } = require("./publishing.js");
const uws = require(`${task.modules}/@trufflesuite/uws-js-unofficial`);

const sockets = new Set();
uws
  .App()
  .ws(PATH, {
    compression: uws.DISABLED,
    idleTimeout: 120,
    upgrade: (res, req, context) => {
      if (check(req.getHeader("authorization")) === null) {
        res.writeStatus("401 Unauthorized").writeHeader("WWW-Authenticate", "Bearer").end(UNAUTHORIZED);
        return;
      }
      res.upgrade({}, req.getHeader("sec-websocket-key"), req.getHeader("sec-websocket-protocol"),
        req.getHeader("sec-websocket-extensions"), context);
    },
    open: (socket) => sockets.add(socket),
    close: (socket) => sockets.delete(socket),
  })
  .listen(HOST, task.port, (listening) => {
    if (!listening) process.exit(1);
  });
listen(sockets, (socket, text) => socket.send(text));
