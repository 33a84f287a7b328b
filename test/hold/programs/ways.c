// The ways in which an attempt tries to use a byte before it is stopped.
#include "attempt.h"
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

/** Opens, reads, publishes. */
int plain(const char *path)
{
	int fd = open_timed(path);
	if (fd < 0)
		return REFUSED;
	publish(read(fd, (void *)attempt->bytes, ROOM));
	return 0;
}

static int guessed;

static void *spin_reading(void *nothing)
{
	long length;
	use_processor(1);
	attempt->is_ready = 1;
	while ((length = pread(guessed, (void *)attempt->bytes, ROOM, 0)) <= 0)
		if (attempt->is_over)
			return nothing;
	publish(length);
	return nothing;
}

/** The kernel reads and writes in one call: no instruction of the program lies between. */
static void *spin_sending(void *nothing)
{
	off_t from = 0;
	use_processor(1);
	attempt->is_ready = 1;
	while (sendfile(publication, guessed, &from, ROOM) <= 0)
		if (attempt->is_over)
			return nothing;
	attempt->used = now_ns();
	return nothing;
}

static int race(const char *path, void *(*spin)(void *))
{
	pthread_t thread;
	guessed = next_descriptor();
	use_processor(0);
	if (pthread_create(&thread, NULL, spin, NULL))
		_exit(5);
	while (!attempt->is_ready)
		;
	int fd = open_timed(path);
	if (fd < 0)
		attempt->is_over = 1;
	pthread_join(thread, NULL);
	return fd < 0 ? REFUSED : 0;
}

/** One thread opens, another reads the descriptor that it guessed. */
int racer(const char *path)
{
	return race(path, spin_reading);
}

/** As the racer, with sendfile(2). */
int sender(const char *path)
{
	return race(path, spin_sending);
}

/** As the racer, but the second is a process of its own, which shares nothing but the descriptors. */
int sibling(const char *path)
{
	guessed = next_descriptor();
	use_processor(0);
	// CLONE_PARENT: the judge waits for both.
	int second = (int)syscall(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (second < 0)
		_exit(5);
	if (second == 0) {
		spin_reading(NULL);
		_exit(0);
	}
	attempt->second = second;
	while (!attempt->is_ready)
		;
	int fd = open_timed(path);
	if (fd < 0)
		attempt->is_over = 1;
	return fd < 0 ? REFUSED : 0;
}

/** The reader is traced by its parent, which lets no stop signal through. */
int ptraced(const char *path)
{
	int status, reader = fork();
	if (reader < 0)
		_exit(5);
	if (reader == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(6);
		_exit(plain(path));
	}
	while (waitpid(reader, &status, __WALL) > 0) {
		if (!WIFSTOPPED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED;
		int is_stop = WSTOPSIG(status) == SIGSTOP || WSTOPSIG(status) == SIGCONT;
		ptrace(PTRACE_CONT, reader, NULL, (void *)(long)(is_stop ? 0 : WSTOPSIG(status)));
	}
	return 0;
}
