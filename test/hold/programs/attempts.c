// attempts WAY PATH COUNT UID stay|end: so many attempts on a trap, one after the other, each a process of
// its own, and what each had at the moment when all of it stood still. With `end`, whoever stays
// stopped is killed then; with `stay`, somebody else is to let it go.
//
// A line an attempt: OUTCOME PID BEGUN OPENED USED STILL MEMORY PUBLISHED STOPS LOOK
//   OUTCOME    ended, killed, stopped (and killed by this program), refused, stuck
//   BEGUN, OPENED, USED  CLOCK_REALTIME in ns around the open, and with the first byte in hand; 0: never
//   STILL      when this program looked; 0: it never stood still before it ended
//   MEMORY, PUBLISHED    whether a byte had come into its memory or was out then, or at its end
//   STOPS      how often it was seen to stop
//   LOOK       in-time, or late: it was let go before this program could look
#include "attempt.h"
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

struct attempt *attempt;
int publication;
static int published_end;

static const struct {
	const char *name;
	way_function *take;
} ways[] = { { "plain", plain },     { "racer", racer },     { "sender", sender },
	     { "sibling", sibling }, { "ptraced", ptraced }, { "chain", chain } };

enum state { absent, running, stopped, gone };

/** How one attempt stands, as wait(2) tells. */
static struct {
	enum state first, second;
	int exit_code, signal, stops, is_late;
} seen;

static int bytes_out(void)
{
	int count = 0;
	ioctl(published_end, FIONREAD, &count);
	return count > 0;
}

static void forget_bytes(void)
{
	char rest[4096];
	while (bytes_out() && read(published_end, rest, sizeof rest) > 0)
		;
}

static enum state *state_of(int pid, int child)
{
	if (pid == child)
		return &seen.first;
	return pid == attempt->second ? &seen.second : NULL;
}

/** Takes every news of children that there is. */
static void take_news(int child)
{
	siginfo_t news;
	for (;;) {
		news.si_pid = 0;
		if (waitid(P_ALL, 0, &news, WEXITED | WSTOPPED | WCONTINUED | WNOHANG) < 0 || news.si_pid == 0)
			return;
		enum state *state = state_of(news.si_pid, child);
		if (!state)
			continue;
		enum state before = *state;
		*state = news.si_code == CLD_STOPPED ? stopped : news.si_code == CLD_CONTINUED ? running : gone;
		if (news.si_code == CLD_STOPPED)
			seen.stops++;
		if (news.si_code == CLD_CONTINUED && before != stopped)
			seen.is_late = 1;
		if (news.si_pid != child)
			continue;
		if (news.si_code == CLD_EXITED)
			seen.exit_code = news.si_status;
		if (news.si_code == CLD_KILLED || news.si_code == CLD_DUMPED)
			seen.signal = news.si_status;
	}
}

static int is_moving(void)
{
	return seen.first == running || seen.second == running;
}

static int is_over(void)
{
	return seen.first == gone && seen.second != stopped && seen.second != running;
}

static void start(way_function *take, const char *path, int uid)
{
	setpgid(0, 0);
	if (uid && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		_exit(5);
	// A change of user takes this away; without it nobody may trace the process.
	prctl(PR_SET_DUMPABLE, 1);
	_exit(take(path));
}

static void end_all(int child)
{
	kill(-child, SIGKILL);
	while (waitpid(-child, NULL, __WALL) > 0)
		;
}

static void make_attempt(way_function *take, const char *path, int uid, int does_end)
{
	long still = 0;
	int memory = 0, published = 0, is_stuck = 0, is_ended = 0;
	sigset_t children;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	forget_bytes();
	memset(attempt, 0, sizeof *attempt);
	memset(&seen, 0, sizeof seen);
	int child = fork();
	if (child == 0)
		start(take, path, uid);
	setpgid(child, child);
	seen.first = running;
	long deadline = now_ns() + 5000000000L;
	while (!is_over() && !is_stuck && !is_ended) {
		struct timespec wait = { 0, 20000000 };
		sigtimedwait(&children, NULL, &wait);
		take_news(child);
		if (attempt->second && seen.second == absent)
			seen.second = running;
		// The opener may be gone while its helper waits for a descriptor that never comes.
		if (seen.first == gone && seen.second == running && now_ns() - attempt->begun > 50000000L)
			attempt->is_over = 1;
		is_stuck = now_ns() > deadline;
		if (!still && (!is_moving() || is_stuck)) {
			memory = attempt->bytes[0] != 0;
			published = bytes_out();
			if (!is_over())
				still = now_ns();
			siginfo_t news = { .si_pid = 0 };
			if (!is_over() && !waitid(P_ALL, 0, &news, WCONTINUED | WNOHANG | WNOWAIT) && news.si_pid)
				seen.is_late = 1;
		}
		if (does_end && !is_moving() && !is_over())
			is_ended = 1;
	}
	// What was published and is not in memory went from the kernel to the kernel.
	const char *outcome = is_stuck ? "stuck" : is_ended ? "stopped" : seen.signal || seen.exit_code == KILLED ? "killed"
		: seen.exit_code == REFUSED ? "refused" : seen.exit_code ? "failed" : "ended";
	end_all(child);
	printf("%s %d %ld %ld %ld %ld %d %d %d %s\n", outcome, attempt->opener, attempt->begun, attempt->opened,
	       attempt->used, still, memory, published, seen.stops, seen.is_late ? "late" : "in-time");
}

int main(int count, char **words)
{
	if (count != 6)
		return 2;
	way_function *take = NULL;
	for (unsigned at = 0; at < sizeof ways / sizeof *ways; at++)
		if (!strcmp(words[1], ways[at].name))
			take = ways[at].take;
	if (!take)
		return 2;
	int ends[2];
	attempt = mmap(NULL, sizeof *attempt, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (attempt == MAP_FAILED || pipe(ends))
		return 1;
	published_end = ends[0];
	publication = ends[1];
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigset_t children;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	// The judge looks before whoever lets an attempt go; its attempts run as everybody.
	struct sched_param first = { .sched_priority = 1 };
	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
	for (int left = atoi(words[3]); left > 0; left--)
		make_attempt(take, words[2], atoi(words[4]), !strcmp(words[5], "end"));
	return 0;
}
