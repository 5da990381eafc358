// Serves the exported app as a web server in front of the product does: files, else index.html; /api, /v1 and the socket go to
// the server behind. Owns nothing of what is tested.
import { createReadStream, existsSync, statSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".css": "text/css",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
};
const BEHIND = /^\/(api|v1|realtime|\.well-known|readyz|healthz)(\/|\?|$)/;

/** Starts it on a free loopback port; gives its address and how to stop it. */
export async function serve(folder, behind) {
  const upstream = new URL(behind);
  const server = http.createServer((request, response) => {
    if (BEHIND.test(request.url)) return forward(request, response);
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = join(folder, path);
    const found = existsSync(file) && statSync(file).isFile() ? file : join(folder, "index.html");
    response.writeHead(200, { "content-type": TYPES[extname(found)] ?? "application/octet-stream" });
    createReadStream(found).pipe(response);
  });

  function forward(request, response) {
    const onward = http.request(
      { host: upstream.hostname, port: upstream.port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  }

  server.on("upgrade", (request, socket, head) => {
    const onward = net.connect(Number(upstream.port), upstream.hostname, () => {
      const lines = request.rawHeaders.reduce((all, part, i) => all + (i % 2 ? `${part}\r\n` : `${part}: `), "");
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.setNoDelay(true);
    socket.setNoDelay(true);
    for (const end of [onward, socket]) end.on("error", () => (onward.destroy(), socket.destroy()));
  });

  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}
