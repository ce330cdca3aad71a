// socket.io on Node, WebSocket only: what Redis publishes is emitted to everyone, encoded once by its adapter.
import { createServer } from "node:http";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const [port, redis] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
const subscriber = new Redis(redis);
subscriber.on("message", (channel, message) => io.emit("notification", JSON.parse(message)));
await subscriber.subscribe("notifications");
http.listen(Number(port), "127.0.0.1", 1024);
