/* The load generator: many WebSocket clients in one thread, so that what is measured is the server.
 *
 *   main.c        options, the event loop, commands from standard input
 *   connection.c  connecting, the WebSocket handshake and frames
 *   protocols.c   messages out of frames: tracker, plain, socketio, nats
 *   results.c     counting, latency, and the JSON that is printed
 */
#ifndef GENERATOR_H
#define GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum protocol { TRACKER, PLAIN, SOCKETIO, NATS };
enum state { WAITING, CONNECTING, HANDSHAKE, OPEN, ENDED };

struct bytes {
    char *data;
    size_t length, capacity;
};

struct connection {
    int fd;
    int index;
    enum state state;
    bool ready;     /* the protocol above WebSocket has greeted it: messages will come */
    bool caught_up; /* it has handled --until */
    bool must_answer; /* a heartbeat came, which is answered by an acknowledgement */
    /* the frame that is being read */
    unsigned char header[14];
    int header_length;
    uint64_t payload_left;
    int opcode; /* of the frame */
    bool is_final;
    struct bytes control;  /* a ping's or close's payload */
    struct bytes partial;  /* the start of a message (or handshake) whose rest has not come */
    uint64_t message_left; /* nats: bytes of the announced payload and its line end that are missing */
    struct bytes unsent;
    /* what it has handled */
    uint64_t seq, acknowledged, delivered;
    uint64_t began_ns, open_ns, ready_ns, caught_up_ns;
    /* acknowledgements: the last (or, before it, a moment that spreads the clients), and what has come since */
    uint64_t acknowledged_ns, said_ns, bytes_since, alert_due_ns;
    uint64_t again_ns; /* when a refused one tries again */
};

struct options {
    enum protocol protocol;
    int ports[16], port_count;
    int connections, handshakes;
    const char *path, *origin, *subject, *type, *stamp;
    char **cookies;
    int cookie_count;
    uint64_t since, until;
    bool has_since, announce, realtime;
    int retry_ms, round_ms;
    double timeout_s;
    const char *per_seq;
};

extern struct options options;
extern struct connection *connections;
extern int epoll_fd;
extern uint64_t now_ns;   /* monotonic; taken after every read from a socket */
extern uint64_t stamp_ns; /* the same moment on the clock of the stamps */

/* connection.c */
void start_connection(struct connection *c);
void take_events(struct connection *c, unsigned events);
void send_text(struct connection *c, const char *text, size_t length);
void send_frame(struct connection *c, int opcode, const char *data, size_t length);
void acknowledge_if_due(struct connection *c);
void end_connection(struct connection *c, const char *why, int code);

/* protocols.c: a piece of a data message's payload; `is_end` when the message ends with it */
void take_payload(struct connection *c, const char *data, size_t length, bool is_end);
void begin_protocol(struct connection *c);

/* results.c */
struct totals {
    uint64_t deliveries, bytes, frames, lost, repeated, resets, acknowledgements, errors;
    uint64_t first_ns, last_ns;
    int underway, open, ready, caught_up, reached, failed_handshakes;
    uint64_t began_ns, all_ready_ns, all_caught_up_ns;
};
extern struct totals totals;
void take_time(void);
void measure_from_here(void);
void count_delivery(struct connection *c, uint64_t seq, uint64_t sent_ns, size_t length);
void note_ready(struct connection *c);
void note_caught_up(struct connection *c);
void note_end(int code);
void note_busy(void);
void set_target(uint64_t seq);
bool is_target_reached(void);
void print_result(void);
void write_per_seq(void);
void event(const char *format, ...) __attribute__((format(printf, 1, 2)));

void append(struct bytes *b, const char *data, size_t length);
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
