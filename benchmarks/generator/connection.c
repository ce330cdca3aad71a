/* Connecting, the WebSocket handshake (RFC 6455) and frames. */
#define _GNU_SOURCE
#include "generator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* The key and its answer are the example of RFC 6455, section 1.3. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ANSWER "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define ACKNOWLEDGE_NS 5000000000u
#define ACKNOWLEDGE_BYTES (256 * 1024)
#define ACKNOWLEDGE_LEAST_NS 500000000u /* between two */
#define READ_SIZE (128 * 1024) /* small enough to stay in the core's own cache */

enum { CONTINUATION, TEXT, BINARY, CLOSE = 8, PING, PONG };

static char input[READ_SIZE];

static void watch(struct connection *c, unsigned events, int operation) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, operation, c->fd, &e)) fail("epoll_ctl: %s", strerror(errno));
}

void start_connection(struct connection *c) {
    take_time();
    c->began_ns = now_ns;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) fail("socket: %s (raise the limit of open files)", strerror(errno));
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(options.ports[c->index % options.port_count])};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->state = CONNECTING;
    c->header_length = 0;
    c->payload_left = c->message_left = 0;
    c->opcode = -1;
    c->control.length = c->partial.length = c->unsent.length = 0;
    totals.underway++;
    watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) end_connection(c, "connect", 0);
}

/* A connection ends. One that was not open yet tries again, if it may. */
void end_connection(struct connection *c, const char *why, int code) {
    if (c->state == ENDED || c->state == WAITING) return;
    close(c->fd);
    bool was_open = c->state == OPEN;
    if (!c->ready) totals.underway--;
    if (was_open) {
        totals.open--;
        if (c->ready) totals.ready--;
        note_end(code);
    } else {
        totals.failed_handshakes++;
        if (totals.failed_handshakes == 1) event("{\"event\":\"refused\",\"why\":\"%s\",\"code\":%d}", why, code);
    }
    c->state = ENDED;
    if (options.retry_ms && !c->ready) {
        c->state = WAITING;
        c->again_ns = now_ns + (uint64_t)options.retry_ms * 1000000;
    }
    c->ready = false;
}

static void flush(struct connection *c) {
    while (c->unsent.length) {
        ssize_t n = send(c->fd, c->unsent.data, c->unsent.length, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return;
        }
        if (n < 0) {
            end_connection(c, "send", 0);
            return;
        }
        memmove(c->unsent.data, c->unsent.data + n, c->unsent.length - n);
        c->unsent.length -= n;
    }
    if (c->state == OPEN) watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

static void send_bytes(struct connection *c, const char *data, size_t length) {
    if (!c->unsent.length) {
        ssize_t n = send(c->fd, data, length, MSG_NOSIGNAL);
        if (n == (ssize_t)length) return;
        if (n < 0 && errno != EAGAIN) {
            end_connection(c, "send", 0);
            return;
        }
        if (n > 0) data += n, length -= n;
    }
    append(&c->unsent, data, length);
    flush(c);
}

/* A client's frame is masked; a mask of zeros leaves the payload as it is. */
void send_frame(struct connection *c, int opcode, const char *data, size_t length) {
    char frame[1024];
    size_t n = 0;
    if (c->state != OPEN || length > sizeof frame - 8) return;
    frame[n++] = (char)(0x80 | opcode);
    if (length < 126) {
        frame[n++] = (char)(0x80 | length);
    } else {
        frame[n++] = (char)(0x80 | 126);
        frame[n++] = (char)(length >> 8);
        frame[n++] = (char)length;
    }
    memset(frame + n, 0, 4);
    memcpy(frame + n + 4, data, length);
    send_bytes(c, frame, n + 4 + length);
}

void send_text(struct connection *c, const char *text, size_t length) { send_frame(c, TEXT, text, length); }

/* "I have handled everything up to here", when the page says it too (static/js/live/connection.js): a while or so many
 * bytes after the last time, if something was handled; soon after an alert; after a heartbeat; never twice at once. */
void acknowledge_if_due(struct connection *c) {
    if (options.protocol != TRACKER || c->state != OPEN || !c->ready) return;
    bool is_due = c->must_answer || (c->alert_due_ns && now_ns >= c->alert_due_ns);
    bool has_handled = c->seq > c->acknowledged;
    is_due |= has_handled && (now_ns - c->acknowledged_ns >= ACKNOWLEDGE_NS || c->bytes_since >= ACKNOWLEDGE_BYTES);
    if (!is_due || now_ns - c->said_ns < ACKNOWLEDGE_LEAST_NS) return;
    char text[64];
    c->acknowledged = c->seq;
    c->acknowledged_ns = c->said_ns = now_ns;
    c->bytes_since = c->alert_due_ns = 0;
    c->must_answer = false;
    totals.acknowledgements++;
    send_text(c, text, sprintf(text, "{\"type\":\"ack\",\"seq\":%lu}", c->seq));
}

static void send_handshake(struct connection *c) {
    char request[4096];
    int port = options.ports[c->index % options.port_count];
    const char *cookie = options.cookie_count ? options.cookies[c->index % options.cookie_count] : "";
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n%s%s%s%s%s%s\r\n",
                     options.path, port, *options.origin ? "Origin: " : "", options.origin,
                     *options.origin ? "\r\n" : "", *cookie ? "Cookie: " : "", cookie, *cookie ? "\r\n" : "");
    if (n >= (int)sizeof request) fail("the handshake is too long");
    c->state = HANDSHAKE;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
    send_bytes(c, request, n);
}

