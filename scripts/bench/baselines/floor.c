/* The floor: the cost of fan-out on this kernel with hardly any other work. One thread and epoll. The messages of one
 * turn of the loop are joined, and go to each reader with one send(2). A reader who can't take them at once is dropped.
 *
 *   floor BYTES      size of one frame on the wire; prints its URL, exits when standard input closes
 *
 * POST: the form's text becomes a frame for all readers; the response is 303, after the frame was sent.
 * GET .../events: the stream, with a heartbeat every 15 seconds; each second, a fifteenth of the readers gets it.
 * GET of anything else: the page in which the benchmark finds the stream. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 65536, REQUEST_MAX = 16384, JOINED_MAX = 1 << 20, RESPONSES_MAX = 4096, EVENTS_MAX = 512,
       HEARTBEAT_TURNS = 15 };

static const char PAGE[] = "<!doctype html><title>bench</title><p data-stream=\"/r/bench/events?after=0\">";
static const char STREAM_HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n";
static const char HEARTBEAT[] = "14\r\nevent: beat\ndata: \n\n\r\n";
static const char SEE_OTHER[] = "HTTP/1.1 303 See Other\r\nLocation: /r/bench\r\nContent-Length: 0\r\n\r\n";

static int readers[DESCRIPTORS_MAX], reader_count;
/* Index of a descriptor in `readers`, plus 1; 0 if it is not a reader. */
static int position[DESCRIPTORS_MAX];
static char *unread[DESCRIPTORS_MAX];
static int unread_length[DESCRIPTORS_MAX];
static char joined[JOINED_MAX];
static int joined_length, frame_bytes;
static int unanswered[RESPONSES_MAX], unanswered_count;

static void fail(const char *what) { perror(what); exit(1); }

static void transmit(int fd, const char *bytes, int length) {
  if (send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) { /* The next read reports the error. */ }
}

static void drop(int fd) {
  if (position[fd]) {
    int at = position[fd] - 1;
    readers[at] = readers[--reader_count];
    position[readers[at]] = at + 1;
    position[fd] = 0;
  }
  free(unread[fd]);
  unread[fd] = NULL;
  unread_length[fd] = 0;
  close(fd);
}

static void flush(void) {
  for (int i = reader_count - 1; joined_length && i >= 0; i--)
    if (send(readers[i], joined, joined_length, MSG_NOSIGNAL | MSG_DONTWAIT) != joined_length) drop(readers[i]);
  joined_length = 0;
  for (int i = 0; i < unanswered_count; i++) transmit(unanswered[i], SEE_OTHER, sizeof SEE_OTHER - 1);
  unanswered_count = 0;
}

/* Called once a second. */
static void send_heartbeats(void) {
  static int turn;
  turn = (turn + 1) % HEARTBEAT_TURNS;
  for (int i = turn; i < reader_count; i += HEARTBEAT_TURNS) transmit(readers[i], HEARTBEAT, sizeof HEARTBEAT - 1);
}

static int digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

/* Appends a chunk of exactly frame_bytes that begins with the form's text. */
static void append_frame(const char *form, int length) {
  char size[16];
  int overhead = snprintf(size, sizeof size, "%x", frame_bytes) + 4, payload = frame_bytes - overhead;
  int at = joined_length + snprintf(joined + joined_length, 32, "%x\r\n", payload), end = at + payload;
  at += snprintf(joined + at, 16, "id: 1\ndata: ");
  const char *text = memmem(form, length, "text=", 5);
  for (const char *c = text ? text + 5 : form; c < form + length && *c != '&' && at < end - 2; c++) {
    if (*c == '%' && c + 2 < form + length) { joined[at++] = digit(c[1]) * 16 + digit(c[2]); c += 2; }
    else joined[at++] = *c == '+' ? ' ' : *c;
  }
  while (at < end - 2) joined[at++] = '.';
  memcpy(joined + at, "\n\n\r\n", 4);
  joined_length = at + 4;
}

static void send_page(int fd) {
  char response[512];
  int length = snprintf(response, sizeof response,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: floor=1; Path=/\r\n"
                        "Content-Length: %d\r\n\r\n%s", (int)sizeof PAGE - 1, PAGE);
  transmit(fd, response, length);
}

/* Handles the first complete request. Returns 0 if it is incomplete. */
static int handle_request(int fd) {
  char *request = unread[fd], *head_end = strstr(request, "\r\n\r\n");
  if (!head_end) return 0;
  int length = head_end + 4 - request;
  if (*request == 'P') {
    char *field = strcasestr(request, "content-length:");
    int body = field ? atoi(field + 15) : 0;
    if (unread_length[fd] < length + body) return 0;
    append_frame(request + length, body);
    unanswered[unanswered_count++] = fd;
    length += body;
    if (unanswered_count == RESPONSES_MAX || joined_length > JOINED_MAX - REQUEST_MAX - frame_bytes) flush();
  } else {
    char *line_end = strstr(request, "\r\n");
    if (!memmem(request, line_end - request, "/events", 7)) send_page(fd);
    else {
      transmit(fd, STREAM_HEAD, sizeof STREAM_HEAD - 1);
      if (!position[fd]) { readers[reader_count++] = fd; position[fd] = reader_count; }
    }
  }
  unread_length[fd] -= length;
  memmove(request, request + length, unread_length[fd] + 1);
  return 1;
}

static void receive(int fd) {
  if (!unread[fd] && !(unread[fd] = malloc(REQUEST_MAX))) fail("malloc");
  ssize_t count = recv(fd, unread[fd] + unread_length[fd], REQUEST_MAX - 1 - unread_length[fd], 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) { drop(fd); return; }
  unread_length[fd] += count;
  unread[fd][unread_length[fd]] = 0;
  while (unread_length[fd] && handle_request(fd)) {}
  if (!unread_length[fd]) { free(unread[fd]); unread[fd] = NULL; }
}

int main(int count, char **arguments) {
  if (count != 2 || (frame_bytes = atoi(arguments[1])) < 200 || frame_bytes > REQUEST_MAX) {
    fputs("floor BYTES: a frame has from 200 to 16384 bytes\n", stderr);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (void *)&address, size) || listen(listener, 4096)) fail("listen");
  if (getsockname(listener, (void *)&address, &size)) fail("getsockname");
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS_MAX];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = STDIN_FILENO;
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  struct itimerspec second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
  int clock = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(clock, 0, &second, NULL);
  event.data.fd = clock;
  epoll_ctl(epoll, EPOLL_CTL_ADD, clock, &event);
  printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS_MAX, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd, new;
      if (fd == STDIN_FILENO) return 0;
      if (fd == clock) {
        unsigned long long seconds;
        if (read(clock, &seconds, sizeof seconds) > 0) send_heartbeats();
        continue;
      }
      if (fd != listener) { receive(fd); continue; }
      while ((new = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (new >= DESCRIPTORS_MAX) { close(new); continue; }
        setsockopt(new, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.fd = new;
        epoll_ctl(epoll, EPOLL_CTL_ADD, new, &event);
      }
    }
    if (unanswered_count) flush();
  }
}
