// io-uring WAY PATH [NEW_PATH]: makes its access by io_uring(7), with raw system calls.
#include "access.h"
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static char room[ROOM];
static struct {
	int fd, polled;
	unsigned *sq_tail, *sq_mask, *sq_array, *sq_flags, *cq_head, *cq_tail, *cq_mask, queued;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
} ring;

static void *map(size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, offset);
	if (at == MAP_FAILED)
		refused("mmap of the ring");
	return at;
}

static void set_up(int polled)
{
	struct io_uring_params facts = { .flags = polled ? IORING_SETUP_SQPOLL : 0, .sq_thread_idle = 2000 };
	ring.polled = polled;
	ring.fd = (int)need("io_uring_setup", syscall(SYS_io_uring_setup, 8, &facts));
	char *sq = map(facts.sq_off.array + facts.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	char *cq = map(facts.cq_off.cqes + facts.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring.sqes = map(facts.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	ring.sq_tail = (unsigned *)(sq + facts.sq_off.tail);
	ring.sq_mask = (unsigned *)(sq + facts.sq_off.ring_mask);
	ring.sq_array = (unsigned *)(sq + facts.sq_off.array);
	ring.sq_flags = (unsigned *)(sq + facts.sq_off.flags);
	ring.cq_head = (unsigned *)(cq + facts.cq_off.head);
	ring.cq_tail = (unsigned *)(cq + facts.cq_off.tail);
	ring.cq_mask = (unsigned *)(cq + facts.cq_off.ring_mask);
	ring.cqes = (struct io_uring_cqe *)(cq + facts.cq_off.cqes);
}

static struct io_uring_sqe *next(int opcode)
{
	unsigned place = (*ring.sq_tail + ring.queued++) & *ring.sq_mask;
	struct io_uring_sqe *entry = &ring.sqes[place];
	memset(entry, 0, sizeof *entry);
	entry->opcode = opcode;
	ring.sq_array[place] = place;
	return entry;
}

/** Submits what is queued and gives the result of the last; each must succeed. */
static long submit(const char *what)
{
	unsigned wanted = ring.queued, flags = IORING_ENTER_GETEVENTS;
	long result = 0;
	__atomic_store_n(ring.sq_tail, *ring.sq_tail + ring.queued, __ATOMIC_SEQ_CST);
	ring.queued = 0;
	if (ring.polled && __atomic_load_n(ring.sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	need("io_uring_enter", syscall(SYS_io_uring_enter, ring.fd, ring.polled ? 0 : wanted, wanted, flags, NULL, 0));
	while (wanted-- > 0) {
		unsigned head = *ring.cq_head;
		if (head == __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE)) {
			fprintf(stderr, "%s: no completion\n", what);
			exit(4);
		}
		result = ring.cqes[head & *ring.cq_mask].res;
		__atomic_store_n(ring.cq_head, head + 1, __ATOMIC_RELEASE);
		errno = (int)-result;
		need(what, result);
	}
	return result;
}

static struct io_uring_sqe *transfer(int opcode, int fd, void *bytes, unsigned length)
{
	struct io_uring_sqe *entry = next(opcode);
	entry->fd = fd;
	entry->addr = (unsigned long)bytes;
	entry->len = length;
	return entry;
}

static struct io_uring_sqe *open_by_ring(const char *path)
{
	struct io_uring_sqe *entry = next(IORING_OP_OPENAT);
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)path;
	entry->open_flags = O_RDONLY;
	return entry;
}

static void linked(const char *path)
{
	int no_file = -1;
	need("io_uring_register", syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &no_file, 1));
	struct io_uring_sqe *entry = open_by_ring(path);
	entry->file_index = 1;
	entry->flags = IOSQE_IO_LINK;
	transfer(IORING_OP_READ, 0, room, ROOM)->flags = IOSQE_FIXED_FILE;
	show(room, submit("linked open and read"));
}

static void with_names(int opcode, const char *path, const char *new_path)
{
	struct io_uring_sqe *entry = next(opcode);
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)path;
	if (new_path) {
		entry->len = AT_FDCWD;
		entry->addr2 = (unsigned long)new_path;
	}
	submit("change of a name");
}

int main(int count, char **words)
{
	if (count < 3)
		return 2;
	const char *way = words[1], *path = words[2];
	set_up(!strcmp(way, "sqpoll"));
	if (!strcmp(way, "read") || !strcmp(way, "sqpoll")) {
		transfer(IORING_OP_READ, open_trap(path, O_RDONLY), room, ROOM);
		show(room, submit("io_uring read"));
	} else if (!strcmp(way, "open-read")) {
		open_by_ring(path);
		transfer(IORING_OP_READ, (int)submit("io_uring openat"), room, ROOM);
		show(room, submit("io_uring read"));
	} else if (!strcmp(way, "linked")) {
		linked(path);
	} else if (!strcmp(way, "write")) {
		transfer(IORING_OP_WRITE, open_trap(path, O_WRONLY), "x", 1);
		submit("io_uring write");
	} else if (!strcmp(way, "unlink")) {
		with_names(IORING_OP_UNLINKAT, path, NULL);
	} else if (!strcmp(way, "rename") && count > 3) {
		with_names(IORING_OP_RENAMEAT, path, words[3]);
	} else if (!strcmp(way, "link") && count > 3) {
		with_names(IORING_OP_LINKAT, path, words[3]);
	} else {
		return 2;
	}
	return 0;
}
