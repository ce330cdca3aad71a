/* Messages out of frames. Each message is cut out whole, and its type, number and stamp are read. */
#define _GNU_SOURCE
#include "generator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool starts(const char *text, size_t length, const char *with) {
    size_t n = strlen(with);
    return length >= n && !memcmp(text, with, n);
}

/* The value of "key": in a JSON text; both ways of writing, with and without a space after the colon. */
static const char *value_of(const char *text, size_t length, const char *key) {
    const char *found = memmem(text, length, key, strlen(key));
    if (!found) return NULL;
    found += strlen(key);
    while (found < text + length && *found == ' ') found++;
    return found < text + length ? found : NULL;
}

static uint64_t number_of(const char *text, size_t length, const char *key) {
    const char *value = value_of(text, length, key);
    uint64_t number = 0;
    while (value && value < text + length && *value >= '0' && *value <= '9') number = number * 10 + (*value++ - '0');
    return number;
}

/* A message that is of the moment, or greets; true if it was one. */
static bool take_greeting(struct connection *c, const char *type, const char *text, size_t length) {
    size_t left = text + length - type;
    if (starts(type, left, "\"hello\"")) {
        c->seq = options.has_since ? options.since : number_of(text, length, "\"seq\":");
        c->acknowledged = c->seq;
        c->acknowledged_ns = now_ns - rand() % 5000 * 1000000ull; /* pages are not in step with each other */
        note_ready(c);
    } else if (starts(type, left, "\"reset\"")) {
        totals.resets++;
        c->seq = number_of(text, length, "\"seq\":");
    } else if (starts(type, left, "\"error\"")) {
        totals.errors++;
        event("{\"event\":\"error\",\"said\":%.*s}", (int)length, text);
    } else if (starts(type, left, "\"heartbeat\"")) {
        c->must_answer = true;
    } else {
        return starts(type, left, "\"presence\"") || starts(type, left, "\"pong\"") || starts(type, left, "\"job\"");
    }
    if (c->ready && c->seq >= options.until) note_caught_up(c);
    return true;
}

/* One JSON object. */
static void take_message(struct connection *c, const char *text, size_t length) {
    const char *type = value_of(text, length, "\"type\":");
    if (!type || text[0] != '{' || text[length - 1] != '}') {
        totals.errors++;
        return;
    }
    if (options.protocol == TRACKER && take_greeting(c, type, text, length)) return;
    uint64_t seq = number_of(text, length, "\"seq\":");
    if (c->seq && seq > c->seq + 1) totals.lost += seq - c->seq - 1;
    if (c->seq && seq <= c->seq) {
        totals.repeated++;
        return;
    }
    bool counts = !*options.type || starts(type + 1, text + length - type - 1, options.type);
    uint64_t sent = *options.stamp && counts ? number_of(text, length, options.stamp) : 0;
    uint64_t before = c->seq;
    c->seq = seq;
    if (options.protocol == TRACKER && starts(type, text + length - type, "\"alert\"") && !c->alert_due_ns)
        c->alert_due_ns = now_ns + rand() % 1000 * 1000000ull;
    if (counts) count_delivery(c, before, sent, length);
    if (!c->caught_up && seq >= options.until) note_caught_up(c);
}

static void take_socketio(struct connection *c, const char *text, size_t length) {
    if (starts(text, length, "42[")) {
        const char *from = memchr(text, '{', length);
        if (from && text[length - 1] == ']') take_message(c, from, text + length - 1 - from);
    } else if (starts(text, length, "0{")) {
        send_text(c, "40", 2);
    } else if (starts(text, length, "40")) {
        note_ready(c);
    } else if (starts(text, length, "2")) {
        send_text(c, "3", 1);
    } else {
        totals.errors++;
    }
}

static void take_nats_line(struct connection *c, const char *line, size_t length) {
    char text[256];
    if (starts(line, length, "MSG ")) {
        const char *space = memrchr(line, ' ', length);
        c->message_left = strtoull(space + 1, NULL, 10) + 2;
    } else if (starts(line, length, "INFO ")) {
        int n = snprintf(text, sizeof text,
                         "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB %s 1\r\nPING\r\n", options.subject);
        send_frame(c, 2, text, n);
    } else if (starts(line, length, "PONG")) {
        if (!c->ready) note_ready(c);
    } else if (starts(line, length, "PING")) {
        send_frame(c, 2, "PONG\r\n", 6);
    } else {
        totals.errors++;
    }
}

/* NATS is a stream of bytes: frames cut it anywhere. */
static void take_nats(struct connection *c, const char *data, size_t length) {
    while (length) {
        size_t n;
        bool is_whole;
        const char *unit = data;
        bool is_payload = c->message_left;
        if (is_payload) {
            size_t wanted = c->message_left - c->partial.length;
            is_whole = length >= wanted;
            n = is_whole ? wanted : length;
        } else {
            const char *end = memchr(data, '\n', length);
            is_whole = end;
            n = end ? (size_t)(end - data) + 1 : length;
        }
        size_t size = n;
        if (!is_whole || c->partial.length) {
            append(&c->partial, data, n);
            unit = c->partial.data;
            size = c->partial.length;
        }
        data += n;
        length -= n;
        if (!is_whole) return;
        c->partial.length = 0;
        if (size < 2) {
            totals.errors++;
        } else if (is_payload) {
            c->message_left = 0;
            take_message(c, unit, size - 2);
        } else {
            take_nats_line(c, unit, size - 2);
        }
    }
}

/* What is whole of the payload is taken where it lies; only the start of a message that goes on is kept. */
void take_payload(struct connection *c, const char *data, size_t length, bool is_end) {
    if (options.protocol == NATS) {
        take_nats(c, data, length);
        return;
    }
    const char *stop = data + length;
    while (true) {
        const char *end = options.protocol == TRACKER ? memchr(data, '\n', stop - data) : NULL;
        if (!end && !is_end) {
            append(&c->partial, data, stop - data);
            return;
        }
        const char *unit = data;
        size_t size = (end ? end : stop) - data;
        if (c->partial.length) {
            append(&c->partial, data, size);
            unit = c->partial.data;
            size = c->partial.length;
            c->partial.length = 0;
        }
        if (size == 0)
            totals.errors++;
        else if (options.protocol == SOCKETIO)
            take_socketio(c, unit, size);
        else
            take_message(c, unit, size);
        if (!end) return;
        data = end + 1;
    }
}

void begin_protocol(struct connection *c) {
    if (options.protocol == PLAIN) note_ready(c);
}
