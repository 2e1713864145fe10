package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// installation is where PostgreSQL's programs are, and who runs them.
type installation struct {
	bin     string
	bouncer string // PgBouncer, empty if it is not installed
	as      *syscall.Credential
	folder  string // of this run
}

// install finds the programs and makes what every primary of this run begins
// as: a cluster with the broker's role and its empty database.
func install(ctx context.Context) (*installation, error) {
	bin, err := findPostgres(ctx)
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "treaty-failover-")
	if err != nil {
		return nil, err
	}
	in := &installation{bin: bin, bouncer: findBouncer(), as: as, folder: folder}
	if err := errors.Join(os.Chmod(folder, 0o755), in.ownFolder(in.path("template"))); err != nil { // the servers' user has to pass
		return nil, err
	}
	err = in.run(ctx, "initdb", "-D", in.path("template"), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	return in, err
}

func (in *installation) remove() { _ = os.RemoveAll(in.folder) } // what is left is the system's temporary folder's to clean

func (in *installation) path(name string) string { return filepath.Join(in.folder, name) }

// ownFolder makes a folder for the servers' user, which nobody else may read.
func (in *installation) ownFolder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil || in.as == nil {
		return err
	}
	return os.Chown(path, int(in.as.Uid), int(in.as.Gid))
}

// run runs one of PostgreSQL's programs to its end.
func (in *installation) run(ctx context.Context, program string, args ...string) error {
	said, err := command(ctx, in.as, filepath.Join(in.bin, program), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

// findPostgres returns the folder of initdb: pg_config's, the newest that
// Debian and Red Hat install, or the path's.
func findPostgres(ctx context.Context) (string, error) {
	var folders []string
	if said, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(said)))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin"} {
		found, _ := filepath.Glob(pattern) // the patterns are right
		slices.SortFunc(found, func(a, b string) int { return release(b) - release(a) })
		folders = append(folders, found...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range folders {
		if isProgram(filepath.Join(folder, "initdb")) && isProgram(filepath.Join(folder, "pg_basebackup")) {
			return folder, nil
		}
	}
	return "", fmt.Errorf("PostgreSQL's server is not installed (looked in %s): apt-get install postgresql", strings.Join(folders, ", "))
}

// release is the number in a folder's path, so that 9 comes before 15.
func release(path string) int {
	n, _ := strconv.Atoi(strings.Trim(filepath.Base(filepath.Dir(path)), "abcdefghijklmnopqrstuvwxyz@-")) // without a number it is the oldest
	return n
}

func findBouncer() string {
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path
	}
	if isProgram("/usr/sbin/pgbouncer") {
		return "/usr/sbin/pgbouncer"
	}
	return ""
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// server is a PostgreSQL server.
type server struct {
	in      *installation
	name    string
	data    string // its folder
	log     string
	port    int
	extra   []string // settings of the command line
	process *process
}

// newPrimary makes a cluster that is not started yet.
func (in *installation) newPrimary(ctx context.Context, scene, logs string) (*server, error) {
	s, err := in.newServer(ctx, "primary", scene, logs)
	if err != nil {
		return nil, err
	}
	said, err := command(ctx, in.as, "cp", "-R", in.path("template")+"/.", s.data).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("copy the new cluster: %w\n%s", err, said)
	}
	return s, nil
}

func (in *installation) newServer(ctx context.Context, name, scene, logs string) (*server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{in: in, name: name, data: in.path(scene + "-" + name), log: filepath.Join(logs, name+".log"), port: port}
	return s, in.ownFolder(s.data)
}

// newStandby copies the primary into a standby that is not started yet.
func (s *server) newStandby(ctx context.Context, scene, logs string) (*server, error) {
	standby, err := s.in.newServer(ctx, "standby", scene, logs)
	if err != nil {
		return nil, err
	}
	err = s.in.run(ctx, "pg_basebackup", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "postgres",
		"-D", standby.data, "-X", "stream", "-c", "fast", "--no-sync")
	if err != nil {
		return nil, err
	}
	marker := filepath.Join(standby.data, "standby.signal")
	if said, err := command(ctx, s.in.as, "touch", marker).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mark the standby: %w\n%s", err, said)
	}
	standby.extra = []string{"-c", fmt.Sprintf("primary_conninfo=host=127.0.0.1 port=%d user=postgres application_name=standby", s.port)}
	return standby, nil
}

