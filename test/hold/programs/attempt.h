// What one attempt on a trap shares with the program that counts: the reader, its helpers, the judge.
#ifndef ATTEMPT_H
#define ATTEMPT_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROOM 64
#define REFUSED 3
/** Of a tracer: its reader was killed. */
#define KILLED 9

/** In memory that the judge shares: what arrives in `bytes` is seen even when no instruction follows. */
struct attempt {
	/** CLOCK_REALTIME in ns: before the open, after it, and with the first byte in hand. */
	volatile long begun, opened, used;
	/** Who opens, and a second process that the judge waits for as well. */
	volatile int opener, second;
	volatile int is_ready, is_over;
	volatile char bytes[ROOM];
};

extern struct attempt *attempt;
/** Where the attempt publishes what it got; made before the trap is opened. */
extern int publication;

static inline long now_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

/** The first thing that is done with bytes: the time first, so that a stop in between counts as use. */
static inline void publish(long length)
{
	if (length <= 0)
		return;
	attempt->used = now_ns();
	if (write(publication, (const void *)attempt->bytes, length) < 0)
		_exit(4);
}

static inline int open_timed(const char *path)
{
	attempt->opener = getpid();
	attempt->begun = now_ns();
	int fd = open(path, O_RDONLY);
	attempt->opened = now_ns();
	return fd;
}

static inline void use_processor(int number)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(number, &set);
	// With one processor only there is nothing to choose.
	sched_setaffinity(0, sizeof set, &set);
}

/** The descriptor that the next open will return. */
static inline int next_descriptor(void)
{
	int fd = dup(publication);
	close(fd);
	return fd;
}

/** One way to the bytes. Returns 0, REFUSED when the kernel refused the open, or KILLED. */
typedef int way_function(const char *path);
way_function plain, racer, sender, sibling, ptraced, chain;
#endif