static void take_frames(struct connection *c, const char *data, size_t length);

static void take_handshake(struct connection *c, const char *data, size_t length) {
    append(&c->partial, data, length);
    append(&c->partial, "", 1); /* ends the string */
    c->partial.length--;
    char *end = strstr(c->partial.data, "\r\n\r\n");
    if (!end) {
        if (c->partial.length > 16384) end_connection(c, "handshake", 0);
        return;
    }
    int status = 0;
    sscanf(c->partial.data, "HTTP/1.1 %d", &status);
    if (status != 101 || !strstr(c->partial.data, ANSWER)) {
        end_connection(c, "handshake", status);
        return;
    }
    struct bytes rest = {0};
    append(&rest, end + 4, c->partial.data + c->partial.length - (end + 4));
    c->partial.length = 0;
    c->state = OPEN;
    c->open_ns = now_ns;
    totals.open++;
    begin_protocol(c);
    if (rest.length) take_frames(c, rest.data, rest.length);
    free(rest.data);
}

static void take_control(struct connection *c) {
    unsigned char *data = (unsigned char *)c->control.data;
    if (c->opcode == PING) {
        send_frame(c, PONG, c->control.data, c->control.length);
    } else if (c->opcode == CLOSE) {
        int code = c->control.length >= 2 ? data[0] << 8 | data[1] : 1005;
        send_frame(c, CLOSE, c->control.data, c->control.length >= 2 ? 2 : 0);
        end_connection(c, "closed", code);
    }
    c->control.length = 0;
}

/* The header that is in c->header, if it is whole; else how many bytes it has at least. */
static int header_size(const struct connection *c) {
    if (c->header_length < 2) return 2;
    int size = c->header[1] & 0x7f;
    return size == 127 ? 10 : size == 126 ? 4 : 2;
}

static void begin_frame(struct connection *c) {
    uint64_t size = c->header[1] & 0x7f;
    if (size >= 126) {
        size = 0;
        for (int i = 2; i < c->header_length; i++) size = size << 8 | c->header[i];
    }
    c->opcode = c->header[0] & 0x0f;
    c->is_final = c->header[0] & 0x80;
    c->payload_left = size;
    if (c->header[0] & 0x70 || c->header[1] & 0x80) totals.errors++; /* compressed, or masked by a server */
    if (c->opcode < CLOSE) totals.frames++;
}

static void take_frames(struct connection *c, const char *data, size_t length) {
    while (length && c->state == OPEN) {
        int wanted = header_size(c);
        if (c->header_length < wanted) {
            c->header[c->header_length++] = (unsigned char)*data++;
            length--;
            if (c->header_length < header_size(c)) continue;
            begin_frame(c);
            if (c->payload_left && length == 0) return;
        }
        size_t n = length < c->payload_left ? length : c->payload_left;
        c->payload_left -= n;
        bool is_end = !c->payload_left;
        if (c->opcode >= CLOSE) {
            append(&c->control, data, n);
            if (is_end) take_control(c);
        } else {
            c->bytes_since += n;
            take_payload(c, data, n, is_end && c->is_final);
        }
        data += n;
        length -= n;
        if (is_end) c->header_length = 0;
    }
}

void take_events(struct connection *c, unsigned events) {
    if (c->state == CONNECTING && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) {
            end_connection(c, "connect", error);
            return;
        }
        send_handshake(c);
    } else if (events & EPOLLOUT) {
        flush(c);
    }
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)) || c->state == ENDED || c->state == WAITING) return;
    ssize_t n = recv(c->fd, input, sizeof input, 0);
    take_time();
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        end_connection(c, "closed", 1006);
        return;
    }
    if (c->state == HANDSHAKE)
        take_handshake(c, input, n);
    else
        take_frames(c, input, n);
    acknowledge_if_due(c);
}
