package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// DefaultAdmin is the admin address that nobody asked for: it gives way when it is taken.
const DefaultAdmin = "127.0.0.1:9090"

//go:generate go test . -run TestTheReferenceIsWrittenFromTheFlags -update

// Reference is docs/configuration.md, written from the tags of [Config].
func Reference() (string, error) {
	parser, err := kong.New(&Config{}, kong.Name("atelier serve"))
	if err != nil {
		return "", fmt.Errorf("read the configuration's tags: %w", err)
	}
	var b strings.Builder
	b.WriteString(`# Configuration

What ` + "`atelier serve`" + ` can be told, by flag or by environment variable; the flag wins. This page is written from
` + "`internal/config`" + ` by ` + "`make generate`" + `, and a test fails when it is stale. The data folder is described in
[operations.md](operations.md).

| flag | environment | default | what it sets |
| ---- | ----------- | ------- | ------------ |
`)
	for _, f := range parser.Model.Flags {
		if f.Name == "help" {
			continue
		}
		value := "none"
		if f.Default != "" {
			value = "`" + f.Default + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Name, strings.Join(f.Envs, " "), value, f.Help)
	}
	return b.String(), nil
}
