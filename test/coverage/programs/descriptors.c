// descriptors WAY PATH: the process that reads is not the one that opened, or opened long before.
#include "access.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char room[ROOM];

static void end_with(pid_t child)
{
	int status;
	need("waitpid", waitpid(child, &status, 0));
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 4);
}

static void send_descriptor(int socket, int fd)
{
	char byte = 'x', control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec vector = { &byte, 1 };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	need("sendmsg", sendmsg(socket, &message, 0));
}

static int receive_descriptor(int socket)
{
	int fd;
	char byte, control[CMSG_SPACE(sizeof fd)];
	struct iovec vector = { &byte, 1 };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	need("recvmsg", recvmsg(socket, &message, 0));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
	return fd;
}

/** The receiver is forked before the descriptor exists: nothing is inherited. */
static void over_socket(const char *path)
{
	int ends[2];
	need("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	pid_t child = (pid_t)need("fork", fork());
	if (child == 0) {
		show(room, need("read", read(receive_descriptor(ends[1]), room, ROOM)));
		exit(0);
	}
	did("open", getpid());
	did("read", child);
	send_descriptor(ends[0], open_trap(path, O_RDONLY));
	end_with(child);
}

/** The opener knows nothing of it: the reader takes the descriptor (pidfd_getfd(2)). */
static void taken(const char *path)
{
	int ends[2], fd = -1;
	need("pipe", pipe(ends));
	pid_t child = (pid_t)need("fork", fork());
	if (child == 0) {
		fd = open_trap(path, O_RDONLY);
		need("write to a pipe", write(ends[1], &fd, sizeof fd));
		pause();
	}
	did("open", child);
	did("read", getpid());
	need("read of a pipe", read(ends[0], &fd, sizeof fd));
	int own = pidfd_getfd((int)need("pidfd_open", pidfd_open(child, 0)), fd, 0);
	kill(child, SIGKILL);
	show(room, need("read", read((int)need("pidfd_getfd", own), room, ROOM)));
}

/** A child that never opened anything reads what its parent left on standard input. */
static void inherited(int fd)
{
	pid_t child = (pid_t)need("fork", fork());
	if (child == 0) {
		need("dup2", dup2(fd, 0));
		execlp("cat", "cat", NULL);
		refused("exec");
	}
	did("read", child);
	end_with(child);
}

static const char *map_now(int fd, long *size)
{
	struct stat facts;
	need("fstat", fstat(fd, &facts));
	*size = facts.st_size;
	const char *at = mmap(NULL, *size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (at == MAP_FAILED)
		refused("mmap");
	return at;
}

int main(int count, char **words)
{
	if (count < 3)
		return 2;
	const char *way = words[1], *path = words[2];
	if (!strcmp(way, "socket"))
		return over_socket(path), 0;
	if (!strcmp(way, "taken"))
		return taken(path), 0;
	if (!strcmp(way, "later"))
		wait_for_go();
	int fd = open_trap(path, O_RDONLY);
	if (!strcmp(way, "later")) {
		show(room, need("read", read(fd, room, ROOM)));
	} else if (!strcmp(way, "opened-before")) {
		wait_for_go();
		show(room, need("read", read(fd, room, ROOM)));
	} else if (!strcmp(way, "inherited-before")) {
		wait_for_go();
		inherited(fd);
	} else if (!strcmp(way, "inherited")) {
		did("open", getpid());
		inherited(fd);
	} else if (!strcmp(way, "mapped-before")) {
		long size;
		const char *at = map_now(fd, &size);
		wait_for_go();
		memcpy(room, at, size < ROOM ? size : ROOM);
		show(room, size < ROOM ? size : ROOM);
	} else {
		return 2;
	}
	return 0;
}
