// Owns the Node peer: a `ws` server of the same meaning as `bench bare`. A publisher's frame gets a sequence, is
// encoded once and is sent to everybody in the room. Refuses to know people, rights, storage and resume.
//
// node ws-server.mjs HOST:PORT [framed]
//   framed: the WebSocket frame, too, is built once and written to the sockets directly. This goes past the public
//   way of using `ws`; it shows what a tuned Node server can reach.
import { WebSocket, WebSocketServer, Sender } from 'ws';

const [host, port] = (process.argv[2] ?? '127.0.0.1:9901').split(':');
const framed = process.argv[3] === 'framed';
/** @type {Map<string, {seq: number, members: Set<WebSocket>}>} */
const rooms = new Map();

function room(name) {
  let found = rooms.get(name);
  if (!found) rooms.set(name, (found = { seq: 0, members: new Set() }));
  return found;
}

function broadcast(members, text) {
  const bytes = Buffer.from(text);
  if (framed) {
    const frame = Buffer.concat(Sender.frame(bytes, { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true }));
    for (const member of members) if (member.readyState === WebSocket.OPEN) member._socket.write(frame);
  } else {
    for (const member of members) if (member.readyState === WebSocket.OPEN) member.send(bytes, { binary: false });
  }
}

const server = new WebSocketServer({ host, port: Number(port), perMessageDeflate: false, clientTracking: false, backlog: 4096 });
server.on('connection', (socket, request) => {
  request.socket.setNoDelay(true);
  const joined = [];
  socket.send('{"op":"hello"}');
  socket.on('message', (bytes) => {
    const { op, id, rooms: wanted, r, d } = JSON.parse(bytes);
    if (op === 'auth') {
      socket.send('{"op":"ready"}');
    } else if (op === 'sub') {
      for (const { r: name } of wanted) {
        const { seq, members } = room(name);
        members.add(socket);
        joined.push(members);
        socket.send(JSON.stringify({ op: 'subbed', id, o: seq }));
      }
    } else if (op === 'send') {
      const there = room(r);
      there.seq += 1;
      broadcast(there.members, JSON.stringify({ op: 'ev', t: 'message.sent', r, o: there.seq, d }));
      socket.send(JSON.stringify({ op: 'ok', id, seq: there.seq }));
    }
  });
  socket.on('close', () => joined.forEach((members) => members.delete(socket)));
  socket.on('error', () => socket.terminate());
});
process.on('SIGTERM', () => process.exit(0));
