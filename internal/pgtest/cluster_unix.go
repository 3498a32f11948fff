//go:build unix

package pgtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A shell watches over the server: its input is a pipe that this process holds open. When the
// process is gone, by whatever means, the pipe ends; the shell stops the server and removes
// the folder. Nothing in the cluster is worth an orderly shutdown.
const watch = `
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
	-c full_page_writes=off -c autovacuum=off -c max_connections=300 -c shared_buffers=512MB &
server=$!
read -r gone
kill -QUIT $server
wait $server
rm -rf "$2"
`

// pipes holds the ends that the shells wait for: a file that nothing refers to is closed.
var pipes []*os.File

// start runs a new cluster on a unix socket in a folder of its own.
func start() (dsn string, err error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	who, err := unprivileged()
	if err != nil {
		return "", err
	}
	dir, err := folder(who)
	if err != nil {
		return "", err
	}
	if err := initialise(bin, dir, who); err != nil {
		return "", err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return "", err
	}
	defer log.Close()
	end, hold, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer end.Close()
	cmd := exec.Command("/bin/sh", "-c", watch, "sh", filepath.Join(bin, "postgres"), dir)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, end, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true} // Ctrl-C is for the test
	if err := cmd.Start(); err != nil {
		return "", err
	}
	pipes = append(pipes, hold)
	query := url.Values{"host": {dir}, "port": {"5432"}, "sslmode": {"disable"}}
	return "postgres://postgres@/postgres?" + query.Encode(), nil
}

// binaries is the folder of the programs: on the PATH, or the newest where Debian has them.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errNone
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // what is no number is the oldest
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

// unprivileged is whom root runs the server as, which refuses to run as root; nil for anybody else.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("root may not run the server, and there is neither postgres nor nobody: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// folder is a new one that only the server's user may enter. The path of a socket in it has
// to stay below 104 bytes, so a long folder of temporary files will not do.
func folder(who *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "clientele-pg-") // with mode 0700
	if err != nil {
		return "", err
	}
	return dir, give(dir, who)
}

// initialise makes dir/data: a copy of what initdb made for an earlier run, as that is twenty
// times as fast, or else by initdb, to be copied by later ones.
func initialise(bin, dir string, who *syscall.Credential) error {
	version, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return fmt.Errorf("postgres --version: %w", err)
	}
	data := filepath.Join(dir, "data")
	cached := ""
	if caches, err := os.UserCacheDir(); err == nil { // without a home there is no cache
		sum := sha256.Sum256([]byte(bin + string(version)))
		cached = filepath.Join(caches, "clientele-test", "initdb-"+hex.EncodeToString(sum[:8]))
		if _, err := os.Stat(cached); err == nil {
			return copyTo(data, cached, who)
		}
	}
	if err := initdb(bin, dir, who); err != nil {
		return err
	}
	if cached != "" {
		keep(cached, data)
	}
	return nil
}

// initdb sorts texts by the rules of a language where it can, since a query that leans on
// the order of code points without saying so is wrong in somebody's database.
func initdb(bin, dir string, who *syscall.Credential) error {
	var failed error
	for _, locale := range [][]string{{"--locale-provider=icu", "--icu-locale=en", "--locale=C"}, {"--locale=C"}} {
		args := append([]string{"-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"}, locale...)
		cmd := exec.Command(filepath.Join(bin, "initdb"), args...)
		cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		failed = fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return failed
}

// keep puts a copy of data at cached, in one step. That it fails is no harm, nor that another
// process was first.
func keep(cached, data string) {
	if err := os.MkdirAll(filepath.Dir(cached), 0o700); err != nil {
		return
	}
	half, err := os.MkdirTemp(filepath.Dir(cached), "half-")
	if err != nil {
		return
	}
	if copyTo(filepath.Join(half, "data"), data, nil) != nil || os.Rename(filepath.Join(half, "data"), cached) != nil {
		_ = os.RemoveAll(filepath.Join(half, "data"))
	}
	_ = os.Remove(half)
}

func copyTo(to, from string, who *syscall.Credential) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	if err := os.Chmod(to, 0o700); err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return give(path, who)
	})
}

func give(path string, who *syscall.Credential) error {
	if who == nil {
		return nil
	}
	return os.Lchown(path, int(who.Uid), int(who.Gid))
}
