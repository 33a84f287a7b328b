// What the access programs share. Exit code 3 with "CALL: ERRNO" says that the kernel refused.
#ifndef ACCESS_H
#define ACCESS_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM 65536

static inline void refused(const char *call)
{
	const char *name = strerrorname_np(errno);
	fprintf(stderr, "%s: %s\n", call, name ? name : "unknown error");
	exit(3);
}

/** The value of a call, or the end with its errno. */
static inline long need(const char *call, long value)
{
	if (value < 0)
		refused(call);
	return value;
}

static inline int open_trap(const char *path, int flags)
{
	return (int)need("open", open(path, flags));
}

/** Proof that the bytes arrived: the caller compares them with the trap. */
static inline void show(const void *bytes, long length)
{
	if (length <= 0) {
		fprintf(stderr, "no bytes came\n");
		exit(4);
	}
	for (const char *at = bytes; length > 0;) {
		long written = need("write to standard output", write(1, at, length));
		at += written;
		length -= written;
	}
}

/** Tells which process of several did an operation. */
static inline void did(const char *op, long pid)
{
	char line[64];
	int length = snprintf(line, sizeof line, "%s by %ld\n", op, pid);
	need("write to standard error", write(2, line, length));
}

/** Waits for a line on standard input: the sensor is armed meanwhile. */
static inline void wait_for_go(void)
{
	char one;
	need("write to standard error", write(2, "holding\n", 8));
	if (read(0, &one, 1) != 1)
		exit(5);
}
#endif
