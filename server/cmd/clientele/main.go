// Clientele is the CRM as one program: a server over HTTP, and what is done to its
// database by hand. "clientele help" says how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	_ "time/tzdata" // a bare container has no time zones
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		fmt.Fprintln(os.Stderr, "clientele: what has begun is brought to its end; a second signal ends it at once")
	})
	p := &program{stdout: os.Stdout, stderr: os.Stderr, stdin: os.Stdin, env: os.LookupEnv}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is what a command has of the world.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) (string, bool)
}

// command is what the program can do.
type command struct {
	name    string
	args    string // beside the options, such as "FILE"
	summary string // one line
	details string // for its own help

	// define declares the command's options; what it returns does the work, with the
	// arguments beside the options.
	define func(*program, *options) func(ctx context.Context, args []string) error
}

// commands in the order of the help.
func commands() []command {
	return []command{
		serveCommand(), workCommand(), migrateCommand(), importCommand(), exportCommand(), purgeCommand(), demoCommand(),
		userCreateCommand(), userSetAdminCommand(), userResetPasswordCommand(),
		versionCommand(),
	}
}

// errUsage is what is wrong with how the program was called.
type errUsage struct{ message string }

func (e errUsage) Error() string { return e.message }

// errPartly is what was not done beside all the rest, which was: it is not a failure of the whole.
type errPartly struct{ message string }

func (e errPartly) Error() string { return e.message }

// run is the program's exit code: 0, 1 for a failure, 2 for a wrong call, 3 where what is done is not all.
func (p *program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.help(p.stderr, "")
		return 2
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 {
			p.help(p.stdout, "")
			return 0
		}
		args = append(args[1:], "--help")
	case "--version":
		args = []string{"version"}
	}
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return p.runCommand(ctx, c, args[len(words):])
		}
	}
	if len(args) == 1 || strings.HasPrefix(args[1], "-") {
		if p.help(p.stdout, args[0]+" ") { // such as user, which has commands of its own
			return 0
		}
	}
	fmt.Fprintf(p.stderr, "clientele: there is no command %q: see clientele help\n", strings.Join(args, " "))
	return 2
}

func (p *program) runCommand(ctx context.Context, c command, args []string) int {
	o := newOptions(c.name)
	work := c.define(p, o)
	err := o.parse(args, p.env)
	if errors.Is(err, flag.ErrHelp) {
		p.helpOf(c, o)
		return 0
	}
	if err == nil && c.args == "" && len(o.arguments) > 0 {
		err = errUsage{"it takes no arguments, and there is " + strconv.Quote(o.arguments[0])}
	}
	if err == nil {
		err = work(ctx, o.arguments)
	}
	var usage errUsage
	var partly errPartly
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(p.stderr, "clientele %s: %v: see clientele %s --help\n", c.name, err, c.name)
		return 2
	case errors.As(err, &partly) && err.Error() == partly.Error(): // and nothing failed beside it
		fmt.Fprintf(p.stderr, "clientele %s: %v\n", c.name, err)
		return 3
	default:
		fmt.Fprintf(p.stderr, "clientele %s: %v\n", c.name, err)
		return 1
	}
}

// help lists the commands whose names begin so, if there are any.
func (p *program) help(to io.Writer, begin string) bool {
	var list strings.Builder
	for _, c := range commands() {
		if strings.HasPrefix(c.name, begin) {
			fmt.Fprintf(&list, "  %-20s %s\n", c.name, c.summary)
		}
	}
	if list.Len() == 0 {
		return false
	}
	fmt.Fprint(to, "Clientele is a CRM over HTTP, in SQLite or Postgres.\n\nUsage: clientele COMMAND [options]\n\n"+list.String()+
		"\n\"clientele COMMAND --help\" lists the options of a command. Each can be set by a variable too:\n"+
		"--database-url by CLIENTELE_DATABASE_URL. Nothing has to be set.\n")
	return true
}

func (p *program) helpOf(c command, o *options) {
	fmt.Fprintln(p.stdout, strings.Join(strings.Fields("Usage: clientele "+c.name+" "+c.args+" [options]"), " ")+"\n\n"+c.summary+".")
	if c.details != "" {
		fmt.Fprintf(p.stdout, "\n%s\n", c.details)
	}
	o.describe(p.stdout)
}

func versionCommand() command {
	return command{
		name: "version", summary: "Print the version",
		define: func(p *program, _ *options) func(context.Context, []string) error {
			return func(context.Context, []string) error {
				_, err := fmt.Fprintln(p.stdout, "clientele "+version())
				return err
			}
		},
	}
}

// version is the module's, or that of the commit that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
