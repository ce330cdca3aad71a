/* Counting, latency, and the JSON that is printed. */
#define _GNU_SOURCE
#include "generator.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* Latency in buckets of about 0.8 %: 128 to each doubling of microseconds. */
#define STEPS 128
#define BUCKETS (STEPS * 33)
#define SEQS (1 << 20) /* numbers, from the first that is measured, whose times are kept */

struct moment {
    uint64_t first_ns, last_ns;
    uint32_t count;
};

struct totals totals;
uint64_t now_ns, stamp_ns;
static uint32_t histogram[BUCKETS];
static uint64_t latency_count, latency_max;
static struct moment *moments;
static uint64_t moments_from; /* the number of moments[0] */
static uint64_t target;
static double busy_before_s, busy_s;
static uint64_t busy_from_ns;
static struct { int code, count; } ends[32];

void take_time(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    now_ns = (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
    if (options.realtime) {
        clock_gettime(CLOCK_REALTIME, &t);
        stamp_ns = (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
    } else {
        stamp_ns = now_ns;
    }
}

static double cpu_s(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

/* Forget what was counted; connections and their numbers stay. */
void measure_from_here(void) {
    totals.deliveries = totals.bytes = totals.frames = totals.lost = totals.repeated = totals.resets = 0;
    totals.acknowledgements = totals.errors = totals.first_ns = totals.last_ns = 0;
    memset(histogram, 0, sizeof histogram);
    latency_count = latency_max = 0;
    moments_from = 0;
    for (int i = 0; i < options.connections; i++) {
        connections[i].delivered = 0;
        if (connections[i].seq >= moments_from) moments_from = connections[i].seq + 1;
    }
    if (options.per_seq || options.announce) {
        free(moments);
        moments = calloc(SEQS, sizeof *moments);
    }
    busy_s = 0;
    take_time();
    busy_before_s = cpu_s();
    busy_from_ns = now_ns;
}

static int bucket_of(uint64_t ns) {
    uint64_t us = ns / 1000 + STEPS;
    int doublings = 63 - __builtin_clzll(us) - 7; /* STEPS is 2 to the 7th */
    int bucket = doublings * STEPS + (int)((us >> doublings) - STEPS);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double bucket_ms(int bucket) {
    int doublings = bucket / STEPS;
    return ((((uint64_t)(bucket % STEPS) + STEPS) << doublings) - STEPS) / 1000.0;
}

static void note_moment(uint64_t seq) {
    if (seq < moments_from || seq - moments_from >= SEQS) return;
    struct moment *m = &moments[seq - moments_from];
    if (!m->count++) m->first_ns = now_ns;
    m->last_ns = now_ns;
    if (options.announce && (int)m->count == totals.ready)
        event("{\"event\":\"complete\",\"seq\":%lu,\"first_ns\":%lu,\"last_ns\":%lu}", seq, m->first_ns, m->last_ns);
}

/* c->seq is the message's number already, `before` what it was. */
void count_delivery(struct connection *c, uint64_t before, uint64_t sent_ns, size_t length) {
    if (!totals.deliveries++) {
        totals.first_ns = now_ns;
        busy_before_s = cpu_s();
        busy_from_ns = now_ns;
    }
    totals.last_ns = now_ns;
    totals.bytes += length;
    c->delivered++;
    if (target && before < target && c->seq >= target) totals.reached++;
    if (sent_ns) {
        uint64_t latency = stamp_ns > sent_ns ? stamp_ns - sent_ns : 0;
        histogram[bucket_of(latency)]++;
        latency_count++;
        if (latency > latency_max) latency_max = latency;
    }
    if (moments) note_moment(c->seq);
}

/* After each round of reading: the processor time up to the last delivery, not of the waiting after it. */
void note_busy(void) {
    if (totals.deliveries) busy_s = cpu_s() - busy_before_s;
}

void note_ready(struct connection *c) {
    if (c->ready) return;
    c->ready = true;
    c->ready_ns = now_ns;
    totals.underway--;
    if (++totals.ready < options.connections || totals.all_ready_ns) return;
    totals.all_ready_ns = now_ns;
    double seconds = (now_ns - totals.began_ns) / 1e9;
    event("{\"event\":\"open\",\"connections\":%d,\"seconds\":%.3f,\"per_second\":%.1f,\"failed_handshakes\":%d,"
          "\"began_ns\":%lu,\"open_ns\":%lu}",
          totals.ready, seconds, totals.ready / seconds, totals.failed_handshakes, totals.began_ns, now_ns);
}

void note_caught_up(struct connection *c) {
    if (c->caught_up) return;
    c->caught_up = true;
    c->caught_up_ns = now_ns;
    if (++totals.caught_up < options.connections) return;
    totals.all_caught_up_ns = now_ns;
    if (options.until)
        event("{\"event\":\"caught_up\",\"seconds\":%.3f,\"caught_up_ns\":%lu}", (now_ns - totals.began_ns) / 1e9, now_ns);
}

void note_end(int code) {
    for (int i = 0; i < 32; i++) {
        if (ends[i].count && ends[i].code != code) continue;
        ends[i].code = code;
        ends[i].count++;
        return;
    }
}

/* From here on, `totals.reached` counts the connections that have handled this number. */
void set_target(uint64_t seq) {
    target = seq;
    totals.reached = 0;
    for (int i = 0; i < options.connections; i++) totals.reached += connections[i].seq >= seq;
}

bool is_target_reached(void) { return target && totals.reached >= options.connections; }

static double percentile_ms(double share) {
    uint64_t wanted = (uint64_t)(share * latency_count), seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += histogram[i]) > wanted) return bucket_ms(i);
    return latency_max / 1e6;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How long the handshakes took, and the catching up, over the connections. */
static void print_times(const char *name, size_t to) {
    double *times = malloc(sizeof(double) * (options.connections + 1));
    int count = 0;
    for (int i = 0; i < options.connections; i++) {
        uint64_t at = *(uint64_t *)((char *)&connections[i] + to);
        if (at) times[count++] = (at - connections[i].began_ns) / 1e6;
    }
    qsort(times, count, sizeof *times, by_size);
    if (count)
        printf(",\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, times[count / 2], times[count * 99 / 100],
               times[count - 1]);
    free(times);
}

void print_result(void) {
    uint64_t least = UINT64_MAX, most = 0;
    for (int i = 0; i < options.connections; i++) {
        if (connections[i].delivered < least) least = connections[i].delivered;
        if (connections[i].delivered > most) most = connections[i].delivered;
    }
    double wall_s = totals.deliveries ? (totals.last_ns - busy_from_ns) / 1e9 : 0;
    printf("{\"event\":\"result\",\"connections\":%d,\"open\":%d,\"deliveries\":%lu,\"bytes\":%lu,\"frames\":%lu,"
           "\"lost\":%lu,\"repeated\":%lu,\"resets\":%lu,\"errors\":%lu,\"acknowledgements\":%lu,"
           "\"least\":%lu,\"most\":%lu,\"first_ns\":%lu,\"last_ns\":%lu,\"seconds\":%.6f,"
           "\"cpu_s\":%.4f,\"core_share\":%.4f",
           options.connections, totals.open, totals.deliveries, totals.bytes, totals.frames, totals.lost,
           totals.repeated, totals.resets, totals.errors, totals.acknowledgements, least, most, totals.first_ns,
           totals.last_ns, (totals.last_ns - totals.first_ns) / 1e9, busy_s, wall_s > 0 ? busy_s / wall_s : 0);
    if (latency_count)
        printf(",\"latency_ms\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}",
               percentile_ms(.5), percentile_ms(.9), percentile_ms(.99), percentile_ms(.999), latency_max / 1e6);
    print_times("ready_ms", offsetof(struct connection, ready_ns));
    print_times("caught_up_ms", offsetof(struct connection, caught_up_ns));
    printf(",\"closed\":{");
    for (int i = 0; i < 32 && ends[i].count; i++) printf("%s\"%d\":%d", i ? "," : "", ends[i].code, ends[i].count);
    printf("}}\n");
    fflush(stdout);
}

/* A line for each number: number, clients that have it, first and last time (ns). */
void write_per_seq(void) {
    if (!options.per_seq) return;
    FILE *file = fopen(options.per_seq, "w");
    if (!file) fail("%s cannot be written", options.per_seq);
    for (uint64_t i = 0; i < SEQS; i++)
        if (moments[i].count)
            fprintf(file, "%lu %u %lu %lu\n", moments_from + i, moments[i].count, moments[i].first_ns, moments[i].last_ns);
    fclose(file);
}

void event(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}