// start starts the server and returns once it takes connections.
func (s *server) start(ctx context.Context) error {
	args := append([]string{"-D", s.data, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "shared_buffers=32MB", "-c", "wal_keep_size=256MB", "-c", "wal_retrieve_retry_interval=500ms",
		"-c", "log_line_prefix=%m [%p] %u "}, s.extra...)
	p, err := launch(ctx, s.in.as, s.log, filepath.Join(s.in.bin, "postgres"), args...)
	if err != nil {
		return err
	}
	s.process = p
	return until(ctx, 30*time.Second, "the "+s.name+" starts", func(ctx context.Context) error {
		if !p.running() {
			return errEnded
		}
		return s.run(ctx, "SELECT 1")
	})
}

// connect connects as the superuser.
func (s *server) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable&connect_timeout=5", s.port, database))
}

// run executes statements as the superuser, each in a transaction of its own.
func (s *server) run(ctx context.Context, statements ...string) error {
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %s: %w", s.name, statement, err)
		}
	}
	return nil
}

// holds returns nil if the query's one answer is true.
func (s *server) holds(ctx context.Context, query string) error {
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var so bool
	if err := conn.QueryRow(ctx, query).Scan(&so); err != nil {
		return err
	}
	if !so {
		return fmt.Errorf("%s is not so", query)
	}
	return nil
}

// promote makes a standby take writes, and returns once it does.
func (s *server) promote(ctx context.Context) error {
	return s.holds(ctx, "SELECT pg_promote(true, 30)")
}

// stop ends the server: SIGINT is fast, SIGQUIT immediate.
func (s *server) stop(kind syscall.Signal) error {
	s.process.signal(kind)
	return s.process.wait(30 * time.Second)
}

// end ends the server if it runs, however it is, and takes away what it has.
func (s *server) end() {
	if s == nil {
		return
	}
	if s.process != nil && s.process.running() {
		s.process.kill()
	}
	s.freeMemory()
	_ = os.RemoveAll(s.data) // the run's folder is removed too
}

// freeMemory gives back the segment of shared memory that a server which was
// killed leaves to the system. Its number is in the seventh line of its file.
func (s *server) freeMemory() {
	data, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if err != nil {
		return // it ended well
	}
	lines := strings.Split(string(data), "\n")
	if len(lines) < 7 {
		return
	}
	if fields := strings.Fields(lines[6]); len(fields) == 2 {
		_ = exec.Command("ipcrm", "-m", fields[1]).Run() //nolint:noctx // a moment's work, at the end of all
	}
}

// bouncer is PgBouncer in transaction mode.
type bouncer struct {
	port    int
	folder  string
	process *process
}

// startBouncer starts PgBouncer before a server.
func (in *installation) startBouncer(ctx context.Context, before *server, scene, logs string) (*bouncer, error) {
	if in.bouncer == "" {
		return nil, errors.New("PgBouncer is not installed: apt-get install pgbouncer")
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	b := &bouncer{port: port, folder: in.path(scene + "-pgbouncer")}
	if err := os.Mkdir(b.folder, 0o755); err != nil { // its user has to read it, and it holds no secret
		return nil, err
	}
	if err := errors.Join(os.WriteFile(b.users(), []byte("\"treaty\" \"\"\n"), 0o644), b.write(before)); err != nil { // as above
		return nil, err
	}
	if b.process, err = launch(ctx, in.as, filepath.Join(logs, "pgbouncer.log"), in.bouncer, b.settings()); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *bouncer) users() string    { return filepath.Join(b.folder, "users.txt") }
func (b *bouncer) settings() string { return filepath.Join(b.folder, "pgbouncer.ini") }

func (b *bouncer) write(before *server) error {
	return os.WriteFile(b.settings(), []byte(fmt.Sprintf(bouncerSettings, before.port, b.port, b.users())), 0o644) // as above
}

// point tells PgBouncer of another server, as Patroni's callbacks do: it reads its
// settings again, and its clients stay connected.
func (b *bouncer) point(to *server) error {
	if err := b.write(to); err != nil {
		return err
	}
	b.process.signal(syscall.SIGHUP)
	return nil
}

const bouncerSettings = `[databases]
treaty = host=127.0.0.1 port=%d dbname=treaty

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = transaction
default_pool_size = 12
max_client_conn = 300
server_login_retry = 1
`
