package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// options are a command's flags, which variables can set too: CLIENTELE_DATABASE_URL sets
// --database-url. Those that are secrets are also read from a file, which
// CLIENTELE_DATABASE_URL_FILE names.
type options struct {
	*flag.FlagSet
	secrets   map[string]bool
	arguments []string // what is no option, before, between or behind them
}

func newOptions(command string) *options {
	o := &options{FlagSet: flag.NewFlagSet(command, flag.ContinueOnError), secrets: map[string]bool{}}
	o.SetOutput(io.Discard) // the program writes errors and help itself
	return o
}

// secret declares an option whose value should not stand in a process list.
func (o *options) secret(name, usage string) *string {
	o.secrets[name] = true
	return o.String(name, "", usage)
}

func variable(name string) string {
	return "CLIENTELE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// parse reads the arguments, and the variables for what they do not set.
func (o *options) parse(args []string, env func(string) (string, bool)) error {
	if err := o.parseArguments(args); err != nil {
		return err
	}
	given := map[string]bool{}
	o.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var failed error
	o.VisitAll(func(f *flag.Flag) {
		if given[f.Name] || failed != nil {
			return
		}
		value, ok, err := o.lookup(f.Name, env)
		if err == nil && ok {
			err = f.Value.Set(value)
		}
		if err != nil {
			failed = errUsage{variable(f.Name) + ": " + err.Error()}
		}
	})
	return failed
}

// parseArguments lets options stand behind arguments, which package flag does not.
func (o *options) parseArguments(args []string) error {
	for {
		err := o.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		if err != nil {
			return errUsage{err.Error()}
		}
		if o.NArg() == 0 {
			return nil
		}
		o.arguments, args = append(o.arguments, o.Arg(0)), o.Args()[1:]
	}
}

// lookup is the variable's value, or that of the file which the other variable names.
func (o *options) lookup(name string, env func(string) (string, bool)) (value string, ok bool, err error) {
	value, ok = env(variable(name))
	if !o.secrets[name] {
		return value, ok, nil
	}
	path, fromFile := env(variable(name) + "_FILE")
	switch {
	case fromFile && ok:
		return "", false, fmt.Errorf("it is set, and so is %s_FILE", variable(name))
	case fromFile:
		text, err := os.ReadFile(path) //nolint:gosec // whoever starts the program names the file
		return strings.TrimSpace(string(text)), err == nil, err
	}
	return value, ok, nil
}

// describe lists the options with their variables.
func (o *options) describe(to io.Writer) {
	heading := "\nOptions:\n"
	o.VisitAll(func(f *flag.Flag) {
		kind, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(to, "%s  %s\n        %s", heading, strings.TrimSpace("--"+f.Name+" "+kind), usage)
		heading = ""
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(to, " (default %s)", f.DefValue)
		}
		fmt.Fprintf(to, "\n        %s", variable(f.Name))
		if o.secrets[f.Name] {
			fmt.Fprintf(to, ", or a file with it: %s_FILE", variable(f.Name))
		}
		fmt.Fprintln(to)
	})
}
