/* Options, the event loop, commands from standard input. benchmarks/generator/__init__.py tells how to use it. */
#define _GNU_SOURCE
#include "generator.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

struct options options = {
    .handshakes = 64, .path = "/", .origin = "", .subject = "notifications", .type = "", .stamp = "", .timeout_s = 300,
};
struct connection *connections;
int epoll_fd;

static uint64_t quiet_ns; /* report after so long without a delivery; 0: do not */
static bool reporting;    /* a result was asked for and not yet printed */

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void append(struct bytes *b, const char *data, size_t length) {
    if (b->length + length > b->capacity) {
        b->capacity = (b->length + length) * 2;
        b->data = realloc(b->data, b->capacity);
        if (!b->data) fail("out of memory");
    }
    memcpy(b->data + b->length, data, length);
    b->length += length;
}

static void read_cookies(const char *path) {
    FILE *file = fopen(path, "r");
    char line[2048];
    if (!file) fail("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        options.cookies = realloc(options.cookies, sizeof(char *) * (options.cookie_count + 1));
        options.cookies[options.cookie_count++] = strdup(line);
    }
    fclose(file);
}

static enum protocol protocol_named(const char *name) {
    const char *names[] = {"tracker", "plain", "socketio", "nats"};
    for (int i = 0; i < 4; i++)
        if (!strcmp(name, names[i])) return i;
    fail("there is no protocol %s", name);
}

static void read_ports(char *list) {
    for (char *port = strtok(list, ","); port && options.port_count < 16; port = strtok(NULL, ","))
        options.ports[options.port_count++] = atoi(port);
}

static void read_options(int count, char **words) {
    static const struct option known[] = {
        {"protocol", 1, 0, 'p'}, {"ports", 1, 0, 'P'},    {"connections", 1, 0, 'n'}, {"handshakes", 1, 0, 'h'},
        {"path", 1, 0, 'u'},     {"origin", 1, 0, 'o'},   {"cookies", 1, 0, 'c'},     {"subject", 1, 0, 's'},
        {"type", 1, 0, 't'},     {"stamp", 1, 0, 'S'},    {"since", 1, 0, 'f'},       {"until", 1, 0, 'U'},
        {"announce", 0, 0, 'a'}, {"realtime", 0, 0, 'r'}, {"retry-ms", 1, 0, 'R'},
        {"timeout-s", 1, 0, 'T'}, {"per-seq", 1, 0, 'q'}, {"round-ms", 1, 0, 'w'}, {0, 0, 0, 0},
    };
    int option;
    while ((option = getopt_long(count, words, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': options.protocol = protocol_named(optarg); break;
        case 'P': read_ports(optarg); break;
        case 'n': options.connections = atoi(optarg); break;
        case 'h': options.handshakes = atoi(optarg); break;
        case 'u': options.path = optarg; break;
        case 'o': options.origin = optarg; break;
        case 'c': read_cookies(optarg); break;
        case 's': options.subject = optarg; break;
        case 't': options.type = optarg; break;
        case 'S': options.stamp = optarg; break;
        case 'f': options.since = strtoull(optarg, NULL, 10), options.has_since = true; break;
        case 'U': options.until = strtoull(optarg, NULL, 10); break;
        case 'a': options.announce = true; break;
        case 'r': options.realtime = true; break;
        case 'R': options.retry_ms = atoi(optarg); break;
        case 'T': options.timeout_s = atof(optarg); break;
        case 'q': options.per_seq = optarg; break;
        case 'w': options.round_ms = atoi(optarg); break;
        default: exit(2);
        }
    }
    if (options.connections < 1 || !options.port_count) fail("--connections and --ports are needed");
}

/* measure | until SEQ QUIET_MS | report | quit */
static void obey(char *line) {
    unsigned long seq, quiet_ms;
    if (!strcmp(line, "measure")) {
        measure_from_here();
        set_target(0);
        event("{\"event\":\"measuring\",\"at_ns\":%lu}", now_ns);
    } else if (sscanf(line, "until %lu %lu", &seq, &quiet_ms) == 2) {
        set_target(seq);
        quiet_ns = quiet_ms * 1000000;
        reporting = true;
        if (!totals.last_ns) totals.last_ns = now_ns;
    } else if (!strcmp(line, "report")) {
        write_per_seq();
        print_result();
    } else if (!strcmp(line, "quit")) {
        exit(0);
    } else {
        fail("there is no command %s", line);
    }
}

static void read_commands(void) {
    static char text[4096];
    static size_t length;
    ssize_t n = read(0, text + length, sizeof text - 1 - length);
    if (n <= 0) exit(0); /* whoever started this is gone */
    length += n;
    text[length] = 0;
    char *end;
    while ((end = strchr(text, '\n'))) {
        *end = 0;
        obey(text);
        length -= end + 1 - text;
        memmove(text, end + 1, length + 1);
    }
}

static void start_what_waits(void) {
    static int next = 0; /* all before it have started at least once */
    while (next < options.connections && totals.underway < options.handshakes) start_connection(&connections[next++]);
    if (!options.retry_ms || totals.ready == options.connections) return;
    for (int i = 0; i < next && totals.underway < options.handshakes; i++)
        if (connections[i].state == WAITING && now_ns >= connections[i].again_ns) start_connection(&connections[i]);
}

static void acknowledge_what_waits(void) {
    static uint64_t looked_ns;
    if (now_ns - looked_ns < 100000000) return;
    looked_ns = now_ns;
    for (int i = 0; i < options.connections; i++) acknowledge_if_due(&connections[i]);
}

static void report_when_done(void) {
    if (!reporting) return;
    bool quiet = quiet_ns && now_ns > totals.last_ns + quiet_ns;
    if (!is_target_reached() && !quiet && totals.open) return;
    reporting = false;
    write_per_seq();
    print_result();
}

int main(int count, char **words) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    read_options(count, words);
    connections = calloc(options.connections, sizeof *connections);
    epoll_fd = epoll_create1(0);
    struct epoll_event events[1024], commands = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &commands);
    measure_from_here();
    totals.began_ns = now_ns;
    for (int i = 0; i < options.connections; i++) connections[i].index = i;
    uint64_t end_ns = now_ns + (uint64_t)(options.timeout_s * 1e9);
    while (now_ns < end_ns) {
        start_what_waits();
        if (options.round_ms && totals.ready == options.connections) usleep(options.round_ms * 1000);
        int n = epoll_wait(epoll_fd, events, 1024, 20);
        take_time();
        uint64_t before = totals.deliveries;
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                take_events(events[i].data.ptr, events[i].events);
            else
                read_commands();
        }
        if (totals.deliveries != before) note_busy();
        acknowledge_what_waits();
        report_when_done();
    }
    event("{\"event\":\"timeout\",\"ready\":%d,\"caught_up\":%d}", totals.ready, totals.caught_up);
    print_result();
    return 3;
}
