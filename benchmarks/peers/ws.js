// `ws` on Node: what Redis publishes goes to every client. The text stays the bytes that came; nothing is encoded again.
import { WebSocketServer } from "ws";
import { Redis } from "ioredis";

const [port, redis] = process.argv.slice(2);
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port), perMessageDeflate: false, backlog: 1024 });
const subscriber = new Redis(redis);
subscriber.on("messageBuffer", (channel, message) => {
  for (const client of server.clients) client.send(message, { binary: false });
});
await subscriber.subscribe("notifications");
